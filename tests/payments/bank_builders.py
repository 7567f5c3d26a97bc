"""Shorthands for bank statements: the file, taking it in, and a remittance at the bank."""

from decimal import Decimal
from typing import Any

from offices.models import Staff
from payments.bank.file import read_statement
from payments.models import BankStatement, Remittance, SettlementLine
from payments.services import StatementDraft, bank_remittance, take_statement
from tests.builders import at
from tests.payments.money_builders import remit, slip

HEAD = "交易日期,流水号,摘要,借方,贷方,对方户名"


def csv(*lines: str) -> bytes:
    """A statement as a bank exports it: title, headings, lines, sum."""
    return "\r\n".join(["活期明细", HEAD, *lines, "合计,,,,,"]).encode("gb18030")


IN_420 = "2007-10-26,7788,缴存,,420.00,新浦所"


def take(by: Staff, data: bytes, *, step: str = "office", account: str = "农行上缴专户", **more: Any) -> BankStatement:
    """Take in a file on 2007-11-01."""
    draft = StatementDraft(data, "对账单.csv", read_statement(data), account, step)
    return take_statement(draft=draft, **({"by": by, "at": at("2007-11-01 09:00")} | more))


def banked(by: Staff, line: SettlementLine, *, day: str = "2007-10-26", number: str = "7788") -> Remittance:
    """A remittance of a settled line with its bank slip."""
    made = remit(by, line)
    return bank_remittance(
        remittance_id=made.pk, slip=slip(Decimal(made.amount), day=day, number=number), by=by, at=at(f"{day} 16:00")
    )
