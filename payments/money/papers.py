"""资金单据的内容: what stands on the slips of the money's way, from the rows as they were written."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from common.dates import local_day
from common.money import capitals
from payments.models import (
    BankSlip,
    Payment,
    Receipt,
    Remittance,
    Reversal,
    Settlement,
    SettlementLine,
    Transfer,
    WorkmanshipReceipt,
)
from payments.models.settlement import MEANS
from payments.money.day_end import piece_name
from payments.money.pdf import MoneySlip, Table
from payments.paper.receipt_pdf import money


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers of one book that follow each other: how many receipts, how many of them void, how much money."""

    code: str
    first: str
    last: str
    receipts: int
    voided: int
    amount: Decimal

    @property
    def text(self) -> str:
        """First and last number as printed; one number alone."""
        return self.first if self.first == self.last else f"{self.first} — {self.last}"


def number_ranges(settlement: Settlement) -> list[NumberRange]:
    """The receipt numbers that a settlement closes, in runs without a gap."""
    rows: list[Any] = []
    for line in settlement.lines.all():
        for receipts in (line.settled_receipts, line.settled_fees):
            rows += receipts.values_list("book", "book_code", "number", "printed_number", "amount", "voided_at")
    rows.sort(key=lambda row: (row[1], row[0], row[2]))
    runs = groupby(enumerate(rows), key=lambda each: (each[1][0], each[1][2] - each[0]))
    return [_run([row for _, row in run]) for _, run in runs]


def _run(rows: list[Any]) -> NumberRange:
    return NumberRange(
        code=rows[0][1],
        first=rows[0][3],
        last=rows[-1][3],
        receipts=len(rows),
        voided=sum(row[5] is not None for row in rows),
        amount=sum((row[4] for row in rows if row[5] is None), Decimal("0.00")),
    )


def settlement_slip(settlement: Settlement) -> MoneySlip:
    """日结单."""
    lines = list(settlement.lines.select_related("period"))
    differs = settlement.expected != settlement.counted
    notes = [f"差额事由：{settlement.difference_reason}（核准：{settlement.approved_by.name}）"] if differs else []
    notes += [f"由{settlement.by.name}代为日结：{settlement.absence_reason}"] if settlement.absence_reason else []
    numbers = _numbers(settlement)
    notes += [] if numbers.rows else ["所用票据号码：无。"]
    return MoneySlip(
        title="日结单",
        number=f"RJ{settlement.pk:08d}",
        office=settlement.office.name,
        moment=settlement.at,
        facts=(
            ("机构", settlement.office.name),
            ("收款人", settlement.clerk.name),
            ("日结日", f"{settlement.day:%Y-%m-%d}（含此前未日结的）"),
            ("合计大写", _words(sum((line.amount for line in lines), Decimal(0)))),
        ),
        tables=(_kinds(lines), _means(settlement), _cash(settlement), *([numbers] if numbers.rows else [])),
        notes=tuple(notes),
        signatures=("收款人", "主管", "出纳"),
        demo=settlement.clerk.is_demo,
    )


def _kinds(lines: Iterable[SettlementLine]) -> Table:
    lines = list(lines)
    rows = [
        (kind_of(line), str(line.receipts), str(line.voided), str(line.reversals), money(line.amount)) for line in lines
    ]
    total = money(sum((line.amount for line in lines), Decimal(0)))
    rows.append(("合计", *(str(sum(getattr(line, name) for line in lines)) for name in _COUNTS), total))
    headings = ("款项", "收据张数", "其中作废", "冲正笔数", "金额（元）")
    return Table(headings, (3, 1.4, 1.4, 1.4, 2), ("left", "right", "right", "right", "right"), tuple(rows), total=True)


_COUNTS = ("receipts", "voided", "reversals")


def kind_of(line: SettlementLine) -> str:
    """What kind of money a line is."""
    return f"{line.period.coverage_year}年度保险费" if line.period else "工本费"


