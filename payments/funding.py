"""资助与补助的查阅: by payer what was claimed, came in, is still owed, is not claimed yet and cannot be claimed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from common.decision import Reason
from enrollment import library
from enrollment.models import ContributionPeriod, Enrollment
from enrollment.rules.ruleset import RuleSet
from offices.access import visible
from offices.models import Staff
from payments import funding_sql as sql
from payments.funding_lists import lists_of
from payments.models import FunderClaimLine, FundingClaim, FundingPayment, SubsidyClaimLine, SubsidyRate
from payments.services.funding import subsidy_due
from payments.services.subsidies import unsubsidised

ZERO = Decimal("0.00")
GAPS = {
    "UNLISTED": "缴费时不在资助部门的名单上，不予请款",
    "UNDECIDED": "核定时没有名单的依据，不予请款",
    "ELSEWHERE": "已向另一部门请款，待那一批冲减后再请",
}


@dataclass(frozen=True, slots=True)
class PayerLine:
    """One department or budget within a scope. `claimed` is net of what was taken back; amounts in yuan.

    `cancelled`: claimed persons whose enrolment was cancelled since, to be taken back on the next sheet.
    `owed` is for sheets that ask for money, `to_give_back` for those that take back more than they ask for.
    """

    payer: str
    sponsored: Decimal = ZERO
    persons: int = 0
    claimed: Decimal = ZERO
    claimed_persons: int = 0
    unclaimed: int = 0
    unclaimed_amount: Decimal = ZERO
    barred: int = 0
    barred_amount: Decimal = ZERO
    cancelled: int = 0
    cancelled_amount: Decimal = ZERO
    came_in: Decimal = ZERO
    owed: Decimal = ZERO
    to_give_back: Decimal = ZERO
    reasons: tuple[Reason, ...] = ()

    @property
    def may_claim(self) -> bool:
        """Whether a new sheet would hold anybody."""
        return bool(self.unclaimed or self.cancelled)


@dataclass(frozen=True, slots=True)
class Overview:
    """One coverage year within a scope; `whole`: the scope holds counties, so that what came in can be told."""

    funders: tuple[PayerLine, ...]
    budgets: tuple[PayerLine, ...]
    total: PayerLine
    whole: bool


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A sheet in a list: what came in for it, what is still owed, whether it is late."""

    claim: FundingClaim
    came_in: Decimal
    last_came_on: date | None
    today: date

    @property
    def owed(self) -> Decimal:
        """Still to come in, or still to go back where the sheet is negative."""
        return abs(self.claim.amount) - abs(self.came_in) if not self.claim.withdrawn_at else ZERO

    @property
    def is_overdue(self) -> bool:
        """The day is over and not all has come in."""
        return bool(self.owed and self.claim.due_on and self.claim.due_on < self.today)

    @property
    def came_late(self) -> bool:
        """All has come in, but the last of it after the day."""
        due, last = self.claim.due_on, self.last_came_on
        return bool(not self.owed and due and last and last > due)


def claim_rows(period: ContributionPeriod, *, staff: Staff, today: date) -> list[ClaimRow]:
    """The sheets of a year within the scope, the newest first. One query."""
    rows = with_money(FundingClaim.objects.seen_by(staff).filter(period=period))
    rows = rows.select_related("made_by", "confirmed_by").order_by("-made_at", "-pk")
    return [ClaimRow(row, row.came_in, row.last_came_on, today) for row in rows]


def with_money(claims: Any) -> Any:
    """Each with what came in for it, and when the last of it came that still stands."""
    payments = FundingPayment.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
    standing = payments.filter(reverses__isnull=True, reversed_by__isnull=True)
    return claims.annotate(
        came_in=Coalesce(Subquery(payments.annotate(n=Sum("amount")).values("n")), ZERO),
        last_came_on=Subquery(standing.order_by("-received_on").values("received_on")[:1]),
    )


def overview_of(period: ContributionPeriod, *, staff: Staff, today: date) -> Overview:
    """All payers of a year, in a number of queries that does not grow with persons or sheets."""
    ruleset = library.current(period.ruleset.code)
    whole = len(staff.division_scope) <= 6
    money = _money(period, staff) if whole else {}
    funders = tuple(_funders(period, staff, ruleset, money))
    budgets = tuple(_budgets(period, staff, ruleset, money))
    return Overview(funders, budgets, _total(funders), whole)


