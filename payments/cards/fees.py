"""发给谁、收多少: who of a household may have a card or a book today, and what it costs them, read in sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from common.dates import local_day
from common.relations import HEAD
from enrollment import library
from enrollment.models import Assessment, Enrollment
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.workmanship import CardFee, card_fee
from households.models import Household, Membership, Person
from offices.spans import on
from payments.models import CardIssue

ITEMS = tuple(CardIssue.Item.values)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a household: the cover that stands, what is in hand, what the missing would cost.

    `cover` is None for who is not covered: then nothing is handed out. `held` and `fees` go by item.
    """

    person: Person
    cover: Enrollment | None
    held: Mapping[str, CardIssue]
    fees: Mapping[str, CardFee]


def members_of(household: Household, *, at: datetime) -> dict[int, Member]:
    """The members of today by person, the head first. Four queries."""
    ruleset = library.current(household.office.ruleset_code)
    day = local_day(at)
    belonging = Membership.objects.filter(on(day), household=household)
    rows = sorted(belonging.select_related("person").order_by("pk"), key=lambda each: each.relation != HEAD)
    persons = [each.person for each in rows]
    covers = standing_covers(persons, at=at)
    held: dict[int, dict[str, CardIssue]] = {}
    for issue in CardIssue.objects.valid().filter(person__in=persons):
        held.setdefault(issue.person_id, {})[issue.item] = issue
    return {
        person.pk: Member(
            person, covers.get(person.pk), held.get(person.pk, {}), _fees(ruleset, covers.get(person.pk), person)
        )
        for person in persons
    }


def standing_covers(persons: list[Person], *, at: datetime) -> dict[int, Enrollment]:
    """For each person the latest enrolment that stands and is not over; none for the dead.

    Each with `decided`, the decision's members: None where it was made by an office that is out of sight.
    """
    rows = Enrollment.objects.standing_on(local_day(at)).filter(person__in=[person.pk for person in persons])
    decision = Assessment.objects.filter(pk=OuterRef("assessment"))
    rows = rows.annotate(decided=Subquery(decision.values("decision__members")))
    return {row.person_id: row for row in rows.order_by("coverage_year")}


def _fees(ruleset: RuleSet, cover: Enrollment | None, person: Person) -> dict[str, CardFee]:
    if cover is None:
        return {}
    exempt = _exempt(ruleset, cover, person)
    return {item: card_fee(ruleset=ruleset, item=item, exempt=exempt) for item in ITEMS}


def _exempt(ruleset: RuleSet, cover: Enrollment, person: Person) -> bool:
    """As the decision said under which the person is covered; where it did not speak of it, as the category says."""
    for member in cover.decided or ():
        if member["ref"] == str(person.pk) and member.get("workmanship_fee_exempt") is not None:
            return bool(member["workmanship_fee_exempt"])
    return any(each.workmanship_fee_exempt for each in ruleset.categories if each.code == cover.category)
