"""Shapes that the two seed documents do not need: prices by date, waiting periods, newborns, categories by age."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.decision import Clause
from enrollment.rules.facts import EndedCover, Student
from enrollment.rules.ruleset import RuleSet, Waiting
from enrollment.rules.source import read_ruleset
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


def test_the_poor_do_not_wait_and_a_department_pays_its_part(today):
    decision = songming(rural(certifications=(listed("低保"),)), paid="2017-03-01", ruleset=today)

    assert (decision.payable, decision.sponsored) == (Decimal(60), Decimal(90))
    assert decision.members[0].benefit.starts_on == date(2017, 3, 1)


def test_a_category_by_facts_needs_no_certificate(today):
    pupil = rural(birth_date=date(2008, 5, 1), student=Student("小学", school_in_area=True))

    decision = songming(pupil, replace(pupil, ref="B", student=None), paid="2016-10-10", ruleset=today)

    assert [member.payable for member in decision.members] == [100, 150]
    assert decision.members[0].charge.category_name == "中小学生"


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
