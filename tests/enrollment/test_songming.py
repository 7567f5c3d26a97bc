"""嵩政办通〔2016〕50号 as read in POLICY.md: two cut-offs, departments that pay, two months after employee cover."""

from datetime import date

import pytest

from enrollment.rules.facts import Certification, EndedCover, Hukou, OtherCover, Student
from tests.enrollment.rule_facts import disabled, listed, rural, songming

OUTSIDE = Hukou("530326", "rural")
URBAN = Hukou("530127", "urban")
CONVERTED = Hukou("530127", "converted")


@pytest.mark.parametrize(
    ("asked", "verified", "code"),
    [
        pytest.param("2016-10-07 23:59", None, "WINDOW_NOT_OPEN", id="开始前"),
        pytest.param("2016-10-08 00:00", None, None, id="首日零时"),
        pytest.param("2017-02-22 17:00", None, None, id="核定截止整点"),
        pytest.param("2017-02-22 17:00:01", None, "VERIFY_CLOSED", id="核定截止后一秒"),
        pytest.param("2017-02-23 17:00", "2017-02-22 17:00", None, id="已核定缴费截止整点"),
        pytest.param("2017-02-23 09:00", "2017-02-22 17:00:01", "VERIFY_CLOSED", id="核定晚一秒"),
        pytest.param("2017-02-23 17:00:01", "2017-02-22 10:00", "PAYMENT_CLOSED", id="已核定缴费晚一秒"),
        pytest.param("2017-02-23 17:01", None, "PAYMENT_CLOSED", id="两个截止都过"),
    ],
)
def test_verification_and_payment_have_their_own_cut_off(asked, verified, code):
    assert songming(rural(), asked=asked, verified_at=verified).reason == code


def test_a_payment_on_the_last_day_without_a_recorded_verification_was_verified_in_time():
    decision = songming(rural(), paid="2017-02-23 16:00")

    benefit = decision.members[0].benefit
    assert decision.payable == 150
    assert (benefit.starts_on, benefit.usable_from) == (date(2017, 1, 1), date(2017, 2, 23))
    assert {each.code: each.clause.key for each in benefit.reasons} == {"BENEFIT": "S-6-1", "USABLE_FROM": "S-6-3"}


@pytest.mark.parametrize("channel", ["counter", "village", "school", "app", "department"])
@pytest.mark.parametrize("day", ["2016-10-09", "2016-11-15", "2016-11-16", "2016-12-25", "2016-12-26", "2017-01-20"])
def test_the_collective_dates_refuse_nobody(channel, day):
    decision = songming(rural(), paid=day, channel=channel)

    late = {"village": "2016-11-15", "school": "2016-12-25", "counter": "2016-12-25"}.get(channel, "2099")
    assert decision.payable == 150
    assert ("LATE_CHANNEL" in {r.code for r in decision.members[0].reasons}) is (day > late)


@pytest.mark.parametrize("channel", ["counter", "village", "school"])
def test_nobody_is_called_a_latecomer_who_is_refused_or_comes_from_employee_insurance(channel):
    from_employee = rural(hukou=URBAN, employee_cover=EndedCover(date(2017, 4, 30), "530100"))

    refused = songming(rural(), asked="2017-03-01", channel=channel)
    joined = songming(from_employee, paid="2017-06-15", channel=channel)

    assert (refused.reason, joined.eligible) == ("PAYMENT_CLOSED", True)
    assert "LATE_CHANNEL" not in {each.code for one in (refused, joined) for each in one.members[0].reasons}


@pytest.mark.parametrize(
    ("member", "code"),
    [
        pytest.param(rural(), None, id="农村"),
        pytest.param(rural(hukou=URBAN), None, id="城镇"),
        pytest.param(rural(hukou=CONVERTED), None, id="农转城"),
        pytest.param(rural(hukou=OUTSIDE), "HUKOU_OUTSIDE", id="外县无证"),
        pytest.param(rural(hukou=OUTSIDE, residence_certificate=True), None, id="外来务工有证"),
        pytest.param(rural(hukou=OUTSIDE, parent_residence_certificate=True), None, id="外来务工子女"),
        pytest.param(rural(hukou=OUTSIDE, student=Student("中专", school_in_area=True)), None, id="县内中专"),
        pytest.param(
            rural(hukou=OUTSIDE, student=Student("中专", school_in_area=False)), "HUKOU_OUTSIDE", id="县外中专"
        ),
        pytest.param(
            rural(hukou=OUTSIDE, student=Student("小学", school_in_area=True)), "HUKOU_OUTSIDE", id="外县小学生"
        ),
        pytest.param(
            rural(hukou=OUTSIDE, student=Student("大学", school_in_area=True)), "HUKOU_OUTSIDE", id="大学生按户籍"
        ),
        pytest.param(rural(student=Student("大学", school_in_area=False)), None, id="本县户籍大学生"),
        pytest.param(rural(hukou=OUTSIDE, admitted_by_supervisor=True), None, id="其他人员经主管核准"),
        pytest.param(rural(insured_elsewhere=OtherCover("employee")), "EMPLOYEE_INSURED", id="职工医保"),
        pytest.param(rural(in_employee_scope=True), "EMPLOYEE_SCOPE", id="属于职工医保范围"),
        pytest.param(rural(covered_years=frozenset({2017})), "DUPLICATE", id="重复"),
    ],
)
def test_who_may_be_insured(member, code):
    assert songming(member, asked="2016-11-01").reason == code


