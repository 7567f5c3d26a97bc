"""同类核定: households that look alike to the rules are decided once, and each gets the answer in its own names.

What the rules cannot see is taken off: names, refs, the exact day of birth beyond the ages that the rule set asks
about, and the moments of registration and verification beyond what hangs on them. What is left is the key. Sentences
carry names, so a key is decided with marks in their place; each household gets its own names put in. The answer is
the one that `assess` gives, word for word.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from common.dates import age_on, local_day
from common.decision import Clause
from enrollment.rules.assess import assess
from enrollment.rules.category import OF_HOUSEHOLD
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from enrollment.rules.facts import Household, Member
from enrollment.rules.ruleset import RuleSet

# A day of birth this close to the question may be asked about by itself (新生儿).
RECENT = timedelta(days=800)
# Stands for a member's name or ref; no text that comes from a file, a form or a table can hold a NUL.
MARK = re.compile("\0([nr][0-9]{3})\0")
_SEEN = attrgetter(*(each.name for each in fields(Member) if each.name not in {"ref", "name", "birth_date"}))


class Alike:
    """Decides each distinct household once, for one rule set, year, moment and channel."""

    def __init__(self, *, ruleset: RuleSet, coverage_year: int, at: datetime, channel: str = "counter") -> None:
        self.ruleset, self.year, self.at, self.channel = ruleset, coverage_year, at, channel
        self.day = local_day(at)
        self.known: dict[Any, _Answer] = {}
        by_age = [each for each in ruleset.categories if each.proof == "facts"]  # the others have to be claimed
        bounds = {bound for each in by_age for bound in (each.age_from, each.age_below) if bound is not None}
        self.bounds = sorted(bounds)
        self.age_days = sorted({each.age_day(coverage_year, self.day) for each in ruleset.categories if each.age_on})
        period = ruleset.periods.get(coverage_year)
        starts = [band.first_cover(self.day) for band in period.bands] if period else []
        self.recent = min([self.day, *([period.starts_on] if period else []), *starts]) - RECENT
        window = ruleset.window(coverage_year)
        self.verify_until = window.verify_until if window else None

    def decide(
        self, household: Household, *, registered_at: datetime | None = None, verified_at: datetime | None = None
    ) -> HouseholdDecision:
        """What `assess` says about the household, money not yet taken."""
        members = household.members
        labels = [member.label for member in members]
        key = self._key(household, labels, registered_at, verified_at)
        answer = self.known.get(key)
        if answer is None:
            answer = self.known[key] = self._answer(household, labels, registered_at, verified_at)
        return answer.of([member.ref for member in members], labels)

    def _key(
        self, household: Household, labels: Sequence[str], registered_at: datetime | None, verified_at: datetime | None
    ) -> Any:
        verified_on = local_day(verified_at) if verified_at else None
        late = bool(verified_at and self.verify_until and verified_at > self.verify_until)
        registered_on = local_day(registered_at) if registered_at else self.day
        claims = bool(household.certifications) or any(member.certifications for member in household.members)
        return (
            tuple([(_SEEN(m), self._birth(m, verified_on or self.day, claims)) for m in household.members]),
            _same(labels),
            _ranks([member.ref for member in household.members]) if claims else None,
            household.certifications,
            household.papers,
            household.overrides,
            (verified_on, late),
            max(registered_on, self.day),
        )

    def _birth(self, member: Member, verified_on: date, claims: bool) -> Any:
        """The day itself where it may be told or asked for; else the age, as exactly as somebody may ask for it."""
        born = member.birth_date
        if born is None or born >= min(self.recent, verified_on - RECENT) or member.papers is not None:
            return born
        ages = tuple([age_on(born, day) for day in (verified_on, *self.age_days)])
        return ("age", ages) if claims else tuple([bisect_right(self.bounds, age) for age in ages])

    def _answer(
        self, household: Household, labels: Sequence[str], registered_at: datetime | None, verified_at: datetime | None
    ) -> "_Answer":
        """Decide with marks for names and refs; refs sort as they do, and who are called alike share a mark."""
        ranks = _ranks([member.ref for member in household.members])
        marked = tuple(
            replace(member, ref=_mark("r", rank), name=label if label == OF_HOUSEHOLD else _mark("n", same))
            for member, rank, same, label in zip(household.members, ranks, _same(labels), labels, strict=True)
        )
        decision = assess(
            replace(household, members=marked),
            ruleset=self.ruleset,
            coverage_year=self.year,
            at=self.at,
            registered_at=registered_at,
            verified_at=verified_at,
            channel=self.channel,
        )
        return _Answer(decision, ranks)


class _Answer:
    """A decision with marks in the place of names and refs."""

    def __init__(self, decision: HouseholdDecision, ranks: Sequence[int]) -> None:
        self.decision, self.ranks = decision, ranks
        unnamed = replace(decision, members=tuple(_called(member, "", "") for member in decision.members))
        self.is_marked = _renamed(unnamed, lambda _: "") != unnamed

    def of(self, refs: Sequence[str], labels: Sequence[str]) -> HouseholdDecision:
        """The decision in a household's own names."""
        if self.is_marked:
            own = {f"r{rank:03d}": ref for rank, ref in zip(self.ranks, refs, strict=True)}
            own |= {f"n{same:03d}": labels[same] for same in _same(labels)}
            return _renamed(self.decision, lambda mark: own[mark[1]])  # type: ignore[no-any-return]
        found = self.decision
        members = tuple([_called(*each) for each in zip(found.members, refs, labels, strict=True)])
        return HouseholdDecision(
            found.coverage_year,
            members,
            found.refusals,
            found.warnings,
            found.missing_documents,
            found.missing_members,
            found.next_window,
            found.earliest_benefit_start,
        )


def _called(member: MemberDecision, ref: str, label: str) -> MemberDecision:
    return MemberDecision(
        ref,
        label,
        member.applying,
        member.due,
        member.refusals,
        member.reasons,
        member.warnings,
        member.charge,
        member.benefit,
        member.continuous_years,
        member.workmanship_fee_exempt,
    )


def _mark(kind: str, number: int) -> str:
    return f"\0{kind}{number:03d}\0"


def _same(labels: Sequence[str]) -> tuple[int, ...]:
    """For each label the place where it stands first; -1 for one that is also what the whole household is called."""
    if len(set(labels)) == len(labels) and OF_HOUSEHOLD not in labels:
        return tuple(range(len(labels)))
    return tuple(-1 if label == OF_HOUSEHOLD else labels.index(label) for label in labels)


def _ranks(refs: Sequence[str]) -> tuple[int, ...]:
    order = {ref: rank for rank, ref in enumerate(sorted(refs))}
    return tuple(order[ref] for ref in refs)


def _renamed(value: Any, name: Callable[[re.Match[str]], str]) -> Any:
    """A value with every mark in it replaced, however deep it lies."""
    if isinstance(value, str):
        return MARK.sub(name, value) if "\0" in value else value
    if isinstance(value, tuple):
        return tuple(_renamed(each, name) for each in value)
    if isinstance(value, Clause) or not hasattr(value, "__dataclass_fields__"):
        return value
    own = {each.name: _renamed(getattr(value, each.name), name) for each in fields(value) if each.init}
    return type(value)(**own)
