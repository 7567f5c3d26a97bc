"""演示的对账单: what the bank says of an office: its slips, interest that is not ours, and a sum that nobody knows."""

from datetime import datetime, timedelta

from offices.models import Office, Staff
from payments.bank.file import read_statement
from payments.models import BankSlip, BankStatement, StatementRow
from payments.services import StatementDraft, mark_row, take_statement

ACCOUNT = "上缴专户"
HEADINGS = "交易日期,流水号,摘要,借方,贷方,对方户名"


def take_in(office: Office, *, by: Staff, at: datetime) -> BankStatement:
    """The statement of the account up to the day before, taken in and looked through."""
    slips = list(BankSlip.objects.filter(remittance__office=office, day__lt=at.date()).order_by("day", "pk"))
    last = slips[-1].day
    lines = [f"{each.day},{each.number},缴存,,{each.amount},{office.name}" for each in slips]
    lines.append(f"{last},{last:%Y%m%d}9001,结息,,3.27,")
    lines.append(f"{last},{last:%Y%m%d}9002,现金存入,,120.00,")
    data = "\r\n".join(["活期账户明细", HEADINGS, *lines, "合计,,,,,"]).encode("gb18030")
    draft = StatementDraft(data, f"对账单{last:%Y%m}.csv", read_statement(data), ACCOUNT, BankStatement.Step.OFFICE)
    statement = take_statement(draft=draft, by=by, at=at)
    interest = StatementRow.objects.get(statement=statement, text="结息")
    mark_row(row_id=interest.pk, reason="银行结息，不是保险费", by=by, at=at + timedelta(minutes=5))
    return statement
