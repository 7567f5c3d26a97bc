"""入账的计划: accepted verdicts made into households: who is new, who is known, what everybody pays; pure values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.relations import HEAD, SELF
from enrollment.facts import HouseholdFacts
from enrollment.rules.decision import HouseholdDecision, MemberDecision
from rosters.checks import Terms, Verdict, by_household
from rosters.heads import heads_of
from rosters.known import Known, plain_village
from rosters.reading.sheet import RosterRow

RELATIVE = "80"  # of whom the roster does not say how


@dataclass(slots=True)
class Entry:
    """One person of the roster. `person_id` is None for somebody new until the ids are given out."""

    verdict: Verdict
    decision: MemberDecision
    person_id: int | None
    relation: str

    @property
    def is_new(self) -> bool:
        """Whether nobody is registered under the number."""
        return self.person_id is None


@dataclass(slots=True)
class Entered:
    """One household of the roster as it will be written. `facts` is None for a new one."""

    facts: HouseholdFacts | None
    decision: HouseholdDecision
    entries: list[Entry]
    division_code: str
    address: str
    household_id: int = 0
    number: str = ""
    registered_at: datetime | None = None

    @property
    def payer(self) -> str:
        """交款人: the head of the household."""
        if self.facts and self.facts.head:
            return self.facts.head.name
        return next(each.verdict.row.name for each in self.entries if each.relation == HEAD)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a taking writes."""

    households: tuple[Entered, ...]

    @property
    def persons(self) -> int:
        """How many are enrolled."""
        return sum(len(each.entries) for each in self.households)

    @property
    def receipts(self) -> int:
        """How many receipt numbers are used: none where departments pay for everybody."""
        return sum(1 for each in self.households if each.decision.payable)

    @property
    def payable(self) -> Decimal:
        """What is taken, in yuan."""
        return sum((each.decision.payable for each in self.households), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where those live of whom no row says it: twelve digits, and the group of the batch, if it is of one."""

    division_code: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whose number nobody is registered under, and the division of his household."""

    row: RosterRow
    division_code: str


def newcomers(rows: Sequence[RosterRow], *, known: Known, terms: Terms, place: Place) -> list[Newcomer]:
    """Whom a taking registers, each number once, in the order of the numbers, as at the counter.

    Before the verdicts: who is not accepted after all makes the whole taking come to nothing.
    """
    found: dict[str, Newcomer] = {}
    for group in by_household(rows, known=known, terms=terms):
        code = _division(group, _registered(group, known), known, place)
        for row in group:
            number = str(row.id_no) if row.id_no and not row.problems else ""
            if number and number not in known.persons:
                found.setdefault(number, Newcomer(row, code))
    return [found[number] for number in sorted(found)]


def _registered(rows: Sequence[RosterRow], known: Known) -> HouseholdFacts | None:
    """The registered household of the rows."""
    persons = (known.persons.get(str(row.id_no)) for row in rows)
    home = next((each.household_id for each in persons if each and each.household_id is not None), None)
    return known.households[home] if home is not None else None


def _division(rows: Sequence[RosterRow], facts: HouseholdFacts | None, known: Known, usual: Place) -> str:
    """Where the household lives: as it is registered, else the village that a row names, else as `usual`."""
    if facts:
        return facts.division_code
    village = next((row.village for row in rows if row.village), "")
    return known.places.get(plain_village(village), usual.division_code)


def planned(households: Sequence[Sequence[Verdict]], *, known: Known, terms: Terms, place: Place) -> Plan:
    """The plan for verdicts that were all accepted."""
    return Plan(tuple(_entered(each, known, terms, place) for each in households))


def _entered(verdicts: Sequence[Verdict], known: Known, terms: Terms, usual: Place) -> Entered:
    rows = [each.row for each in verdicts]
    persons = [known.persons.get(str(row.id_no)) for row in rows]
    facts = _registered(rows, known)
    decision = verdicts[0].household
    if decision is None:
        raise ValueError("a household that was not decided cannot be taken")
    head = None if facts else next(iter(heads_of(rows)), rows[0])  # who is alone is the head of one
    entries = [
        Entry(each, _decided(each), person.id if person else None, _relation(each.row, head))
        for each, person in zip(verdicts, persons, strict=True)
    ]
    order = {member.ref: place for place, member in enumerate(decision.applicants)}
    entries.sort(key=lambda each: order[each.decision.ref])
    code = _division(rows, facts, known, usual)
    if facts:
        return Entered(facts, decision, entries, code, facts.address)
    group = next((row.group for row in rows if row.group), usual.group)
    return Entered(None, decision, entries, code, _address(known.village_names.get(code, ""), group))


def _address(village: str, group: str) -> str:
    """What the roster says of where a new household lives; reports by group read it there."""
    named = f"{group}组" if group.isdecimal() else group[:40]
    return f"{village}{named}" if named else ""


def _decided(verdict: Verdict) -> MemberDecision:
    if verdict.decision is None or verdict.decision.charge is None or verdict.decision.benefit is None:
        raise ValueError("a row without a decision cannot be taken")
    return verdict.decision


def _relation(row: RosterRow, head: RosterRow | None) -> str:
    """A household has one head: who joins one that is known, or is not the head of a new one, is somebody else."""
    if row is head:
        return HEAD
    written = row.relation
    return written if written and written not in (SELF, HEAD) else RELATIVE
