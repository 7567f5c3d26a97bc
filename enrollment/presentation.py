"""规则的样子: a rule set laid out for reading, each figure beside the clause it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.dates import SHANGHAI
from common.decision import Clause
from enrollment.models import Clause as ClauseRow
from enrollment.rules.ruleset import (
    AccountCredit,
    Band,
    Category,
    Period,
    Rate,
    RuleSet,
    Window,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the rule set says, and the clause. `is_open`: the document leaves the figure out.

    `filled_at` names the page where an administrator fills it in; `more` are the clauses on which its note rests.
    """

    label: str
    text: str
    clause: Clause | None
    note: str = ""
    is_open: bool = False
    filled_at: str = ""
    more: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class RateCell:
    """What one category pays in one year; None where the rule set has no rate."""

    payable: Decimal
    standard: Decimal
    sponsored: Decimal
    funder: str
    clause: Clause
    sponsor_clause: Clause | None


@dataclass(frozen=True, slots=True)
class RateRow:
    """One category across the years."""

    name: str
    clause: Clause
    cells: tuple[RateCell | None, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """One coverage year: its window and what follows from the day of payment."""

    coverage_year: int
    window: tuple[Line, ...]
    bands: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor, its heading, what stands in it."""

    anchor: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article of the document, our summaries of what it says, and its own words."""

    article: str
    clauses: tuple[ClauseRow, ...]
    full_text: str


def beside(main: Clause, *others: Clause | None) -> tuple[Clause, ...]:
    """The clauses that are to be named beside the main one, each once."""
    found = {each.key: each for each in others if each}
    return tuple(each for key, each in found.items() if key != main.key)


def rate_rows(ruleset: RuleSet) -> list[RateRow]:
    """Categories as rows, coverage years as columns."""
    periods = sorted(ruleset.periods.values(), key=lambda period: period.coverage_year)
    return [
        RateRow(category.name, category.clause, tuple(rate_cell(ruleset, period, category) for period in periods))
        for category in ruleset.categories
    ]


def rate_cell(ruleset: RuleSet, period: Period, category: Category) -> RateCell | None:
    """What one category pays in one period, laid out for reading."""
    rate: Rate | None = period.rates.get(category.code)
    if rate is None:
        return None
    funder = next((each.name for each in ruleset.funders if each.code == rate.funder), rate.funder)
    sponsor_clause = (rate.sponsor_clause or rate.clause) if rate.sponsored else None
    return RateCell(rate.payable, rate.standard, rate.sponsored, funder, rate.clause, sponsor_clause)


def years(ruleset: RuleSet) -> list[Year]:
    """The coverage years in their order, windows and bands in sentences."""
    periods = sorted(ruleset.periods.values(), key=lambda period: period.coverage_year)
    return [
        Year(period.coverage_year, tuple(_window_lines(period)), tuple(_band_lines(period, ruleset)))
        for period in periods
    ]


def _window_lines(period: Period) -> Iterator[Line]:
    window = period.window
    yield Line("开始", window.opening, window.clause)
    if window.verify_until:
        yield Line("核定截止", _moment(window.verify_until, window), window.verify_clause)
    yield Line("缴费截止", _moment(window.pay_until, window), window.pay_clause)
    yield Line("结算年度", f"{period.starts_on} 至 {period.ends_on}", period.clause)


def _moment(moment: datetime, window: Window) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M}" if window.has_time else f"{local:%Y-%m-%d}"


def _band_lines(period: Period, ruleset: RuleSet) -> Iterator[Line]:
    for band in period.bands:
        starts = f"从 {band.starts} 起享受待遇" if band.starts else "从缴费之日起享受待遇"
        account = band.account.clause if band.account else None
        priced = [clause for rate in band.rates.values() for clause in (rate.clause, rate.sponsor_clause)]
        more = beside(band.clause, account, *priced)
        yield Line(_band_days(band), starts, band.clause, "；".join(_band_notes(band, ruleset)), more=more)
    for first, last in period.closed_days():
        days = f"{first}" if first == last else f"{first} 至 {last}"
        yield Line("时段之间", f"{days} 不收费", period.window.clause)
    if period.account:
        yield Line("个人账户", _credit(period.account), period.account.clause)


def _credit(account: AccountCredit) -> str:
    if not account.amount:
        return "不划入"
    due = f"{account.due_by} 前" if account.due_by else "享受待遇时"
    return f"{due}每人划入 {account.amount} 元"


def _band_notes(band: Band, ruleset: RuleSet) -> Iterator[str]:
    if band.late:
        yield "按错过集中缴费期等待"
    if not band.subsidised:
        yield "按本时段标准缴费的，没有财政补助"
    for rate in band.rates.values():
        text = f"{ruleset.category(rate.category).name}缴 {rate.payable} 元"
        yield text + (f"，{rate.funder}资助 {rate.sponsored} 元" if rate.sponsored else "")
    if band.account:
        yield f"个人账户{_credit(band.account)}"


def _band_days(band: Band) -> str:
    if band.from_day and band.until_day:
        same = band.from_day.year == band.until_day.year
        return (
            f"{band.from_day} 至 {band.until_day:%m-%d} 缴费" if same else f"{band.from_day} 至 {band.until_day} 缴费"
        )
    if band.until_day:
        return f"{band.until_day} 及以前缴费"
    return f"{band.from_day} 及以后缴费" if band.from_day else "缴费期内缴费"


def document(ruleset: RuleSet) -> list[Line]:
    """文件: the policy document, and the place for which it was made."""
    found = ruleset.document
    named = [("依据", found.based_on), ("适用", ruleset.place)]
    plain = [found.title, found.number, f"{found.issued_by} {found.issued_on}"]
    lines = [Line("文件", text, None) for text in plain]
    return lines + [Line(label, text, None, note=label) for label, text in named if text]


def articles(rows: list[ClauseRow]) -> list[ArticleRow]:
    """The clauses under the articles they stand in, in the order of the registry; items of one article together."""
    found: dict[tuple[str, str], list[ClauseRow]] = {}
    for row in rows:
        found.setdefault((row.document, row.full_text or row.article), []).append(row)
    return [
        ArticleRow(min((row.article for row in group), key=len), tuple(group), group[0].full_text)
        for group in found.values()
    ]
