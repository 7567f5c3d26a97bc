"""Shapes that the two seed documents do not need: prices by date, waiting periods, newborns, categories by age."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.decision import Clause
from enrollment.rules.facts import EndedCover, Hukou, Member, Student
from enrollment.rules.ruleset import RuleSet, Waiting
from enrollment.rules.source import RuleSetError, read_ruleset
from tests.enrollment.rule_facts import listed, rural, songming
from tests.enrollment.test_ruleset_source import SONGMING

CLAUSE = Clause("S-6-1", "示例", "六")
WINDOW = SONGMING[SONGMING.index("window = {") : SONGMING.index("\n", SONGMING.index("window = {"))]
BANDS = SONGMING[SONGMING.index("bands = [") : SONGMING.index("\n", SONGMING.index("bands = ["))]
OTHER_TABLES = """
[waiting]
fixed_months = 3
months_per_broken_year = 1
many_years = 4
many_years_least = 6
clause = "S-6-1"

[newborn]
days = 90
clause = "S-6-1"

[[channels]]
"""


@pytest.fixture(scope="module")
def today() -> RuleSet:
    """An invented place of today: 400 yuan, late bands that wait, the last of them at the full price."""
    text = SONGMING.replace(WINDOW, 'window = { opens = 2016-09-01, pay_until = 2017-12-25, clause = "S-5-1" }')
    bands = """gaps_closed = true
bands = [
  { until = 2017-02-25, benefit_starts = 2017-01-01, clause = "S-6-1" },
  { from = 2017-03-01, until = 2017-06-25, benefit_starts = "payment_day", late = true, clause = "S-6-1" },
  { from = 2017-07-01, benefit_starts = "payment_day", late = true, clause = "S-6-1", rates = [
    { category = "general", standard = 1070, payable = 1070, clause = "S-4-1" } ] },
]"""
    text = text.replace(BANDS, bands).replace("\n[[channels]]\n", OTHER_TABLES, 1).replace("months = 2", "months = 3")
    text = text.replace('code = "dibao"', 'code = "dibao"\nwaits = false').replace(
        'category = "dibao", standard = 150, payable = 0, sponsored = 150',
        'category = "dibao", standard = 150, payable = 60, sponsored = 90',
    )
    child = """
[[categories.list]]
code = "pupil"
name = "中小学生"
proof = "facts"
student_kinds = ["小学", "初中"]
age_below = 18
clause = "S-4-1"

