"""变更: what death, moves and employee insurance do, said before and kept after; corrections; undoing as a new fact."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.decision import Refusal
from common.relations import HEAD
from enrollment import library
from enrollment.account_services import credit_accounts, reverse_entry
from enrollment.accounts import balance_of
from enrollment.change_plan import Kind, Wish, papers_of, plan
from enrollment.change_services import note_new_member, refund_later, register_change
from enrollment.change_undoing import undo_change
from enrollment.facts import read_household
from enrollment.models import AccountEntry, Change, Enrollment, Termination
from households.duplicates import find_duplicate
from households.models import Household, Membership, Person
from households.services import add_member
from offices.models import Staff
from tests.builders import DAUGHTER, OTHER, SON, WIFE, at, id_number, make_household, member, newborn
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures

DAY = date(2008, 3, 1)
NOON = at("2008-03-05 12:00")


@pytest.fixture
def paid(zhang_household: Household, aunt_liu: Staff, book, pay: Pay) -> Household:  # noqa: F811
    """张建国户, four of five covered for 2008."""
    pay(zhang_household, aunt_liu, "420.00")
    return zhang_household


def person(household: Household, name: str) -> Person:
    return household.memberships.get(ends_on=None, person__name=name).person


def wish(household: Household, kind: str, who: str = "", /, *, day: date = DAY, **values: Any) -> Wish:
    papers = papers_of(library.current(household.office.ruleset_code), kind)
    person_id = person(household, who).pk if who else None
    return Wish(kind, household.pk, person_id, day, papers, values)


def done(household: Household, kind: str, who: str = "", /, *, by: Staff, moment=NOON, **more: Any) -> Change:
    return register_change(wish=wish(household, kind, who, **more), by=by, at=moment)


def names(household: Household) -> set[str]:
    return set(household.memberships.filter(ends_on=None).values_list("person__name", flat=True))


def said(asked: Wish, household: Household, moment=NOON) -> str:
    return "\n".join(str(reason) for reason in plan(asked, household=household, at=moment).reasons)


def test_a_death_is_told_with_its_clause_before_it_is_done(paid: Household):
    told = said(wish(paid, Kind.DEATH, "王桂兰"), paid)

    assert "2008年度的待遇到 2008-03-01 为止（原到 2008-12-31）。（连政办发〔2007〕149号第十一条（四））" in told
    assert "2008年度已缴的 120.00 元不退。" in told
    assert "从本户成员中移出" in told
    assert not Change.objects.exists()


def test_a_death_ends_cover_and_membership_and_leaves_the_money_alone(paid: Household, aunt_liu: Staff):
    mother = person(paid, "王桂兰")
    before = Enrollment.objects.get(person=mother).benefit_ends_on

    change = done(paid, Kind.DEATH, "王桂兰", by=aunt_liu)

    mother.refresh_from_db()
    assert mother.died_on == DAY
    assert "王桂兰" not in names(paid)
    assert Termination.objects.get(change=change).last_day == DAY
    assert Enrollment.objects.get(person=mother).benefit_ends_on == before
    facts = read_household(paid.pk, coverage_year=2009, at=at("2008-09-10 09:00"))
    assert "王桂兰" not in {each.name for each in facts.members}
    assert "已登记死亡" in find_duplicate(mother.id_no).sentence(aunt_liu)


def test_a_death_undone_restores_person_member_and_cover(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    mother = person(paid, "王桂兰")
    change = done(paid, Kind.DEATH, "王桂兰", by=aunt_liu)

    undo_change(change_id=change.pk, reason="同名误报", by=mr_chen, at=at("2008-03-06 09:00"))

    mother.refresh_from_db()
    change.refresh_from_db()
    assert mother.died_on is None
    assert "王桂兰" in names(paid)
    assert not Termination.objects.standing().exists()
    assert (change.undone_by, change.undo_reason) == (mr_chen, "同名误报")


def test_the_death_of_the_head_wants_a_new_head_and_undone_gives_the_old_one_back(
    paid: Household, aunt_liu: Staff, mr_chen: Staff
):
    with pytest.raises(Refusal, match="须有新户主"):
        done(paid, Kind.DEATH, "张建国", by=aunt_liu)

    change = done(paid, Kind.DEATH, "张建国", by=aunt_liu, new_head=person(paid, "李秀英").pk)
    assert paid.memberships.get(ends_on=None, relation=HEAD).person.name == "李秀英"
    undo_change(change_id=change.pk, reason="误报", by=mr_chen, at=at("2008-03-06 09:00"))

    assert paid.memberships.get(ends_on=None, relation=HEAD).person.name == "张建国"
    assert paid.memberships.get(ends_on=None, person__name="李秀英").relation == WIFE


def test_with_the_heads_death_everybody_gets_the_relation_to_the_new_head(
    paid: Household, aunt_liu: Staff, mr_chen: Staff
):
    def relations() -> dict[str, str]:
        return dict(paid.memberships.filter(ends_on=None).values_list("person__name", "relation"))

    before = relations()
    given = {person(paid, name).pk: code for name, code in {"张明": SON, "张小红": DAUGHTER, "王桂兰": "54"}.items()}
    more = {"new_head": person(paid, "李秀英").pk, "relations": given}

    told = said(wish(paid, Kind.DEATH, "张建国", **more), paid)
    change = done(paid, Kind.DEATH, "张建国", by=aunt_liu, **more)

    assert "李秀英接任户主；张小红为女，张明为子，王桂兰为婆婆。" in told
    assert relations() == {"李秀英": HEAD, "张明": SON, "张小红": DAUGHTER, "王桂兰": "54"}
    undo_change(change_id=change.pk, reason="误报", by=mr_chen, at=at("2008-03-06 09:00"))
    assert relations() == before


def test_the_new_head_and_the_others_are_still_here_on_the_day_of_a_death(paid: Household, aunt_liu: Staff):
    given = {person(paid, "王桂兰").pk: "54"}
    change = {"new_head": person(paid, "李秀英").pk, "relations": given, "day": NOON.date()}
    done(paid, Kind.DEATH, "张建国", by=aunt_liu, **change)

    facts = read_household(paid.pk, coverage_year=2008, at=NOON)

    assert {each.name for each in facts.asked.members} == {"李秀英", "张明", "张小红", "王桂兰"}


def test_papers_that_were_not_seen_are_named(paid: Household, aunt_liu: Staff):
    asked = wish(paid, Kind.DEATH, "王桂兰")

    with pytest.raises(Refusal, match="还没有查验死亡证明、申报亲属身份证、亲属关系证明、医疗保险卡"):
        register_change(wish=Wish(asked.kind, asked.household_id, asked.person_id, DAY), by=aunt_liu, at=NOON)


def test_a_death_tomorrow_is_refused(paid: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="晚于今天"):
        done(paid, Kind.DEATH, "王桂兰", by=aunt_liu, day=date(2008, 3, 6))


def test_moving_out_ends_cover_on_that_day_and_who_comes_back_can_be_registered(paid: Household, aunt_liu: Staff):
    gone = person(paid, "张小红")

    done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu, to="南京市")

    assert Termination.objects.get().last_day == DAY
    assert "张小红" not in names(paid)
    assert "可以直接登记" in find_duplicate(gone.id_no).sentence(aunt_liu)


def test_who_moved_out_today_is_not_due_any_more_today(paid: Household, aunt_liu: Staff):
    moment = at("2008-09-10 09:00")
    done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu, day=date(2008, 9, 10), moment=moment)

    facts = read_household(paid.pk, coverage_year=2009, at=moment)

    assert "张小红" not in {each.name for each in facts.asked.members}


def test_the_last_member_who_leaves_closes_the_household_and_undoing_opens_it(
    aunt_liu: Staff,
    mr_chen: Staff,
    rulesets,  # noqa: F811
):
    alone = make_household(aunt_liu, member("王大力", HEAD))
    change = done(alone, Kind.MOVE_OUT, "王大力", by=aunt_liu)
    alone.refresh_from_db()
    assert alone.closed_at

    undo_change(change_id=change.pk, reason="未迁出", by=mr_chen, at=at("2008-03-06 09:00"))

    alone.refresh_from_db()
    assert alone.closed_at is None
    assert names(alone) == {"王大力"}


def test_employee_insurance_ends_cover_the_day_before_and_keeps_the_person_out_while_it_lasts(
    paid: Household, aunt_liu: Staff, mr_chen: Staff
):
    change = done(paid, Kind.EMPLOYEE_START, "李秀英", by=aunt_liu)

    assert Termination.objects.get().last_day == date(2008, 2, 29)
    assert "李秀英" in names(paid)
    later = at("2008-09-10 09:00")
    wife = {each.name: each for each in read_household(paid.pk, coverage_year=2009, at=later).members}["李秀英"]
    assert not wife.asked.applying
    assert wife.asked.insured_elsewhere.kind == "employee"

    undo_change(change_id=change.pk, reason="单位未缴", by=mr_chen, at=at("2008-03-06 09:00"))
    wife = {each.name: each for each in read_household(paid.pk, coverage_year=2009, at=later).members}["李秀英"]
    assert wife.asked.applying


def test_a_cover_that_has_not_begun_never_does_and_before_the_deadline_the_void_is_pointed_to(paid: Household):
    moment = at("2007-11-20 10:00")

    told = said(wish(paid, Kind.DEATH, "王桂兰", day=date(2007, 11, 18)), paid, moment)

    assert "现不再开始" in told
    assert "请主管作废收据" in told
    assert "不退。" not in told


def test_after_the_deadline_nothing_is_refunded_even_before_cover_begins(paid: Household):
    told = said(wish(paid, Kind.DEATH, "王桂兰", day=date(2007, 12, 18)), paid, at("2007-12-20 10:00"))

    assert "2008年度已缴的 120.00 元不退。" in told


def test_moving_within_the_area_changes_nothing_this_year_and_names_the_next_window(paid: Household, aunt_liu: Staff):
    told = said(wish(paid, Kind.MOVE_WITHIN, "李秀英", to="海州区"), paid)
    done(paid, Kind.MOVE_WITHIN, "李秀英", by=aunt_liu, to="海州区")

    assert "仍在原参保地享受待遇到 2008-12-31" in told
    assert "2008-09-01 至 2008-12-10" in told
    assert "李秀英" in names(paid)
    assert not Termination.objects.exists()


def test_a_name_is_corrected_and_given_back(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    wife = person(paid, "李秀英")
    change = done(paid, Kind.NAME, "李秀英", by=aunt_liu, name="李秀瑛")
    wife.refresh_from_db()
    assert (wife.name, "lxy" in wife.initials) == ("李秀瑛", True)

    undo_change(change_id=change.pk, reason="看错", by=mr_chen, at=at("2008-03-06 09:00"))

    wife.refresh_from_db()
    assert wife.name == "李秀英"


def test_only_a_supervisor_corrects_a_number_and_it_can_be_given_back(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    old, new = person(paid, "李秀英").id_no, id_number("1963-02-03", sex="F")

    with pytest.raises(Refusal, match="主管"):
        done(paid, Kind.ID_NUMBER, "李秀英", by=aunt_liu, id_no=new)
    change = done(paid, Kind.ID_NUMBER, "李秀英", by=mr_chen, id_no=new)
    assert person(paid, "李秀英").birth_date == date(1963, 2, 3)
    assert old not in str(change.detail)
    undo_change(change_id=change.pk, reason="原号码无误", by=mr_chen, at=at("2008-03-06 09:00"))

    assert person(paid, "李秀英").id_no == old


def test_a_newborns_number_takes_the_place_of_the_certificate(aunt_liu: Staff, rulesets):  # noqa: F811
    family = make_household(aunt_liu, member("王大力", HEAD), newborn("王小宝"))
    number = id_number("2007-10-01")

    done(family, Kind.NEWBORN_NUMBER, "王小宝", by=aunt_liu, id_no=number)

    assert person(family, "王小宝").id_no == number
    with pytest.raises(Refusal, match="已有身份证号"):
        done(family, Kind.NEWBORN_NUMBER, "王小宝", by=aunt_liu, id_no=id_number("2007-10-01"))


def test_a_relation_is_corrected_but_not_the_heads(paid: Household, aunt_liu: Staff):
    done(paid, Kind.RELATION, "王桂兰", by=aunt_liu, relation="55")

    assert paid.memberships.get(ends_on=None, person__name="王桂兰").relation == "55"
    with pytest.raises(Refusal, match="变更户主"):
        done(paid, Kind.RELATION, "张建国", by=aunt_liu, relation=SON)


def test_another_head_and_everybodys_new_relation(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    relations = {
        person(paid, name).pk: relation
        for name, relation in {"张建国": WIFE, "张小红": DAUGHTER, "张明": SON, "王桂兰": "54"}.items()
    }
    change = done(paid, Kind.HEAD, by=aunt_liu, new_head=person(paid, "李秀英").pk, relations=relations)

    now = dict(paid.memberships.filter(ends_on=None).values_list("person__name", "relation"))
    assert now == {"李秀英": HEAD, "张建国": WIFE, "张小红": DAUGHTER, "张明": SON, "王桂兰": "54"}
    undo_change(change_id=change.pk, reason="户口簿未变", by=mr_chen, at=at("2008-03-06 09:00"))
    assert paid.memberships.get(ends_on=None, relation=HEAD).person.name == "张建国"
    assert paid.memberships.filter(ends_on=None).count() == 5


def test_a_split_founds_a_household_and_undone_brings_everybody_home(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    leaving = {person(paid, "张明").pk: HEAD, person(paid, "王桂兰").pk: OTHER}

    change = done(paid, Kind.SPLIT, by=aunt_liu, leaving=leaving, address="东村5组")

    founded = Household.objects.get(number=change.detail["founded_number"])
    assert names(founded) == {"张明", "王桂兰"}
    assert names(paid) == {"张建国", "李秀英", "张小红"}
    undo_change(change_id=change.pk, reason="未分户", by=mr_chen, at=at("2008-03-06 09:00"))
    founded.refresh_from_db()
    assert founded.closed_at
    assert len(names(paid)) == 5


def test_a_merge_takes_everybody_along_and_closes_the_household(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    other = make_household(aunt_liu, member("王大力", HEAD), member("赵敏", WIFE, sex="F"))
    relations = {person(other, "王大力").pk: OTHER, person(other, "赵敏").pk: OTHER}

    change = done(other, Kind.MERGE, by=aunt_liu, into=paid.number, relations=relations)

    other.refresh_from_db()
    assert other.closed_at
    assert {"王大力", "赵敏"} <= names(paid)
    undo_change(change_id=change.pk, reason="并错户", by=mr_chen, at=at("2008-03-06 09:00"))
    other.refresh_from_db()
    assert other.closed_at is None
    assert names(other) == {"王大力", "赵敏"}


def test_undoing_is_refused_while_a_later_change_stands_and_names_it(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    first = done(paid, Kind.NAME, "李秀英", by=aunt_liu, name="李秀瑛")
    done(paid, Kind.MOVE_OUT, "李秀瑛", by=aunt_liu)

    with pytest.raises(Refusal, match="此后又办理了“迁出统筹区”"):
        undo_change(change_id=first.pk, reason="看错", by=mr_chen, at=at("2008-03-06 09:00"))


def returned(household: Household, who: Person, by: Staff, moment=NOON) -> Change:
    """`who` is added to the household again, as the registration page does it."""
    draft = member(who.name, DAUGHTER, sex="F", id_no=who.id_no)
    joined = add_member(household_id=household.pk, draft=draft, by=by, at=moment)
    return note_new_member(membership_id=joined.pk, by=by, at=moment)


BACK = at("2008-03-06 08:00")


def test_who_is_back_in_the_same_year_is_told_that_cover_is_over_and_when_to_pay_next(paid: Household, aunt_liu: Staff):
    gone = person(paid, "张小红")
    done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu)

    change = returned(paid, gone, aunt_liu, BACK)

    told = "\n".join(f"{each['text']}（{each['clause']}）" for each in change.said)
    assert "2008年度的待遇已因迁出统筹区到 2008-03-01 为止，已缴的保险费不退。（L-11-3）" in told
    assert "一人一年只能参保一次：2008年度不再重缴" in told
    assert "2009年度在其缴费期（2008-09-01 至 2008-12-10）内登记并缴费。（L-11-1）" in told
    assert "请主管撤销那项变更，待遇恢复到 2008-12-31" in told
    facts = read_household(paid.pk, coverage_year=2008, at=BACK)
    assert "张小红" not in {each.asked.name for each in facts.members if each.asked.applying}
    following = read_household(paid.pk, coverage_year=2009, at=at("2008-09-10 09:00"))
    assert "张小红" in {each.asked.name for each in following.members if each.asked.applying}


def test_who_joins_without_an_ended_cover_is_told_nothing_of_it(paid: Household, aunt_liu: Staff):
    change = returned(paid, Person(name="王小丫", id_no=id_number("1985-06-07", sex="F")), aunt_liu, BACK)

    assert len(change.said) == 1


@pytest.mark.parametrize("where", ["原户", "另立一户"])
def test_a_move_out_undone_after_the_return_gives_the_cover_back_and_leaves_the_household(
    paid: Household, aunt_liu: Staff, mr_chen: Staff, where: str
):
    gone = person(paid, "张小红")
    change = done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu)
    if where == "原户":
        returned(paid, gone, aunt_liu, BACK)
    else:
        make_household(aunt_liu, member("张小红", HEAD, sex="F", id_no=gone.id_no), moment="2008-03-06 08:00")
    home = gone.memberships.get(ends_on=None)

    undo_change(change_id=change.pk, reason="未迁出", by=mr_chen, at=at("2008-03-06 09:00"))

    assert gone.memberships.get(ends_on=None) == home
    assert list(Enrollment.objects.standing_on(date(2008, 3, 6)).filter(person=gone).values_list("coverage_year")) == [
        (2008,)
    ]


def test_a_move_out_is_not_undone_under_a_later_death(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    gone = person(paid, "张小红")
    change = done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu)
    returned(paid, gone, aunt_liu, BACK)
    done(paid, Kind.DEATH, "张小红", by=aunt_liu, day=date(2008, 3, 6), moment=at("2008-03-06 09:00"))

    with pytest.raises(Refusal, match="此后又办理了“死亡”"):
        undo_change(change_id=change.pk, reason="未迁出", by=mr_chen, at=at("2008-03-06 10:00"))


def test_the_counter_and_the_persons_page_say_why_a_cover_is_over(
    paid: Household, aunt_liu: Staff, client: Client, settings
):
    settings.DEMO = True
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = BACK, timezone.now()
    aunt_liu.office.save()
    gone = person(paid, "张小红")
    done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu)
    returned(paid, gone, aunt_liu, BACK)
    client.force_login(aunt_liu)

    counter = client.get(f"/counter/{paid.pk}/").content.decode()
    life = client.get(f"/persons/{gone.pk}/").content.decode()

    assert "张小红：2008年度的待遇已因迁出统筹区到 2008-03-01 为止" in counter
    assert "迁出统筹区 2008-03-01" in life
    assert "第十一条（三）" in life


def test_a_members_new_name_does_not_stand_in_the_way_of_undoing_the_heads_death(
    paid: Household, aunt_liu: Staff, mr_chen: Staff
):
    change = done(paid, Kind.DEATH, "张建国", by=aunt_liu, new_head=person(paid, "李秀英").pk)
    done(paid, Kind.NAME, "李秀英", by=aunt_liu, name="李秀瑛")

    undo_change(change_id=change.pk, reason="误报", by=mr_chen, at=at("2008-03-06 09:00"))

    assert paid.memberships.get(ends_on=None, relation=HEAD).person.name == "张建国"


def test_a_clerk_undoes_nothing_and_nobody_without_a_reason(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    change = done(paid, Kind.MOVE_OUT, "张小红", by=aunt_liu)

    with pytest.raises(Refusal, match="主管"):
        undo_change(change_id=change.pk, reason="未迁出", by=aunt_liu, at=NOON)
    with pytest.raises(Refusal, match="事由"):
        undo_change(change_id=change.pk, reason=" ", by=mr_chen, at=NOON)
    assert Membership.objects.get(person__name="张小红").ends_on == DAY


def test_a_clerk_of_another_office_changes_nothing(paid: Household, miss_yang: Staff):
    with pytest.raises(Refusal, match="管辖范围"):
        done(paid, Kind.MOVE_OUT, "张小红", by=miss_yang)


@pytest.fixture
def credited(paid: Household, mr_chen: Staff) -> Household:
    """The same, with 50 yuan on everybody's account."""
    credit_accounts(ruleset_code="lianyungang", coverage_year=2008, by=mr_chen, at=at("2008-01-05 09:00"))
    return paid


