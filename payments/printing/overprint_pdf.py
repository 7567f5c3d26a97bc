"""套打: a receipt's words alone, on stock that has the rest printed already; and the page that measures a printer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.dates import SHANGHAI
from common.money import capitals
from payments.paper.receipt_pdf import VOID_RED, ReceiptDocument, ReceiptLine
from payments.paper.sheet import Block, Paper, Sheet, pdf, squeeze
from payments.printing.overprint import Layout, placed

ARM = 3.0  # of a cross
STEP = 20  # from cross to cross


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a printer must be told to print further right and further down, in millimetres."""

    x: float = 0.0
    y: float = 0.0


def draw_overprinted(
    sheet: Sheet, receipts: Iterable[ReceiptDocument], layout: Layout, offset: Offset = Offset()
) -> None:
    """Each receipt on a sheet of the stock."""
    sheet.face = layout.face
    for receipt in receipts:
        with sheet.shifted(offset.x, offset.y):
            for each in placed(layout, receipt):
                fitted = squeeze(each.text, width=each.width, height=each.height, size=each.size, face=layout.face)
                sheet.block(each.anchor, each.y, fitted, each.align)
            _draw_marks(sheet, receipt, layout)
        sheet.next_page()


def _draw_marks(sheet: Sheet, receipt: ReceiptDocument, layout: Layout) -> None:
    """What no layout may leave out: that the receipt is void, that it is a demonstration or a sample."""
    middle = layout.width / 2
    if receipt.mark:
        sheet.block(middle, 6, Block(11, (f"{receipt.mark} 不作凭证",)), "centre")
    if receipt.voided:
        with sheet.turned(middle, layout.height / 2, 16, VOID_RED):
            sheet.box(middle - 24, layout.height / 2 - 9, 48, 18, 1.0)
            sheet.block(middle, layout.height / 2, Block(38, ("作　废",)), "centre")


def sample_pdf(layout: Layout, offset: Offset = Offset()) -> bytes:
    """A receipt of invented people, to lay over the stock. Raises fonts.Undrawable."""

    def draw(sheet: Sheet) -> None:
        draw_overprinted(sheet, [sample()], layout, offset)

    return pdf(draw, title="套打样张", author="参保", paper=layout.paper)


def sample() -> ReceiptDocument:
    """What the preview shows: every word present, a name of the usual length and a long one."""
    names = ("张建国", "李秀英", "古丽努尔·买买提")
    lines = tuple(
        ReceiptLine(
            name=name,
            id_masked="320705********0018",
            category="重度残疾人员" if place == 2 else "一般居民",
            standard=Decimal("120.00"),
            payable=Decimal("60.00") if place == 2 else Decimal("120.00"),
            sponsored=Decimal("60.00") if place == 2 else Decimal("0.00"),
            funder="市残联" if place == 2 else "",
            benefit="2008-01-01 至 2008-12-31",
        )
        for place, name in enumerate(names)
    )
    return ReceiptDocument(
        title="城镇居民基本医疗保险费",
        book_code="32070107",
        number="00012346",
        coverage_year=2008,
        issued_at=datetime(2007, 10, 25, 10, 32, tzinfo=SHANGHAI),
        office="新浦街道劳动保障所",
        payer="张建国",
        household_number="0001-0237",
        means="现金",
        lines=lines,
        total=Decimal("300.00"),
        capitals=capitals(Decimal("300.00")),
        clerk="刘阿姨",
        clause_line="连政发〔2007〕177号第五条、第九条",
        address="新浦街道东村3组12号",
        tendered=Decimal("500.00"),
        change=Decimal("200.00"),
        banked="2007-10-20 16:40 银行缴费，回单号 12345678",
        copy_label="补打 第2次",
        demo=True,
    )


def calibration_pdf(paper: Paper, *, printer: str, offset: Offset) -> bytes:
    """Crosses at known places and rulers along two edges, drawn with the printer's offset. Raises fonts.Undrawable."""

    def draw(sheet: Sheet) -> None:
        with sheet.shifted(offset.x, offset.y):
            _draw_rulers(sheet, paper)
            _draw_crosses(sheet, paper)
            _draw_advice(sheet, paper, printer, offset)
        sheet.next_page()

    return pdf(draw, title=f"校准页 {printer}", author="参保", paper=paper)


def _draw_rulers(sheet: Sheet, paper: Paper) -> None:
    """Millimetres along the top and the left edge, 10 mm inside, so that a printer's margin does not hide them."""
    for place in range(10, int(paper.width) - 9):
        long = 3.0 if place % 10 == 0 else 2.0 if place % 5 == 0 else 1.2
        sheet.line(place, 10, place, 10 + long, 0.15)
        if place % 10 == 0 and place > 10:
            sheet.text(place, 9.2, str(place), 6, "centre")
    for place in range(10, int(paper.height) - 9):
        long = 3.0 if place % 10 == 0 else 2.0 if place % 5 == 0 else 1.2
        sheet.line(10, place, 10 + long, place, 0.15)
        if place % 10 == 0 and place > 10:
            sheet.text(9.2, place + 0.8, str(place), 6, "right")


def crosses(paper: Paper) -> list[tuple[float, float]]:
    """Where the crosses stand, in millimetres from the sheet's top left corner."""
    return [
        (float(x), float(y))
        for y in range(STEP, int(paper.height) - 9, STEP)
        for x in range(STEP, int(paper.width) - 9, STEP)
    ]


def _draw_crosses(sheet: Sheet, paper: Paper) -> None:
    for x, y in crosses(paper):
        sheet.line(x - ARM, y, x + ARM, y, 0.15)
        sheet.line(x, y - ARM, x, y + ARM, 0.15)
        sheet.text(x + 0.8, y - 0.8, f"{x:g},{y:g}", 5)


def _draw_advice(sheet: Sheet, paper: Paper, printer: str, offset: Offset) -> None:
    size = f"{paper.width:g}×{paper.height:g}毫米"
    lines = (
        f"校准页　打印机：{printer}　纸：{size}　现用偏移：右{offset.x:g}，下{offset.y:g}",
        "打印时选“实际大小”，不缩放。用尺量十字到纸左边、上边的距离，与十字旁的数（右,下，毫米）相比：",
        "量得小了多少，偏移就加多少；量得大了，就减。改好再打一张，直到相符。",
    )
    for place, text in enumerate(lines):
        block = squeeze(text, width=paper.width - STEP - 20, height=5, size=8)
        sheet.block(STEP + 4, STEP + 6 + 4.4 * place, block)
