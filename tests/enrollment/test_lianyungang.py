"""连政办发〔2007〕149号 as read in POLICY.md: who, how much, from when, and why not."""

from datetime import date
from decimal import Decimal

import pytest

from enrollment.rules.facts import Certification, Disability, EndedCover, Hukou, OtherCover
from tests.enrollment.rule_facts import disabled, lianyungang, urban

FEW_DAYS = "2007-10-20"


@pytest.mark.parametrize(
    ("registered", "paid", "starts", "due_by"),
    [
        pytest.param("2007-09-01", "2007-09-01", "2007-10-01", None, id="缴费期首日"),
        pytest.param("2007-09-20", "2007-09-20", "2007-10-01", None, id="9月20日含当日"),
        pytest.param("2007-09-20", "2007-09-20 23:59", "2007-10-01", None, id="9月20日深夜"),
        pytest.param("2007-09-20", "2007-09-21 00:00", "2008-01-01", "2008-01-10", id="9月21日零时"),
        pytest.param("2007-09-21", "2007-09-20", "2008-01-01", "2008-01-10", id="登记晚于缴费以晚者为准"),
        pytest.param("2007-12-10", "2007-12-10 23:59", "2008-01-01", "2008-01-10", id="最后一日"),
    ],
)
def test_the_later_of_registration_and_payment_decides_the_benefit_start(registered, paid, starts, due_by):
    decision = lianyungang(urban(), paid=paid, registered_at=registered)

    benefit = decision.members[0].benefit
    assert decision.eligible
    assert (benefit.starts_on, benefit.ends_on) == (date.fromisoformat(starts), date(2008, 12, 31))
    assert benefit.account_credit == 50
    assert benefit.account_credit_due_by == (due_by and date.fromisoformat(due_by))


@pytest.mark.parametrize(
    ("year", "asked", "code", "opens", "earliest"),
    [
        pytest.param(2008, "2007-08-31 23:59", "WINDOW_NOT_OPEN", "2007-09-01", "2007-10-01", id="开始前一日"),
        pytest.param(2008, "2007-12-11 00:00", "WINDOW_CLOSED", "2008-09-01", "2009-01-01", id="截止次日零时"),
        pytest.param(2009, "2008-01-01", "WINDOW_NOT_OPEN", "2008-09-01", "2009-01-01", id="年初问下年"),
        pytest.param(2010, "2008-10-01", "WINDOW_NOT_OPEN", "2009-09-01", "2010-01-01", id="隔年"),
        pytest.param(2010, "2009-12-11", "WINDOW_CLOSED", "2010-09-01", "2011-01-01", id="缴费期每年重复"),
        pytest.param(
            2007, "2007-10-20", "WINDOW_CLOSED", "2007-09-01", "2008-01-01", id="2007年度没有，2008年度正在收"
        ),
        pytest.param(2008, "2008-09-05", "WINDOW_CLOSED", "2008-09-01", "2009-01-01", id="下一缴费期已经开始"),
    ],
)
def test_money_is_taken_only_inside_the_window(year, asked, code, opens, earliest):
    decision = lianyungang(urban(), year=year, asked=asked)

    assert decision.reason == code
    assert decision.next_window[0] == date.fromisoformat(opens)
    assert decision.earliest_benefit_start == date.fromisoformat(earliest)


def test_a_payment_that_was_taken_outside_the_window_was_not_rightly_taken():
    assert lianyungang(urban(), paid="2007-12-11").reason == "WINDOW_CLOSED"


def test_the_year_after_the_last_published_one_says_that_it_is_not_published():
    assert lianyungang(urban(), year=2011, asked="2010-10-01").reason == "PERIOD_UNKNOWN"


@pytest.mark.parametrize(
    ("certification", "payable"),
    [
        pytest.param(disabled("肢体", 1), 60, id="肢体一级"),
        pytest.param(disabled("肢体", 2), 60, id="肢体二级"),
        pytest.param(disabled("肢体", 3), 120, id="肢体三级"),
        pytest.param(disabled("智力", 2), 60, id="智力二级"),
        pytest.param(disabled("精神", 2), 60, id="精神二级"),
        pytest.param(disabled("精神", 4), 120, id="精神四级"),
        pytest.param(disabled("视力", 1), 60, id="视力一级"),
        pytest.param(disabled("视力", 3), 120, id="视力三级"),
        pytest.param(disabled("听力", 1), 120, id="听力不在重度残疾之列"),
        pytest.param(disabled("言语", 1), 120, id="言语不在重度残疾之列"),
        pytest.param(disabled("肢体", None), 120, id="等级不明"),
        pytest.param(disabled("多重", 1), 120, id="多重而无分项"),
        pytest.param(disabled("多重", 1, Disability("听力", 1), Disability("肢体", 2)), 60, id="多重含肢体二级"),
        pytest.param(disabled("多重", 1, Disability("听力", 1), Disability("肢体", 3)), 120, id="多重而所列仅三级"),
        pytest.param(disabled("听力", 1, original_seen=False, copy_kept=False), 120, id="不减免的证件不用补材料"),
        pytest.param(Certification("低保户"), 60, id="低保户"),
        pytest.param(Certification("特困户"), 60, id="特困户"),
        pytest.param(Certification("dibao"), 60, id="按类别代码"),
        pytest.param(Certification("低保户", issued_by_division="320102"), 120, id="外地低保证"),
        pytest.param(Certification("劳动模范"), 120, id="文件没有的类别"),
    ],
)
def test_the_fee_is_120_or_60(certification, payable):
    decision = lianyungang(urban(certifications=(certification,)), paid=FEW_DAYS)

    assert decision.eligible
    assert decision.payable == payable
    assert decision.members[0].workmanship_fee_exempt is (payable == 60)


