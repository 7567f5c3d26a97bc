"""草稿改了什么: a draft against the edition in force, in words and side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from enrollment import presentation
from enrollment.draft_text import shifted
from enrollment.presentation import Line, RateCell
from enrollment.presentation_sections import sections
from enrollment.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a year: what stands there, and where the draft changes it, what stood there before."""

    text: str
    note: str = ""
    old: str = ""
    changed: bool = False
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One category, or one line about the window, across the years."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One coverage year; `drafted`: the draft changes it or adds it. `compared`: with which year."""

    coverage_year: int
    drafted: bool
    compared: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Years side by side."""

    columns: tuple[Column, ...]
    rates: tuple[Row, ...]
    dates: tuple[Row, ...]


def side_by_side(current: RuleSet | None, draft: RuleSet | None) -> Sheet:
    """The years of the edition in force and of the draft; a year that is new is compared with the one before it."""
    shown = draft or current
    if shown is None:
        return Sheet((), (), ())
    columns = [_column(year, current, draft) for year in sorted(shown.periods)]
    rates = [
        Row(category.name, tuple(_rate_cell(column, category.code, current, shown) for column in columns))
        for category in shown.categories
    ]
    labels = ("缴费期", "时段")
    dates = [Row(label, tuple(_days_cell(column, label, current, shown) for column in columns)) for label in labels]
    return Sheet(tuple(columns), tuple(rates), tuple(dates))


def _column(year: int, current: RuleSet | None, draft: RuleSet | None) -> Column:
    if draft is None or current is None:
        return Column(year, draft is not None, None)
    if year in current.periods:
        drafted = current.periods[year] != draft.periods[year]
        return Column(year, drafted, year if drafted else None)
    before = year - 1 if year - 1 in current.periods else None
    return Column(year, True, before)


def _rate_cell(column: Column, category: str, current: RuleSet | None, shown: RuleSet) -> Cell:
    now = _rate(shown, column.coverage_year, category)
    old = _rate(current, column.compared, category) if current and column.compared else None
    text, note = _rate_words(now)
    old_text, old_note = _rate_words(old)
    changed = column.compared is not None and (text, note) != (old_text, old_note)
    before = f"{old_text}{'（' + old_note + '）' if old_note and old_note != note else ''}" if changed else ""
    return Cell(text, note, before, changed, column.drafted)


def _rate(ruleset: RuleSet, year: int, category: str) -> RateCell | None:
    period = ruleset.periods.get(year)
    known = next((each for each in ruleset.categories if each.code == category), None)
    return presentation.rate_cell(ruleset, period, known) if period and known else None


def _rate_words(cell: RateCell | None) -> tuple[str, str]:
    if cell is None:
        return "—", ""
    note = f"标准 {cell.standard}，{cell.funder}资助 {cell.sponsored}" if cell.sponsored else ""
    return f"{cell.payable}", note


def _days_cell(column: Column, label: str, current: RuleSet | None, shown: RuleSet) -> Cell:
    now = _days(shown, column.coverage_year, label)
    old = _days(current, column.compared, label) if current and column.compared else ()
    if column.compared and column.compared != column.coverage_year:
        old = tuple(shifted(line) for line in old)
    changed = column.compared is not None and now != old
    return Cell("\n".join(now), "", "\n".join(old) if changed else "", changed, column.drafted)


def _days(ruleset: RuleSet, year: int, label: str) -> tuple[str, ...]:
    found = next((each for each in presentation.years(ruleset) if each.coverage_year == year), None)
    if found is None:
        return ()
    return tuple(_sentence(line) for line in (found.window if label == "缴费期" else found.bands))


def _sentence(line: Line) -> str:
    return f"{line.label}：{line.text}{'（' + line.note + '）' if line.note else ''}"


def changes(current: RuleSet | None, draft: RuleSet) -> list[str]:
    """What the draft changes, one sentence each; empty where only remarks or layout differ."""
    if current is None:
        return [f"新规则集“{draft.name}”，年度：{'、'.join(map(str, sorted(draft.periods)))}。"]
    return [*_head(current, draft), *_years(current, draft), *_rest(current, draft), *_clauses(current, draft)]


def _head(current: RuleSet, draft: RuleSet) -> Iterator[str]:
    pairs = (
        ("名称", current.name, draft.name),
        ("文号", current.document.number, draft.document.number),
        ("施行日期", str(current.in_force_from), str(draft.in_force_from)),
    )
    for label, old, new in pairs:
        if old != new:
            yield f"{label}由“{old}”改为“{new}”。"


def _years(current: RuleSet, draft: RuleSet) -> Iterator[str]:
    for year in sorted({*current.periods, *draft.periods}):
        if year not in draft.periods:
            yield f"删去{year}年度。"
        elif year in current.periods:
            if current.periods[year] != draft.periods[year]:
                yield from _year(f"{year}年度", current, year, draft, year)
        elif year - 1 in current.periods:
            yield f"新增{year}年度。与{year - 1}年度相比："
            found = list(_year(f"{year}年度", current, year - 1, draft, year))
            yield from found or [f"{year}年度各项标准不变，日期顺延一年。"]
        else:
            yield f"新增{year}年度。"


def _year(name: str, current: RuleSet, before: int, draft: RuleSet, year: int) -> Iterator[str]:
    found = list(_told_of_year(name, current, before, draft, year))
    yield from found
    if not found and before == year:
        yield f"{name}的条款依据有改动。"


def _told_of_year(name: str, current: RuleSet, before: int, draft: RuleSet, year: int) -> Iterator[str]:
    names = {each.code: each.name for each in (*current.categories, *draft.categories)}
    for code, category in names.items():
        old, new = _rate_words(_rate(current, before, code)), _rate_words(_rate(draft, year, code))
        if old != new:
            yield f"{name}{category}：由 {_price(old)} 改为 {_price(new)}。"
    for label in ("缴费期", "时段"):
        was, now = _days(current, before, label), _days(draft, year, label)
        if before != year:
            was = tuple(shifted(line) for line in was)
        yield from (f"{name}{label}删去“{line}”。" for line in was if line not in now)
        yield from (f"{name}{label}写入“{line}”。" for line in now if line not in was)


def _price(words: tuple[str, str]) -> str:
    text, note = words
    return f"{text} 元（{note}）" if note else (text if text == "—" else f"{text} 元")


def _rest(current: RuleSet, draft: RuleSet) -> Iterator[str]:
    was = {section.title: [_sentence(line) for line in section.lines] for section in sections(current)}
    now = {section.title: [_sentence(line) for line in section.lines] for section in sections(draft)}
    for title in {**was, **now}:
        old, new = was.get(title, []), now.get(title, [])
        yield from (f"“{title}”删去“{line}”。" for line in old if line not in new)
        yield from (f"“{title}”写入“{line}”。" for line in new if line not in old)


def _clauses(current: RuleSet, draft: RuleSet) -> Iterator[str]:
    for key in {**current.clauses, **draft.clauses}:
        old, new = current.clauses.get(key), draft.clauses.get(key)
        if old is None and new is not None:
            yield f"登记新条款 {key}（{new.document} {new.article}）。"
        elif new is None:
            yield f"删去条款 {key}。"
        elif old != new:
            yield f"条款 {key} 的出处或摘要有改动。"
