"""试打页: an A4 page that shows whether a printer keeps the size, reaches the corners and draws every stroke."""

from datetime import datetime

from payments.paper.sheet import A4, Block, Sheet, pdf

RULER = 100  # millimetres, to be measured with a ruler
EDGE = 8  # how far the corners stand inside the sheet
CORNER = 12
LINES = (
    "一、量下面两把尺：都应是100毫米。不是，请在打印窗口把缩放选为“实际大小”或100，纸张选A4。",
    "二、看四角的折线：都应完整。缺了，边距选“默认”，或换打印机自己的驱动。",
    "三、看细线和小字：都应清楚、不断。不清楚，换墨粉或色带。",
    "四、看方格码：用手机能扫出“参保 试打页”。扫不出，打印太淡或有条纹。",
)
SMALL = "细看：人民币壹贰叁肆伍陆柒捌玖拾佰仟万元角分整　0123456789 X　淼垚曌堃赟龘"


def trial_page_pdf(*, printed_at: datetime, demo: bool) -> bytes:
    """The page; it names nobody. Raises fonts.Undrawable."""

    def draw(sheet: Sheet) -> None:
        _draw_corners(sheet)
        mark = "　演示" if demo else ""
        sheet.block(A4.width / 2, 30, Block(18, (f"试打页{mark}",)), "centre")
        sheet.block(A4.width / 2, 38, Block(9, (f"{printed_at:%Y-%m-%d %H:%M}",)), "centre")
        for place, line in enumerate(LINES):
            sheet.text(20, 52 + 7 * place, line, 10.5)
        _draw_rulers(sheet)
        _draw_strokes(sheet)
        sheet.next_page()

    return pdf(draw, title="试打页", author="参保", paper=A4)


def _draw_corners(sheet: Sheet) -> None:
    for x, inward in ((EDGE, 1), (A4.width - EDGE, -1)):
        for y, down in ((EDGE, 1), (A4.height - EDGE, -1)):
            sheet.line(x, y, x + inward * CORNER, y, 0.3)
            sheet.line(x, y, x, y + down * CORNER, 0.3)


def _draw_rulers(sheet: Sheet) -> None:
    left, top = 30, 95
    for place in range(RULER + 1):
        long = 4.0 if place % 10 == 0 else 2.6 if place % 5 == 0 else 1.6
        sheet.line(left + place, top, left + place, top + long, 0.15)
        sheet.line(left, top + place, left + long, top + place, 0.15)
        if place % 10 == 0:
            sheet.text(left + place, top - 1.5, str(place), 7, "centre")
            sheet.text(left - 1.5, top + place + 0.9, str(place), 7, "right")
    sheet.line(left, top, left + RULER, top, 0.15)
    sheet.line(left, top, left, top + RULER, 0.15)


def _draw_strokes(sheet: Sheet) -> None:
    for place, weight in enumerate((0.1, 0.15, 0.2, 0.3, 0.5)):
        y = 112 + 6 * place
        sheet.line(55, y, 130, y, weight)
        sheet.text(133, y + 1, f"{weight:g}毫米", 7)
    for place, size in enumerate((6, 7, 8, 9)):
        sheet.text(55, 148 + 6 * place, SMALL, size)
    sheet.code(55, 175, 22, "参保 试打页")
