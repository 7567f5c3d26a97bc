"""户的登记与变动: registering a household, adding and ending memberships, changing its address."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

from common.dates import local_day
from common.decision import Reason, Refusal
from common.phone import parse_phone
from common.relations import HEAD
from common.typed import InputError
from households.drafts import HouseholdDraft, MemberDraft
from households.duplicates import Known, find_known, same_child
from households.models import Household, Membership, Person
from households.numbering import take_number
from households.services.papers import write_shown
from households.services.persons import MemberRefusal, Row, merge_known, read_rows
from offices import scope
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Division, Office, Staff

RENEWED_FIELDS = [
    field.name
    for field in Person._meta.concrete_fields
    if field.name not in {"id", "died_on"} and "admi" not in field.name
]

ONE_DAY = timedelta(days=1)
INFANCY = timedelta(days=3 * 366)  # by then a child has its number


@accountable
def register_household(*, draft: HouseholdDraft, by: Staff, at: datetime) -> Household:
    """Register a household with its members and everything that was shown; all of it or nothing.

    Refuses with MemberRefusal, which knows the rows, or with Refusal. A person known from before without a present
    household keeps the old row. About ten statements, however many members.
    """
    office = _office_of(by)
    today = local_day(at)
    _check_division(draft.division_code, office=office, today=today)
    _check_heads(draft.members)
    rows = read_rows(draft.members, division_code=draft.division_code, today=today)
    persons = _write_persons(rows, by=by, today=today)
    household = Household.objects.create(
        office=office,
        division_code=draft.division_code,
        number=take_number(office=office, division_code=draft.division_code),
        hukou_book_no=draft.hukou_book_no.strip(),
        address=draft.address.strip(),
        phone=_read_phone(draft.phone),
        registered_at=at,
        registered_by=by,
    )
    Membership.objects.bulk_create(
        Membership(household=household, person=person, relation=row.draft.relation, starts_on=today)
        for row, person in zip(rows, persons, strict=True)
    )
    members = [(person, row.draft) for row, person in zip(rows, persons, strict=True)]
    write_shown(household=household, draft=draft, members=members, by=by, at=at)
    record(by=by, at=at, verb="register_household", subject=household, detail={"members": len(persons)})
    return household


@accountable
def add_member(*, household_id: int, draft: MemberDraft, by: Staff, at: datetime) -> Membership:
    """Add a person to a household from today on."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    household = visible(Household.objects.select_for_update(of=["self"]), by).get(pk=household_id)
    today = local_day(at)
    if household.closed_at:
        raise Refusal(Reason("closed", f"户号{household.number}已销户，不能再加人。请按新户登记。"))
    if draft.is_head:
        raise Refusal(Reason("second_head", "本户已有户主，一户只能有一位。请选择此人与户主的关系。"))
    rows = read_rows([draft], division_code=household.division_code, today=today)
    (person,) = _write_persons(rows, by=by, today=today, household=household)
    membership = Membership.objects.create(household=household, person=person, relation=draft.relation, starts_on=today)
    write_shown(household=household, draft=None, members=[(person, draft)], by=by, at=at)
    record(by=by, at=at, verb="add_member", subject=household, detail={"person": person.pk})
    return membership


@accountable
def end_membership(
    *, membership_id: int, last_day: date, by: Staff, at: datetime, new_head_id: int | None = None
) -> Household:
    """End a membership after its `last_day`, today at the latest; a head is followed by the member `new_head_id`.

    A `last_day` just before the first says that the person never belonged here: the row goes, its history stays.
    Who moves to another household today leaves this one yesterday. The household that the last one leaves is closed.
    """
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    mine = visible(Membership.objects.all(), by, field="household__division_code").get(pk=membership_id)
    household = Household.objects.select_for_update().get(pk=mine.household_id)
    present = {each.pk: each for each in household.memberships.select_for_update(of=["self"]).filter(ends_on=None)}
    ending = present.pop(membership_id, None)
    if ending is None:
        raise Refusal(Reason("ended", "此人已不在本户。请刷新页面后再办理。"))
    if not ending.starts_on - ONE_DAY <= last_day <= local_day(at):
        raise Refusal(
            Reason("last_day", f"最后一日应在加入日期{ending.starts_on}与今天之间；从未属于本户的，填加入的前一日。")
        )
    _end(ending, last_day)
    if not present:
        household.closed_at = at
        household.save(update_fields=["closed_at"])
    elif ending.relation == HEAD:
        _follow(present.get(new_head_id or 0), last_day=last_day)
    detail = {"person": ending.person_id, "last_day": last_day.isoformat()}
    record(by=by, at=at, verb="end_membership", subject=household, detail=detail)
    return household


def _end(membership: Membership, last_day: date) -> None:
    if last_day < membership.starts_on:
        membership.delete()
    else:
        membership.ends_on = last_day
        membership.save(update_fields=["ends_on"])


def _follow(new_head: Membership | None, *, last_day: date) -> None:
    """The next head from the day after the former one's last, or from the day of joining if that is later."""
    if new_head is None:
        raise Refusal(Reason("no_head", "户主离开后，本户还有成员，须有新户主。请选择由谁接任。"))
    if new_head.starts_on > last_day:
        new_head.relation = HEAD
        new_head.save(update_fields=["relation"])
        return
    _end(new_head, last_day)
    Membership.objects.create(
        household_id=new_head.household_id,
        person_id=new_head.person_id,
        relation=HEAD,
        starts_on=last_day + ONE_DAY,
    )


