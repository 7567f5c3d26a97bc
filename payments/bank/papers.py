"""回单所属的单: whose slips of the bank's there are besides remittances and transfers, as each module tells."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils.module_loading import import_string

from offices.models import Office
from payments.models import BankSlip, BankStatement

# Modules with `slips_of(statement)`, slips of money on its account, and `papers_of(slip_ids)`, what these belong to.
MORE = ("payments.bank.entered", "rosters.banked")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a slip belongs to: the name of its page, the number that is shown, and whose it is."""

    page: str
    pk: int
    number: str
    office: Office
    division_code: str


def more_slips(statement: BankStatement) -> Q:
    """Slips of the office's money that no remittance names."""
    found = Q()
    for module in MORE:
        found |= Q(pk__in=import_string(f"{module}.slips_of")(statement))
    return found


def more_papers(slips: Collection[BankSlip]) -> dict[int, Paper]:
    """By slip what it belongs to, of those that are neither a remittance's nor a transfer's."""
    found: dict[int, Paper] = {}
    for module in MORE:
        found |= import_string(f"{module}.papers_of")([slip.pk for slip in slips])
    return found
