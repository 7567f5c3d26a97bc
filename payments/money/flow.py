"""资金去向: where every yuan of a coverage year is, by office. Both sides are summed on their own and must agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.dates import SHANGHAI
from common.decision import Clause
from common.listing import listed
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.transfers import TransferStep
from offices.models import Office, Staff
from offices.staffing import offices_under
from payments.models import Payment
from payments.money import sql as money_sql

ZERO = Decimal("0.00")
SOME = 3  # clerks that are named; of more it is told how many there are
PLACES = ("unsettled", "settled", "remitted", "reviewed", "district", "city")
# Where the money waits for a step of the rule set: that step's deadline is shown there.
NEXT_STEP = {"settled": "office", "remitted": "office", "reviewed": "district", "district": "city"}
NAMES = {
    "unsettled": "未日结",
    "settled": "已日结未上缴",
    "remitted": "已上缴待审核",
    "reviewed": "已审核待汇缴",
    "district": "区县财政专户",
    "city": "市级财政专户",
}


@dataclass(slots=True)
class Sum:
    """So many papers that make so many yuan."""

    n: int = 0
    amount: Decimal = ZERO

    def add(self, other: "Sum") -> None:
        self.n += other.n
        self.amount += other.amount


@dataclass(slots=True)
class Place:
    """Where money stands: how much, since when, what is to be done by when, and whether that day is over."""

    code: str
    name: str
    sum: Sum = field(default_factory=Sum)
    since: date | None = None
    due_on: date | None = None
    is_late: bool = False
    clause: Clause | None = None
    clerks: tuple[str, ...] = ()
    unbanked: int = 0
    late: int = 0

    @property
    def note(self) -> str:
        """What else is to be said of the papers here: whose they are, or how many of them want something."""
        if self.code == "unsettled":
            return listed(self.clerks, most=SOME, unit="人")
        if self.code == "remitted":
            return f"{self.unbanked}张没有银行回单" if self.unbanked else "回单齐全"
        return f"其中{self.late}张上缴逾期" if self.late else ""


@dataclass(slots=True)
class Flow:
    """One office's money of a year, or that of all of them (`office` None)."""

    office: Office | None
    due: Sum = field(default_factory=Sum)
    paid: Sum = field(default_factory=Sum)
    receipted: Sum = field(default_factory=Sum)
    voided: Sum = field(default_factory=Sum)
    reversed: Sum = field(default_factory=Sum)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """What is left of the receipts when voids and reversals are taken off."""
        return self.receipted.amount - self.voided.amount - self.reversed.amount

    @property
    def placed(self) -> Decimal:
        """All that lies somewhere on the way."""
        return sum((place.sum.amount for place in self.places.values()), ZERO)

    @property
    def differences(self) -> list[str]:
        """Where two sums that must agree do not."""
        pairs = (
            ("应缴", self.due.amount, "实收", self.paid.amount),
            ("实收", self.paid.amount, "开票", self.receipted.amount),
            ("净额", self.net, "各处合计", self.placed),
        )
        return [f"{a} {x:,.2f} 与{b} {y:,.2f} 相差 {x - y:,.2f} 元" for a, x, b, y in pairs if x != y]

    @property
    def is_balanced(self) -> bool:
        return not self.differences

    @property
    def is_empty(self) -> bool:
        return not self.due.n and not self.receipted.n


@dataclass(frozen=True, slots=True)
class FunderSum:
    """What one department pays, what was claimed of it, and for whole counties what came in (None for one office)."""

    funder: str
    persons: int
    amount: Decimal
    claimed: Decimal
    received: Decimal | None


@dataclass(frozen=True, slots=True)
class Money:
    """The page: the whole, its offices, its funders; `differences` beyond those of the flows."""

    period: ContributionPeriod
    whole: Flow
    offices: tuple[Flow, ...]
    funders: tuple[FunderSum, ...]
    differences: tuple[str, ...]

    @property
    def is_balanced(self) -> bool:
        return not self.differences

    @property
    def sponsored(self) -> Decimal:
        return sum((each.amount for each in self.funders), ZERO)


def periods_for(staff: Staff) -> list[ContributionPeriod]:
    """The coverage years of the rule sets that offices in the scope live under, the latest first."""
    codes = {office.ruleset_code for office in offices_seen(staff)}
    found = ContributionPeriod.objects.filter(ruleset__code__in=codes).select_related("ruleset")
    return list(found.order_by("-coverage_year", "ruleset__code"))


def latest_period(staff: Staff) -> int | None:
    """The year of the latest payment within the scope."""
    latest = Payment.objects.visible_to(staff).order_by("-pk").values_list("period", flat=True)
    return latest.first()


def offices_seen(staff: Staff) -> list[Office]:
    """A supervisor's own office; for the others every office in scope."""
    is_own = staff.role == Staff.Role.SUPERVISOR and staff.office
    return [staff.office] if is_own else list(offices_under(staff))