def test_a_death_pays_the_balance_to_the_heir_who_is_named(credited: Household, aunt_liu: Staff):
    mother = person(credited, "王桂兰")
    heir = {"payee": "张建国", "payee_relation": "子"}
    told = said(wish(credited, Kind.DEATH, "王桂兰", **heir), credited)

    change = done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, **heir)

    assert "个人账户余额 50.00 元退给继承人张建国（子）。" in told
    entry = AccountEntry.objects.get(pk=change.detail["refund"])
    assert (entry.amount, entry.payee, entry.relation, entry.clause_key) == (-50, "张建国", "子", "L-11-4")
    assert balance_of(mother.pk) == 0


def test_a_death_with_a_balance_wants_the_heirs_name_and_relation(credited: Household, aunt_liu: Staff):
    with pytest.raises(Refusal, match="收款人姓名"):
        done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, payee="", payee_relation="子")
    with pytest.raises(Refusal, match="与参保人的关系"):
        done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, payee="张建国")

    assert not Change.objects.exists()
    assert "王桂兰" in names(credited)


def test_who_moves_out_gets_the_balance_and_who_joins_employee_insurance_keeps_it(credited: Household, aunt_liu: Staff):
    change = done(credited, Kind.MOVE_OUT, "张小红", by=aunt_liu)
    done(credited, Kind.EMPLOYEE_START, "李秀英", by=aunt_liu)

    entry = AccountEntry.objects.get(pk=change.detail["refund"])
    assert (entry.amount, entry.payee, entry.relation) == (-50, "张小红", "本人")
    assert balance_of(person(credited, "李秀英").pk) == 50