def test_a_supervisor_may_admit_who_is_in_the_scope_of_employee_insurance():
    member = rural(in_employee_scope=True)

    assert songming(member, asked="2016-11-01", overrides=frozenset({"EMPLOYEE_SCOPE"})).eligible


def test_the_insured_are_refused_even_by_a_supervisor():
    member = rural(insured_elsewhere=OtherCover("employee"))

    assert not songming(member, asked="2016-11-01", overrides=frozenset({"EMPLOYEE_INSURED"})).eligible


def test_the_household_need_not_enrol_together():
    assert songming(rural("A"), rural("B", applying=False), asked="2016-11-01").eligible


BORN_60 = date(1956, 11, 10)
BORN_18 = date(1998, 11, 10)


@pytest.mark.parametrize(
    ("certification", "hukou", "born", "funder"),
    [
        pytest.param(listed("城乡低保对象"), URBAN, None, "民政", id="城市低保"),
        pytest.param(listed("城乡低保对象"), Hukou("530127", "rural"), None, "民政", id="农村低保"),
        pytest.param(listed("城乡低保对象"), OUTSIDE, None, None, id="外县户籍上了名单也不资助"),
        pytest.param(Certification("城乡低保对象"), URBAN, None, None, id="不在名单"),
        pytest.param(listed("城乡重度残疾人"), URBAN, None, "残联", id="残联名单"),
        pytest.param(listed("城镇低收入家庭60周岁以上的老年人"), URBAN, BORN_60, "民政", id="六十周岁生日当天"),
        pytest.param(listed("城镇低收入家庭60周岁以上老年人"), URBAN, date(1956, 11, 11), None, id="差一天六十"),
        pytest.param(
            listed("城镇低收入家庭60周岁以上老年人"), Hukou("530127", "rural"), BORN_60, None, id="农村低收入老人"
        ),
        pytest.param(listed("城镇低收入家庭60周岁以上老年人"), CONVERTED, BORN_60, "民政", id="农转城依名单"),
        pytest.param(listed("城镇低收入家庭未成年人"), URBAN, date(1998, 11, 11), "民政", id="差一天十八"),
        pytest.param(listed("城镇低收入家庭未成年人"), URBAN, BORN_18, None, id="十八周岁生日当天"),
        pytest.param(listed("城镇低收入家庭60周岁以上的老年人及未成年人"), URBAN, date(2010, 1, 1), "民政", id="合称"),
        pytest.param(listed("农村五保供养对象"), Hukou("530127", "rural"), None, "民政", id="五保"),
        pytest.param(listed("农村五保供养对象"), URBAN, None, None, id="城镇户籍不是农村五保"),
        pytest.param(listed("农村独生子女父母"), Hukou("530127", "rural"), None, "卫计", id="独生子女父母"),
        pytest.param(listed("农村独生子女父母"), CONVERTED, None, "卫计", id="农转城独生子女父母"),
        pytest.param(
            listed("农村独生子女（不满18周岁）"), Hukou("530127", "rural"), date(1998, 11, 11), "卫计", id="全角括号"
        ),
        pytest.param(listed("农村独生子女(不满18周岁)"), Hukou("530127", "rural"), BORN_18, None, id="独生子女满十八"),
        pytest.param(listed("农村独生子女(不满18周岁)"), Hukou("530127", "rural"), None, None, id="没有出生日期"),
        pytest.param(
            listed("只生育了两个女孩且采取了绝育措施的农村夫妻"), Hukou("530127", "rural"), None, "卫计", id="双女绝育"
        ),
        pytest.param(listed("农村双女绝育夫妻"), URBAN, None, None, id="城镇双女"),
        pytest.param(disabled("听力", 1, on_funder_list=True), URBAN, None, "残联", id="听力一级在名单"),
        pytest.param(disabled("肢体", 3, on_funder_list=True), URBAN, None, None, id="三级不是重度"),
        pytest.param(disabled("肢体", 1), URBAN, None, None, id="残疾证不在名单"),
    ],
)
def test_a_department_pays_only_for_who_is_listed_and_meets_the_text(certification, hukou, born, funder):
    member = rural(hukou=hukou, birth_date=born, certifications=(certification,), residence_certificate=True)

    decision = songming(member, paid="2016-11-10")

    assert decision.eligible
    assert decision.funder == funder
    assert (decision.payable, decision.sponsored) == ((0, 150) if funder else (150, 0))
    if certification.on_funder_list and not funder:
        assert decision.warnings


