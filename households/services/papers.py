"""材料: writing down what was shown at the counter, when and to whom."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from common.decision import Reason, Refusal
from households.drafts import HouseholdDraft, MemberDraft, PaperDraft, SeenToday
from households.models import Certification, Household, OtherCover, Paper, Person
from households.services.certifications import certification_of, other_cover_of
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff


def write_shown(
    *,
    household: Household,
    draft: HouseholdDraft | None,
    members: Sequence[tuple[Person, MemberDraft]],
    by: Staff,
    at: datetime,
) -> None:
    """Certifications, other cover and papers that came with a registration: one statement each, if there are any."""
    certifications = [
        certification_of(each, person=person, by=by, at=at)
        for person, member in members
        for each in member.certifications
    ]
    covers = [
        other_cover_of(each, person=person, by=by, at=at) for person, member in members for each in member.other_covers
    ]
    papers: list[tuple[int | None, PaperDraft]] = [
        (person.pk, each) for person, member in members for each in member.papers
    ]
    if draft:
        certifications += [certification_of(each, household=household, by=by, at=at) for each in draft.certifications]
        papers += [(None, each) for each in draft.papers]
    if certifications:
        Certification.objects.bulk_create(certifications)
    if covers:
        OtherCover.objects.bulk_create(covers)
    if papers:
        _write_papers(household, papers, by=by, at=at)


def _write_papers(
    household: Household, papers: Sequence[tuple[int | None, PaperDraft]], *, by: Staff, at: datetime
) -> None:
    """Seen again is seen today: the moment and the clerk are the last ones, the history keeps the earlier."""
    Paper.objects.bulk_create(
        (
            Paper(
                household=household,
                person_id=person_id,
                document=paper.document,
                coverage_year=paper.coverage_year,
                original_seen_at=at,
                original_seen_by=by,
                copies=paper.copies,
            )
            for person_id, paper in papers
        ),
        update_conflicts=True,
        unique_fields=["household", "person", "document", "coverage_year"],
        update_fields=["original_seen_at", "original_seen_by", "copies"],
    )


@accountable
def mark_papers_seen(*, household_id: int, seen: SeenToday, by: Staff, at: datetime) -> Household:
    """Note in one go what lies on the counter: papers, originals and copies of certificates, photos handed in."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    household = visible(Household.objects.select_for_update(of=["self"]), by).get(pk=household_id)
    members = set(household.memberships.filter(ends_on=None).values_list("person_id", flat=True))
    named = {person_id for person_id, _ in seen.papers if person_id} | set(seen.photos)
    if not named <= members:
        raise Refusal(Reason("not_a_member", "所选的人已不在本户。请刷新页面后再办理。"))
    of_members = Q(person__in=members)
    if seen.papers:
        _write_papers(household, seen.papers, by=by, at=at)
    if seen.originals:
        rows = Certification.objects.filter(of_members | Q(household=household), pk__in=seen.originals)
        rows.filter(original_seen_at=None).update(original_seen_at=at, original_seen_by=by)
    if seen.copies:
        rows = Certification.objects.filter(of_members | Q(household=household), pk__in=seen.copies)
        rows.filter(copy_kept_at=None).update(copy_kept_at=at, copy_kept_by=by)
    if seen.covers:
        covers = OtherCover.objects.filter(of_members, pk__in=seen.covers, certificate_seen_at=None)
        covers.update(certificate_seen_at=at, certificate_seen_by=by)
    for count in set(seen.photos.values()):
        persons = [person_id for person_id, handed_in in seen.photos.items() if handed_in == count]
        Person.objects.filter(pk__in=persons).update(photos=count)
    record(by=by, at=at, verb="mark_papers_seen", subject=household, detail=_counts(seen))
    return household


def _counts(seen: SeenToday) -> dict[str, int]:
    counts = {
        "papers": len(seen.papers),
        "originals": len(seen.originals),
        "copies": len(seen.copies),
        "covers": len(seen.covers),
        "photos": sum(seen.photos.values()),
    }
    return {name: count for name, count in counts.items() if count}


@accountable
def unmark_paper(*, paper_id: int, by: Staff, at: datetime) -> None:
    """Take back a paper that was ticked by mistake; the history keeps that it was."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    papers = visible(Paper.objects.select_for_update(of=["self"]), by, field="household__division_code")
    paper = papers.select_related("household").get(pk=paper_id)
    detail = {"document": paper.document, "person": paper.person_id}
    paper.delete()
    record(by=by, at=at, verb="unmark_paper", subject=paper.household, detail=detail)
