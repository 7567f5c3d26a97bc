"""影响: what a new rule set would change for every household, decided by the same `assess` as at the counter.

Households that look alike to the rules are decided once: names, papers and the exact day of birth (beyond the ages
that the two rule sets ask about) are taken off, and what is left is the key. The question is what each person would
pay at one moment if nobody had paid for the year yet and all papers were there.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from common.dates import age_on, local_day
from enrollment.facts import HouseholdFacts
from enrollment.rules.assess import assess
from enrollment.rules.eligibility import not_due
from enrollment.rules.facts import Household
from enrollment.rules.ruleset import RuleSet

CHANGES = {
    "more": "多缴",
    "less": "少缴",
    "same": "不变",
    "admitted": "变为可参保",
    "refused": "变为不能参保",
    "outside": "仍不参保",
}
EXAMPLES_EACH = 5
# A day of birth this close to the question may be asked about by itself (新生儿).
RECENT = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person pays, and who else pays; `category` is empty for whom nothing can be paid."""

    category: str = ""
    payable: Decimal | None = None
    sponsored: Decimal = Decimal("0.00")
    funder: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Two rule sets, the year and the moment. `paid`: who takes part has paid, so the papers were verified in time."""

    before: RuleSet
    after: RuleSet
    coverage_year: int
    at: datetime
    paid: bool = False

    def outcomes(self, facts: HouseholdFacts) -> tuple[tuple[Outcome, Outcome], ...]:
        """Before and after, member by member: the plain way."""
        asked = self.plain(facts.asked)
        both = [self._decide(asked, facts, ruleset) for ruleset in (self.before, self.after)]
        return tuple(zip(*both, strict=True))

    def plain(self, asked: Household) -> Household:
        """The household as if nobody had paid for the year yet and no paper were wanting."""
        year = {self.coverage_year}
        members = (replace(m, covered_years=m.covered_years - year, papers=None, photos=9) for m in asked.members)
        return replace(asked, members=tuple(members), papers=None)

    def _decide(self, asked: Household, facts: HouseholdFacts, ruleset: RuleSet) -> list[Outcome]:
        year, day = self.coverage_year, local_day(self.at)
        members = tuple(
            replace(m, applying=m.applying or not not_due(m, ruleset=ruleset, coverage_year=year, day=day))
            for m in asked.members
        )
        decision = assess(
            replace(asked, members=members),
            ruleset=ruleset,
            coverage_year=year,
            at=self.at,
            registered_at=facts.registered_at,
            verified_at=facts.verified_at,
            paid_at=self.at if self.paid else None,
        )
        return [
            Outcome(m.charge.category_name, m.charge.payable, m.charge.sponsored, m.charge.funder)
            if m.charge and not m.refusals
            else Outcome()
            for m in decision.members
        ]


class Decider:
    """Decides each distinct key once."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.known: dict[Any, tuple[tuple[Outcome, Outcome], ...]] = {}
        both = (question.before, question.after)
        categories = [category for ruleset in both for category in ruleset.categories]
        bounds = {bound for c in categories for bound in (c.age_from, c.age_below) if bound is not None}
        self.bounds = sorted(bounds)
        year = question.coverage_year
        self.age_days = sorted({c.age_day(year, date.min) for c in categories if c.age_on})
        years = range(question.coverage_year - 1, question.coverage_year + 5)
        windows = [window for ruleset in both for year in years if (window := ruleset.window(year))]
        moments = {value for w in windows for f in fields(w) if isinstance(value := getattr(w, f.name), datetime)}
        self.instants = sorted(moments)
        self.day = local_day(question.at)
        starts = [r.periods[question.coverage_year].starts_on for r in both if question.coverage_year in r.periods]
        self.recent = min([self.day, *starts]) - RECENT

    def outcomes(self, facts: HouseholdFacts) -> tuple[tuple[Outcome, Outcome], ...]:
        """Before and after, member by member."""
        key = self.key(facts)
        if key not in self.known:
            self.known[key] = self.question.outcomes(facts)
        return self.known[key]

    def key(self, facts: HouseholdFacts) -> Any:
        """What the rules can see of a household."""
        verified_on = local_day(facts.verified_at) if facts.verified_at else self.day
        asked = self.question.plain(facts.asked)
        births = tuple(self._birth(m.birth_date, verified_on) for m in asked.members)
        members = tuple(replace(m, ref=str(n), name="", birth_date=None) for n, m in enumerate(asked.members))
        registered: Any = facts.registered_at
        if local_day(registered) <= self.day:
            registered = bisect_right(self.instants, registered)
        return replace(asked, members=members), births, registered, facts.verified_at

    def _birth(self, born: date | None, verified_on: date) -> Any:
        if born is None or born >= min(self.recent, verified_on - RECENT):
            return born
        return tuple(bisect_right(self.bounds, age_on(born, day)) for day in (self.day, verified_on, *self.age_days))


