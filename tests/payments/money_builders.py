"""Shorthands for the way of the money: a settled day, a remittance at the bank, a transfer that is confirmed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from households.drafts import PaperDraft
from offices.models import Staff
from payments.models import Receipt, Remittance, Reversal, Settlement, SettlementLine, Transfer
from payments.money.day_end import takings
from payments.services import (
    Counted,
    SlipDraft,
    bank_remittance,
    bank_transfer,
    confirm_transfer,
    make_remittance,
    make_transfer,
    reverse_receipt,
    review_remittance,
    settle_day,
)
from tests.builders import at, make_household, member
from tests.payments.conftest import Pay

HUNDRED, TEN, ONE = Decimal(100), Decimal(10), Decimal(1)


def notes(amount: Decimal) -> dict[Decimal, int]:
    """Hundreds, tens and ones that make a whole number of yuan."""
    left = int(amount)
    return {HUNDRED: left // 100, TEN: left % 100 // 10, ONE: left % 10}


def settle(clerk: Staff, *, day: str = "2007-10-25", moment: datetime | None = None, **more: Any) -> Settlement:
    """The clerk closes a day, having found what should be there unless told otherwise."""
    on = date.fromisoformat(day)
    found = takings(office_id=clerk.office_id, clerk_id=clerk.pk, day=on)
    expected = found.expected
    counted = Counted(notes(max(expected["cash"], Decimal(0))), expected["card"], expected["transfer"], expected["qr"])
    given = {
        "office_id": clerk.office_id,
        "clerk_id": clerk.pk,
        "day": on,
        "previewed": found.total,
        "counted": counted,
        "by": clerk,
        "at": moment or at(f"{day} 17:30"),
    }
    return settle_day(**(given | more))


def slip(amount: Decimal, *, day: str = "2007-10-26", number: str = "7788", scan: bytes = b"") -> SlipDraft:
    """A bank slip, without a scan unless one is given."""
    on = date.fromisoformat(day)
    return SlipDraft(number=number, day=on, amount=amount, bank="农业银行新浦支行", scan=scan)


def remit(by: Staff, *lines: SettlementLine, moment: str = "2007-10-26 09:00") -> Remittance:
    """A remittance of settled lines, not yet at the bank."""
    return make_remittance(
        office_id=by.office_id,
        period_id=lines[0].period_id,
        line_ids=[line.pk for line in lines],
        previewed=sum((line.amount for line in lines), Decimal(0)),
        by=by,
        at=at(moment),
    )


def reviewed(
    by: Staff, reviewer: Staff, *lines: SettlementLine, scan: bytes = b"", day: str = "2007-10-26"
) -> Remittance:
    """A remittance that was banked on a day and reviewed in its evening."""
    remittance = remit(by, *lines, moment=f"{day} 09:00")
    paper = slip(remittance.amount, day=day, scan=scan)
    bank_remittance(remittance_id=remittance.pk, slip=paper, by=by, at=at(f"{day} 10:00"))
    return review_remittance(remittance_id=remittance.pk, by=reviewer, at=at(f"{day} 18:00"))


def transfer(
    level: str, code: str, *parts: Remittance | Transfer, by: Staff, moment: str = "2007-12-15 09:00"
) -> Transfer:
    """A transfer of what waits, not yet at the bank."""
    return make_transfer(
        level=level,
        division_code=code,
        period_id=parts[0].period_id,
        part_ids=[part.pk for part in parts],
        previewed=sum((part.amount for part in parts), Decimal(0)),
        by=by,
        at=at(moment),
    )


def confirmed(made: Transfer, *, by: Staff, second: Staff, day: str = "2007-12-18") -> Transfer:
    """The transfer with its bank slip, confirmed by a second person."""
    bank_transfer(transfer_id=made.pk, slip=slip(made.amount, day=day), by=by, at=at(f"{day} 15:00"))
    return confirm_transfer(transfer_id=made.pk, by=second, at=at(f"{day} 16:00"))


def another(
    pay: Pay,
    by: Staff,
    *,
    name: str = "王大力",
    born: str = "1970-05-01",
    registered: str = "2007-10-25 09:00",
    **more: Any,
) -> Receipt:
    """120 yuan from a household of one."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    household = make_household(
        by, member(name, "02", born=born, **shown), papers=(PaperDraft("hukou_book"),), moment=registered
    )
    return Receipt.objects.get(pk=pay(household, by, "120.00", **more).receipt_id)


def give_back(receipt: Receipt, clerk: Staff, by: Staff, *, moment: str = "2007-10-26 09:00", **more: Any) -> Reversal:
    """冲正 a settled receipt, in cash."""
    given = {"means": "cash", "payee": "张建国", "reason": "重复缴费", "clerk": clerk, "by": by, "at": at(moment)}
    return reverse_receipt(receipt_id=receipt.pk, **(given | more))