[[funders]]
"""
    text = text.replace("\n[[funders]]\n", child, 1).replace(
        "rates = [\n", 'rates = [\n  { category = "pupil", standard = 100, payable = 100, clause = "S-4-1" },\n', 1
    )
    return read_ruleset(text)


@pytest.fixture(scope="module")
def by_payment_day() -> RuleSet:
    """An invented place where who pays in January and February is in time, and covered from the day of payment."""
    window = 'window = { opens = 2016-09-01, pay_until = 2017-02-28, clause = "S-5-1" }'
    bands = """bands = [
  { until = 2016-12-31, benefit_starts = 2017-01-01, clause = "S-6-1" },
  { from = 2017-01-01, benefit_starts = "payment_day", clause = "S-6-1" },
]"""
    text = SONGMING.replace(WINDOW, window).replace(BANDS, bands).replace("\n[[channels]]\n", OTHER_TABLES, 1)
    return read_ruleset(text.replace("months = 2", 'months = 3\nbenefit_starts = "day_after_cover"'))


@pytest.fixture(scope="module")
def school_year() -> RuleSet:
    """An invented place whose year of cover is the school year."""
    year = "coverage_year = 2016\nstarts = 2016-09-01\nends = 2017-08-31"
    window = 'window = { opens = 2016-09-01, pay_until = 2016-10-31, clause = "S-5-1" }'
    bands = 'bands = [{ benefit_starts = 2016-09-01, clause = "S-6-1" }]'
    text = SONGMING.replace("coverage_year = 2017\nclause", f"{year}\nclause", 1)
    return read_ruleset(text.replace(WINDOW, window).replace(BANDS, bands))


@pytest.mark.parametrize(
    ("paid", "covered", "repaid", "starts", "fee"),
    [
        pytest.param("2016-10-10", (2016,), (), "2017-01-01", 150, id="连续参保"),
        pytest.param("2016-10-10", (), (), "2017-01-01", 150, id="首次参保"),
        pytest.param("2017-02-25", (2016,), (), "2017-01-01", 150, id="第一时段最后一日"),
        pytest.param("2017-03-01", (2016,), (), "2017-06-01", 150, id="误期等三个月"),
        pytest.param("2017-03-01", (), (), "2017-06-01", 150, id="首次误期"),
        pytest.param("2016-10-10", (2014,), (), "2017-06-01", 150, id="中断两年等五个月"),
        pytest.param("2016-10-10", (2014,), (2015,), "2017-05-01", 150, id="补一年等四个月"),
        pytest.param("2016-10-10", (2014,), (2015, 2016), "2017-04-01", 150, id="补两年等三个月"),
        pytest.param("2016-10-10", (2011,), (), "2017-09-01", 150, id="中断五年等八个月"),
        pytest.param("2016-10-10", (2011,), tuple(range(2012, 2017)), "2017-07-01", 150, id="全补也不少于六个月"),
        pytest.param("2017-08-31", (2016,), (), "2017-11-30", 1070, id="全额无补助"),
    ],
)
def test_who_joins_late_or_after_a_break_waits(today, paid, covered, repaid, starts, fee):
    member = rural(covered_years=frozenset(covered), repaid_years=frozenset(repaid))

    decision = songming(member, paid=paid, ruleset=today)

    assert decision.eligible
    assert decision.payable == fee
    assert decision.members[0].benefit.starts_on == date.fromisoformat(starts)


@pytest.mark.parametrize(
    ("day", "code", "opens"),
    [
        pytest.param("2017-02-26", "WINDOW_CLOSED", "2017-03-01", id="两时段之间"),
        pytest.param("2017-06-30", "WINDOW_CLOSED", "2017-07-01", id="第二个间隔"),
        pytest.param("2017-10-01", "WAITING_BEYOND_YEAR", None, id="等待期满已过年度"),
    ],
)
def test_money_that_would_buy_nothing_is_not_taken(today, day, code, opens):
    decision = songming(rural(covered_years=frozenset({2016})), asked=day, ruleset=today)

    assert decision.reason == code
    assert (decision.next_window and decision.next_window[0]) == (opens and date.fromisoformat(opens))


def test_who_asks_between_two_bands_is_told_the_price_of_the_next(today):
    decision = songming(rural(covered_years=frozenset({2016})), asked="2017-06-30", ruleset=today)

    assert decision.members[0].charge.payable == 1070
    assert decision.next_window[0] == date(2017, 7, 1)


@pytest.mark.parametrize(
    ("born", "paid", "starts"),
    [
        pytest.param("2017-03-10", "2017-06-08", "2017-03-10", id="第九十日"),
        pytest.param("2017-03-10", "2017-06-09", "2017-09-09", id="第九十一日按误期"),
        pytest.param("2017-02-20", "2017-02-27", "2017-02-20", id="时段之间也可以"),
        pytest.param("2016-12-20", "2017-02-27", "2017-01-01", id="跨年按新年度"),
    ],
)
def test_a_newborn_is_covered_from_birth_when_paid_within_ninety_days(today, born, paid, starts):
    decision = songming(rural(birth_date=date.fromisoformat(born)), paid=paid, ruleset=today)

    assert decision.members[0].benefit.starts_on == date.fromisoformat(starts)


def test_who_left_employee_insurance_three_months_ago_does_not_wait(today):
    member = rural(employee_cover=EndedCover(date(2017, 1, 10), "530100"))

    assert songming(member, paid="2017-04-10", ruleset=today).members[0].benefit.starts_on == date(2017, 4, 10)
    assert songming(member, paid="2017-04-11", ruleset=today).members[0].benefit.starts_on == date(2017, 7, 11)


@pytest.mark.parametrize(
    ("ended", "starts", "told"),
    [
        pytest.param("2017-01-10", "2017-01-11", ["BENEFIT", "AFTER_EMPLOYEE", "AFTER_OTHER_COVER"], id="三个月内"),
        pytest.param(None, "2017-09-20", ["WAITING", "BENEFIT"], id="没有职工医保"),
    ],
)
def test_within_the_window_too_a_broken_year_brings_no_wait_to_who_left_employee_insurance(today, ended, starts, told):
    cover = EndedCover(date.fromisoformat(ended), "530100") if ended else None
    member = rural(employee_cover=cover, covered_years=frozenset({2012}))

    benefit = songming(member, paid="2017-02-20", ruleset=today).members[0].benefit

    assert benefit.starts_on == date.fromisoformat(starts)
    assert [each.code for each in benefit.reasons if each.code != "USABLE_FROM"] == told


@pytest.mark.parametrize(
    ("born", "paid", "starts"),
    [
        pytest.param("2017-01-05", "2017-02-20", "2017-01-05", id="从出生之日起"),
        pytest.param("2016-12-05", "2017-02-20", "2017-01-01", id="不早于年度第一日"),
        pytest.param("2016-11-05", "2017-02-20", "2017-02-20", id="超过九十日的按时段"),
    ],
)
def test_a_newborn_in_the_window_too_is_covered_from_birth(by_payment_day, born, paid, starts):
    decision = songming(rural(birth_date=date.fromisoformat(born)), paid=paid, ruleset=by_payment_day)

    assert decision.payable == 150
    assert decision.members[0].benefit.starts_on == date.fromisoformat(starts)


@pytest.mark.parametrize(
    ("ended", "starts"),
    [
        pytest.param("2017-01-10", "2017-01-11", id="职工医保终止次日"),
        pytest.param("2016-12-10", "2017-01-01", id="不早于年度第一日"),
        pytest.param("2016-11-10", "2017-02-20", id="超过三个月的按时段"),
    ],
)
def test_who_left_employee_insurance_is_covered_in_the_window_too_from_the_day_after(by_payment_day, ended, starts):
    cover = EndedCover(date.fromisoformat(ended), "530100")

    benefit = songming(rural(employee_cover=cover), paid="2017-02-20", ruleset=by_payment_day).members[0].benefit

    assert benefit.starts_on == date.fromisoformat(starts)


@pytest.mark.parametrize(
    ("ended", "asked", "reason"),
    [
        pytest.param("2016-11-10", "2016-12-01", None, id="学年的上半年"),
        pytest.param("2017-02-10", "2017-03-01", None, id="学年的下半年"),
        pytest.param("2017-07-31", "2017-08-31", None, id="学年最后一日"),
        pytest.param("2017-07-31", "2017-09-01", "WINDOW_CLOSED", id="学年已过"),
        pytest.param("2016-07-20", "2016-08-31", "WINDOW_NOT_OPEN", id="学年未到"),
    ],
)
def test_after_employee_insurance_one_joins_while_the_year_of_cover_runs(school_year, ended, asked, reason):
    member = rural(employee_cover=EndedCover(date.fromisoformat(ended), "530100"))

    assert songming(member, asked=asked, year=2016, ruleset=school_year).reason == reason


def test_a_window_that_opens_at_a_time_of_day_says_so():
    window = 'window = { opens = 2016-10-08T08:30:00, pay_until = 2017-02-23T17:00:00, clause = "S-5-1" }'
    ruleset = read_ruleset(SONGMING.replace(WINDOW, window))

    early = songming(rural(), asked="2016-10-08 08:29", ruleset=ruleset)

    assert early.reason == "WINDOW_NOT_OPEN"
    assert "2016-10-08 08:30 起缴费" in early.refusals[0].text
    assert songming(rural(), asked="2016-10-08 08:30", ruleset=ruleset).eligible


def test_the_poor_do_not_wait_and_a_department_pays_its_part(today):
    decision = songming(rural(certifications=(listed("低保"),)), paid="2017-03-01", ruleset=today)

    assert (decision.payable, decision.sponsored) == (Decimal(60), Decimal(90))
    assert decision.members[0].benefit.starts_on == date(2017, 3, 1)


def test_a_category_by_facts_needs_no_certificate(today):
    pupil = rural(birth_date=date(2008, 5, 1), student=Student("小学", school_in_area=True))

    decision = songming(pupil, replace(pupil, ref="B", student=None), paid="2016-10-10", ruleset=today)

    assert [member.payable for member in decision.members] == [100, 150]
    assert decision.members[0].charge.category_name == "中小学生"


@pytest.fixture(scope="module")
def first_year_free() -> RuleSet:
    """An invented place where a newborn pays nothing for the year of birth."""
    category = """