@accountable
def update_household(
    *,
    household_id: int,
    by: Staff,
    at: datetime,
    division_code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    hukou_book_no: str | None = None,
) -> Household:
    """Change what is given; a new village, within the same office, takes the members along in the search."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    household = visible(Household.objects.select_for_update(of=["self"]).select_related("office"), by).get(
        pk=household_id
    )
    wanted = {
        "address": address if address is None else address.strip(),
        "phone": phone if phone is None else _read_phone(phone),
        "hukou_book_no": hukou_book_no if hukou_book_no is None else hukou_book_no.strip(),
        "division_code": division_code,
    }
    changed = {name: new for name, new in wanted.items() if new is not None and new != getattr(household, name)}
    if "division_code" in changed:
        _check_division(changed["division_code"], office=household.office, today=local_day(at))
        members = household.memberships.filter(ends_on=None).values("person")
        Person.objects.filter(pk__in=members).update(division_code=changed["division_code"])
    for name, new in changed.items():
        setattr(household, name, new)
    if changed:
        household.save(update_fields=list(changed))
        record(by=by, at=at, verb="update_household", subject=household, detail={"fields": sorted(changed)})
    return household


def _office_of(by: Staff) -> Office:
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    if by.office is None:
        raise Refusal(Reason("no_office", "您的账号没有所属机构，不能登记。请管理员在人员设置中指定。"))
    return by.office


def _check_division(code: str, *, office: Office, today: date) -> None:
    if not code.startswith(office.division_code):
        raise Refusal(Reason("division", f"所选村（社区）不在{office.name}的管辖范围内。请重新选择。"))
    known = Division.objects.at(today).filter(code=code, level=Division.Level.VILLAGE)
    if not known.exists():
        raise Refusal(Reason("division", "请选择村（社区）；列表中没有的，请管理员在行政区划中添加。"))


def _check_heads(members: Sequence[MemberDraft]) -> None:
    if not members:
        raise Refusal(Reason("empty", "户中还没有人。请至少录入户主一人。"))
    heads = [place for place, member in enumerate(members) if member.is_head]
    if not heads:
        raise Refusal(Reason("no_head", "户中没有户主。请在一人的“与户主关系”中选“户主”。"))
    if len(heads) > 1:
        again = Reason("second_head", f"第{heads[0] + 1}行已是户主，一户只能有一位。请选择此人与户主的关系。")
        raise MemberRefusal({place: [again] for place in heads[1:]})


def _write_persons(rows: Sequence[Row], *, by: Staff, today: date, household: Household | None = None) -> list[Person]:
    """Insert the new persons and bring the known ones up to date, in the rows' order."""
    _refuse_newborns_again(rows, today=today, household=household)
    known = find_known(
        [row.person.id_no for row in rows if row.person.id_no], [row.newborn for row in rows if row.newborn]
    )
    persons = merge_known(rows, known, by=by)
    Person.objects.bulk_create(person for person in persons if person.pk is None)
    if known:
        with scope.everywhere("who has left a household may have left it elsewhere, and comes with the old row"):
            Person.objects.bulk_update([each for each in persons if each._state.adding is False], RENEWED_FIELDS)
    return persons


def _refuse_newborns_again(rows: Sequence[Row], *, today: date, household: Household | None) -> None:
    """A child that is known without its number is given the number, not registered again; nor the other way round."""
    infants = [place for place, row in enumerate(rows) if row.newborn or today - row.person.birth_date < INFANCY]
    if not infants:
        return
    numbers = {row.person.id_no for row in rows}
    if household:
        numbers |= {each.person.id_no for each in household.memberships.filter(ends_on=None).select_related("person")}
    wrong = {}
    for place in infants:
        child, newborn = rows[place].person, rows[place].newborn
        mothers = {newborn.mother_id_no} if newborn else {number for number in numbers if number} - {child.id_no}
        known = same_child(child, household_id=household.pk if household else None, mothers=mothers)
        if known:
            wrong[place] = [_known_child(known)]
    for place, other in combinations(infants, 2):
        if _alike(rows[place].person, rows[other].person) and (rows[place].newborn or rows[other].newborn):
            text = f"与第{place + 1}行同名、同日出生，是同一个孩子，只录一行。"
            wrong[other] = [Reason("newborn_twice", text)]
    if wrong:
        raise MemberRefusal(wrong)


def _known_child(known: Known) -> Reason:
    child, membership = known.person, known.membership
    where = f"，在户号{membership.household.number}的户中" if membership else ""
    if child.id_no:
        text = f"{child.name}（{child.birth_date}出生）已凭身份证号登记{where}，不要重复登记。"
    else:
        text = f"{child.name}（{child.birth_date}出生）已作为尚无号码的新生儿登记{where}。"
        text += "请为其办理“新生儿补录身份证号”，不要重复登记。"
    return Reason("newborn_known", text)


def _alike(one: Person, other: Person) -> bool:
    return (one.name, one.birth_date, one.sex) == (other.name, other.birth_date, other.sex)


def _read_phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return parse_phone(text)
    except InputError as error:
        raise Refusal(Reason("phone", str(error))) from error
