"""银行对账的结果: which lines and slips are still open, what they may be, what differs, and what has arrived."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from offices.paging import Page
from payments.bank.matching import NEAR_DAYS, Matching, Money, match, same_number
from payments.bank.papers import Paper, more_papers, more_slips
from payments.models import BankSlip, BankStatement, Remittance, StatementMark, StatementMatch, StatementRow, Transfer

Step = BankStatement.Step
AROUND = timedelta(days=NEAR_DAYS)
CHOICES = 100


@dataclass(frozen=True, slots=True)
class Ours:
    """A slip of ours with the paper that it belongs to. `may_follow` where the next statement may show it."""

    slip: BankSlip
    paper: Remittance | Transfer | Paper
    may_follow: bool = False

    @property
    def page(self) -> str:
        if isinstance(self.paper, Paper):
            return self.paper.page
        return "remittance" if isinstance(self.paper, Remittance) else "transfer"


@dataclass(frozen=True, slots=True)
class Difference:
    """The same number at the bank and with us, but another sum or a far day."""

    row: StatementRow
    ours: Ours

    @property
    def amount(self) -> Decimal:
        """What the bank has more than we."""
        return self.row.amount - self.ours.slip.amount

    @property
    def days(self) -> int:
        return (self.row.day - self.ours.slip.day).days


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One statement beside our slips."""

    matches: Sequence[tuple[StatementMatch, Ours]]
    marks: Sequence[StatementMark]
    proposed: Sequence[tuple[StatementRow, Sequence[Ours]]]
    unknown: Sequence[StatementRow]
    missing: Sequence[Ours]
    differences: Sequence[Difference]
    came: int
    outgoing: int
    repeated: int
    elsewhere: int

    @property
    def is_clear(self) -> bool:
        return not (self.proposed or self.unknown or self.missing or self.differences)

    @property
    def matched(self) -> Decimal:
        return sum((each.row.amount for each, _ in self.matches), Decimal("0.00"))

    @property
    def unknown_sum(self) -> Decimal:
        return sum((row.amount for row in self.unknown), Decimal("0.00"))

    @property
    def missing_sum(self) -> Decimal:
        return sum((each.slip.amount for each in self.missing), Decimal("0.00"))


def matched(slip_ids: Collection[int]) -> set[int]:
    """Those of the slips that a bank statement shows: 银行已到账."""
    return set(StatementMatch.objects.standing().filter(slip__in=slip_ids).values_list("slip_id", flat=True))


def listed(statements: QuerySet[BankStatement]) -> QuerySet[BankStatement]:
    """Statements with how many lines came in and how many of them are matched."""
    came = Q(rows__amount__gt=0, rows__repeats__isnull=True)
    return statements.select_related("office", "by").annotate(
        came=Count("rows", filter=came, distinct=True),
        found=Count(
            "rows", filter=came & Q(rows__matches__isnull=False, rows__matches__undone_at__isnull=True), distinct=True
        ),
        marked=Count(
            "rows", filter=came & Q(rows__marks__isnull=False, rows__marks__undone_at__isnull=True), distinct=True
        ),
        told=F("found") + F("marked"),
    )


def with_elsewhere(page: Page[BankStatement]) -> Page[BankStatement]:
    """A page of `listed` ones; what is told counts the lines too that somebody else's file of the account matched."""
    open_ones = [each for each in page.rows if each.withdrawn_at is None and each.told < each.came]
    found = _elsewhere(open_ones)
    for statement in open_ones:
        statement.elsewhere = len(found[statement.pk])
        statement.told += statement.elsewhere
    return page


def slips_for(statement: BankStatement) -> QuerySet[BankSlip]:
    """The slips of the money that comes in on the statement's account, of papers that were not withdrawn."""
    scope = statement.division_code
    if statement.step == Step.OFFICE:
        remitted = Q(remittance__division_code__startswith=scope, remittance__withdrawn_at__isnull=True)
        if statement.office_id:
            remitted &= Q(remittance__office=statement.office)
        return BankSlip.objects.filter(remitted | more_slips(statement))
    return BankSlip.objects.filter(
        transfer__level=statement.step,
        transfer__division_code__startswith=scope,
        transfer__withdrawn_at__isnull=True,
    )


def open_slips(statement: BankStatement) -> QuerySet[BankSlip]:
    """Slips around the statement's days that no line was found for."""
    found = StatementMatch.objects.standing().filter(slip=OuterRef("pk"))
    days = (statement.first_day - AROUND, statement.last_day + AROUND)
    rows = slips_for(statement).filter(~Exists(found), day__range=days)
    return rows.select_related("remittance__office", "transfer").order_by("day", "pk")


def _untold_rows(statements: Collection[BankStatement]) -> QuerySet[StatementRow]:
    """Lines by which money came in and of which the statement itself says neither that they are ours nor what else."""
    found = StatementMatch.objects.standing().filter(row=OuterRef("pk"))
    marked = StatementMark.objects.standing().filter(row=OuterRef("pk"))
    rows = StatementRow.objects.filter(statement__in=statements, amount__gt=0, repeats__isnull=True)
    return rows.filter(~Exists(found), ~Exists(marked)).order_by("pk")


