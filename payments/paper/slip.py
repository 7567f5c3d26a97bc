"""退款单: the slip of an account balance that was paid out, A4, for the payee's signature."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.dates import SHANGHAI
from common.money import capitals
from payments.paper.receipt_pdf import money
from payments.paper.sheet import POINT, Sheet, pdf, settle, squeeze

LEFT, RIGHT, TOP, ROW = 25.0, 185.0, 45.0, 12.0
LABEL = 38.0


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """What stands on the slip; amounts in yuan, `moment` aware."""

    number: str
    office: str
    clerk: str
    person: str
    masked_id: str
    payee: str
    relation: str
    amount: Decimal
    cause: str
    clause_line: str
    moment: datetime
    reversed: bool


def refund_slip(slip: RefundSlip) -> bytes:
    """The slip as a PDF. Raises fonts.Undrawable for a name that no font draws."""
    return pdf(lambda sheet: _draw(sheet, slip), title=f"个人账户余额退款单 {slip.number}", author=slip.office)


def _draw(sheet: Sheet, slip: RefundSlip) -> None:
    sheet.text(105, 28, "居民基本医疗保险个人账户余额退款单", 16, "centre")
    local = slip.moment.astimezone(SHANGHAI)
    sheet.text(LEFT, 40, f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}", 10)
    sheet.text(RIGHT, 40, f"编号 {slip.number}", 10, "right")
    whom = slip.payee + (f"（与参保人关系：{slip.relation}）" if slip.relation else "")
    rows = (
        ("参保人", f"{slip.person}　{slip.masked_id}"),
        ("退款事由", slip.cause),
        ("退款金额（大写）", capitals(slip.amount)),
        ("退款金额（小写）", f"￥{money(slip.amount)}"),
        ("收款人", whom),
        ("依据", slip.clause_line or "—"),
    )
    y = TOP
    for label, text in rows:
        sheet.line(LEFT, y, RIGHT, y)
        sheet.block(LEFT + 2, y + ROW / 2, settle(label, width=LABEL - 4, size=10.5))
        sheet.block(LEFT + LABEL + 2, y + ROW / 2, squeeze(text, width=RIGHT - LEFT - LABEL - 4, height=10, size=11))
        y += ROW
    sheet.line(LEFT + LABEL, TOP, LEFT + LABEL, y)
    sheet.box(LEFT, TOP, RIGHT - LEFT, y - TOP, 0.4)
    foot = y + 14
    sheet.block(LEFT, foot, squeeze(f"经办机构（盖章）：{slip.office}", width=80, height=9, size=10.5))
    sheet.text(LEFT + 88, foot + 4 * POINT, f"经办人：{slip.clerk}", 10.5, width=32)
    sheet.text(LEFT + 122, foot + 4 * POINT, "收款人（签字）", 10.5)
    if slip.reversed:
        with sheet.turned(150, 80, 18, (0.75, 0.1, 0.1)):
            sheet.text(150, 82, "已冲正", 30, "centre")
            sheet.box(132, 70, 36, 16, 0.8)
    sheet.next_page()