[[categories.list]]
code = "newborn"
name = "新生儿"
proof = "newborn"
clause = "S-4-1"

[[funders]]
"""
    window = 'window = { opens = 2016-09-01, pay_until = 2017-02-28, clause = "S-5-1" }'
    rate = 'rates = [\n  { category = "newborn", standard = 0, payable = 0, clause = "S-4-1" },\n'
    text = SONGMING.replace(WINDOW, window).replace("\n[[channels]]\n", OTHER_TABLES, 1)
    return read_ruleset(text.replace("\n[[funders]]\n", category, 1).replace("rates = [\n", rate, 1))


@pytest.mark.parametrize(
    ("born", "paid", "fee"),
    [
        pytest.param("2017-01-10", "2017-02-20", 0, id="缴费期内"),
        pytest.param("2017-05-10", "2017-08-08", 0, id="缴费期外第九十日"),
        pytest.param("2016-12-20", "2017-02-20", 150, id="出生在上一年度"),
        pytest.param("2016-12-01", "2016-12-20", 150, id="年度还没有开始"),
        pytest.param("2000-12-01", "2017-02-20", 150, id="不是新生儿"),
    ],
)
def test_a_newborns_first_year_may_have_its_own_price(first_year_free, born, paid, fee):
    decision = songming(rural(birth_date=date.fromisoformat(born)), paid=paid, ruleset=first_year_free)

    assert decision.eligible
    assert decision.payable == fee


def test_a_price_for_newborns_needs_their_days():
    text = SONGMING.replace('proof = "funder_list"', 'proof = "newborn"', 1)

    with pytest.raises(RuleSetError, match=r"应写一张 \[newborn\]"):
        read_ruleset(text)


def test_a_band_may_leave_the_years_credit_out():
    bands = """bands = [
  { until = 2016-12-31, benefit_starts = 2017-01-01, clause = "S-6-1" },
  { from = 2017-01-01, benefit_starts = "payment_day", clause = "S-6-1", account = { credit = 0, clause = "S-6-1" } },
]
account = { credit = 50, clause = "S-6-1" }"""
    ruleset = read_ruleset(SONGMING.replace(BANDS, bands))

    found = [songming(rural(), paid=day, ruleset=ruleset).members[0].benefit for day in ("2016-12-31", "2017-01-01")]

    assert [each.account_credit for each in found] == [50, None]
    assert found[1].reasons[-1].text == "不划入个人账户"


AGED = """
[[categories.list]]
code = "minor"
name = "未成年人"
proof = "facts"
age_below = 18
age_on = "12-31"
clause = "S-4-1"

