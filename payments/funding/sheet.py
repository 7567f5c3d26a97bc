"""请款单的纸面和电子表: the sheet as an A4 document with its lines, and as a workbook. Drawn from frozen rows only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from common.dates import local_day
from common.money import capitals
from common.tables import Cell, Column, Table, xlsx
from payments.models import FunderClaimLine, FundingClaim, SubsidyClaimLine
from payments.paper.receipt_pdf import draw_demo_mark, money
from payments.paper.sheet import Align, Sheet, pdf, settle, squeeze

LEFT, RIGHT = 12.0, 198.0
TOP, ROW = 46.0, 7.0
PER_PAGE = 30


class Place(NamedTuple):
    """A column on paper and in the workbook: heading, millimetres, how its text stands, characters."""

    heading: str
    width: float
    align: Align
    characters: int


PERSONS = (
    Place("序号", 12, "centre", 8),
    Place("镇（街）", 27, "left", 24),
    Place("姓名", 24, "left", 14),
    Place("身份证号码", 35, "centre", 22),
    Place("代缴类别", 34, "left", 26),
    Place("代缴金额", 17, "right", 12),
    Place("个人缴费金额", 20, "right", 14),
    Place("缴费总额", 17, "right", 12),
)
HEADS = (
    Place("序号", 12, "centre", 8),
    Place("镇（街）", 38, "left", 24),
    Place("人员类别", 42, "left", 26),
    Place("人数", 16, "right", 10),
    Place("每人每年（元）", 24, "right", 16),
    Place("此前已请（元）", 27, "right", 16),
    Place("本次请款（元）", 27, "right", 16),
)


@dataclass(frozen=True, slots=True)
class ClaimDocument:
    """What stands on the sheet; `part` says whose part it is where somebody sees only their own divisions."""

    claim: FundingClaim
    columns: Sequence[Place]
    rows: Sequence[tuple[Cell, ...]]
    total: tuple[Cell, ...]
    office: str
    part: str = ""
    basis: str = ""

    @property
    def title(self) -> str:
        """The heading: a sheet that takes back more than it asks for says so."""
        what = "财政补助" if self.claim.kind == FundingClaim.Kind.SUBSIDY else "资助参保"
        return f"{self.claim.coverage_year}年度居民医保{what}{'退回单' if self.claim.amount < 0 else '请款单'}"


def persons_document(claim: FundingClaim, lines: Iterable[FunderClaimLine], *, part: str = "") -> ClaimDocument:
    """A department's sheet: one row for each person."""
    rows = [
        (line.position, line.town, line.name, line.masked_id, _category(line), line.amount, line.payable, line.standard)
        for line in lines
    ]
    sums = [sum((row[place] for row in rows), Decimal("0.00")) for place in (5, 6, 7)]
    return ClaimDocument(claim, PERSONS, rows, ("", "合计", f"{len(rows)} 行", "", "", *sums), _office(claim), part)


def _category(line: FunderClaimLine) -> str:
    return f"{line.category_name}（冲减）" if line.corrects_id else line.category_name


def heads_document(claim: FundingClaim, lines: Iterable[SubsidyClaimLine], *, part: str = "") -> ClaimDocument:
    """A budget's sheet: one row for each town and category; it rests on the documents that set the rates, too."""
    lines = list(lines)
    rows = [
        (line.position, line.town, line.category_name, line.heads, line.rate, line.before, line.amount)
        for line in lines
    ]
    heads = sum(row[3] for row in rows)
    sums = [sum((row[place] for row in rows), Decimal("0.00")) for place in (5, 6)]
    sources = dict.fromkeys([claim.clause_line, *(line.rate_row.source for line in lines)])
    basis = "；".join(each for each in sources if each)
    return ClaimDocument(claim, HEADS, rows, ("", "合计", "", heads, "", *sums), _office(claim), part, basis)


def _office(claim: FundingClaim) -> str:
    return f"{claim.division_name}医疗保险经办机构"


def claim_xlsx(document: ClaimDocument, *, mark: str) -> bytes:
    """The workbook: the columns of the paper and the batch on each row."""
    number = document.claim.full_number
    columns = [Column(each.heading, each.characters) for each in document.columns]
    table = Table(
        name="请款明细",
        columns=[*columns, Column("请款批次", 20)],
        rows=((*row, number) for row in document.rows),
        head=[document.title, *_facts(document)],
        total=document.total,
    )
    return xlsx(table, mark=mark)


def _facts(document: ClaimDocument) -> list[str]:
    claim = document.claim
    facts = [f"付款部门：{claim.payer}　请款单位：{document.office}　请款批次：{claim.full_number}"]
    days = f"编制日期：{local_day(claim.made_at)}"
    days += f"　统计日：{claim.counted_on}" if claim.counted_on else ""
    days += f"　到账期限：{claim.due_on}" if claim.due_on else ""
    facts.append(f"{days}　金额：{money(claim.amount)} 元")
    return facts + ([f"本表只列{document.part}的部分"] if document.part else [])


