"""参保证明打印: the certificate on paper, drawn from its frozen content; it asks no database and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno

from common.dates import SHANGHAI
from payments.paper.sheet import Block, Sheet, pdf, settle, squeeze

LEFT, RIGHT = 22.0, 188.0
MIDDLE = (LEFT + RIGHT) / 2
TABLE_TOP, HEADING, ROW = 78.0, 9.0, 10.0
COLUMNS = (
    ("姓名", 25.0),
    ("证件号码", 36.0),
    ("性别", 11.0),
    ("出生日期", 23.0),
    ("人员类别", 23.0),
    ("待遇享受期", 48.0),
)
FOOT_TOP, QR_SIDE = 236.0, 32.0
AFTER_TABLE, AFTER_LINE, AFTER_YEARS = 7.0, 1.2, 2.0
GREY = (0.9, 0.9, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDocument:
    """What stands on a certificate. `content` as it was frozen, `address` what the QR code leads to."""

    number: str
    coverage_year: int
    issued_at: datetime
    content: dict[str, Any]
    address: str
    revoked: bool = False


def certificate_pdf(document: CertificateDocument) -> bytes:
    """The certificate as a PDF; its title holds no name."""
    pages = in_pages(document.content["members"], below=_clause(document.content))

    def draw(sheet: Sheet) -> None:
        for number, rows in enumerate(pages, start=1):
            _draw_page(sheet, document, rows, number, len(pages))

    return pdf(draw, title=f"参保证明 {document.number}", author=document.content["office"])


def in_pages(members: Sequence[dict[str, Any]], *, below: Block | None) -> list[list[dict[str, Any]]]:
    """The members in pages: on each of them table, years and clause end above the QR code and the seal's place."""
    used = HEADING + AFTER_TABLE + AFTER_YEARS + (below.height if below else 0)
    room = FOOT_TOP - 2 - TABLE_TOP - used
    pages: list[list[dict[str, Any]]] = [[]]
    left = room
    for member in members:
        height = ROW + _years_block(member).height + AFTER_LINE
        if height > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(member)
        left -= height
    return pages


def _clause(content: dict[str, Any]) -> Block | None:
    if not content["not_for_employee"]:
        return None
    text = f"以上居民医疗保险缴费年限不能作为职工医疗保险的缴费年限（{content['not_for_employee']}）。"
    return settle(text, width=RIGHT - LEFT, size=12)


def _draw_page(
    sheet: Sheet, document: CertificateDocument, rows: Sequence[dict[str, Any]], number: int, of: int
) -> None:
    content = document.content
    if content["demo"]:
        _draw_demo_mark(sheet)
    sheet.block(MIDDLE, 30, Block(26, ("参 保 证 明",)), "centre")
    sheet.text(RIGHT, 44, f"编号：{document.number}", 11, "right")
    text = f"　　兹证明下列人员已参加{content['insurance']}，参保年度为{document.coverage_year}年度。"
    sheet.block(LEFT, 58, squeeze(text, width=RIGHT - LEFT, height=16, size=14))
    sheet.text(LEFT, 74, f"户号：{content['household_number']}", 11)
    y = _draw_table(sheet, rows)
    y = _draw_years(sheet, rows, y + AFTER_TABLE)
    if clause := _clause(content):
        sheet.block(LEFT, y + clause.height / 2, clause)
    _draw_foot(sheet, document)
    if of > 1:
        sheet.text(MIDDLE, 288, f"第{number}页 共{of}页", 9, "centre")
    if document.revoked:
        _draw_revoked(sheet)
    sheet.next_page()


def _draw_table(sheet: Sheet, rows: Sequence[dict[str, Any]]) -> float:
    """Headings, rows and rules; returns the height at which the table ends."""
    texts = [[heading for heading, _ in COLUMNS], *([*_cells(row)] for row in rows)]
    y = TABLE_TOP
    for line, cells in enumerate(texts):
        height = ROW if line else HEADING
        sheet.line(LEFT, y, RIGHT, y, 0.2 if line else 0.4)
        x = LEFT
        for (_, width), text in zip(COLUMNS, cells, strict=True):
            sheet.block(
                x + width / 2, y + height / 2, squeeze(text, width=width - 2, height=height - 1, size=10.5), "centre"
            )
            x += width
        y += height
    x = LEFT
    for _, width in COLUMNS[:-1]:
        x += width
        sheet.line(x, TABLE_TOP, x, y, 0.2)
    sheet.box(LEFT, TABLE_TOP, RIGHT - LEFT, y - TABLE_TOP, 0.4)
    return y


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["name"],
        row["masked_id"] or "新生儿",
        row["sex"],
        row["born"],
        row["category"],
        f"{row['starts_on']} 至 {row['ends_on']}",
    )


def _draw_years(sheet: Sheet, rows: Sequence[dict[str, Any]], y: float) -> float:
    """A line or two for each; returns the height at which they end."""
    for row in rows:
        block = _years_block(row)
        sheet.block(LEFT, y + block.height / 2, block)
        y += block.height + AFTER_LINE
    return y + AFTER_YEARS


def _years_block(row: dict[str, Any]) -> Block:
    """Which years somebody was covered, how many without a break, and a waiting period that still runs."""
    text = f"{row['name']}：参保年度 {_years(row['years'])}"
    if row["continuous_years"]:
        text += f"，连续缴费 {row['continuous_years']} 年"
    if row["usable_from"] > row["starts_on"]:
        text += f"，待遇自 {row['usable_from']} 起可用"
    return settle(f"{text}。", width=RIGHT - LEFT, size=11)


def _years(years: Sequence[int]) -> str:
    """2006、2008—2010."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs)


def _draw_foot(sheet: Sheet, document: CertificateDocument) -> None:
    code = segno.make(document.address, error="m", micro=False)
    sheet.squares(LEFT, FOOT_TOP, QR_SIDE, [list(row) for row in code.matrix])
    lines = ("扫码查验：只显示本证明是否有效和年度。", document.address)
    for place, text in enumerate(lines):
        sheet.block(LEFT, FOOT_TOP + 37 + place * 5, settle(text, width=RIGHT - LEFT, size=8.5))
    day = document.issued_at.astimezone(SHANGHAI)
    sheet.block(
        RIGHT - 82,
        FOOT_TOP + 6,
        squeeze(f"经办机构（盖章）：{document.content['office']}", width=82, height=12, size=12),
    )
    sheet.block(RIGHT - 82, FOOT_TOP + 17, squeeze(f"经办人：{document.content['clerk']}", width=82, height=8, size=12))
    sheet.block(RIGHT - 82, FOOT_TOP + 28, settle(f"{day.year}年{day.month}月{day.day}日", width=82, size=12))


def _draw_revoked(sheet: Sheet) -> None:
    with sheet.turned(MIDDLE, 140, 16, (0.75, 0.1, 0.1)):
        sheet.box(MIDDLE - 34, 128, 68, 24, 1.0)
        sheet.block(MIDDLE, 140, Block(44, ("已 撤 销",)), "centre")


def _draw_demo_mark(sheet: Sheet) -> None:
    for y in (110.0, 200.0):
        with sheet.turned(MIDDLE, y, 25, GREY):
            sheet.block(MIDDLE, y, Block(90, ("演示",)), "centre")
    sheet.box(LEFT, 12, 36, 7, 0.4)
    sheet.block(LEFT + 18, 15.6, settle("演示 不作凭证", width=34, size=12), "centre")
