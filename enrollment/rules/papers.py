"""材料: which papers are still wanted from the household and its members."""

from collections.abc import Iterator
from datetime import date

from enrollment.rules.decision import MissingDocument
from enrollment.rules.facts import Household, Member
from enrollment.rules.ruleset import PaperRule, RuleSet

PHOTO = "photo"


def missing_papers(household: Household, *, ruleset: RuleSet, day: date) -> Iterator[MissingDocument]:
    """Papers of the household as a whole, then of each applicant, then certificates of who is insured elsewhere."""
    for rule in ruleset.papers:
        if (
            rule.asked_of == "household"
            and household.papers is not None
            and not rule.shown_by(household.papers, day=day)
        ):
            yield MissingDocument(None, rule.name, "原件", rule.clause)
    for member in household.members:
        if member.applying:
            for rule in ruleset.papers:
                if rule.asked_of == "applicant":
                    yield from _of_applicant(rule, member, household, day)
        else:
            yield from _certificate_of_other_cover(member, ruleset)


def _of_applicant(rule: PaperRule, member: Member, household: Household, day: date) -> Iterator[MissingDocument]:
    if rule.code == PHOTO:
        for number in range(member.photos + 1, rule.count + 1):
            yield MissingDocument(member.ref, rule.name, f"(第{number}张)", rule.clause)
    elif member.papers is not None:
        papers = member.papers | (household.papers or frozenset())
        if not rule.shown_by(papers, birth_date=member.birth_date, day=day):
            yield MissingDocument(member.ref, rule.name, "原件", rule.clause)


def _certificate_of_other_cover(member: Member, ruleset: RuleSet) -> Iterator[MissingDocument]:
    cover = member.insured_elsewhere
    for each in ruleset.exclusions:
        if cover and cover.kind == each.fact and each.certificate_clause and not cover.certificate_seen:
            yield MissingDocument(member.ref, each.certificate, "原件", each.certificate_clause)