def _means(settlement: Settlement) -> Table:
    expected, counted = settlement.expected, settlement.counted
    rows = [
        (
            str(Payment.Means(means).label),
            money(expected[means]),
            money(counted[means]),
            _signed(counted[means] - expected[means]),
        )
        for means in MEANS
    ]
    sums = [sum(each.values(), Decimal(0)) for each in (expected, counted)]
    rows.append(("合计", money(sums[0]), money(sums[1]), _signed(sums[1] - sums[0])))
    headings = ("收款方式", "应有（元）", "实点（元）", "差额（元）")
    return Table(headings, (2, 2, 2, 2), ("left", "right", "right", "right"), tuple(rows), total=True)


def _signed(amount: Decimal) -> str:
    return f"{amount:+,.2f}" if amount else "—"


def _cash(settlement: Settlement) -> Table:
    pieces = sorted(((Decimal(value), count) for value, count in settlement.denominations.items()), reverse=True)
    rows = [(piece_name(value), str(count), money(value * count)) for value, count in pieces]
    if settlement.advanced_cash:
        rows.append((f"减：{settlement.advanced_by}垫付", "", money(-settlement.advanced_cash)))
    rows.append(("现金合计", "", money(settlement.counted_cash)))
    return Table(
        ("券别", "张（枚）数", "金额（元）"), (2, 2, 2), ("left", "right", "right"), tuple(rows), "现金清点", True
    )


def _numbers(settlement: Settlement) -> Table:
    rows = tuple(
        (each.code, each.text, str(each.receipts), str(each.voided), money(each.amount))
        for each in number_ranges(settlement)
    )
    headings = ("票据代码", "号码", "张数", "其中作废", "金额（元）")
    return Table(headings, (2, 4, 1, 1, 2), ("left", "left", "right", "right", "right"), rows, "所用票据号码")


def reversal_slip(reversal: Reversal) -> MoneySlip:
    """冲正退费单, for the payee's signature."""
    return _fees_back(reversal, reversal.fee) if reversal.fee else _contribution_back(reversal, reversal.receipt)


def _contribution_back(reversal: Reversal, receipt: Receipt) -> MoneySlip:
    return MoneySlip(
        title="居民基本医疗保险费冲正退费单",
        **_of_reversal(reversal, receipt),
        facts=_facts_of_reversal(reversal, receipt, ("缴费年度", f"{receipt.coverage_year}年度")),
        tables=(
            Table(
                ("参保人", "人员类别", "退个人缴费（元）"),
                (3, 3, 2),
                ("left", "left", "right"),
                (
                    *((line.name, line.category_name, money(line.payable)) for line in receipt.lines.all()),
                    (f"合计　{reversal.capitals}", "", money(reversal.amount)),
                ),
                total=True,
            ),
        ),
        notes=("上列人员本年度的参保登记自冲正之日起撤销。原收据收回存查，号码不再使用。",),
    )


def _fees_back(reversal: Reversal, receipt: WorkmanshipReceipt) -> MoneySlip:
    issues = receipt.issues.order_by("pk")
    rows = [(each.name, f"{each.get_item_display()} {each.number}", money(each.fee)) for each in issues]
    rows.append((f"合计　{reversal.capitals}", "", money(reversal.amount)))
    headings = ("姓名", "收回的卡证", "退工本费（元）")
    return MoneySlip(
        title="工本费冲正退费单",
        **_of_reversal(reversal, receipt),
        facts=_facts_of_reversal(reversal, receipt, ("项目", receipt.title)),
        tables=(Table(headings, (3, 3, 2), ("left", "left", "right"), tuple(rows), total=True),),
        notes=("上列卡证同时收回。原收据收回存查，号码不再使用。",),
    )


def _of_reversal(reversal: Reversal, receipt: Receipt | WorkmanshipReceipt) -> dict[str, Any]:
    return {
        "number": reversal.number,
        "office": receipt.office_name,
        "moment": reversal.at,
        "signatures": ("核准人 " + reversal.by.name, "退款人 " + reversal.clerk.name, "收款人签字"),
        "demo": receipt.demo,
    }


