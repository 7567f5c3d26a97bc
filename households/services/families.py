"""户内变动: change of head, relation, split, merge, and putting memberships and facts back as they were.

Parts of one change: whoever calls these holds the transaction and writes the act.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from common.dates import local_day
from common.decision import Reason, Refusal
from common.relations import HEAD
from households.models import Household, Membership, Person
from households.numbering import take_number
from households.services.persons import _set_name
from offices.models import Staff

ONE_DAY = timedelta(days=1)
Rows = dict[int, dict[str, Any]]


def memberships_now(household_ids: Iterable[int]) -> Rows:
    """Every membership of these households by its id, as JSON can hold it."""
    rows = Membership.objects.filter(household__in=list(household_ids)).values(
        "id", "household_id", "person_id", "relation", "starts_on", "ends_on"
    )
    return {row["id"]: _plain(row) for row in rows}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: row[name].isoformat() if row[name] else None for name in ("starts_on", "ends_on")}
    return {name: value for name, value in row.items() if name != "id"} | days


def differences(before: Rows, after: Rows) -> list[dict[str, Any]]:
    """The rows that came, went or changed."""
    return [
        {"id": pk, "before": before.get(pk), "after": after.get(pk)}
        for pk in sorted({*before, *after})
        if before.get(pk) != after.get(pk)
    ]


def put_back(changed: Sequence[Mapping[str, Any]]) -> None:
    """Make memberships what they were before a change; refused where they have changed again since."""
    now = {row["id"]: _plain(row) for row in _values(row["id"] for row in changed)}
    if any(now.get(row["id"]) != row["after"] for row in changed):
        text = "此后户内成员又有变动，不能直接撤销。请先更正后来的变动，或按现在的情况办理新的变更。"
        raise Refusal(Reason("MEMBERS_CHANGED_SINCE", text))
    _refuse_elsewhere(changed)
    Membership.objects.filter(pk__in=[row["id"] for row in changed if row["before"] is None]).delete()
    # A household has one head at a time: whoever steps back comes before the former head.
    for row in sorted((row for row in changed if row["before"]), key=lambda row: row["before"]["relation"] == HEAD):
        back, _ = Membership.objects.update_or_create(pk=row["id"], defaults=_typed(row["before"]))
        if back.ends_on is None:
            Person.objects.filter(pk=back.person_id).update(division_code=back.household.division_code)


def _values(pks: Iterable[int]) -> Iterable[dict[str, Any]]:
    fields = ("id", "household_id", "person_id", "relation", "starts_on", "ends_on")
    return Membership.objects.select_for_update().filter(pk__in=list(pks)).values(*fields)


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("starts_on", "ends_on")}
    return {**row, **days}


def _refuse_elsewhere(changed: Sequence[Mapping[str, Any]]) -> None:
    """Somebody who belongs to another household by now cannot come back to this one."""
    back = {row["before"]["person_id"] for row in changed if row["before"] and row["before"]["ends_on"] is None}
    ours = [row["id"] for row in changed]
    present = Membership.objects.filter(person__in=back, ends_on=None).exclude(pk__in=ours)
    elsewhere = present.select_related("person", "household__office").first()
    if elsewhere:
        home = elsewhere.household
        text = f"{elsewhere.person.name}此后已登记在{home.office.name}户号{home.number}，请先在该户办理转出。"
        raise Refusal(Reason("ELSEWHERE_SINCE", text))


def last_event(person_id: int) -> int:
    """The number of the newest kept state of a person."""
    events: Any = apps.get_model("households", "PersonEvent").objects
    return int(events.filter(pgh_obj=person_id).order_by("-pgh_id").values_list("pgh_id", flat=True)[0])


def put_facts_back(*, person_id: int, before: int, after: int, fields: Collection[str]) -> None:
    """Give a person's facts the values of the kept state `before`; refused where they differ from `after` by now."""
    events: Any = apps.get_model("households", "PersonEvent").objects
    old, new = events.get(pgh_id=before, pgh_obj=person_id), events.get(pgh_id=after, pgh_obj=person_id)
    person = Person.objects.select_for_update(of=["self"]).get(pk=person_id)
    if any(getattr(person, name) != getattr(new, name) for name in fields):
        text = f"{person.name}的这些信息此后又改过，不能直接撤销。请看历史，按现在的情况重新更正。"
        raise Refusal(Reason("FACTS_CHANGED_SINCE", text))
    for name in fields:
        setattr(person, name, getattr(old, name))
    if "name" in fields:
        _set_name(person, old.name)
    person.save()


def present_members(household: Household) -> dict[int, Membership]:
    """The present members, locked, by the person's id."""
    rows = household.memberships.select_for_update(of=["self"]).filter(ends_on=None).select_related("person")
    return {row.person_id: row for row in rows.order_by("pk")}