def test_a_certificate_of_another_place_is_turned_down_by_the_clause_that_names_whose_it_must_be():
    elsewhere = Certification("低保户", issued_by_division="320102")

    reasons = lianyungang(urban(), paid=FEW_DAYS, certifications=(elsewhere,)).members[0].reasons

    assert [each.clause.key for each in reasons if each.code == "ISSUED_ELSEWHERE"] == ["L-5-5"]


def test_reductions_never_add_up():
    member = urban(certifications=(disabled("肢体", 1), Certification("低保户")))

    assert lianyungang(member, paid=FEW_DAYS).payable == 60


def test_household_status_reaches_all_members_and_disability_only_its_holder():
    members = urban("A", certifications=(Certification("特困户"),)), urban("B")
    disabled_one = urban("A", certifications=(disabled("肢体", 1),)), urban("B")

    assert lianyungang(*members, paid=FEW_DAYS).payable == 120
    assert lianyungang(*disabled_one, paid=FEW_DAYS).payable == 180


@pytest.mark.parametrize(
    ("certification", "missing"),
    [
        pytest.param(disabled("肢体", 2, original_seen=False), ["残疾人证原件"], id="缺原件"),
        pytest.param(disabled("肢体", 2, copy_kept=False), ["残疾人证复印件"], id="缺复印件"),
        pytest.param(
            disabled("肢体", 2, original_seen=False, copy_kept=False), ["残疾人证原件", "残疾人证复印件"], id="都缺"
        ),
        pytest.param(Certification("低保户", copy_kept=False), ["低保证复印件"], id="低保证"),
        pytest.param(Certification("特困户", original_seen=False), ["特困职工证原件"], id="特困职工证"),
    ],
)
def test_a_reduction_waits_for_original_and_copy(certification, missing):
    decision = lianyungang(urban(certifications=(certification,)), asked=FEW_DAYS)

    assert decision.reason == "DOCUMENT_MISSING"
    assert [each.label for each in decision.missing_documents] == missing


def test_papers_of_a_second_category_are_not_wanted_when_the_first_is_proven():
    member = urban(certifications=(Certification("低保户"), disabled("肢体", 1, original_seen=False)))

    decision = lianyungang(member, asked=FEW_DAYS)

    assert decision.eligible
    assert decision.payable == 60


def test_photos_and_ordinary_papers_are_counted_for_applicants_only():
    cover = OtherCover("nrcms", certificate_seen=False)
    members = (
        urban("A", photos=1, papers=frozenset({"id_card"})),
        urban("B", photos=0, papers=frozenset()),
        urban("C", photos=0, papers=frozenset(), applying=False, insured_elsewhere=cover),
    )

    decision = lianyungang(*members, asked=FEW_DAYS, papers=frozenset())

    assert [(each.ref, each.label) for each in decision.missing_documents] == [
        (None, "居民户口簿原件"),
        ("A", "一寸近期免冠彩照(第2张)"),
        ("B", "居民身份证原件"),
        ("B", "一寸近期免冠彩照(第1张)"),
        ("B", "一寸近期免冠彩照(第2张)"),
        ("C", "新农合医保证原件"),
    ]


@pytest.mark.parametrize(
    ("member", "code"),
    [
        pytest.param(urban(hukou=Hukou("320722", "urban")), "HUKOU_OUTSIDE", id="东海县户籍"),
        pytest.param(urban(hukou=Hukou("320721", "urban")), "HUKOU_OUTSIDE", id="赣榆当时是县"),
        pytest.param(urban(hukou=Hukou("320722", "rural")), "HUKOU_OUTSIDE", id="外地农业户口先说户籍"),
        pytest.param(urban(hukou=Hukou("320705", "rural")), "NOT_URBAN_RESIDENT", id="市区农业户口"),
        pytest.param(urban(insured_elsewhere=OtherCover("employee")), "EMPLOYEE_INSURED", id="职工医保"),
        pytest.param(urban(insured_elsewhere=OtherCover("nrcms")), "NRCMS_INSURED", id="新农合"),
        pytest.param(urban(covered_years=frozenset({2008})), "DUPLICATE", id="本年度已参保"),
        pytest.param(urban(employee_cover=EndedCover(date(2008, 3, 31), "320700")), "EMPLOYEE_INSURED", id="未终止"),
    ],
)
def test_who_may_not_be_insured(member, code):
    assert lianyungang(member, asked=FEW_DAYS).reason == code


