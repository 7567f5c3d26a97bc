"""补录缴费的回单: what households paid at the bank, for the bank statement's other side (`payments/bank/papers.py`)."""

from collections.abc import Collection

from django.db.models import F, QuerySet

from payments.bank.papers import Paper
from payments.models import BankStatement, Receipt


def slips_of(statement: BankStatement) -> QuerySet[Receipt, int]:
    """The slips of standing receipts within the statement's scope; a remittance that bears the same one tells it."""
    rows = Receipt.objects.valid().filter(
        payment__slip__isnull=False, reversal__isnull=True, division_code__startswith=statement.division_code
    )
    if statement.office_id:
        rows = rows.filter(office=statement.office_id)
    rows = rows.exclude(
        settlement_line__remittance__slip__number=F("payment__slip__number"),
        settlement_line__remittance__slip__day=F("payment__slip__day"),
        settlement_line__remittance__slip__amount=F("payment__slip__amount"),
    )
    return rows.values_list("payment__slip", flat=True)


def papers_of(slip_ids: Collection[int]) -> dict[int, Paper]:
    """By slip the receipt whose money it is, and the household that paid."""
    rows = Receipt.objects.filter(payment__slip__in=slip_ids).select_related("office", "payment")
    return {
        each.payment.slip_id: Paper(
            "receipt", each.pk, f"{each.household_number} {each.payer}", each.office, each.division_code
        )
        for each in rows
    }
