"""历史: who changed what of a household and its members, when, and what it was before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, Q

from common.dates import SHANGHAI
from common.idcard import mask
from common.phone import mask_phone
from households.models import Certification, Household, Membership, OtherCover, Paper, Person
from offices.models import Division, Staff

_DONE = {"insert": "新增", "update": "更改", "delete": "删除"}
# Numbers that are masked here as everywhere.
_NUMBERS = frozenset(
    {
        "id_no",
        "phone",
        "mother_id_no",
        "birth_certificate_no",
        "residence_number",
        "hukou_book_no",
        "number",
        "certificate_number",
    }
)
_UNMASKED = frozenset({("Household", "number")})  # the household's own number is the office's, and nobody's secret
_DIVISIONS = frozenset({"division_code", "division", "hukou_division", "issued_by_division"})
_CODES = frozenset({"category", "document"})
# The subject of a row names these already, or they never change.
_UNTOLD = frozenset({"id", "household", "person", "office"})
_TRACKED: tuple[type[Model], ...] = (Household, Person, Membership, Certification, OtherCover, Paper)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One field that changed, or a whole row that came or went (`field` empty, its values in `after` or `before`).

    `at` is the moment at the office, `recorded_at` the server's clock; `by` is empty where no member of staff acted.
    """

    at: datetime
    recorded_at: datetime
    by: str
    subject: str
    done: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Names:
    """What the numbers in the events stand for."""

    staff: Mapping[int, str]
    persons: Mapping[int, str]
    divisions: Mapping[str, str]
    words: Mapping[str, str]


def history_of(household: Household, *, words: Mapping[str, str] | None = None) -> list[HistoryRow]:
    """Every change, the latest first; numbers and telephones masked. Eight statements, however long the history.

    `words` says what the rule set calls the codes of its categories and papers.
    """
    events = _events(household)
    names = _names(events, words or {})
    rows = list(_rows(events, names))
    return [row for _, row in sorted(rows, key=lambda each: (each[1].recorded_at, each[1].at, each[0]), reverse=True)]


def _events(household: Household) -> dict[type[Model], list[Any]]:
    """The former states of all rows, in the order in which they were written."""
    memberships = list(_of(Membership, Q(household=household.pk)))
    persons = {event.person_id for event in memberships}
    return {
        Household: list(_of(Household, Q(pgh_obj=household.pk))),
        Person: list(_of(Person, Q(pgh_obj__in=persons))),
        Membership: memberships,
        Certification: list(_of(Certification, Q(household=household.pk) | Q(person__in=persons))),
        OtherCover: list(_of(OtherCover, Q(person__in=persons))),
        Paper: list(_of(Paper, Q(household=household.pk))),
    }


def _of(model: type[Model], condition: Q) -> Iterable[Any]:
    events: Any = _event_model(model)
    return events.objects.filter(condition).select_related("pgh_context").order_by("pgh_id")


def _event_model(model: type[Model]) -> type[Model]:
    return apps.get_model("households", f"{model.__name__}Event")


def _names(events: Mapping[type[Model], list[Any]], words: Mapping[str, str]) -> _Names:
    staff, codes = set(), set()
    for model, those in events.items():
        for event in those:
            staff.add((event.pgh_context.metadata if event.pgh_context else {}).get("staff"))
            for field in _told(model):
                value = getattr(event, field.attname)
                if isinstance(field, ForeignKey):
                    staff.add(value)
                elif field.name in _DIVISIONS:
                    codes.add(value.ljust(12, "0"))
    return _Names(
        staff=dict(Staff.objects.filter(pk__in=staff - {None}).values_list("pk", "name")),
        persons={event.pgh_obj_id: event.name for event in events[Person]},
        divisions=dict(Division.objects.filter(code__in=codes).order_by("starts_on").values_list("code", "name")),
        words=words,
    )


def _told(model: type[Model]) -> list[Field]:
    """The fields worth telling, as the model itself knows them."""
    kept = {field.name for field in _event_model(model)._meta.fields}
    return [field for field in model._meta.fields if field.name in kept - _UNTOLD]


def _rows(events: Mapping[type[Model], list[Any]], names: _Names) -> Iterator[tuple[int, HistoryRow]]:
    """Rows with a number that keeps those of one moment in order: the household before its members, and so on."""
    number = 0
    for model in _TRACKED:
        before: dict[int, Any] = {}
        for event in events[model]:
            for change in _changes(model, before.get(event.pgh_obj_id), event, names):
                number -= 1
                yield number, _row(model, event, names, change)
            before[event.pgh_obj_id] = event


def _changes(model: type[Model], before: Any, event: Any, names: _Names) -> Iterator[tuple[str, str, str]]:
    """Field, before and after of what an event changed; of a row that came or went, all its values at once."""
    fields = _told(model)
    if event.pgh_label == "update" and before is not None:
        for field in fields:
            if getattr(before, field.attname) != getattr(event, field.attname):
                yield str(field.verbose_name), _said(field, before, names), _said(field, event, names)
        return
    values = [(str(field.verbose_name), _said(field, event, names)) for field in fields]
    told = "；".join(f"{label}：{value}" for label, value in values if value not in ("", "否", "0"))
    yield ("", told, "") if event.pgh_label == "delete" else ("", "", told)


def _row(model: type[Model], event: Any, names: _Names, change: tuple[str, str, str]) -> HistoryRow:
    field, before, after = change
    context = event.pgh_context.metadata if event.pgh_context else {}
    at = datetime.fromisoformat(context["at"]) if context.get("at") else event.pgh_created_at
    return HistoryRow(
        at=at.astimezone(SHANGHAI),
        recorded_at=event.pgh_created_at.astimezone(SHANGHAI),
        by=names.staff.get(context.get("staff"), ""),
        subject=_subject(model, event, names),
        done=_DONE[event.pgh_label],
        field=field,
        before=before,
        after=after,
    )


def _subject(model: type[Model], event: Any, names: _Names) -> str:
    person = event.pgh_obj_id if model is Person else getattr(event, "person_id", None)
    whose = names.persons.get(person, "") if person else "本户"
    return whose if model in (Household, Person) else f"{whose} {model._meta.verbose_name}"


def _said(field: Field, event: Any, names: _Names) -> str:
    value = getattr(event, field.attname)
    if value in (None, "", []):
        return ""
    if isinstance(field, ForeignKey):
        return names.staff.get(value, "")
    if field.name in _NUMBERS and (field.model.__name__, field.name) not in _UNMASKED:
        return mask_phone(value) if field.name == "phone" else mask(value)
    if field.name in _DIVISIONS:
        return names.divisions.get(value.ljust(12, "0"), value)
    known = names.words if field.name in _CODES else dict(field.flatchoices or ())
    if known:
        return str(known.get(value, value))
    return next((say(value) for kind, say in _SAYINGS if isinstance(value, kind)), str(value))


_SAYINGS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (datetime, lambda value: f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
    (date, lambda value: f"{value:%Y-%m-%d}"),
    (list, lambda parts: "、".join(f"{part.get('kind', '')}{part.get('grade') or ''}" for part in parts)),
)