def test_a_change_with_a_refund_is_undone_only_after_the_refund_is_reversed(
    credited: Household, aunt_liu: Staff, mr_chen: Staff
):
    change = done(credited, Kind.MOVE_OUT, "张小红", by=aunt_liu)
    later = {"by": mr_chen, "at": at("2008-03-06 09:00")}

    with pytest.raises(Refusal, match=r"余额 50.00 元已退给张小红"):
        undo_change(change_id=change.pk, reason="未迁出", **later)
    reverse_entry(entry_id=change.detail["refund"], reason="款已收回", **later)
    undo_change(change_id=change.pk, reason="未迁出", **later)

    assert "张小红" in names(credited)
    assert balance_of(person(credited, "张小红").pk) == 50


def test_a_cover_that_never_began_brings_no_credit(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    done(paid, Kind.DEATH, "王桂兰", by=aunt_liu, day=date(2007, 12, 18), moment=at("2007-12-20 10:00"))

    made = credit_accounts(ruleset_code="lianyungang", coverage_year=2008, by=mr_chen, at=at("2008-01-05 09:00"))

    assert made.persons == 3


def test_a_refund_that_was_reversed_is_paid_again_to_the_right_heir(credited: Household, aunt_liu, mr_chen: Staff):
    change = done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, payee="张建国", payee_relation="子")
    reverse_entry(entry_id=change.detail["refund"], reason="退错了人", by=mr_chen, at=NOON)

    with pytest.raises(Refusal, match="与参保人的关系"):
        refund_later(change_id=change.pk, payee="张小红", relation="", by=aunt_liu, at=NOON)
    with pytest.raises(Refusal, match=r"收款人“张\ue000”打印不出来，余额没有退还。"):
        refund_later(change_id=change.pk, payee="张\ue000", relation="孙女", by=aunt_liu, at=NOON)
    entry = refund_later(change_id=change.pk, payee="张小红", relation="孙女", by=aunt_liu, at=NOON)
    with pytest.raises(Refusal, match="没有余额"):
        refund_later(change_id=change.pk, payee="张小红", relation="孙女", by=aunt_liu, at=NOON)

    assert (entry.amount, entry.payee, entry.relation, entry.clause_key) == (-50, "张小红", "孙女", "L-11-4")
    assert balance_of(change.person_id) == 0