def money_of(offices: Sequence[Office], period: ContributionPeriod, *, today: date, scope: str | None = None) -> Money:
    """Every sum of a year for these offices. Nine statements; two more for whole districts (`scope` is given)."""
    steps = {step.step: step for step in library.current(period.ruleset.code).transfers}
    given = {"offices": [office.pk for office in offices], "period": period.pk}
    flows = {office.pk: Flow(office, places=_places(steps)) for office in offices}
    for name, statement in (("due", money_sql.DUE), ("paid", money_sql.PAID), ("reversed", money_sql.REVERSED)):
        for row in _rows(statement, given):
            setattr(flows[row["office_id"]], name, Sum(row["n"], row["amount"]))
    for row in _rows(money_sql.RECEIPTED, given):
        flow = flows[row["office_id"]]
        flow.receipted, flow.voided = Sum(row["n"], row["amount"]), Sum(row["voided_n"], row["voided"])
    _stand(flows, given)
    for flow in flows.values():
        _set_deadlines(flow, steps, period.coverage_year, today)
    whole = _whole(flows.values(), steps)
    funders = tuple(_funders(given, scope))
    differences = [f"{flow.office.name}：{each}" for flow in flows.values() if flow.office for each in flow.differences]
    if scope is not None:
        differences += _transferred(whole, given | {"scope": scope})
    return Money(period, whole, tuple(flows.values()), funders, tuple(differences))


def _funders(given: Mapping[str, Any], scope: str | None) -> Iterable[FunderSum]:
    claimed = {row["funder"]: row["amount"] for row in _rows(money_sql.CLAIMED, given)}
    whole = scope is not None and len(scope) <= 6
    paid = _rows(money_sql.CAME_IN, given | {"scope": scope}) if whole else []
    came_in = {row["funder"]: row["amount"] for row in paid}
    sponsored = {row["funder"]: (row["n"], row["amount"]) for row in _rows(money_sql.FUNDERS, given)}
    # Whose persons were all cancelled is named still, while a claim stands or money is there that is to go back.
    others = {funder for funder in {*claimed, *came_in} if claimed.get(funder) or came_in.get(funder)}
    for funder in (*sponsored, *sorted(others - sponsored.keys())):
        received = came_in.get(funder, ZERO) if whole else None
        yield FunderSum(funder, *sponsored.get(funder, (0, ZERO)), claimed.get(funder, ZERO), received)


def _rows(statement: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _places(steps: Mapping[str, TransferStep]) -> dict[str, Place]:
    """Those that the rule set has. Where no district follows, what was reviewed has arrived."""
    known = [place for place in PLACES if place not in ("district", "city") or place in steps]
    places = {place: Place(place, NAMES[place]) for place in known}
    if "district" not in steps:
        places["reviewed"].name = "已审核到账"
    return places


def _stand(flows: Mapping[int, Flow], given: Mapping[str, Any]) -> None:
    for row in _rows(money_sql.UNSETTLED, given):
        place = flows[row["office_id"]].places["unsettled"]
        place.sum, place.since = Sum(row["n"], row["amount"]), row["since"].astimezone(SHANGHAI).date()
        place.clerks = tuple(row["clerks"])
    for row in _rows(money_sql.SETTLED, given):
        place = flows[row["office_id"]].places["settled"]
        place.sum, place.since = Sum(row["n"], row["amount"]), row["since"]
    for row in _rows(money_sql.REMITTED, given):
        places = flows[row["office_id"]].places
        place = places.setdefault(row["place"], Place(row["place"], NAMES[row["place"]]))
        place.sum, place.since = Sum(row["n"], row["amount"]), row["since"]
        if row["place"] == "remitted":
            place.due_on = row["due_on"]
            place.unbanked = row["unbanked"]
        else:
            place.late = row["late"]


def _set_deadlines(flow: Flow, steps: Mapping[str, TransferStep], year: int, today: date) -> None:
    for code, place in flow.places.items():
        step = steps.get(NEXT_STEP.get(code, ""))
        if code == "unsettled":
            place.is_late = bool(place.since and place.since < today)
        if step is None:
            continue
        place.clause = step.clause
        if code != "remitted":
            place.due_on = step.due_on(year, since=place.since)
        place.is_late = bool(place.sum.n and place.due_on and place.due_on < today)


def _whole(flows: Iterable[Flow], steps: Mapping[str, TransferStep]) -> Flow:
    whole = Flow(None, places=_places(steps))
    for flow in flows:
        for name in ("due", "paid", "receipted", "voided", "reversed"):
            getattr(whole, name).add(getattr(flow, name))
        for code, place in flow.places.items():
            _join(whole.places.setdefault(code, Place(code, place.name)), place)
    return whole


def _join(whole: Place, part: Place) -> None:
    """The earliest day and the earliest deadline count; late is whatever is late anywhere."""
    whole.sum.add(part.sum)
    whole.clause = whole.clause or part.clause
    whole.is_late = whole.is_late or part.is_late
    whole.clerks += part.clerks
    whole.unbanked += part.unbanked
    whole.late += part.late
    for name in ("since", "due_on"):
        days = [day for day in (getattr(whole, name), getattr(part, name)) if day]
        setattr(whole, name, min(days, default=None))


def _transferred(whole: Flow, given: Mapping[str, Any]) -> list[str]:
    """Transfers have amounts of their own: of whole districts and cities they must be what lies in the accounts."""
    (row,) = _rows(money_sql.TRANSFERRED, given)
    at = {code: place.sum.amount for code, place in whole.places.items()}
    city = at.get("city", ZERO)
    pairs = [
        ("汇缴区县财政专户", row["district"], at.get("district", ZERO) + city, 6),
        ("上解市级财政专户", row["city"], city, 4),
    ]
    whole_areas = [(name, x, y) for name, x, y, digits in pairs if len(given["scope"]) <= digits]
    return [
        f"{name}：划解单 {x:,.2f} 与所含上缴单 {y:,.2f} 相差 {x - y:,.2f} 元" for name, x, y in whole_areas if x != y
    ]