[[funders]]
"""


def aged_on_the_last_day() -> str:
    """嵩明's text with minors who are under 18 on the last day of the coverage year."""
    rate = 'rates = [\n  { category = "minor", standard = 100, payable = 100, clause = "S-4-1" },\n'
    return SONGMING.replace("\n[[funders]]\n", AGED, 1).replace("rates = [\n", rate, 1)


@pytest.mark.parametrize(
    ("born", "fee"),
    [
        pytest.param("1999-10-11", 150, id="核定日不满十八但年底已满"),
        pytest.param("1999-12-31", 150, id="年底当天满十八"),
        pytest.param("2000-01-01", 100, id="年底还差一天"),
        pytest.param("2017-01-15", 100, id="年度内出生"),
    ],
)
def test_an_age_may_count_on_a_day_of_the_coverage_year(born, fee):
    member = rural(birth_date=date.fromisoformat(born))

    assert songming(member, paid="2017-02-20", ruleset=read_ruleset(aged_on_the_last_day())).payable == fee


def test_a_listed_person_of_another_age_is_told_on_which_day():
    text = SONGMING.replace("age_from = 60", 'age_from = 60\nage_on = "01-01"', 1)
    member = Member("A", Hukou("530127", "urban"), birth_date=date(1957, 1, 2))
    elder = replace(member, certifications=(listed("城镇低收入家庭老年人"),))

    told = songming(elder, paid="2017-02-20", ruleset=read_ruleset(text)).members[0].charge.reasons

    assert "2017-01-01年满59周岁，年龄不符" in "".join(reason.text for reason in told)


waits = st.builds(
    Waiting,
    fixed_months=st.integers(0, 6),
    months_per_broken_year=st.integers(0, 3),
    many_years=st.just(4),
    many_years_least=st.integers(6, 9),
    clause=st.just(CLAUSE),
    broken_clause=st.just(CLAUSE),
)


@given(waits, st.booleans(), st.integers(0, 12), st.data())
def test_paying_back_never_lengthens_the_wait_and_four_broken_years_wait_at_least_six_months(rule, late, broken, data):
    repaid = data.draw(st.integers(0, broken))

    months = rule.months(late=late, broken=broken, repaid=repaid)

    assert repaid == 0 or months <= rule.months(late=late, broken=broken, repaid=repaid - 1)
    assert broken < 4 or months >= 6
    assert months == 0 or late or broken
