"""周报的电子表和纸面: one week of a county as a workbook and as an A4 document, from frozen rows. 周报汇总表."""

from datetime import datetime
from decimal import Decimal

from common.tables import Cell, Column, xlsx
from common.tables import Table as SheetTable
from enrollment.rules.progress import week_name
from payments.money.pdf import MoneySlip, Table, money_slip
from reports.weekly import CountyWeek, TownWeek

COLUMNS = (
    Column("名次", 8),
    Column("镇（街道）", 18),
    Column("基数人口", 12),
    Column("参保人数", 12),
    Column("参保率", 10),
    Column("比上周增加", 12),
    Column("增幅名次", 10),
    Column("基数以外参保", 14),
    Column("个人缴费人数", 14),
    Column("个人缴费（元）", 16),
    Column("受资助人数", 12),
    Column("资助（元）", 16),
    Column("报送", 12),
    Column("报送人", 12),
)


def title(year: int) -> str:
    return f"{year}年度参保筹资情况周报"


def weekly_xlsx(county: str, year: int, found: CountyWeek) -> bytes:
    """A row for each town, whether it reported or not, and their sum."""
    due = f"　报送期限：{found.due_on}" if found.due_on else ""
    missing = "、".join(found.lacking)
    head = [f"{county}{title(year)}", f"{week_name(found.week)}（{found.week} 起）{due}"]
    head += [f"未报：{missing}"] if missing else []
    sums = found.sums
    total: tuple[Cell, ...] = ("", "合计", found.base, int(found.enrolled), found.rate, found.gain, "")
    total += tuple(sums[name] for name in ("others", "paid", "payable_amount", "sponsored", "sponsored_amount"))
    table = SheetTable("周报", COLUMNS, [_row(each) for each in found.rows], head, (*total, "", ""))
    return xlsx(table)


def _row(row: TownWeek) -> tuple[Cell, ...]:
    report = row.report
    if report is None:
        return (None, row.name, None, None, "—", None, None, None, None, None, None, None, row.said, "")
    return (
        row.rate_place,
        row.name,
        report.base,
        report.enrolled,
        row.rate,
        row.gain,
        row.gain_place,
        report.others,
        report.paid,
        report.payable_amount,
        report.sponsored,
        report.sponsored_amount,
        row.said,
        report.made_by.name,
    )


def weekly_pdf(county: str, year: int, found: CountyWeek, *, at: datetime, demo: bool) -> bytes:
    """Two tables on A4: persons and ranking, then the money. Raises fonts.Undrawable."""
    return money_slip(
        MoneySlip(
            title=f"{county}{title(year)}",
            number=week_name(found.week),
            office=county,
            moment=at,
            facts=_facts(found),
            tables=(_persons(found), _money(found)),
            signatures=("汇总", "审核", "单位（盖章）"),
            notes=("参保率 = 基数人口中的参保人数 ÷ 基数人口，只截取两位小数，不四舍五入；是否达到目标按整数比较。",),
            demo=demo,
        )
    )


def _facts(found: CountyWeek) -> tuple[tuple[str, str], ...]:
    facts = [("统计周", f"{found.week} 起一周"), ("报送期限", str(found.due_on or "未规定"))]
    missing = "、".join(found.lacking)
    return (*facts, ("未报", missing)) if missing else tuple(facts)


def _persons(found: CountyWeek) -> Table:
    rows = [
        (
            _text(row.rate_place),
            row.name,
            _text(row.report and row.report.base),
            _text(row.report and row.report.enrolled),
            row.rate,
            _signed(row.gain),
            _text(row.gain_place),
            row.said,
        )
        for row in found.rows
    ]
    rows.append(("", "合计", _text(found.base), _text(int(found.enrolled)), found.rate, _signed(found.gain), "", ""))
    return Table(
        headings=("名次", "镇（街道）", "基数人口", "参保人数", "参保率", "比上周增加", "增幅名次", "报送"),
        parts=(11, 34, 22, 22, 20, 24, 19, 20),
        aligns=("centre", "left", "right", "right", "right", "right", "centre", "centre"),
        rows=tuple(rows),
        caption="参保人数和名次",
        total=True,
    )


def _money(found: CountyWeek) -> Table:
    names = ("paid", "payable_amount", "sponsored", "sponsored_amount", "others")
    rows = [
        (row.name, *(_text(getattr(row.report, name)) if row.report else "—" for name in names)) for row in found.rows
    ]
    rows.append(("合计", *(_text(found.sums[name]) for name in names)))
    return Table(
        headings=("镇（街道）", "个人缴费人数", "个人缴费（元）", "受资助人数", "资助（元）", "基数以外参保"),
        parts=(34, 26, 32, 24, 32, 26),
        aligns=("left", "right", "right", "right", "right", "right"),
        rows=tuple(rows),
        caption="筹资情况",
        total=True,
    )


def _text(value: object) -> str:
    if value is None:
        return "—"
    return f"{value:,.2f}" if isinstance(value, Decimal) else f"{value:,}" if isinstance(value, int) else str(value)


def _signed(value: int | None) -> str:
    return "—" if value is None else f"{value:+,}"