@pytest.mark.parametrize(
    "hukou",
    [
        pytest.param(Hukou("320703", "urban"), id="连云区"),
        pytest.param(Hukou("320706", "urban"), id="海州区"),
        pytest.param(Hukou("320706001002", "urban"), id="十二位代码"),
        pytest.param(Hukou("320771", "urban"), id="开发区"),
        pytest.param(Hukou("320705", "converted"), id="农转城"),
    ],
)
def test_who_has_urban_hukou_in_the_city_districts_may_be_insured(hukou):
    assert lianyungang(urban(hukou=hukou), paid=FEW_DAYS).eligible


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        pytest.param(urban("B", applying=False), ["B"], id="应参保而未参保"),
        pytest.param(urban("B", applying=False, insured_elsewhere=OtherCover("employee")), [], id="已参加职工医保"),
        pytest.param(urban("B", applying=False, insured_elsewhere=OtherCover("nrcms")), [], id="已参加新农合"),
        pytest.param(urban("B", applying=False, hukou=Hukou("320722", "urban")), [], id="户籍在外"),
        pytest.param(urban("B", applying=False, hukou=Hukou("320705", "rural")), [], id="农业户口"),
        pytest.param(urban("B", applying=False, covered_years=frozenset({2008})), [], id="已缴本年度"),
        pytest.param(urban("B", applying=False, covered_years=frozenset({2007})), ["B"], id="往年参保不算"),
        pytest.param(urban("B", applying=False, exemption="municipal_staff_child"), [], id="市级单位子女"),
        pytest.param(
            urban("B", applying=False, exemption="municipal_staff_child", parent_unit_level="municipal"),
            [],
            id="市级单位子女写明级别",
        ),
        pytest.param(
            urban("B", applying=False, exemption="municipal_staff_child", parent_unit_level="district"),
            ["B"],
            id="区级单位子女不能免",
        ),
        pytest.param(urban("B", applying=False, parent_unit_level="district"), ["B"], id="只写区级"),
        pytest.param(urban("B", applying=False, birth_date=date(2007, 9, 30)), ["B"], id="孩子也应参保"),
    ],
)
def test_all_who_should_enrol_must_enrol_together(other, missing):
    decision = lianyungang(urban("A"), other, asked=FEW_DAYS)

    assert list(decision.missing_members) == missing
    assert decision.reason == ("HOUSEHOLD_INCOMPLETE" if missing else None)


def test_a_supervisor_may_let_a_household_through_that_is_incomplete():
    override = frozenset({"HOUSEHOLD_INCOMPLETE"})

    decision = lianyungang(urban("A"), urban("B", applying=False), asked=FEW_DAYS, overrides=override)

    assert decision.eligible
    assert [warning.code for warning in decision.warnings] == ["HOUSEHOLD_INCOMPLETE"]


@pytest.mark.parametrize(
    ("year", "asked", "code"),
    [
        pytest.param(2008, "2008-04-01", "NEW_MEMBER_NEXT_WINDOW", id="截止后新增"),
        pytest.param(2008, "2007-12-15", "NEW_MEMBER_NEXT_WINDOW", id="当年十二月新增"),
        pytest.param(2009, "2008-08-31", "NEW_MEMBER_NEXT_WINDOW", id="下一缴费期前一日"),
    ],
)
def test_a_new_member_of_an_enrolled_household_waits_for_the_next_window(year, asked, code):
    enrolled = urban("A", applying=False, covered_years=frozenset({2008}))
    child = urban("B", birth_date=date(2007, 12, 12))

    decision = lianyungang(enrolled, child, year=year, asked=asked)

    assert decision.reason == code
    assert decision.next_window == (date(2008, 9, 1), date(2008, 12, 10))
    assert decision.earliest_benefit_start == date(2009, 1, 1)


def test_in_the_next_window_the_new_member_enrols_with_the_others():
    enrolled = urban("A", covered_years=frozenset({2008}))
    child = urban("B", birth_date=date(2008, 3, 1))

    decision = lianyungang(enrolled, child, year=2009, paid="2008-09-01")

    assert decision.payable == 240
    assert [member.continuous_years for member in decision.members] == [2, 1]
    assert {member.benefit.starts_on for member in decision.members} == {date(2009, 1, 1)}


