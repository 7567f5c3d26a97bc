"""名单的比较: what taking a list in would do, line by line: new, changed, kept, ended, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from enrollment import library
from enrollment.rules.ruleset import Category
from households.models import Certification
from offices.models import Staff
from rosters.lists import sql
from rosters.lists.importing import Words
from rosters.lists.whole import over
from rosters.lists.words import categories_of
from rosters.models import FunderList, FunderListLine

SUPPORT = {
    "wrong": "读不出",
    "other": "身份不明或不资助",
    "named": "姓名不符",
    "died": "已登记死亡",
    "unknown": "尚未登记",
    "new": "新增",
    "changed": "类别变更",
    "kept": "不变",
    "again": "同一人重复",
}
OF_AGENCY = {
    "wrong": "读不出",
    "named": "姓名不符",
    "unknown": "没有登记",
    "died": "已登记死亡",
    "new": "待处理",
    "kept": "已经登记",
}
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts by state, of those who ended, and the words that nobody has explained yet, each with its lines."""

    counts: Mapping[str, int]
    labels: Mapping[str, str]
    unexplained: tuple[tuple[str, int], ...]

    @property
    def lines(self) -> int:
        return sum(self.counts.get(state, 0) for state in self.labels if state != ENDED)

    @property
    def persons(self) -> int:
        """The lines without those that name somebody a second time."""
        return self.lines - self.counts.get("again", 0)

    @property
    def shown(self) -> list[tuple[str, str, int]]:
        """State, label and count, those that are there."""
        return [(state, label, self.counts[state]) for state, label in self.labels.items() if self.counts.get(state)]


def parameters(found: FunderList) -> dict[str, Any]:
    """What the statements of rosters.lists.sql ask."""
    mine = paid_for(found)
    return {
        "list": found.pk,
        "kind": found.kind,
        "funder": found.funder,
        "division": found.division_code,
        "month": found.month,
        "codes": [each.code for each in mine],
        "disability": [each.code for each in mine if each.disability],
        "label": label_of(found),
    }


def label_of(found: FunderList) -> str:
    """What a certification says of the list that it comes from."""
    return f"{found.funder_name}{found.month:%Y年%m月}资助名单"


def paid_for(found: FunderList) -> list[Category]:
    """The categories that the list's department pays for."""
    return categories_of(library.current(found.ruleset_code), found.funder) if found.funder else []


def compare(found: FunderList) -> Comparison:
    """What would be done, in counts; of a list that was taken in, what was done."""
    if found.applied_at and found.kind == FunderList.Kind.SUPPORT:
        counts = {state: count for state, count in found.counts.items() if isinstance(count, int)}
        return Comparison(counts, SUPPORT | {ENDED: "终止"}, ())
    asked = parameters(found)
    with over(found) as cursor:
        cursor.execute(sql.COUNT_LINES, asked)
        counts = dict(cursor.fetchall())
        if found.kind == FunderList.Kind.SUPPORT:
            cursor.execute(sql.COUNT_ENDED, asked)
            counts[ENDED] = cursor.fetchone()[0]
    if found.kind != FunderList.Kind.SUPPORT:
        return Comparison(counts, OF_AGENCY, ())
    return Comparison(counts, SUPPORT | {ENDED: "终止"}, tuple(_unexplained(found)))


def compare_for(found: FunderList, *, staff: Staff) -> Comparison:
    """The same for a page: of a list of the county somebody of a town is told what its lists will show, no more."""
    compared = compare(found)
    if staff.covers(found.division_code):
        return compared
    states = [state for state in compared.labels if state != ENDED and compared.counts.get(state)]
    counts = {state: lines_of(found, state, staff=staff).count() for state in states}
    if compared.counts.get(ENDED):
        counts[ENDED] = ended_of(found, staff=staff).count()
    return replace(compared, counts=counts)


def _unexplained(found: FunderList) -> list[tuple[str, int]]:
    words = Words(found, library.current(found.ruleset_code))
    with connection.cursor() as cursor:
        asked = (
            "SELECT said, count(*) FROM rosters_funderlistline WHERE listing_id = %s AND category = '' GROUP BY said"
        )
        cursor.execute(asked, [found.pk])
        rows = cursor.fetchall()
    return sorted((said, count) for said, count in rows if words.meaning(said) is None)


def lines_of(found: FunderList, state: str, *, staff: Staff) -> QuerySet[FunderListLine]:
    """The lines in a state, within the reader's scope; those whose place is unknown are everybody's."""
    if found.applied_at and found.kind == FunderList.Kind.SUPPORT:
        rows = found.lines.filter(state=state)
    else:
        rows = _in_state(FunderListLine.objects.all(), sql.LINES_IN_STATE, found, state)
    return within(rows, staff).select_related("person").order_by("pk")


def ended_of(found: FunderList, *, staff: Staff) -> QuerySet[Certification]:
    """The certifications that would end, or did."""
    if found.applied_at:
        rows = Certification.objects.filter(pk__in=found.counts.get("ended_ids", []))
    else:
        rows = _in_state(Certification.objects.all(), sql.IDS_ENDED, found, ENDED)
    rows = rows.filter(person__division_code__startswith=staff.division_scope)
    return rows.select_related("person").order_by("person__division_code", "pk")


def _in_state(rows: QuerySet[Any], statement: str, found: FunderList, state: str) -> QuerySet[Any]:
    with over(found) as cursor:
        cursor.execute(statement, parameters(found) | {"state": state})
        ids = [row[0] for row in cursor.fetchall()]
    # As one array: some thirty thousand parameters take longer than the search itself.
    wanted = RawSQL(f"{rows.model._meta.db_table}.id = ANY(%s)", [ids], output_field=BooleanField())  # noqa: S611 - a table
    return rows.filter(wanted)


def within(rows: QuerySet[FunderListLine], staff: Staff) -> QuerySet[FunderListLine]:
    """Lines of the reader's divisions, and those that say no place or only the county."""
    scope = staff.division_scope
    if len(scope) <= 6:
        return rows
    return rows.filter(division_code__startswith=scope) | rows.filter(division_code="")
