"""材料清单: every paper of a household, with what was seen, what was copied, by whom and when."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localtime

from common.decision import Refusal
from common.idcard import mask
from enrollment import library
from enrollment.presentation_sections import COMMON_PAPERS
from enrollment.rules.papers import PHOTO
from households.models import Certification, Household, OtherCover, Paper
from offices.models import Staff
from payments.paper.checklist_sheet import Item


def checklist(household: Household) -> tuple[Item, ...]:
    """Papers, certificates, evidence of other cover and photos handed in, in that order."""
    return (*_papers(household), *_certificates(household), *_covers(household), *_photos(household))


def _photos(household: Household) -> Iterator[Item]:
    for row in household.memberships.filter(ends_on=None).select_related("person").order_by("relation", "pk"):
        if row.person.photos:
            yield Item("一寸近期免冠彩照", row.person.name, f"交来{row.person.photos}张")


def _papers(household: Household) -> Iterator[Item]:
    names = _names(household)
    rows = Paper.objects.filter(household=household).exclude(document=PHOTO)
    for row in rows.select_related("person", "original_seen_by").order_by("person_id", "pk"):
        year = f"（{row.coverage_year}年度）" if row.coverage_year else ""
        yield Item(
            f"{names.get(row.document, row.document)}{year}",
            row.person.name if row.person else "全户",
            _when(row.original_seen_at, row.original_seen_by),
            f"{row.copies}份" if row.copies else "",
        )


def _names(household: Household) -> dict[str, str]:
    """The documents' names in the rule set; one that it does not name keeps its common name."""
    try:
        ruleset = library.current(household.office.ruleset_code)
    except Refusal:
        return dict(COMMON_PAPERS)
    return dict(COMMON_PAPERS) | {rule.code: rule.name for rule in ruleset.papers}


def _certificates(household: Household) -> Iterator[Item]:
    members = household.memberships.filter(ends_on=None).values("person")
    owned = Q(household=household) | Q(person__in=members)
    rows = Certification.objects.filter(owned, ended_on=None)
    for row in rows.select_related("person", "original_seen_by", "copy_kept_by").order_by("person_id", "pk"):
        yield Item(
            " ".join(filter(None, (row.kind or str(row), mask(row.number)))),
            row.person.name if row.person else "全户",
            _when(row.original_seen_at, row.original_seen_by),
            _when(row.copy_kept_at, row.copy_kept_by),
        )


def _covers(household: Household) -> Iterator[Item]:
    members = household.memberships.filter(ends_on=None).values("person")
    rows = OtherCover.objects.filter(person__in=members).select_related("person", "certificate_seen_by")
    for row in rows.order_by("pk"):
        yield Item(
            f"{row.get_kind_display().removesuffix('医保')}医保证",
            row.person.name,
            _when(row.certificate_seen_at, row.certificate_seen_by),
        )


def _when(at: datetime | None, by: Staff | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M} {by.name}" if at and by else ""
