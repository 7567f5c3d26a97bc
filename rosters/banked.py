"""名册缴存的回单: what villages paid in, for the bank statement's other side (`payments/bank/papers.py`)."""

from collections.abc import Collection

from django.db.models import QuerySet

from payments.bank.papers import Paper
from payments.models import BankStatement
from rosters.models import RosterDeposit


def slips_of(statement: BankStatement) -> QuerySet[RosterDeposit, int]:
    """The slips of standing deposits within the statement's scope."""
    rows = RosterDeposit.objects.filter(
        withdrawn_at=None, slip__isnull=False, agreement__roster__division_code__startswith=statement.division_code
    )
    if statement.office_id:
        rows = rows.filter(agreement__roster__office=statement.office_id)
    return rows.values_list("slip", flat=True)


def papers_of(slip_ids: Collection[int]) -> dict[int, Paper]:
    """By slip the roster whose deposit it is."""
    rows = RosterDeposit.objects.filter(slip__in=slip_ids).select_related("agreement__roster__office")
    rosters = [(each.slip_id, each.agreement.roster) for each in rows]
    return {
        slip: Paper("roster", roster.pk, roster.title, roster.office, roster.division_code) for slip, roster in rosters
    }