def test_the_list_of_the_federation_decides_even_beside_a_certificate_of_lower_grade():
    member = rural(certifications=(listed("城乡重度残疾人"), disabled("肢体", 3)))

    assert songming(member, paid="2016-11-10").funder == "残联"


def test_two_categories_are_sponsored_once_by_the_first_of_the_list():
    member = rural(certifications=(listed("城乡重度残疾人"), listed("农村独生子女父母"), listed("城乡低保对象")))

    decision = songming(member, paid="2016-11-10")

    assert (decision.sponsored, decision.funder) == (150, "民政")


def test_age_counts_on_the_day_of_verification_not_of_payment():
    child = rural(birth_date=date(1999, 2, 20), certifications=(listed("农村独生子女"),))

    early = songming(child, paid="2017-02-21", verified_at="2017-02-19")
    late = songming(child, paid="2017-02-21", verified_at="2017-02-20")

    assert (early.payable, late.payable) == (0, 150)


@pytest.mark.parametrize(
    ("ended", "division", "paid", "code"),
    [
        pytest.param("2017-04-30", "530100", "2017-05-01", None, id="次日"),
        pytest.param("2017-04-30", "530127", "2017-06-30 23:00", None, id="两个月最后一日"),
        pytest.param("2017-04-30", "530100", "2017-07-01", "PAYMENT_CLOSED", id="过一日"),
        pytest.param("2017-03-15", "530100", "2017-05-15", None, id="同日数"),
        pytest.param("2017-03-15", "530100", "2017-05-16", "PAYMENT_CLOSED", id="同日数过一日"),
        pytest.param("2016-12-31", "530100", "2017-02-28", None, id="月末收口"),
        pytest.param("2017-04-30", "530300", "2017-05-10", "PAYMENT_CLOSED", id="曲靖的职工医保不算"),
        pytest.param("2017-10-31", "530100", "2017-12-31", None, id="年内最后一日"),
        pytest.param("2017-12-10", "530100", "2018-01-05", "PAYMENT_CLOSED", id="跨年不能补当年"),
        pytest.param("2016-07-31", "530100", "2016-09-15", "WINDOW_NOT_OPEN", id="当年是2016年"),
    ],
)
def test_two_months_after_employee_cover_one_may_still_join(ended, division, paid, code):
    member = rural(hukou=URBAN, employee_cover=EndedCover(date.fromisoformat(ended), division))

    decision = songming(member, paid=paid)

    assert decision.reason == code
    if code is None:
        assert decision.payable == 150
        assert decision.members[0].benefit.starts_on == date.fromisoformat(paid[:10])
        assert decision.members[0].benefit.ends_on == date(2017, 12, 31)


@pytest.mark.parametrize(
    ("category", "born", "funder"),
    [
        pytest.param("城镇低收入家庭60周岁以上老年人", date(1957, 4, 1), "民政", id="四月满六十"),
        pytest.param("城镇低收入家庭60周岁以上老年人", date(1957, 6, 15), "民政", id="缴费当日满六十"),
        pytest.param("城镇低收入家庭60周岁以上老年人", date(1957, 6, 16), None, id="差一天六十"),
        pytest.param("城镇低收入家庭未成年人", date(1999, 4, 1), None, id="四月满十八"),
    ],
)
@pytest.mark.parametrize("moment", ["asked", "paid"])
def test_after_employee_cover_age_counts_on_the_day_itself_not_at_the_cut_off_of_february(
    category, born, funder, moment
):
    cover = EndedCover(date(2017, 4, 30), "530100")
    member = rural(hukou=URBAN, birth_date=born, employee_cover=cover, certifications=(listed(category),))

    decision = songming(member, **{moment: "2017-06-15"})

    assert (decision.eligible, decision.funder) == (True, funder)


def test_inside_the_general_window_the_cover_is_the_year_but_not_before_the_other_ends():
    ended_in_autumn = rural(employee_cover=EndedCover(date(2016, 11, 30), "530100"))
    ended_in_january = rural(employee_cover=EndedCover(date(2017, 1, 10), "530100"))

    autumn = songming(ended_in_autumn, paid="2017-01-20")
    january = songming(ended_in_january, paid="2017-02-01")

    assert autumn.members[0].benefit.starts_on == date(2017, 1, 1)
    assert january.members[0].benefit.starts_on == date(2017, 1, 11)


def test_a_renewal_shows_the_card_a_new_member_the_identity_card_or_the_hukou_book():
    seen = [frozenset({"social_security_card"}), frozenset({"id_card"}), frozenset({"hukou_book"}), frozenset()]

    missing = [songming(rural(papers=papers), asked="2016-11-01").missing_documents for papers in seen]

    assert [[each.label for each in documents] for documents in missing] == [[], [], [], ["社会保障卡原件"]]


def test_a_child_born_in_the_covered_year_is_covered_from_birth():
    decision = songming(rural(birth_date=date(2017, 1, 20)), paid="2017-02-10")

    assert decision.members[0].benefit.starts_on == date(2017, 1, 20)
