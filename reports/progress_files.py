"""进度的电子表和纸面: the progress of a division as a workbook and on A4. 进度表."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from common.tables import Cell, Column, xlsx
from common.tables import Table as SheetTable
from payments.money.pdf import MoneySlip, Table, money_slip
from reports.shown import payers_of
from reports.standing import NOBODY, Progress, Standing

MONEY = (Column("缴费人数", 12), Column("个人缴费（元）", 16), Column("受资助人数", 12), Column("资助（元）", 16))
PLACES = (
    Column("名次", 8),
    Column("名称", 20),
    Column("基数人口", 12),
    Column("基数中参保", 12),
    Column("参保率", 10),
    Column("还差", 10),
    Column("基数以外", 12),
    *MONEY,
)
GROUPS = (Column("小组", 14), Column("基数中参保", 12), Column("基数以外", 12), Column("户册中未参保", 14), *MONEY)
DAYS = (
    Column("日期", 12),
    Column("参保", 10),
    Column("撤销", 10),
    Column("累计在保", 12),
    Column("个人缴费（元）", 16),
    Column("资助（元）", 16),
)
PAYERS = (Column("出资", 20), Column("人数", 12), Column("金额（元）", 16))
CATEGORIES = (Column("人员类别", 30), Column("人数", 12), Column("个人缴费（元）", 16), Column("资助（元）", 16))


def title(found: Progress, year: int) -> str:
    return f"{found.whole.name}{year}年度参保进度"


def progress_xlsx(found: Progress, year: int, *, at: datetime) -> bytes:
    """A sheet each for the parts, the days, who pays, and the categories; each sums up to the same whole."""
    head = [title(found, year), f"截至 {at:%Y-%m-%d %H:%M}"]
    whole = found.whole
    parts = SheetTable("各处", PLACES, list(_places(found.parts)), head, ("", "合计", *_numbers(whole)))
    if found.groups:
        rows = [
            (each.label, each.count.enrolled, each.count.others, each.lacking, *_money(each)) for each in found.groups
        ]
        total = ("合计", whole.count.enrolled, whole.count.others, sum(each.lacking for each in found.groups))
        parts = SheetTable("各小组", GROUPS, rows, head, (*total, *_money(whole)))
    payers = [(each.name, each.persons, each.amount) for each in payers_of(found)]
    categories = [
        (name, count.persons, count.payable_amount, count.sponsored_amount)
        for name, count in found.figures.categories.items()
    ]
    sums = (whole.count.persons, whole.count.payable_amount, whole.count.sponsored_amount)
    return xlsx(
        parts,
        SheetTable("按日", DAYS, list(_days(found)), head),
        SheetTable("资金", PAYERS, payers, head, ("合计", whole.count.persons, whole.count.amount)),
        SheetTable("人员类别", CATEGORIES, categories, head, ("合计", *sums)),
    )


def _places(rows: Sequence[Standing]) -> Iterator[tuple[Cell, ...]]:
    """Who are equal share a place, as in the weekly report."""
    for row in rows:
        place = 1 + sum(each.share > row.share for each in rows) if row.base else None
        yield (place, row.name, *_numbers(row))


def _numbers(row: Standing) -> tuple[Cell, ...]:
    return (row.base, row.count.enrolled, row.rate, row.lacking, row.count.others, *_money(row))


def _money(row: object) -> tuple[Cell, ...]:
    count = row.count  # type: ignore[attr-defined]
    return (count.paid, count.payable_amount, count.sponsored, count.sponsored_amount)


def _days(found: Progress) -> Iterator[tuple[Cell, ...]]:
    standing = 0
    days, gone = found.figures.days, found.figures.gone
    for day in sorted({*days, *gone}):
        came, went = days.get(day, NOBODY), gone.get(day, NOBODY)
        standing += came.persons - went.persons
        net = came + -went
        yield (day, came.persons, went.persons, standing, net.payable_amount, net.sponsored_amount)


def progress_pdf(found: Progress, year: int, *, at: datetime, demo: bool) -> bytes:
    """The whole, its parts, and who pays, on A4. Raises fonts.Undrawable."""
    return money_slip(
        MoneySlip(
            title=title(found, year),
            number=f"{at:%Y%m%d%H%M}",
            office=found.whole.name,
            moment=at,
            facts=_facts(found),
            tables=(*_part_tables(found), _payers(found)),
            signatures=("制表", "审核", "单位（盖章）"),
            notes=("参保率 = 基数人口中的参保人数 ÷ 基数人口，只截取两位小数，不四舍五入；是否达到目标按整数比较。",),
            demo=demo,
        )
    )


def _facts(found: Progress) -> tuple[tuple[str, str], ...]:
    whole, target = found.whole, found.target
    facts = [("已参保", f"{whole.count.persons:,} 人"), ("金额", f"{whole.count.amount:,.2f} 元")]
    if target:
        facts += [("参保率", f"{whole.rate}（目标 {target.percent}%）"), ("基数人口", _text(whole.base))]
    return tuple(facts)


def _part_tables(found: Progress) -> Iterator[Table]:
    if found.groups:
        rows = [
            (
                each.label,
                _text(each.count.enrolled),
                _text(each.count.others),
                _text(each.lacking),
                f"{each.count.amount:,.2f}",
            )
            for each in found.groups
        ]
        yield Table(
            headings=("小组", "基数中参保", "基数以外", "户册中未参保", "金额（元）"),
            parts=(40, 30, 30, 34, 36),
            aligns=("left", "right", "right", "right", "right"),
            rows=tuple(rows),
            caption="各小组",
        )
    elif found.parts:
        rows = [
            (name, *map(_text, (base, enrolled)), rate, *map(_text, (lacking, others)), f"{paid + sponsored:,.2f}")
            for _, name, base, enrolled, rate, lacking, others, _, paid, _, sponsored in _places(found.parts)  # type: ignore[misc,operator]
        ]
        whole = found.whole
        total = (whole.base, whole.count.enrolled)
        rows.append(
            (
                "合计",
                *map(_text, total),
                whole.rate,
                _text(whole.lacking),
                _text(whole.count.others),
                f"{whole.count.amount:,.2f}",
            )
        )
        yield Table(
            headings=("名称", "基数人口", "基数中参保", "参保率", "还差", "基数以外", "金额（元）"),
            parts=(38, 22, 24, 20, 20, 22, 30),
            aligns=("left", "right", "right", "right", "right", "right", "right"),
            rows=tuple(rows),
            caption="各处，按参保率排列",
            total=True,
        )


def _payers(found: Progress) -> Table:
    rows = [(each.name, _text(each.persons), f"{each.amount:,.2f}") for each in payers_of(found)]
    rows.append(("合计", _text(found.whole.count.persons), f"{found.whole.count.amount:,.2f}"))
    return Table(
        headings=("出资", "人数", "金额（元）"),
        parts=(60, 30, 40),
        aligns=("left", "right", "right"),
        rows=tuple(rows),
        caption="资金由谁出",
        total=True,
    )


def _text(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"
