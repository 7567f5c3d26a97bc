"""材料清单和照片的纸面: the checklist as an A4 table, and one-inch photos to be cut out."""

from collections.abc import Sequence
from dataclasses import dataclass

from payments.paper.sheet import Sheet, pdf, squeeze

COLUMNS = (("序号", 12.0), ("材料", 54.0), ("谁的", 26.0), ("原件查验（时间、经办人）", 48.0), ("复印件留存", 46.0))
LEFT, TOP, ROW = 12.0, 34.0, 9.0
PER_PAGE = 25
PHOTO = (25.0, 35.0)
PHOTO_ROWS, PHOTOS_IN_ROW = 6, 6


@dataclass(frozen=True, slots=True)
class Item:
    """One paper in words."""

    document: str
    whose: str
    seen: str = ""
    copied: str = ""


def checklist_pdf(items: Sequence[Item], *, office: str, number: str, printed: str) -> bytes:
    """The checklist of one household, 25 lines to a page. Raises fonts.Undrawable."""
    pages = [items[start : start + PER_PAGE] for start in range(0, len(items), PER_PAGE)] or [()]

    def draw(sheet: Sheet) -> None:
        for page, lines in enumerate(pages):
            sheet.text(105, 18, "参保材料清单", 17, "centre")
            sheet.text(LEFT, 28, f"经办机构：{office}", 9.5, width=110)
            sheet.text(198, 28, f"户号：{number}  第{page + 1}页 共{len(pages)}页", 9.5, "right")
            _row(sheet, [name for name, _ in COLUMNS], TOP)
            for position, item in enumerate(lines, 1):
                cells = [str(page * PER_PAGE + position), item.document, item.whose, item.seen, item.copied]
                _row(sheet, cells, TOP + position * ROW)
            y = TOP + (len(lines) + 1) * ROW + 10
            sheet.text(LEFT, y, "交材料人签字：", 10.5)
            sheet.text(110, y, "经办人签字：", 10.5)
            sheet.text(LEFT, y + 10, printed, 8, width=186)
            sheet.next_page()

    return pdf(draw, title=f"参保材料清单 {number}", author=office)


def _row(sheet: Sheet, cells: Sequence[str], y: float) -> None:
    x = LEFT
    for text, (_, width) in zip(cells, COLUMNS, strict=True):
        sheet.box(x, y, width, ROW)
        if text:
            sheet.block(x + 1.2, y + ROW / 2, squeeze(text, width=width - 2.4, height=ROW - 0.6, size=9.5))
        x += width


def photos_pdf(photos: Sequence[tuple[str, bytes]], *, office: str, number: str, prints: int) -> bytes:
    """Each photo so many times in its true size of 25×35 mm, with the person's name below. Raises fonts.Undrawable."""
    cells = [each for each in photos for _ in range(prints)]
    per_page = PHOTO_ROWS * PHOTOS_IN_ROW

    def draw(sheet: Sheet) -> None:
        for start in range(0, max(len(cells), 1), per_page):
            sheet.text(12, 14, f"一寸照片 户号 {number} {office}（按实际大小打印）", 9, width=186)
            if not cells:
                sheet.text(12, 24, "本户还没有存入照片。请在“照片”下拍照或上传后再打印。", 10.5)
            for position, (name, jpeg) in enumerate(cells[start : start + per_page]):
                x = 14 + position % PHOTOS_IN_ROW * 31
                y = 20 + position // PHOTOS_IN_ROW * 44
                sheet.picture(x, y, *PHOTO, jpeg)
                sheet.box(x, y, *PHOTO, 0.1)
                sheet.block(x + PHOTO[0] / 2, y + PHOTO[1] + 3, squeeze(name, width=29, height=5, size=8), "centre")
            sheet.next_page()

    return pdf(draw, title=f"一寸照片 {number}", author=office)