@pytest.mark.parametrize(
    ("covered", "employee", "years"),
    [
        pytest.param((), (), 1, id="首次"),
        pytest.param((2009,), (), 2, id="连续两年"),
        pytest.param((2008, 2009), (), 3, id="连续三年"),
        pytest.param((2008,), (), 1, id="中断一年"),
        pytest.param((2008,), (2009,), 1, id="职工医保年份不接续"),
    ],
)
def test_a_break_restarts_the_continuous_years(covered, employee, years):
    member = urban(covered_years=frozenset(covered), employee_years=frozenset(employee))

    decision = lianyungang(member, year=2010, paid="2009-10-08")

    assert decision.members[0].continuous_years == years


def test_cover_never_starts_before_birth():
    child = urban("B", birth_date=date(2008, 1, 5))

    decision = lianyungang(urban("A"), child, paid="2007-12-10")

    assert [member.benefit.starts_on for member in decision.members] == [date(2008, 1, 1), date(2008, 1, 5)]


def test_whoever_is_born_after_the_year_is_told_so_and_not_to_wait():
    decision = lianyungang(urban("A"), urban("B", birth_date=date(2009, 1, 1)), paid="2007-12-10")

    assert [(each.code, each.text) for each in decision.refusals] == [
        ("BORN_BEYOND_YEAR", "成员B的出生日期2009-01-01在2008年度之后，请核对出生日期或年度。")
    ]


def test_the_household_pays_what_its_members_pay_and_every_figure_has_its_clause():
    insured = urban("D", applying=False, insured_elsewhere=OtherCover("employee"))
    household = urban("A"), urban("B"), urban("C", certifications=(disabled("肢体", 2),)), insured

    decision = lianyungang(*household, paid="2007-10-25")

    assert decision.payable == Decimal("300.00")
    assert [member.payable for member in decision.applicants] == [120, 120, 60]
    assert decision.members[3].reasons[0].clause.article == "第二条"
    articles = {reason.code: reason.clause.article for reason in decision.members[2].reasons}
    assert articles["CATEGORY"] == "第五条"
    assert articles["RATE"] == "第八条"
    assert articles["BENEFIT"] == "第七条"


def test_an_expired_certificate_is_refused_until_a_supervisor_decides():
    expired = Certification("低保户", valid_until=date(2007, 6, 30))

    held = lianyungang(urban("A"), urban("B"), asked=FEW_DAYS, certifications=(expired,))
    lifted = lianyungang(
        urban("A"), urban("B"), asked=FEW_DAYS, certifications=(expired,), overrides={"CERTIFICATE_EXPIRED"}
    )
    dropped = lianyungang(urban("A"), urban("B"), asked=FEW_DAYS)

    assert (held.payable, held.warnings) == (120, ())
    assert [(reason.code, reason.text, reason.clause.article) for reason in held.refusals] == [
        (
            "CERTIFICATE_EXPIRED",
            "本户的低保证已于2007-06-30到期，不能据以减免：有新证的请改录；情况属实的由主管说明理由后放行；"
            "也可改为不按此类别缴费。",
            "第五条",
        )
    ]
    assert (lifted.eligible, lifted.payable) == (True, 120)
    assert [each.text for each in lifted.warnings] == ["本户的低保户证件已于2007-06-30到期，已由主管放行。"]
    assert (dropped.eligible, dropped.payable) == (True, 240)


def test_an_expired_certificate_beside_a_valid_one_is_only_warned_of():
    expired = Certification("低保户", valid_until=date(2007, 6, 30))

    decision = lianyungang(urban("A"), asked=FEW_DAYS, certifications=(expired, Certification("特困户")))

    assert (decision.eligible, decision.payable) == (True, 60)
    assert [each.text for each in decision.warnings] == ["本户的低保户证件已于2007-06-30到期，请核对，有新证的请改录。"]


def test_a_certificate_counts_on_its_last_day():
    last_day = Certification("低保户", valid_until=date(2007, 10, 20))

    decision = lianyungang(urban("A"), asked=FEW_DAYS, certifications=(last_day,))

    assert (decision.eligible, decision.payable, decision.warnings) == (True, 60, ())


def test_a_child_without_identity_card_shows_the_hukou_book():
    grown = urban("A", birth_date=date(1970, 1, 1), papers=frozenset())
    child = urban("B", birth_date=date(1991, 10, 21), papers=frozenset())
    just_sixteen = urban("C", birth_date=date(1991, 10, 20), papers=frozenset())

    decision = lianyungang(grown, child, just_sixteen, asked=FEW_DAYS, papers=frozenset({"hukou_book"}))

    assert [(each.ref, each.label) for each in decision.missing_documents] == [
        ("A", "居民身份证原件"),
        ("C", "居民身份证原件"),
    ]
