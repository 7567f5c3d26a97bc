"""材料: the line of papers at the counter, what was seen and what is wanted; and what a tick means."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from common.decision import Clause
from enrollment.facts import HouseholdFacts, MemberFacts
from enrollment.rules.category import named_by, severe
from enrollment.rules.facts import Certification
from enrollment.rules.papers import PHOTO
from enrollment.rules.ruleset import Category, PaperRule, RuleSet
from households.drafts import PaperDraft, SeenToday
from households.models import Certification as CertificationRow
from households.models import OtherCover

ALL = "all"


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to see. `key` names it in a request, without a name or number of a person."""

    key: str
    label: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One document with its pieces and the clause that asks for it."""

    name: str
    clause: Clause
    pieces: tuple[Piece, ...]


def papers_shown(facts: HouseholdFacts, *, ruleset: RuleSet) -> tuple[PaperShown, ...]:
    """Each document that this household must show, in the order of the rule set."""
    found = [
        *(_asked(rule, facts) for rule in ruleset.papers),
        *_certificates(facts, ruleset),
        *_of_other_cover(facts, ruleset),
    ]
    return tuple(paper for paper in found if paper.pieces)


def _tidy(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Several persons' seen pieces in one: ✓ 4人, then what is wanted, person by person."""
    seen = [piece for piece in pieces if piece.is_seen]
    if len(seen) < 2:
        return tuple(pieces)
    return (Piece("", f"{len(seen)}人", True), *(piece for piece in pieces if not piece.is_seen))


def _asked(rule: PaperRule, facts: HouseholdFacts) -> PaperShown:
    return PaperShown(rule.name, rule.clause, _tidy(tuple(_pieces(rule, facts))))


def _pieces(rule: PaperRule, facts: HouseholdFacts) -> Iterator[Piece]:
    household = facts.asked.papers or frozenset()
    if rule.asked_of == "household":
        yield Piece(f"paper:{rule.code}", "", rule.shown_by(household, day=facts.day))
        return
    for member in _applicants(facts):
        if rule.code == PHOTO:
            have = min(member.asked.photos, rule.count)
            label = member.name if have in (0, rule.count) else f"{member.name} {rule.count - have}张"
            yield Piece(f"photos:{member.person_id}", label, have >= rule.count)
        else:
            papers = (member.asked.papers or frozenset()) | household
            shown = rule.shown_by(papers, birth_date=member.birth_date, day=facts.day)
            yield Piece(f"paper:{rule.code}:{member.person_id}", member.name, shown)


def _applicants(facts: HouseholdFacts) -> list[MemberFacts]:
    """Those whose papers matter: who takes part now, and who has paid here already this year."""
    paid = {
        m.person_id
        for m in facts.members
        if (each := m.covered_in(facts.coverage_year)) and each.household_id == facts.id
    }
    return [m for m in facts.members if m.asked.applying or m.person_id in paid]


def _certificates(facts: HouseholdFacts, ruleset: RuleSet) -> Iterator[PaperShown]:
    owners: list[tuple[str, str, Iterable[Certification]]] = [("", "全户", facts.asked.certifications)]
    owners += [(str(m.person_id), m.name, m.asked.certifications) for m in facts.members]
    for ref, name, certifications in owners:
        for each in certifications:
            category = category_proven(each, ruleset)
            if category and category.proof_clause:
                where = f"{category.document}（{name}）" if ref else category.document
                pieces = (
                    Piece(f"original:{category.code}:{ref}", "原件", each.original_seen),
                    Piece(f"copy:{category.code}:{ref}", "复印件", each.copy_kept),
                )
                if each.original_seen and each.copy_kept:
                    pieces = (Piece("", "原件、复印件", True),)
                yield PaperShown(where, category.proof_clause, pieces)


def category_proven(certification: Certification, ruleset: RuleSet) -> Category | None:
    """The category that a certification proves by its paper, or None where nobody asks to see one."""
    for category in ruleset.categories:
        if category.proof != "certificate":
            continue
        if certification.category and named_by(certification.category, category):
            return category
        if certification.disability and category.disability and severe(certification.disability, category.disability):
            return category
    return None


def _of_other_cover(facts: HouseholdFacts, ruleset: RuleSet) -> Iterator[PaperShown]:
    for each in ruleset.exclusions:
        if not each.certificate_clause:
            continue
        pieces = [
            Piece(f"cover:{m.person_id}", m.name, m.asked.insured_elsewhere.certificate_seen)
            for m in facts.members
            if m.asked.insured_elsewhere and m.asked.insured_elsewhere.kind == each.fact and not m.asked.applying
        ]
        yield PaperShown(each.certificate, each.certificate_clause, tuple(pieces))


def wanted_keys(facts: HouseholdFacts, *, ruleset: RuleSet) -> tuple[str, ...]:
    """The keys of everything not yet seen: what F7 ticks."""
    pieces = (piece for paper in papers_shown(facts, ruleset=ruleset) for piece in paper.pieces)
    return tuple(piece.key for piece in pieces if not piece.is_seen)


def seen_today(keys: Collection[str], *, facts: HouseholdFacts, ruleset: RuleSet) -> SeenToday:
    """What the ticks mean. Keys that name nothing wanted are left out: a page may be older than the household."""
    ticked = [key.split(":") for key in wanted_keys(facts, ruleset=ruleset) if key in keys]
    counts: Mapping[str, int] = {rule.code: rule.count for rule in ruleset.papers}
    certificates = {what: {(code, ref) for kind, code, ref in _threes(ticked) if kind == what} for what in _KINDS}
    rows = _certification_ids(facts, certificates["original"] | certificates["copy"], ruleset)
    return SeenToday(
        papers=tuple(
            (int(rest[1]) if len(rest) > 1 else None, PaperDraft(document=rest[0]))
            for kind, *rest in ticked
            if kind == "paper"
        ),
        originals=frozenset(pk for place in certificates["original"] for pk in rows.get(place, ())),
        copies=frozenset(pk for place in certificates["copy"] for pk in rows.get(place, ())),
        covers=frozenset(_cover_ids([int(rest[0]) for kind, *rest in ticked if kind == "cover"])),
        photos={int(rest[0]): counts[PHOTO] for kind, *rest in ticked if kind == "photos"},
    )


_KINDS = ("original", "copy")


def _threes(ticked: Iterable[list[str]]) -> Iterator[tuple[str, str, str]]:
    for parts in ticked:
        if parts[0] in _KINDS:
            yield parts[0], parts[1], parts[2]


def _certification_ids(
    facts: HouseholdFacts, places: Collection[tuple[str, str]], ruleset: RuleSet
) -> dict[tuple[str, str], list[int]]:
    """The rows behind (category, person or '' for the household)."""
    if not places:
        return {}
    owned = Q(household=facts.id) | Q(person__in=[member.person_id for member in facts.members])
    found: dict[tuple[str, str], list[int]] = {}
    for row in CertificationRow.objects.filter(owned, ended_on__isnull=True):
        ref = str(row.person_id or "")
        for code, owner in places:
            category = ruleset.category(code)
            names_it = named_by(row.category, category) if row.category else category.disability is not None
            if owner == ref and names_it:
                found.setdefault((code, owner), []).append(row.pk)
    return found


def _cover_ids(persons: Collection[int]) -> list[int]:
    if not persons:
        return []
    covers = OtherCover.objects.filter(person__in=persons, certificate_seen_at__isnull=True)
    return list(covers.values_list("pk", flat=True))