def _elsewhere(statements: Collection[BankStatement]) -> Mapping[int, set[int]]:
    """By statement the lines that are a slip of ours already, on somebody else's file of the same account."""
    untold = list(_untold_rows(statements).exclude(number=""))
    matches = StatementMatch.objects.standing().filter(
        row__day__in={row.day for row in untold}, row__amount__in={row.amount for row in untold}
    )
    twins: dict[tuple[Any, ...], list[StatementMatch]] = defaultdict(list)
    for each in matches.select_related("row"):
        twins[_line(each.row)].append(each)
    found: dict[int, set[int]] = defaultdict(set)
    for statement in statements:
        pairs = [
            (row.pk, each.slip_id)
            for row in untold
            if row.statement_id == statement.pk
            for each in twins.get(_line(row), ())
            if each.row.statement_id != statement.pk
        ]
        if pairs:
            slips = slips_for(statement).filter(pk__in={slip for _, slip in pairs})
            ours = set(slips.values_list("pk", flat=True))
            found[statement.pk] = {row for row, slip in pairs if slip in ours}
    return found


def _line(row: StatementRow) -> tuple[Any, ...]:
    return row.day, row.amount, row.number


def choices_for(row: StatementRow) -> list[Ours]:
    """The slips of the same sum that no line was found for, of any day, the nearest first."""
    found = StatementMatch.objects.standing().filter(slip=OuterRef("pk"))
    slips = slips_for(row.statement).filter(~Exists(found), amount=row.amount)
    near = sorted(slips.select_related("remittance__office", "transfer"), key=lambda slip: abs(slip.day - row.day))
    more = more_papers(near[:CHOICES])
    return [_ours(slip, row.statement, more) for slip in near[:CHOICES]]


def compared(statement: BankStatement) -> Matching:
    """The open lines beside the open slips; what was undone by hand is never decided again, only proposed."""
    return _compared(statement, _open_rows(statement)[0], list(open_slips(statement)))


def _open_rows(statement: BankStatement) -> tuple[list[StatementRow], int]:
    """Lines by which money came in and that are no slip of ours yet, nor known to be none; how many are elsewhere."""
    elsewhere = _elsewhere([statement])[statement.pk]
    return [row for row in _untold_rows([statement]) if row.pk not in elsewhere], len(elsewhere)


def _compared(statement: BankStatement, rows: list[StatementRow], slips: list[BankSlip]) -> Matching:
    found = match(map(_money, rows), map(_money, slips))
    undone = set(
        StatementMatch.objects.filter(row__statement=statement, undone_at__isnull=False).values_list("row", "slip")
    )
    proposed = dict(found.proposed)
    proposed |= {pair.row: (pair.slip,) for pair in found.pairs if (pair.row, pair.slip) in undone}
    return Matching(tuple(pair for pair in found.pairs if (pair.row, pair.slip) not in undone), proposed)


def _money(thing: StatementRow | BankSlip) -> Money:
    return Money(thing.pk, thing.day, thing.amount, thing.number)


def reconciled(statement: BankStatement) -> Reconciled:
    """Everything that the page of a statement shows."""
    rows, elsewhere = _open_rows(statement)
    slips = list(open_slips(statement))
    matches = list(_matches(statement))
    more = more_papers([*slips, *(each.slip for each in matches)])
    ours = {slip.pk: _ours(slip, statement, more) for slip in slips}
    choices = _choices(_compared(statement, rows, slips))
    proposed = [(row, [ours[pk] for pk in choices[row.pk]]) for row in rows if row.pk in choices]
    spoken = {pk for slips in choices.values() for pk in slips}
    left = [row for row in rows if row.pk not in choices]
    differences = _differences(left, [each for pk, each in ours.items() if pk not in spoken])
    rows_apart, slips_apart = {each.row.pk for each in differences}, {each.ours.slip.pk for each in differences}
    within = (statement.first_day, statement.last_day)
    return Reconciled(
        matches=[(each, _ours(each.slip, statement, more)) for each in matches],
        marks=[*StatementMark.objects.standing().filter(row__statement=statement).select_related("row", "by")],
        proposed=proposed,
        unknown=[row for row in left if row.pk not in rows_apart],
        missing=[
            each
            for pk, each in ours.items()
            if pk not in spoken | slips_apart and within[0] <= each.slip.day <= within[1]
        ],
        differences=differences,
        came=statement.rows.filter(amount__gt=0).count(),
        outgoing=statement.rows.filter(amount__lt=0).count(),
        repeated=statement.rows.filter(repeats__isnull=False).count(),
        elsewhere=elsewhere,
    )


def _matches(statement: BankStatement) -> QuerySet[StatementMatch]:
    found = StatementMatch.objects.standing().filter(row__statement=statement)
    return found.select_related("row", "slip__remittance__office", "slip__transfer", "by").order_by("row")


def _choices(found: Matching) -> Mapping[int, Sequence[int]]:
    """What a person may decide: proposals, and what is plain but was not written down yet (the slip came later)."""
    return {pair.row: (pair.slip,) for pair in found.pairs} | dict(found.proposed)


def _ours(slip: BankSlip, statement: BankStatement, more: Mapping[int, Paper]) -> Ours:
    paper = more.get(slip.pk) or (slip.remittance if statement.step == Step.OFFICE else slip.transfer)
    return Ours(slip, paper, may_follow=slip.day + AROUND > statement.last_day)


def _differences(rows: Sequence[StatementRow], slips: Sequence[Ours]) -> list[Difference]:
    """Lines that bear the number of one slip; where several do, the one that is nearest to it in sum and day."""
    by_number = defaultdict(list)
    for each in slips:
        by_number[same_number(each.slip.number)].append(each)
    pairs = [(row, by_number.get(same_number(row.number), [])) for row in rows if same_number(row.number)]
    found = [Difference(row, ours[0]) for row, ours in pairs if len(ours) == 1]
    nearest: dict[int, Difference] = {}
    for each in sorted(found, key=lambda each: (abs(each.amount), abs(each.days))):
        nearest.setdefault(each.ours.slip.pk, each)
    return sorted(nearest.values(), key=lambda each: each.row.pk)