def _facts_of_reversal(
    reversal: Reversal, receipt: Receipt | WorkmanshipReceipt, what: tuple[str, str]
) -> tuple[tuple[str, str], ...]:
    return (
        ("原收据", receipt.full_number),
        ("原收款时间", f"{local_day(receipt.issued_at)}"),
        ("交款人", receipt.payer),
        ("户号", receipt.household_number),
        what,
        ("退款方式", str(Payment.Means(reversal.means).label)),
        ("退款收款人", reversal.payee),
        ("冲正事由", reversal.reason),
    )


def remittance_slip(remittance: Remittance) -> MoneySlip:
    """上缴单."""
    lines = list(remittance.lines.select_related("settlement__clerk", "period").order_by("settlement__day", "pk"))
    rows = [
        (
            f"{line.settlement.day:%Y-%m-%d}",
            line.settlement.clerk.name,
            str(line.receipts - line.voided),
            str(line.reversals),
            money(line.amount),
        )
        for line in lines
    ]
    rows.append(
        ("合计", "", str(remittance.receipts), str(sum(line.reversals for line in lines)), money(remittance.amount))
    )
    return MoneySlip(
        title="居民基本医疗保险费上缴单",
        number=remittance.number,
        office=remittance.office.name,
        moment=remittance.made_at,
        facts=(
            ("上缴机构", remittance.office.name),
            ("缴费年度", f"{remittance.period.coverage_year}年度"),
            ("金额大写", capitals(remittance.amount)),
            ("期限", f"{remittance.due_on:%Y-%m-%d}" if remittance.due_on else "文件没有规定"),
            *_slip_facts(remittance.slip),
        ),
        tables=(
            Table(
                ("日结日", "收款人", "有效收据", "冲正笔数", "金额（元）"),
                (2, 2, 1.4, 1.4, 2),
                ("left", "left", "right", "right", "right"),
                tuple(rows),
                total=True,
            ),
        ),
        signatures=(
            "制单 " + remittance.made_by.name,
            "缴存人",
            "审核 " + (remittance.reviewed_by.name if remittance.reviewed_by else ""),
        ),
        stamp="已撤回" if remittance.withdrawn_at else "",
        demo=remittance.made_by.is_demo,
    )


def transfer_slip(transfer: Transfer, *, step: str, place: str) -> MoneySlip:
    """划解单; `step` is what the rule set calls it, `place` the district's or city's name."""
    rows = [*_parts(transfer), ("合计", "", money(transfer.amount))]
    return MoneySlip(
        title=f"居民基本医疗保险费划解单（{step}）",
        number=transfer.number,
        office=place,
        moment=transfer.made_at,
        facts=(
            ("区划", place),
            ("缴费年度", f"{transfer.period.coverage_year}年度"),
            ("金额大写", capitals(transfer.amount)),
            ("期限", f"{transfer.due_on:%Y-%m-%d}" if transfer.due_on else "文件没有规定"),
            *_slip_facts(transfer.slip),
        ),
        tables=(
            Table(("所含单据", "单位", "金额（元）"), (3, 3, 2), ("left", "left", "right"), tuple(rows), total=True),
        ),
        signatures=(
            "制单 " + transfer.made_by.name,
            "经办银行",
            "复核 " + (transfer.confirmed_by.name if transfer.confirmed_by else ""),
        ),
        stamp="已撤回" if transfer.withdrawn_at else "",
        demo=transfer.made_by.is_demo,
    )


def _parts(transfer: Transfer) -> Iterable[tuple[str, str, str]]:
    if transfer.level == Transfer.Level.DISTRICT:
        for each in transfer.remittances.select_related("office").order_by("pk"):
            yield each.number, each.office.name, money(each.amount)
    else:
        for each in transfer.parts.with_place().order_by("pk"):
            yield each.number, each.place, money(each.amount)


def _slip_facts(slip: BankSlip | None) -> tuple[tuple[str, str], ...]:
    if slip is None:
        return (("银行回单", "未登记"),)
    bank = f"　{slip.bank}" if slip.bank else ""
    return (("银行回单", f"{slip.number}{bank}"), ("交易日期", f"{slip.day:%Y-%m-%d}"))


def _words(amount: Decimal) -> str:
    """In words, as on 人民币负叁佰元整: on some days more money was given back than taken."""
    return capitals(amount) if amount >= 0 else capitals(-amount).replace("人民币", "人民币负", 1)
