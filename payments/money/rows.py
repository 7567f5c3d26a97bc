"""资金去向的明细: the papers behind each figure: remittances, then their settled days, then the single receipts."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from payments.models import Receipt, Remittance, SettlementLine

STANDS = {
    "remitted": Q(reviewed_at__isnull=True),
    "reviewed": Q(reviewed_at__isnull=False) & (Q(transfer__isnull=True) | Q(transfer__confirmed_at__isnull=True)),
    "district": Q(transfer__confirmed_at__isnull=False)
    & (Q(transfer__forwarded_in__isnull=True) | Q(transfer__forwarded_in__confirmed_at__isnull=True)),
    "city": Q(transfer__forwarded_in__confirmed_at__isnull=False),
}
KINDS = {
    "receipted": Q(),
    "voided": Q(voided_at__isnull=False),
    "reversed": Q(reversal__isnull=False),
    "unsettled": Q(settlement_line__isnull=True),
}


def remittances_at(place: str, *, offices: Collection[int], period_id: int) -> QuerySet[Remittance]:
    """The remittances that stand at one place, the latest first."""
    rows = Remittance.objects.standing().filter(STANDS[place], office__in=offices, period=period_id)
    return rows.select_related("office", "slip", "transfer__forwarded_in", "made_by").order_by("-made_at", "-pk")


def lines_of(*, offices: Collection[int], period_id: int, remittance: int | None) -> QuerySet[SettlementLine]:
    """The settled days of a remittance, or those that none holds yet."""
    rows = SettlementLine.objects.filter(office__in=offices, period=period_id, remittance=remittance)
    return rows.select_related("settlement__clerk", "office").order_by("-settlement__day", "-pk")


def receipts_of(kind: str, *, offices: Collection[int], period_id: int) -> QuerySet[Receipt]:
    """The receipts of a year, or those of them that were voided, reversed or are not settled."""
    rows = Receipt.objects.filter(
        KINDS[kind], office__in=offices, payment__office__in=offices, payment__period=period_id
    )
    return rows.select_related("office", "payment", "reversal").order_by("-issued_at", "-pk")


def receipts_in(line: int, *, offices: Collection[int], period_id: int) -> QuerySet[Receipt]:
    """The receipts of a settled day, and those that were given back out of it."""
    within = Q(settlement_line=line) | Q(pk__in=_reversed_in(line))
    rows = Receipt.objects.filter(within, office__in=offices, payment__period=period_id)
    return rows.select_related("office", "payment", "reversal").order_by("-issued_at", "-pk")


def _reversed_in(line: int) -> QuerySet[Receipt]:
    return Receipt.objects.filter(reversal__settlement_line=line).values("pk")