def test_a_change_is_not_undone_while_a_second_refund_stands(credited: Household, aunt_liu, mr_chen: Staff):
    change = done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, payee="张建国", payee_relation="子")
    reverse_entry(entry_id=change.detail["refund"], reason="退错了人", by=mr_chen, at=NOON)
    refund_later(change_id=change.pk, payee="张小红", relation="孙女", by=aunt_liu, at=NOON)

    with pytest.raises(Refusal, match="已退给张小红"):
        undo_change(change_id=change.pk, reason="同名误报", by=mr_chen, at=at("2008-03-06 09:00"))


def test_a_change_that_pays_nobody_gives_no_ground_for_a_refund(credited: Household, aunt_liu, miss_yang: Staff):
    change = done(credited, Kind.EMPLOYEE_START, "李秀英", by=aunt_liu)

    for by in (aunt_liu, miss_yang):
        with pytest.raises(Refusal, match="不退个人账户余额"):
            refund_later(change_id=change.pk, payee="李秀英", relation="本人", by=by, at=NOON)


def test_the_account_page_offers_the_refund_that_is_left(credited: Household, aunt_liu, mr_chen: Staff, client):
    change = done(credited, Kind.DEATH, "王桂兰", by=aunt_liu, payee="张建国", payee_relation="子")
    reverse_entry(entry_id=change.detail["refund"], reason="退错了人", by=mr_chen, at=NOON)
    client.force_login(aunt_liu)

    page = client.get(f"/accounts/persons/{change.person_id}/").content.decode()
    wrong = client.post(f"/changes/{change.pk}/refund/", {"payee": "张小红", "relation": ""})
    client.post(f"/changes/{change.pk}/refund/", {"payee": "张小红", "relation": "孙女"})

    assert f'href="/changes/{change.pk}/refund/"' in page
    assert wrong.status_code == 422
    assert balance_of(change.person_id) == 0