def _funders(
    period: ContributionPeriod, staff: Staff, ruleset: RuleSet, money: Mapping[tuple[str, str], dict[str, Any]]
) -> list[PayerLine]:
    told: dict[str, dict[str, Any]] = {each.name: {} for each in ruleset.funders}
    paid = visible(Enrollment.objects.in_force(), staff).filter(period=period, sponsored__gt=0).order_by()
    for row in paid.values("funder").annotate(n=Count("pk"), total=Sum("sponsored")):
        told.setdefault(row["funder"], {}).update(persons=row["n"], sponsored=row["total"])
    lines = FunderClaimLine.objects.standing().visible_to(staff).filter(claim__period=period).order_by()
    gone = Q(corrects__isnull=True, corrected=False, enrollment__cancelled_at__isnull=False)
    for row in lines.values("claim__payer").annotate(
        claimed=Sum("amount"),
        claimed_persons=Count("pk", filter=Q(corrects__isnull=True)) - Count("corrects"),
        cancelled=Count("pk", filter=gone),
        cancelled_amount=Coalesce(Sum("amount", filter=gone), ZERO),
    ):
        payer = row.pop("claim__payer")
        told.setdefault(payer, {}).update(row)
    for payer, *counted in _unclaimed(period, staff):
        names = ("unclaimed", "unclaimed_amount", "barred", "barred_amount")
        told.setdefault(payer, {}).update(zip(names, counted, strict=True))
    return [
        PayerLine(payer, **values, **money.get(("funder", payer), {}), reasons=_funder_reasons(payer, ruleset))
        for payer, values in told.items()
    ]


def _funder_reasons(payer: str, ruleset: RuleSet) -> tuple[Reason, ...]:
    clause = next((each.clause for each in ruleset.funders if each.name == payer), None)
    return (Reason("FUNDER", f"{payer}按名单为符合条件的人缴费，向其请款", clause),)


def _unclaimed(period: ContributionPeriod, staff: Staff) -> list[tuple[Any, ...]]:
    scope = staff.division_scope
    asked = {"period": period.pk, "division": scope, "funder": ""} | lists_of(period_id=period.pk, division=scope)
    with connection.cursor() as cursor:
        cursor.execute(sql.UNCLAIMED, asked)
        return list(cursor.fetchall())


def _money(period: ContributionPeriod, staff: Staff) -> dict[tuple[str, str], dict[str, Any]]:
    """What came in and what is owed, by kind and payer."""
    rows = with_money(FundingClaim.objects.standing().seen_by(staff).filter(period=period)).order_by()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows.values("kind", "payer", "amount", "came_in"):
        sums = found.setdefault((row["kind"], row["payer"]), {"came_in": ZERO, "owed": ZERO, "to_give_back": ZERO})
        sums["came_in"] += row["came_in"]
        rest = row["amount"] - row["came_in"]
        sums["owed" if row["amount"] > 0 else "to_give_back"] += abs(rest)
    return found


def _budgets(
    period: ContributionPeriod, staff: Staff, ruleset: RuleSet, money: Mapping[tuple[str, str], dict[str, Any]]
) -> list[PayerLine]:
    """The budgets with a rate in force or a sheet. One query for each, and there are four of them at most."""
    rates = SubsidyRate.objects.in_force().filter(period=period)
    scope = staff.division_scope
    rates = rates.filter(division_code=scope[:6]) if len(scope) > 6 else rates.filter(division_code__startswith=scope)
    claimed = SubsidyClaimLine.objects.visible_to(staff).filter(claim__period=period, claim__withdrawn_at__isnull=True)
    sums = dict(claimed.order_by().values_list("claim__payer").annotate(n=Sum("amount")))
    due = list(rates.order_by().values_list("payer", "division_code").distinct())
    found: dict[str, dict[str, Any]] = {payer: {"claimed": total} for payer, total in sums.items()}
    for payer, division in due:
        heads, whole, before = _subsidy_now(period, ruleset, payer, scope if len(scope) > 6 else division)
        values = found.setdefault(payer, {"claimed": ZERO})
        values["persons"] = values.get("persons", 0) + heads
        values["sponsored"] = values.get("sponsored", ZERO) + whole
        values["unclaimed_amount"] = values.get("unclaimed_amount", ZERO) + whole - before
        values["unclaimed"] = int(values["unclaimed_amount"] != 0)
    _, clause = subsidy_due(ruleset, period.coverage_year)
    order = list(SubsidyRate.Level.values)
    told = (Reason("SUBSIDY", "人数乘以补助标准，向财政请款", clause),)
    return [
        PayerLine(payer, **found[payer], **money.get(("subsidy", payer), {}), reasons=told)
        for payer in sorted(found, key=order.index)
    ]


def _subsidy_now(
    period: ContributionPeriod, ruleset: RuleSet, payer: str, division: str
) -> tuple[int, Decimal, Decimal]:
    today = date.max.replace(year=9000)  # everybody who is enrolled
    asked = {"period": period.pk, "division": division, "payer": payer, "day": today}
    with connection.cursor() as cursor:
        cursor.execute(sql.SUBSIDY_NOW, asked | {"unsubsidised": unsubsidised(ruleset, period.coverage_year)})
        heads, whole, before = cursor.fetchone()
    return int(heads), whole or ZERO, before


def _total(lines: tuple[PayerLine, ...]) -> PayerLine:
    names = [name for name in PayerLine.__slots__ if name not in ("payer", "reasons")]
    return PayerLine("合计", **{name: sum((getattr(each, name) for each in lines), start=0) for name in names})