def become(membership: Membership, relation: str, *, day: date) -> None:
    """Another relation from `day` on; what was before stays written, unless it would not have lasted a day."""
    if membership.relation == relation:
        return
    if membership.starts_on >= day:
        membership.relation = relation
        membership.save(update_fields=["relation"])
        return
    membership.ends_on = day - ONE_DAY
    membership.save(update_fields=["ends_on"])
    Membership.objects.create(
        household_id=membership.household_id, person_id=membership.person_id, relation=relation, starts_on=day
    )


def change_head(household: Household, *, new_head_id: int, relations: Mapping[int, str], day: date) -> None:
    """Another head from `day` on; `relations` says what every other member is to the new one."""
    members = present_members(household)
    if new_head_id not in members:
        raise Refusal(Reason("no_head", "请从本户现有成员中选择新户主。"))
    if members[new_head_id].relation == HEAD:
        raise Refusal(Reason("no_head", "此人已是户主。请选择另一位成员。"))
    _refuse_heads({person: relations.get(person, row.relation) for person, row in members.items()}, but=new_head_id)
    for person_id, row in sorted(members.items(), key=lambda each: each[1].relation != HEAD):
        if person_id != new_head_id:
            become(row, relations.get(person_id, row.relation), day=day)
    become(members[new_head_id], HEAD, day=day)


def relate(household: Household, *, relations: Mapping[int, str], day: date) -> None:
    """What the members are to a new head, from `day` on; whoever is not named, and the head, stay as they are."""
    _refuse_heads(relations)
    for person_id, row in present_members(household).items():
        if person_id in relations and row.relation != HEAD:
            become(row, relations[person_id], day=day)


def correct_relation(household: Household, *, person_id: int, relation: str) -> None:
    """Another relation from the beginning: the former one was wrong. The head is changed by a change of head."""
    row = present_members(household)[person_id]
    if HEAD in (row.relation, relation):
        raise Refusal(Reason("relation", "涉及户主的，请办理“变更户主”。"))
    if row.relation == relation:
        raise Refusal(Reason("relation", "与现在登记的关系相同，没有可更正的。"))
    row.relation = relation
    row.save(update_fields=["relation"])


def split(
    household: Household, *, leaving: Mapping[int, str], division_code: str, address: str, by: Staff, at: datetime
) -> Household:
    """分户: the members of `leaving`, by person and new relation, found a household of their own from today on."""
    day = local_day(at)
    members = present_members(household)
    if not leaving or not leaving.keys() <= members.keys():
        raise Refusal(Reason("leaving", "没有选分出去的成员。请为分出去的每一位选在新户中的关系，其中一位选户主。"))
    if any(members[person].relation == HEAD for person in leaving):
        raise Refusal(Reason("leaving", "户主不能分出。请先办理“变更户主”，再分户。"))
    if list(leaving.values()).count(HEAD) != 1:
        raise Refusal(Reason("no_head", "新户须有且只有一位户主。请在分出的成员中选一人为户主。"))
    founded = Household.objects.create(
        office=household.office,
        division_code=division_code,
        number=take_number(office=household.office, division_code=division_code),
        address=address.strip(),
        phone=household.phone,
        registered_at=at,
        registered_by=by,
    )
    _move(members, leaving, to=founded, day=day)
    return founded


def merge(household: Household, *, into: Household, relations: Mapping[int, str], at: datetime) -> None:
    """并户: every member joins another household from today on; this one is closed."""
    members = present_members(household)
    if household.pk == into.pk or into.closed_at:
        raise Refusal(Reason("into", "请填另一个未销户的户号。"))
    _refuse_heads({person: relations.get(person, "") for person in members})
    _move(members, relations, to=into, day=local_day(at))
    household.closed_at = at
    household.save(update_fields=["closed_at"])


def _move(members: Mapping[int, Membership], relations: Mapping[int, str], *, to: Household, day: date) -> None:
    for person_id, relation in relations.items():
        row = members[person_id]
        if row.starts_on >= day:
            row.delete()
        else:
            row.ends_on = day - ONE_DAY
            row.save(update_fields=["ends_on"])
        Membership.objects.create(household=to, person_id=person_id, relation=relation, starts_on=day)
    Person.objects.filter(pk__in=relations).update(division_code=to.division_code)


def _refuse_heads(relations: Mapping[int, str], *, but: int | None = None) -> None:
    others = [relation for person, relation in relations.items() if person != but]
    if not all(others):
        raise Refusal(Reason("relation", "请为每位成员选择与户主的关系。"))
    if HEAD in others:
        raise Refusal(Reason("second_head", "一户只能有一位户主。请选择各人与新户主的关系。"))
