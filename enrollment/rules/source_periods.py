"""The part of a rule set's text that says when and how much: windows, periods, rates, bands. 缴费期与缴费标准."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from enrollment.rules.ruleset import (
    AccountCredit,
    Band,
    Category,
    Funder,
    Period,
    Rate,
    Window,
    YearlyWindow,
)
from enrollment.rules.toml_table import SOME_DAY, Table

PAYMENT_DAY = "payment_day"
LONGEST_YEAR = timedelta(days=731)
# How far a window may reach beyond its year of cover before a year in it must be a slip.
ONE_YEAR, TWO_YEARS = timedelta(days=366), timedelta(days=731)


def yearly_window(table: Table) -> YearlyWindow:
    found = YearlyWindow(table.month_day("opens"), table.month_day("closes"), table.clause())
    if found.closes < found.opens:
        table.fault(
            "closes", "缴费期在开始之前就结束了：应不早于 opens（同一年内）；跨年的不写这张表，在各年度写 window"
        )
    table.finish()
    return found


def periods(
    root: Table, categories: tuple[Category, ...], funders: tuple[Funder, ...], yearly: YearlyWindow | None
) -> dict[int, Period]:
    rows = root.tables("periods")
    found = [_period(row, categories, {f.code: f for f in funders}, yearly) for row in rows]
    root.distinct("periods", [period.coverage_year for period in found])
    return {period.coverage_year: period for period in found}


def _period(
    table: Table, categories: tuple[Category, ...], funders: dict[str, Funder], yearly: YearlyWindow | None
) -> Period:
    year = table.integer("coverage_year", least=1990, most=2199)
    clause = table.clause()
    codes = [category.code for category in categories]
    window_table = table.table("window")
    if window_table:
        window = _window(window_table)
    elif yearly:
        window = yearly.window(year)
    else:
        table.fault(
            "window", "缺少缴费期：写 window = { opens = …, pay_until = …, clause = … }，或写一张 [yearly_window]"
        )
        window = YearlyWindow((1, 1), (12, 31), clause).window(year)
    starts_on = table.optional_day("starts") or date(year, 1, 1)
    ends_on = table.optional_day("ends") or date(year, 12, 31)
    band_tables = table.tables("bands")
    bands = tuple(_band(row, codes, funders) for row in band_tables)
    closed = table.flag("gaps_closed", False)
    rates = _rates(table, codes, funders)
    for category in categories:
        if rates and category.code not in rates:
            table.fault("rates", f"类别“{category.name}”（{category.code}）没有缴费标准，应补一行")
    found = Period(
        coverage_year=year,
        starts_on=starts_on,
        ends_on=ends_on,
        clause=clause,
        window=window,
        rates=MappingProxyType(rates),
        bands=bands,
        account=table.optional("account", _account),
    )
    if not _days_faulty(table, window_table, band_tables):  # a stand-in is compared with nothing
        _check_year(table, found)
        if window_table:  # that of every year lies in the year before
            _check_window(window_table, found)
        _check_bands(table, found, gaps_closed=closed)
    table.finish()
    return found


def _window(table: Table) -> Window:
    clause = table.clause()
    opens, _ = table.moment("opens", end_of_day=False)
    pay_until, has_time = table.moment("pay_until", end_of_day=True)
    verify_until = table.moment("verify_until", end_of_day=True)[0] if table.has("verify_until") else None
    found = Window(
        opens=opens,
        verify_until=verify_until,
        pay_until=pay_until,
        has_time=has_time or verify_until is not None,
        clause=clause,
        verify_clause=table.optional_clause("verify_clause") or clause,
        pay_clause=table.optional_clause("pay_clause") or clause,
    )
    if table.faulty("opens", "pay_until", "verify_until"):
        pass
    elif pay_until < opens:
        table.fault("pay_until", "缴费期在开始之前就结束了：应不早于开始（opens）")
    elif verify_until and not opens <= verify_until <= pay_until:
        table.fault("verify_until", "核定截止应在 opens 和 pay_until 之间")
    table.finish()
    return found


def _rates(
    table: Table, categories: list[str], funders: dict[str, Funder], *, required: bool = True
) -> dict[str, Rate]:
    rates = [_rate(row, categories, funders) for row in table.tables("rates", required=required)]
    table.distinct("rates", [rate.category for rate in rates])
    return {rate.category: rate for rate in rates}


def _rate(table: Table, categories: list[str], funders: dict[str, Funder]) -> Rate:
    standard, payable = table.money("standard"), table.money("payable")
    sponsored = table.money("sponsored", Decimal("0.00"))
    funder = table.choice("funder", list(funders), "") if sponsored or table.has("funder") else ""
    if payable + sponsored != standard and not table.faulty("standard", "payable", "sponsored"):
        table.fault("standard", f"个人缴费 {payable} 与资助 {sponsored} 之和应等于缴费标准 {standard}")
    if sponsored and not funder:
        table.fault("funder", "有资助的应写明资助部门（funder）")
    if funder and not sponsored:
        table.fault("sponsored", "写了资助部门的应写明资助金额（sponsored）")
    found = Rate(
        category=table.choice("category", categories),
        standard=standard,
        payable=payable,
        sponsored=sponsored,
        funder=funders[funder].name if funder in funders else "",
        clause=table.clause(),
        sponsor_clause=table.optional_clause("sponsor_clause"),
    )
    table.finish()
    return found


def _band(table: Table, categories: list[str], funders: dict[str, Funder]) -> Band:
    found = Band(
        from_day=table.optional_day("from"),
        until_day=table.optional_day("until"),
        starts=None if table.says("benefit_starts", PAYMENT_DAY) else _first_day(table),
        clause=table.clause(),
        account=table.optional("account", _account),
        rates=MappingProxyType(_rates(table, categories, funders, required=False)),
        late=table.flag("late", False),
        subsidised=table.flag("subsidised", True),
    )
    table.ordered("until", found.from_day, found.until_day)
    table.finish()
    return found


def _first_day(table: Table) -> date:
    written = table.data.get("benefit_starts")
    if isinstance(written, str) and not written[:1].isdigit():  # a word, not a date in quotes
        table.choice("benefit_starts", (PAYMENT_DAY, "日期（不带引号）"))
        return SOME_DAY
    return table.day("benefit_starts")


def _days_faulty(table: Table, window: Table | None, bands: Iterable[Table]) -> bool:
    """Whether a day of the period could not be read."""
    if table.faulty("coverage_year", "starts", "ends", "gaps_closed", "window"):
        return True
    if window and window.faulty("opens", "verify_until", "pay_until"):
        return True
    return any(band.faulty("from", "until", "benefit_starts") for band in bands)


def _check_year(table: Table, period: Period) -> None:
    """The year of cover lies in the calendar year by which it is called, or begins or ends in it (学年)."""
    starts, ends, year = period.starts_on, period.ends_on, period.coverage_year
    table.ordered("ends", starts, ends)
    if ends < starts:
        return
    if not starts.year <= year <= ends.year:
        key = "starts" if table.has("starts") else "ends"
        table.fault(key, f"待遇年度 {starts} 至 {ends} 没有一天在{year}年，应核对 coverage_year、starts 和 ends")
    elif ends - starts > LONGEST_YEAR:
        table.fault("ends", f"待遇年度 {starts} 至 {ends} 超过两年，应核对 starts 和 ends")


def _check_window(table: Table, period: Period) -> None:
    """The money for a year of cover is taken shortly before it or in it: years away from it a year was mistyped."""
    first, last = period.window.span
    starts, ends = period.starts_on, period.ends_on
    if ends < starts or last < first:
        return
    if starts - first > TWO_YEARS:
        table.fault("opens", f"缴费期 {first} 就开始，比待遇年度开始（{starts}）早两年以上，应核对年份")
    elif first > ends:
        table.fault("opens", f"缴费期 {first} 才开始，待遇年度到 {ends} 已经结束，应核对年份")
    if starts - last > ONE_YEAR:
        table.fault("pay_until", f"缴费期到 {last} 就截止，比待遇年度开始（{starts}）早一年以上，应核对年份")
    elif last - ends > ONE_YEAR:
        table.fault("pay_until", f"缴费期到 {last} 才截止，比待遇年度结束（{ends}）晚一年以上，应核对年份")


def _check_bands(table: Table, period: Period, *, gaps_closed: bool) -> None:
    first, last = period.window.span
    earliest = min(first, period.starts_on)
    for index, band in enumerate(period.bands):
        place = (*table.path, "bands", index, "benefit_starts")
        if band.starts and band.starts > period.ends_on:
            table.source.fault(place, f"应不晚于年度最后一天 {period.ends_on}")
        elif band.starts and band.starts < earliest:
            table.source.fault(place, f"应不早于 {earliest}（缴费期开始和待遇年度第一日中较早的一天），应核对年份")
        for other in period.bands[:index]:
            shared = max(band.from_day or date.min, other.from_day or date.min)
            shared_until = min(band.until_day or date.max, other.until_day or date.max)
            if shared <= shared_until:
                day = shared if shared != date.min else shared_until
                table.source.fault((*table.path, "bands", index), f"与前面的时段重叠（{day}），各时段不能重叠")
            elif band.starts and other.starts and _earlier_for_later(band, other):
                table.source.fault(place, f"晚缴费的人反而早享受待遇（{band.starts} 与 {other.starts}），应核对各时段")
    gap = _first_gap(period.bands, first, last)
    if period.bands and gap and not gaps_closed:
        text = f"缴费期内 {gap} 不在任何时段里：应让各时段连起来覆盖 {first} 至 {last}，或写 gaps_closed = true"
        table.fault("bands", text)


def _earlier_for_later(one: Band, other: Band) -> bool:
    """Whether who pays in the later of two bands would be covered from an earlier day."""
    first, second = sorted((one, other), key=lambda band: band.from_day or date.min)
    return (second.starts or date.max) < (first.starts or date.min)


def _first_gap(bands: tuple[Band, ...], first: date, last: date) -> date | None:
    day = first
    while day <= last:
        holding = [band for band in bands if band.holds(day)]
        if not holding:
            return day
        until = max(band.until_day or date.max for band in holding)
        if until >= last:
            return None
        day = until + timedelta(days=1)
    return None


def _account(table: Table) -> AccountCredit:
    found = AccountCredit(table.money("credit"), table.optional_day("due_by"), table.clause())
    table.finish()
    return found
