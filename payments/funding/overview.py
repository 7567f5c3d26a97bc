"""资助与补助的查阅: by payer what was claimed, came in, is still owed, is not claimed yet and cannot be claimed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from common import idcard
from common.decision import Clause, Reason
from common.sealing import ID_NUMBER
from enrollment import library
from enrollment.models import ContributionPeriod, Enrollment, RuleSetEdition
from enrollment.rules.ruleset import RuleSet
from offices.keys import unsealed
from payments.funding import sql
from payments.funding.lists import lists_of
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
    """One department or budget in a place. `claimed` is net of what was taken back; amounts in yuan.

    `cancelled`: claimed persons whose enrolment was cancelled since, to be taken back on the next sheet.
    `owed` is for sheets that ask for money, `to_give_back` for those that take back more than they ask for.
    `without_rate`: categories that a budget has no rate for; `sponsored` and `unclaimed_amount` leave them out.
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
    without_rate: tuple[str, ...] = ()
    clause: Clause | None = None

    @property
    def may_claim(self) -> bool:
        """Whether a new sheet would hold anybody."""
        return bool(self.unclaimed or self.cancelled)


@dataclass(frozen=True, slots=True)
class Overview:
    """One coverage year in a place; `whole`: a county, so that what came in can be told."""

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


def claim_rows(period: ContributionPeriod, *, division: str, today: date) -> list[ClaimRow]:
    """The sheets of a year and a county, the newest first. One query."""
    rows = with_money(FundingClaim.objects.filter(period=period, division_code=division[:6]))
    rows = rows.select_related("made_by", "confirmed_by").order_by("-made_at", "-pk")
    return [claim_row(row, today=today) for row in rows]


def claim_row(claim: Any, *, today: date) -> ClaimRow:
    """A sheet that `with_money` has read."""
    return ClaimRow(claim, claim.came_in, claim.last_came_on, today)


def with_money(claims: Any) -> Any:
    """Each with what came in for it, and when the last of it came that still stands."""
    payments = FundingPayment.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
    standing = FundingPayment.objects.filter(claim=OuterRef("pk"), reverses__isnull=True, reversed_by__isnull=True)
    return claims.annotate(
        came_in=Coalesce(Subquery(payments.annotate(n=Sum("amount")).values("n")), ZERO),
        last_came_on=Subquery(standing.order_by("-received_on").values("received_on")[:1]),
    )


def overview_of(period: ContributionPeriod, *, division: str) -> Overview:
    """All payers of a year, in a number of queries that does not grow with persons or sheets.

    `division`: a county, or a town or village of one; below a county nothing is said of what came in.
    """
    ruleset = library.current(period.ruleset.code)
    whole = len(division) == 6
    money = _money(period, division) if whole else {}
    funders = tuple(_funders(period, division, ruleset, money))
    budgets = tuple(_budgets(period, division, ruleset, money))
    return Overview(funders, budgets, _total(funders), whole)


Money = Mapping[tuple[str, str], dict[str, Any]]


def _funders(period: ContributionPeriod, division: str, ruleset: RuleSet, money: Money) -> list[PayerLine]:
    told: dict[str, dict[str, Any]] = {each.name: {} for each in ruleset.funders}
    paid = Enrollment.objects.in_force().filter(period=period, division_code__startswith=division, sponsored__gt=0)
    for row in paid.order_by().values("funder").annotate(n=Count("pk"), total=Sum("sponsored")):
        told.setdefault(row["funder"], {}).update(persons=row["n"], sponsored=row["total"])
    lines = FunderClaimLine.objects.standing().filter(claim__period=period, division_code__startswith=division)
    gone = Q(corrects__isnull=True, corrected=False, enrollment__cancelled_at__isnull=False)
    for row in (
        lines.order_by()
        .values("claim__payer")
        .annotate(
            claimed=Sum("amount"),
            claimed_persons=Count("pk", filter=Q(corrects__isnull=True)) - Count("corrects"),
            cancelled=Count("pk", filter=gone),
            cancelled_amount=Coalesce(Sum("amount", filter=gone), ZERO),
        )
    ):
        told.setdefault(row.pop("claim__payer"), {}).update(row)
    for payer, *counted in _unclaimed(period, division):
        names = ("unclaimed", "unclaimed_amount", "barred", "barred_amount")
        told.setdefault(payer, {}).update(zip(names, counted, strict=True))
    clauses = {each.name: each.clause for each in ruleset.funders}
    return [
        PayerLine(payer, **values, **money.get(("funder", payer), {}), clause=clauses.get(payer))
        for payer, values in told.items()
    ]


def _unclaimed(period: ContributionPeriod, division: str) -> list[tuple[Any, ...]]:
    lists = lists_of(period_id=period.pk, division=division)
    with connection.cursor() as cursor:
        cursor.execute(sql.UNCLAIMED, lists | {"period": period.pk, "division": division, "funder": ""})
        return list(cursor.fetchall())


