"""修订对已缴费的人的影响: everyone who paid for a year, assessed again under the amended rules; nobody's money changes.

Asked is what each of them would pay who paid on the day of the amendment, by the same `assess` as at the counter and
in bulk as the impact does it. Membership, certificates and covers are those of the day on which the person paid; what
a person's record keeps no history of (the kind of hukou, the school) is as it stands now. Compared with it is what the
person did pay, as it was frozen then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from itertools import groupby, islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from enrollment import amending
from enrollment.facts import HouseholdFacts, facts_parameters, household_facts
from enrollment.facts_sql import HOUSEHOLDS
from enrollment.impact import Decider, Outcome, Question, Tally
from enrollment.models import Enrollment, RuleSetDraft
from enrollment.rules.ruleset import Period
from enrollment.rules.source import read_ruleset
from offices.access import require_role, visible
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff

AT_ONCE = 1000
KIND = "paid_impact"


class Paid(NamedTuple):
    """One person who paid: what was decided then."""

    household_id: int
    paid_at: datetime
    person_id: int
    category_name: str
    payable: Any
    sponsored: Any
    funder: str

    @property
    def outcome(self) -> Outcome:
        """What was paid, as the impact compares it."""
        return Outcome(self.category_name, self.payable, self.sponsored, self.funder)


def ask_paid_impact(*, draft: RuleSetDraft, coverage_year: int, by: Staff, at: datetime) -> Job:
    """Have those who paid for a year assessed again under a draft; the job belongs to who asks."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    if draft.based_on is None:
        raise Refusal(Reason("RULESET_UNKNOWN", "这份规则还没有现行版，还没有人按它缴费。"))
    old, new = read_ruleset(draft.based_on.source), read_ruleset(draft.source)
    if coverage_year not in old.periods or coverage_year not in new.periods:
        text = f"现行规则或草稿里没有{coverage_year}年度，没有可以比较的标准。请另选年度。"
        raise Refusal(Reason("PERIOD_UNKNOWN", text))
    on = local_day(at)
    given = {"old": old, "new": new, "coverage_year": coverage_year, "amends_from": draft.amends_from}
    parameters = {
        "ruleset": draft.ruleset.code,
        "base": draft.based_on.source,
        "source": draft.source,
        "coverage_year": coverage_year,
        "amends_from": str(draft.amends_from or ""),
        "moment": _moment(new.periods[coverage_year], amending.effective_day(**given, on=on)).isoformat(),
    }
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def _moment(period: Period, day: date) -> datetime:
    """An hour of a day at which the counters are open, within the window."""
    nine = datetime.combine(day, time(9), SHANGHAI)
    return min(max(nine, period.window.opens), period.window.pay_until)


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `paid_impact`."""
    asked = job.parameters
    year, at = asked["coverage_year"], datetime.fromisoformat(asked["moment"])
    question = Question(read_ruleset(asked["base"]), read_ruleset(asked["source"]), year, at, paid=True)
    rows = Enrollment.objects.in_force().filter(period__ruleset__code=asked["ruleset"], coverage_year=year)
    found = paid_impact(question, visible(rows, job.by), progress)
    return found | {"coverage_year": year, "day": local_day(at).isoformat(), "of_paid": True}


def paid_impact(question: Question, enrollments: QuerySet[Enrollment], progress: Progress) -> dict[str, Any]:
    """The sums over all who paid; `left_out` counts those who cannot be found where they paid."""
    decider, tally, left_out, done = Decider(question), Tally(), 0, 0
    total = enrollments.count()
    progress(0, total)
    for some in _payments_of_a_day(enrollments):
        day_facts = _facts(question.coverage_year, some)
        for payment in some:
            facts = day_facts.get(payment[0].household_id)
            left_out += _add(decider, tally, facts, payment) if facts else len(payment)
            done += len(payment)
        progress(done, total)
    return tally.result() | {"keys": len(decider.known), "left_out": left_out}


def _add(decider: Decider, tally: Tally, facts: HouseholdFacts, payment: list[Paid]) -> int:
    """Add one payment; the number of those who are not found in it."""
    asked, paid = with_payers(facts, payment)
    decided = zip(asked.asked.members, decider.outcomes(asked), strict=True)
    pairs = {m.ref: (paid[m.ref].outcome, now) for m, (_, now) in decided if m.ref in paid}
    payers = tuple(m for m in asked.asked.members if m.ref in pairs)
    if payers:
        tally.add(replace(asked, asked=replace(asked.asked, members=payers)), [pairs[m.ref] for m in payers])
    return len(payment) - len(payers)


def with_payers(facts: HouseholdFacts, payment: Iterable[Paid]) -> tuple[HouseholdFacts, dict[str, Paid]]:
    """The household in which those take part who paid, and what they paid."""
    paid = {str(each.person_id): each for each in payment}
    members = tuple(replace(m, applying=m.ref in paid) for m in facts.asked.members)
    return replace(facts, asked=replace(facts.asked, members=members)), paid


def _payments_of_a_day(enrollments: QuerySet[Enrollment]) -> Iterator[list[list[Paid]]]:
    """Payments made on the same day, some at a time: facts are read for one day at once.

    What was paid at the bank and entered later was paid on the day of its slip.
    """
    entered = FilteredRelation("assessment__payment", condition=Q(assessment__payment__entered_at__isnull=False))
    rows = enrollments.annotate(late=entered, paid=Coalesce("late__paid_at", "enrolled_at"))
    names = ("household_id", "paid", "person_id", "category_name", "payable", "sponsored", "funder")
    rows = rows.order_by("paid", "household_id", "person_id").values_list(*names)
    people = (Paid(*row) for row in rows.iterator(chunk_size=5000))
    for _, of_day in groupby(people, key=lambda each: local_day(each.paid_at)):
        payments = (list(some) for _, some in groupby(of_day, key=lambda each: (each.paid_at, each.household_id)))
        while some := list(islice(payments, AT_ONCE)):
            yield some


def _facts(coverage_year: int, payments: list[list[Paid]]) -> dict[int, HouseholdFacts]:
    at = payments[0][0].paid_at
    ids = {payment[0].household_id for payment in payments}
    with connection.cursor() as cursor:
        cursor.execute(HOUSEHOLDS, facts_parameters(ids, coverage_year=coverage_year, at=at))
        rows = [row[0] for row in cursor.fetchall()]
    return {row["id"]: household_facts(row, coverage_year=coverage_year, at=at, applying=()) for row in rows}