@dataclass
class _Sum:
    persons: list[int] = field(default_factory=lambda: [0, 0])
    yuan: list[Decimal] = field(default_factory=lambda: [Decimal("0.00"), Decimal("0.00")])

    def add(self, side: int, amount: Decimal) -> None:
        self.persons[side] += 1
        self.yuan[side] += amount

    def row(self, name: str) -> dict[str, Any]:
        before, after = self.yuan
        sums = {"before": str(before), "after": str(after), "difference": f"{after - before:+.2f}"}
        return {"name": name, "persons_before": self.persons[0], "persons_after": self.persons[1]} | sums


class Tally:
    """Sums over households, as plain JSON in the end."""

    def __init__(self) -> None:
        self.households: Counter[str] = Counter()
        self.persons: Counter[str] = Counter()
        self.payable: dict[str, _Sum] = defaultdict(_Sum)
        self.sponsored: dict[str, _Sum] = defaultdict(_Sum)
        self.whole = _Sum()
        self.examples: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, facts: HouseholdFacts, outcomes: Iterable[tuple[Outcome, Outcome]]) -> None:
        """One household."""
        pairs = list(outcomes)
        named = {str(m.person_id): m.name for m in facts.members}
        self.households[change(_paid(o[0] for o in pairs), _paid(o[1] for o in pairs))] += 1
        for member, pair in zip(facts.asked.members, pairs, strict=True):
            kind = change(pair[0].payable, pair[1].payable)
            self.persons[kind] += 1
            for side, outcome in enumerate(pair):
                self._add(side, outcome)
            if kind not in {"same", "outside"} and len(self.examples[kind]) < EXAMPLES_EACH:
                amounts = [None if o.payable is None else str(o.payable) for o in pair]
                example = {"name": named[member.ref], "number": facts.number, "household": facts.id}
                example |= {"change": CHANGES[kind], "before": amounts[0], "after": amounts[1]}
                self.examples[kind].append(example)

    def _add(self, side: int, outcome: Outcome) -> None:
        if outcome.payable is None:
            return
        self.whole.add(side, outcome.payable)
        self.payable[outcome.category].add(side, outcome.payable)
        if outcome.sponsored:
            self.sponsored[outcome.funder].add(side, outcome.sponsored)

    def result(self) -> dict[str, Any]:
        """Plain JSON; yuan as text."""
        by_category = [each.row(name) for name, each in sorted(self.payable.items())]
        by_funder = [each.row(name or "未指明") for name, each in sorted(self.sponsored.items())]
        return {
            "households": self.households.total(),
            "persons": self.persons.total(),
            "changes": [
                {"code": code, "name": name, "households": self.households[code], "persons": self.persons[code]}
                for code, name in CHANGES.items()
            ],
            "sums": [
                {"title": "个人缴纳", "column": "人员类别", "rows": [*by_category, self.whole.row("合计")]},
                {"title": "部门资助", "column": "资助部门", "rows": by_funder},
            ],
            "examples": [example for code in CHANGES for example in self.examples[code]],
        }


def change(before: Decimal | None, after: Decimal | None) -> str:
    """Which of CHANGES it is; None pays nothing because nothing can be taken."""
    if before is None or after is None:
        return "outside" if before is after else "admitted" if before is None else "refused"
    return "more" if after > before else "less" if after < before else "same"


def _paid(outcomes: Iterator[Outcome]) -> Decimal | None:
    amounts = [outcome.payable for outcome in outcomes if outcome.payable is not None]
    return sum(amounts, Decimal("0.00")) if amounts else None