def _money(period: ContributionPeriod, division: str) -> Money:
    """What came in and what is owed, by kind and payer."""
    rows = with_money(FundingClaim.objects.standing().filter(period=period, division_code=division)).order_by()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows.values("kind", "payer", "amount", "came_in"):
        sums = found.setdefault((row["kind"], row["payer"]), {"came_in": ZERO, "owed": ZERO, "to_give_back": ZERO})
        sums["came_in"] += row["came_in"]
        rest = row["amount"] - row["came_in"]
        sums["owed" if row["amount"] > 0 else "to_give_back"] += abs(rest)
    return found


def _budgets(period: ContributionPeriod, division: str, ruleset: RuleSet, money: Money) -> list[PayerLine]:
    """The budgets with a rate in force or a sheet. One query for each, and there are four of them at most."""
    rates = SubsidyRate.objects.in_force().filter(period=period, division_code=division[:6])
    claimed = SubsidyClaimLine.objects.filter(
        claim__period=period, claim__withdrawn_at__isnull=True, division_code__startswith=division
    )
    sums = dict(claimed.order_by().values_list("claim__payer").annotate(n=Sum("amount")))
    payers = set(sums) | set(rates.order_by().values_list("payer", flat=True).distinct())
    _, clause = subsidy_due(ruleset, period.coverage_year)
    found = []
    for payer in sorted(payers, key=list(SubsidyRate.Level.values).index):
        heads, whole, unclaimed, without_rate = _subsidy_now(period, division, ruleset, payer)
        line = PayerLine(
            payer,
            sponsored=whole,
            persons=heads,
            claimed=sums.get(payer, ZERO),
            unclaimed=int(unclaimed != 0),
            unclaimed_amount=unclaimed,
            without_rate=without_rate,
            **money.get(("subsidy", payer), {}),
            clause=clause,
        )
        found.append(line)
    return found


def _subsidy_now(
    period: ContributionPeriod, division: str, ruleset: RuleSet, payer: str
) -> tuple[int, Decimal, Decimal, tuple[str, ...]]:
    """Everybody who is enrolled: heads, what they come to, what of it is unclaimed, categories without a rate."""
    asked = {"period": period.pk, "division": division, "payer": payer, "day": date(9000, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(sql.SUBSIDY_NOW, asked | {"unsubsidised": unsubsidised(ruleset, period.coverage_year)})
        heads, whole, unclaimed, without_rate = cursor.fetchone()
    return int(heads), whole, unclaimed, tuple(without_rate)


def _total(lines: tuple[PayerLine, ...]) -> PayerLine:
    names = [each.name for each in fields(PayerLine) if each.name not in ("payer", "clause")]
    nothing = PayerLine("合计")
    return replace(
        nothing, **{name: sum((getattr(each, name) for each in lines), getattr(nothing, name)) for name in names}
    )


@dataclass(frozen=True, slots=True)
class BarredPerson:
    """Somebody for whom a department would pay and who is not claimed: why not, and by which clause."""

    household_id: int
    household_number: str
    name: str
    masked_id: str
    category_name: str
    amount: Decimal
    funder: str
    reason: Reason


def barred_persons(period: ContributionPeriod, *, division: str, page: int, size: int) -> tuple[BarredPerson, ...]:
    """Those who may not be claimed, a page of them and one more."""
    asked = lists_of(period_id=period.pk, division=division)
    asked |= {"period": period.pk, "division": division, "funder": "", "wanted": False}
    with connection.cursor() as cursor:
        cursor.execute(sql.UNCLAIMED_PERSONS, asked | {"limit": size + 1, "offset": (page - 1) * size})
        rows = cursor.fetchall()
    digests = dict(RuleSetEdition.objects.filter(pk__in={row[-1] for row in rows}).values_list("pk", "sha256"))
    return tuple(_barred(row, digests) for row in rows)


def _barred(row: tuple[Any, ...], digests: Mapping[int, str]) -> BarredPerson:
    household_id, number, name, id_no, code, category_name, amount, funder, gap, edition = row
    ruleset = library.compiled(edition_id=edition, sha256=digests[edition])
    category = next((each for each in ruleset.categories if each.code == code), None)
    clause = (category.proof_clause or category.clause) if category else ruleset.clause
    return BarredPerson(
        household_id,
        number,
        name,
        idcard.mask(unsealed(ID_NUMBER, id_no)),
        category_name,
        amount,
        funder,
        Reason(gap, GAPS[gap], clause),
    )


@dataclass(frozen=True, slots=True)
class CategorySum:
    """One category of a sheet: its lines and what they come to."""

    name: str
    persons: int
    amount: Decimal


def category_sums(lines: Any) -> list[CategorySum]:
    """The lines of a department's sheet by category; what is taken back is off both numbers."""
    persons = Count("pk", filter=Q(corrects__isnull=True)) - Count("corrects")
    rows = lines.order_by().values("category_name").annotate(persons=persons, total=Sum("amount"))
    return [CategorySum(row["category_name"], row["persons"], row["total"]) for row in rows.order_by("category_name")]
