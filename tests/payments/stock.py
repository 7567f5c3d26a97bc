"""A picture of invented three-ply stock of 241 × 140 mm, as an office would scan it."""

from io import BytesIO

import pypdfium2 as pdfium

from payments.paper.sheet import Paper, Sheet, pdf

GREEN = (0.1, 0.35, 0.25)
EDGES = (17, 26.5, 55.5, 93.5, 120.5, 139.5, 157.5, 176.5, 195.5, 224)
HEADINGS = ("序号", "姓名", "证件号码", "人员类别", "标准", "资助", "资助部门", "个人缴费", "待遇享受期")
WORDS = (
    (18, 22.2, "票据代码"),
    (160, 18.4, "№"),
    (18, 35.2, "交款人"),
    (104, 35.2, "户号"),
    (170, 35.2, "缴费年度"),
    (19, 102.4, "合计（大写）"),
    (152, 102.4, "（小写）"),
    (19, 110.4, "缴款方式"),
    (18, 123.4, "收款单位（盖章）"),
    (122, 123.4, "收款人"),
    (178, 123.4, "交款人（签字）"),
)


def stock_picture() -> bytes:
    """A JPEG at 200 dpi."""
    page = pdfium.PdfDocument(pdf(_draw, title="票样", author="参保", paper=Paper(241, 140)))[0]
    out = BytesIO()
    page.render(scale=200 / 72).to_pil().convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _draw(sheet: Sheet) -> None:
    for x in (6.35, 234.65):
        for hole in range(11):
            sheet.box(x - 2, 4.4 + hole * 12.7, 4, 4)
    with sheet.turned(0, 0, 0, GREEN):
        sheet.text(112, 16, "社会保险费专用收据", 18, "centre")
        for x, y, text in WORDS:
            sheet.text(x, y, text, 9)
        for y in (39, 46, *(46.25 + 7.5 * row for row in range(1, 7))):
            sheet.line(17, y, 224, y)
        for x in EDGES:
            sheet.line(x, 39, x, 91.25)
        for place, heading in enumerate(HEADINGS):
            sheet.text((EDGES[place] + EDGES[place + 1]) / 2, 43.8, heading, 8, "centre")
        sheet.box(17, 91.25, 207, 22)
    sheet.next_page()
