"""资助名单: imported month by month, compared, taken in; nobody beyond the list, and nobody on it forgotten."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from common.decision import Refusal
from enrollment import library
from enrollment.facts import read_household
from enrollment.models import Change, Enrollment
from households.models import Certification, OtherCover, Person
from rosters.checks import Terms, check
from rosters.known import read_known
from rosters.lists.applying import apply_list, settle_list
from rosters.lists.comparing import compare, ended_of, lines_of
from rosters.lists.importing import choose_words, import_list, read_again, withdraw_list
from rosters.models import FunderListLine
from rosters.reading.rows import read_roster
from tests.builders import CertificationDraft, at, make_household
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed, pay_for, songming_book
from tests.rosters.lists_made import DETAIL, NOVEMBER, OCTOBER, ONE, THREE, TWO, draft, home, rows, took_in
from tests.rosters.made import LI, csv_of, number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


def payable(household: Any, moment: Any = NOVEMBER) -> list[int]:
    decision = read_household(household.pk, coverage_year=2017, at=moment).decide(at=moment)
    return [int(each.payable) for each in decision.members]


def test_who_is_on_the_list_is_certified_and_pays_nothing(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE), ("普二", TWO))

    found = took_in(boss, ("普一", ONE, "低保"), ("李大山", LI, "五保户"))

    assert found.counts["new"] == 1
    certification = Certification.objects.get()
    assert (certification.category, certification.valid_from) == ("dibao", date(2016, 9, 1))
    assert certification.funder_list == "民政2016年10月资助名单"
    assert payable(household) == [0, 150]


def test_nothing_is_decided_by_a_list_that_only_waits(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE))

    import_list(draft=draft(rows(("普一", ONE, "低保"))), by=boss, at=OCTOBER)

    assert payable(household) == [150]


def test_the_month_after_tells_new_changed_kept_and_ended(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO), ("普三", THREE), ("李大山", LI))
    took_in(boss, ("普一", ONE, "低保"), ("普二", TWO, "低保"), ("普三", THREE, "低保"))

    november = rows(("普一", ONE, "低保"), ("普二", TWO, "五保"), ("李大山", LI, "低保"))
    found = import_list(draft=draft(november, month="2016-11-01"), by=boss, at=NOVEMBER)

    counts = compare(found).counts
    assert counts == {"kept": 1, "changed": 1, "new": 1, "ended": 2}
    assert [line.name for line in lines_of(found, "changed", staff=boss)] == ["普二"]
    assert [each.person.name for each in ended_of(found, staff=boss)] == ["普二", "普三"]


def test_who_is_listed_twice_by_two_words_is_one_person_in_the_preview(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    twice = rows(("普一", ONE, "低保"), ("普一", ONE, "低保户"), ("普二", TWO, "低保"), ("普二", TWO, "五保"),
                 ("李大山", LI, "低保户"), ("李大山", LI, "低保"))  # fmt: skip

    found = import_list(draft=draft(twice), by=boss, at=OCTOBER)
    compared = compare(found)

    assert compared.counts == {"new": 3, "unknown": 1, "again": 2, "ended": 0}
    assert (compared.lines, compared.persons) == (6, 4)
    assert [(line.name, line.said) for line in lines_of(found, "again", staff=boss)] == [
        ("普一", "低保户"),
        ("李大山", "低保"),
    ]

    taken = apply_list(list_id=found.pk, seen=0, by=boss, at=OCTOBER)
    assert taken.counts["added"] == 3 == Certification.objects.count()
    assert list(found.lines.filter(state="again").values_list("said", flat=True)) == ["低保户", "低保"]


def test_who_ended_keeps_what_was_decided_before(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE), ("普二", TWO))
    took_in(boss, ("普一", ONE, "低保"), ("普二", TWO, "低保"))
    pay_for(household, miss_yang, total=0, moment=at("2016-11-05 10:00"))

    took_in(boss, ("普二", TWO, "低保"), month="2016-11-01", moment=NOVEMBER)

    ended = Certification.objects.get(person__id_no=ONE)
    assert ended.ended_on == date(2016, 11, 5)
    assert Enrollment.objects.in_force().filter(sponsored=150).count() == 2


def test_who_ended_without_having_paid_ends_with_the_month_before_and_pays(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE))
    took_in(boss, ("普一", ONE, "低保"))

    took_in(boss, ("李大山", LI, "低保"), month="2016-11-01", moment=NOVEMBER)

    assert Certification.objects.get().ended_on == date(2016, 10, 31)
    assert payable(household) == [150]


def test_a_disability_certificate_holds_on_when_its_holder_leaves_the_list(boss, miss_yang):
    severe = CertificationDraft(disability_kind="肢体", disability_grade=1, funder_list="残联名单")
    make_household(
        miss_yang,
        *(listed("普一", "", id_no=ONE),),
        moment="2016-09-20 09:00",
    )
    person = Person.objects.get()
    Certification.objects.create(
        person=person, disability_kind=severe.disability_kind, disability_grade=1, funder_list=severe.funder_list
    )

    more = {"funder": "disabled_persons_federation"}
    took_in(boss, ("普一", ONE, "重度残疾"), **more)
    kept = Certification.objects.count()
    took_in(boss, ("李大山", LI, "重度残疾"), month="2016-11-01", moment=NOVEMBER, **more)

    assert kept == 1
    old, new = Certification.objects.order_by("pk")
    assert (old.ended_on, new.valid_from) == (date(2016, 10, 31), date(2016, 11, 1))
    assert (new.disability_grade, new.funder_list, new.ended_on) == (1, "", None)


def test_the_words_of_a_department_are_explained_once_and_remembered(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    found = import_list(draft=draft(rows(("普一", ONE, "救助甲类"), ("李大山", LI, "临时"))), by=boss, at=OCTOBER)
    assert compare(found).unexplained == (("临时", 1), ("救助甲类", 1))
    with pytest.raises(Refusal, match="救助甲类"):
        apply_list(list_id=found.pk, seen=0, by=boss, at=OCTOBER)

    choose_words(list_id=found.pk, chosen={"救助甲类": "dibao", "临时": ""}, by=boss, at=OCTOBER)

    assert compare(found).counts == {"new": 1, "other": 1, "ended": 0}
    apply_list(list_id=found.pk, seen=0, by=boss, at=OCTOBER)
    later = import_list(draft=draft(rows(("普一", ONE, "救助甲类")), month="2016-11-01"), by=boss, at=NOVEMBER)
    assert compare(later).counts == {"kept": 1, "ended": 0}


def test_a_category_of_another_department_is_refused(boss):
    found = import_list(draft=draft(rows(("李大山", LI, "双女户"))), by=boss, at=OCTOBER)

    assert compare(found).unexplained == (("双女户", 1),)
    with pytest.raises(Refusal, match="不由这个部门资助"):
        choose_words(list_id=found.pk, chosen={"双女户": "two_daughters"}, by=boss, at=OCTOBER)


def test_one_word_for_old_and_young_is_told_by_the_age(boss):
    old, young = number("19500101", 981), number("20080101", 983)
    found = import_list(
        draft=draft(rows(("老人", old, "城镇低收入家庭"), ("孩子", young, "城镇低收入家庭"))), by=boss, at=OCTOBER
    )

    assert list(found.lines.values_list("category", flat=True)) == ["low_income_elder", "low_income_minor"]


def test_wrong_rows_are_kept_and_told_and_whom_they_mean_does_not_end(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    took_in(boss, ("普一", ONE, "低保"), ("普二", TWO, "低保"))

    november = rows(("普一", "5.30127E+17", "低保"), ("普二甲", TWO, "低保"), ("普二甲", TWO, "低保"))
    found = import_list(draft=draft(november, month="2016-11-01"), by=boss, at=NOVEMBER)

    assert compare(found).counts == {"wrong": 2, "named": 1, "ended": 0}
    told = [line.problems[0]["code"] for line in lines_of(found, "wrong", staff=boss)]
    assert told == ["ID_EXCEL", "DUPLICATE"]


def test_a_month_that_cannot_be_is_told_with_its_line(boss):
    data = csv_of([DETAIL, [1, ONE, "普一", "低保", "嵩阳街道", "东村", "0000-01", ""]])

    line = import_list(draft=draft(data), by=boss, at=OCTOBER).lines.get()

    assert (line.day, [each["code"] for each in line.problems]) == (None, ["DAY"])


def test_the_preview_must_still_be_true_when_it_is_taken_in(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    took_in(boss, ("普一", ONE, "低保"))
    found = import_list(draft=draft(rows(("李大山", LI, "低保")), month="2016-11-01"), by=boss, at=NOVEMBER)

    with pytest.raises(Refusal, match="重新看过"):
        apply_list(list_id=found.pk, seen=0, by=boss, at=NOVEMBER)


def test_who_is_registered_later_is_recognised(boss, miss_yang):
    took_in(boss, ("普一", ONE, "低保"), ("普二", TWO, "低保"))

    household = home(miss_yang, ("普一", ONE), ("普二字错", TWO))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert payable(household) == [0, 150]
    assert FunderListLine.objects.get(name="普一").person.name == "普一"
    assert FunderListLine.objects.get(name="普二").person is None


def test_a_name_that_is_put_right_is_recognised_too(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    took_in(boss, ("普乙", ONE, "低保"))
    assert not Certification.objects.exists()

    Person.objects.update(name="普乙")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert Certification.objects.get().category == "dibao"


@pytest.mark.parametrize(
    "heads",
    [
        pytest.param(["序号", "身份证", "姓名", "身份类别", "镇街", "村居", "纳入时间", "备注"], id="镇街、村居"),
        pytest.param(["序号", "身份证号码", "姓名", "代缴类别", "乡镇街道", "社区", "认定时间", "批次"], id="附件5"),
        pytest.param(
            ["序号", "身份证号", "姓名", "特殊人员身份类别", "镇(街)", "村(居)", "日期", "参保年度"], id="附件4"
        ),
    ],
)
def test_the_column_sets_that_are_in_use_are_read(boss, heads):
    data = rows(("李大山", LI, "低保"), heads=heads)

    found = import_list(draft=draft(data), by=boss, at=OCTOBER)

    line = found.lines.get()
    assert (line.name, line.id_no, line.category, line.town) == ("李大山", LI, "dibao", "嵩阳街道")
    assert line.division_code == "530127001001"


def test_a_corrected_column_is_read_again_and_remembered(boss):
    heads = ["序号", "身份证号", "姓名", "身份类别", "实际", "村", "时间", "备注"]
    body = [[1, LI, "李大山", "城乡居民", "低保", "东村", "", ""]]
    first = import_list(draft=draft(csv_of([heads, *body])), by=boss, at=OCTOBER)

    again = read_again(list_id=first.pk, mapping={"category": "E"}, by=boss, at=OCTOBER)
    withdraw_list(list_id=again.pk, reason="重导", by=boss, at=OCTOBER)
    later = import_list(draft=draft(csv_of([heads, *body])), by=boss, at=OCTOBER)

    assert [first.lines.get().category, again.lines.get().category, later.lines.get().category] == [
        "",
        "dibao",
        "dibao",
    ]


def test_the_dead_of_the_agencys_list_leave_and_a_head_is_left_to_a_person(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    heads = ["序号", "姓名", "身份证号码", "死亡时间", "镇街", "备注"]
    body = [
        [1, "普一", ONE, "2016.9.28", "嵩阳街道", ""],
        [2, "普二", TWO, "20160929", "", ""],
        [3, "李大山", LI, "", "", ""],
    ]
    found = import_list(draft=draft(csv_of([heads, *body]), kind="died", funder=""), by=boss, at=OCTOBER)
    assert compare(found).counts == {"new": 2, "unknown": 1}

    done = settle_list(list_id=found.pk, by=boss, at=OCTOBER)

    assert done == (1, 1)
    assert Person.objects.get(name="普二").died_on == date(2016, 9, 29)
    assert Change.objects.get().papers == ["经办机构2016年10月死亡名单"]
    assert "新户主" in found.lines.get(name="普一").settled


def test_who_is_on_the_employees_list_is_marked_and_refused(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE), ("普二", TWO))
    heads = ["姓名", "身份证号", "居民医保所属区划", "职工医保所属区划", "是否参保职工"]
    body = [["普一", ONE, "嵩明县", "昆明市", "是"], ["普二", TWO, "嵩明县", "", "否"]]
    found = import_list(draft=draft(csv_of([heads, *body]), kind="employed", funder=""), by=boss, at=OCTOBER)

    assert settle_list(list_id=found.pk, by=boss, at=OCTOBER) == (1, 0)

    assert OtherCover.objects.get().person.name == "普一"
    decision = read_household(
        household.pk, coverage_year=2017, at=NOVEMBER, applying=[Person.objects.get(name="普一").pk]
    )
    assert "EMPLOYEE_INSURED" in {reason.code for reason in decision.decide(at=NOVEMBER).refusals}


def test_only_managers_import_and_only_for_their_own_divisions(boss, miss_yang, mr_chen):
    for wrong in (miss_yang, mr_chen):
        with pytest.raises(Refusal):
            import_list(draft=draft(rows(("李大山", LI, "低保"))), by=wrong, at=OCTOBER)


def check_new(office, name: str, no: str, amount: Any) -> Any:
    """A household of somebody new, as a village brings it."""
    heads = ["户号", "姓名", "身份证号", "与户主关系", "特殊人群", "缴费金额"]
    read = read_roster(csv_of([heads, ["1", name, no, "户主", "低保", amount]]), today=date(2016, 11, 10))
    terms = Terms(library.current("songming"), 2017, NOVEMBER, "village", office)
    known = read_known([no], office=office, coverage_year=2017, at=NOVEMBER)
    return check(read.rows, known=known, terms=terms)[0][0]


def test_a_roster_brings_somebody_new_who_is_on_a_list_already(boss, songyang):
    took_in(boss, ("李大山", LI, "低保"))

    right = check_new(songyang, "李大山", LI, 0)
    other_name = check_new(songyang, "李小山", LI, 0)

    assert right.accepted
    assert right.decision.charge.funder == "民政"
    assert [each.code for each in other_name.reasons] == ["SPONSOR_UNLISTED"]


def test_a_roster_brings_nobody_whom_the_agency_names_as_dead(boss, songyang):
    heads = ["序号", "姓名", "身份证号码", "死亡时间"]
    data = csv_of([heads, [1, "李大山", LI, "2016-09-28"]])
    import_list(draft=draft(data, kind="died", funder=""), by=boss, at=OCTOBER)

    assert "PERSON_DIED" in [each.code for each in check_new(songyang, "李大山", LI, 150).reasons]