def claim_pdf(document: ClaimDocument, *, mark: str) -> bytes:
    """The sheet on A4, every row of it, thirty to a page. Raises fonts.Undrawable."""
    rows = document.rows
    pages = [rows[start : start + PER_PAGE] for start in range(0, len(rows), PER_PAGE)] or [()]

    def draw(sheet: Sheet) -> None:
        for number, rows in enumerate(pages, start=1):
            if document.claim.made_by.is_demo:
                draw_demo_mark(sheet)
            _head(sheet, document, f"第{number}页 共{len(pages)}页")
            y = _table(sheet, document, rows, last=number == len(pages))
            if number == len(pages):
                _foot(sheet, document, y)
            if document.claim.withdrawn_at:
                _stamp(sheet, "已撤回")
            elif not document.claim.confirmed_at:
                _stamp(sheet, "待复核")
            sheet.next_page()

    return pdf(draw, title=f"{document.title} {document.claim.full_number}", author=document.office, mark=mark)


def _head(sheet: Sheet, document: ClaimDocument, pages: str) -> None:
    claim = document.claim
    sheet.text(105, 18, document.title, 17, "centre")
    sheet.block(LEFT, 28, squeeze(f"付款部门：{claim.payer}", width=90, height=6, size=10.5))
    sheet.text(RIGHT, 29, f"批次 {claim.full_number}", 10.5, "right")
    sheet.block(LEFT, 35, squeeze(f"请款单位：{document.office}", width=110, height=6, size=10.5))
    sheet.text(RIGHT, 36, f"编制 {local_day(claim.made_at)}　{pages}", 9.5, "right")
    days = f"统计日：{claim.counted_on}　" if claim.counted_on else ""
    days += f"到账期限：{claim.due_on}　" if claim.due_on else ""
    days += f"只列{document.part}的部分" if document.part else ""
    sheet.text(LEFT, 43, days, 9.5)
    sheet.text(RIGHT, 43, "金额单位：元", 8, "right")


def _table(sheet: Sheet, document: ClaimDocument, rows: Sequence[tuple[Cell, ...]], *, last: bool) -> float:
    lines: list[tuple[Cell, ...]] = [tuple(each.heading for each in document.columns), *rows]
    lines += [document.total] if last else []
    y = TOP
    for number, line in enumerate(lines):
        sheet.line(LEFT, y, RIGHT, y, 0.4 if number == 0 else 0.15)
        x = LEFT
        for place, cell in zip(document.columns, line, strict=True):
            _cell(sheet, x, y, place, cell, heading=number == 0)
            x += place.width
        y += ROW
    x = LEFT
    for place in document.columns[:-1]:
        x += place.width
        sheet.line(x, TOP, x, y, 0.15)
    sheet.box(LEFT, TOP, RIGHT - LEFT, y - TOP, 0.4)
    return y


def _cell(sheet: Sheet, x: float, y: float, place: Place, cell: Cell, *, heading: bool) -> None:
    text = money(cell) if isinstance(cell, Decimal) else str(cell if cell is not None else "")
    if not text:
        return
    align: Align = "centre" if heading else place.align
    at = {"left": x + 1.2, "centre": x + place.width / 2, "right": x + place.width - 1.2}[align]
    sheet.block(at, y + ROW / 2, squeeze(text, width=place.width - 2.4, height=ROW - 0.6, size=9.5), align)


def _foot(sheet: Sheet, document: ClaimDocument, y: float) -> None:
    claim = document.claim
    whole = document.total[-3] if claim.kind == FundingClaim.Kind.FUNDER else document.total[-1]
    amount = whole if isinstance(whole, Decimal) else claim.amount
    what = "退回" if amount < 0 else "请款"
    sheet.text(LEFT, y + 13, f"{what}金额（大写）：{capitals(abs(amount))}　￥{money(abs(amount))}", 10.5)
    basis = squeeze(f"依据：{document.basis or claim.clause_line or '—'}", width=RIGHT - LEFT, height=6, size=9.5)
    sheet.block(LEFT, y + 19, basis)
    for x, who, name in ((LEFT, "编制", claim.made_by.name), (75, "复核", _name(claim)), (135, "付款部门（盖章）", "")):
        sheet.block(x, y + 28, settle(f"{who}：{name}", width=58, size=10.5))


def _name(claim: FundingClaim) -> str:
    return claim.confirmed_by.name if claim.confirmed_by else ""


def _stamp(sheet: Sheet, text: str) -> None:
    with sheet.turned(150, 80, 18, (0.75, 0.1, 0.1)):
        sheet.text(150, 82, text, 30, "centre")
        sheet.box(132, 70, 36, 16, 0.8)
