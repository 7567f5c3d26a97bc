"""修订: what a draft may change once money has been taken, and which years it would touch.

A coverage year under which money was taken is not rewritten. Its terms may change from a day on, by a clause: days
before that day keep what they cost. What stands in the text without a date holds from the moment of publishing, so
such a change is published on the day of the amendment, not before.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from common.decision import Clause, Reason, Refusal
from enrollment.models import Assessment, RuleSet
from enrollment.rules.ruleset import Period
from enrollment.rules.ruleset import RuleSet as Compiled


def years_with_money(ruleset: RuleSet) -> set[int]:
    """The coverage years of a rule set under which anybody was decided and paid, voided or not."""
    rows = Assessment.objects.filter(period__ruleset=ruleset).order_by()
    return set(rows.values_list("period__coverage_year", flat=True).distinct())


def changed_years(old: Compiled, new: Compiled, years: set[int]) -> list[int]:
    """Those of `years` whose terms differ, or that are gone."""
    return sorted(
        year for year in years if year in old.periods and _terms(old.periods[year]) != _terms(new.periods.get(year))
    )


def undated_changes(old: Compiled, new: Compiled) -> bool:
    """Whether anything differs that decides and that stands in no coverage year."""
    return _undated(old) != _undated(new)


def _undated(ruleset: Compiled) -> object:
    """What the rule set decides outside its years; the words of the document and of its clauses decide nothing."""
    words = {"periods", "clauses", "name", "place", "document", "clause"}
    return tuple(_plain(getattr(ruleset, each.name)) for each in fields(ruleset) if each.name not in words)


def _terms(period: Period | None) -> object:
    return _plain(period)


def _plain(value: Any) -> object:
    """A part of a rule set as plain values that can be compared, without the clauses that it names."""
    if isinstance(value, Clause):
        return None
    if isinstance(value, Mapping):
        return tuple((key, _plain(value[key])) for key in sorted(value))
    if isinstance(value, (tuple, list)):
        return tuple(_plain(each) for each in value)
    if is_dataclass(value):
        return tuple(_plain(getattr(value, each.name)) for each in fields(value))
    return value


def refuse_rewriting(
    *, ruleset: RuleSet, old: Compiled, new: Compiled, amends_from: date | None, on: date, publishing: bool
) -> None:
    """Refuse a draft that rewrites a year under which money was taken, or that would work back."""
    paid = years_with_money(ruleset)
    changed = changed_years(old, new, paid)
    running = sorted(_running(old, paid, on))
    undated = undated_changes(old, new) and bool(running)
    if not (changed or undated):
        return
    _refuse_gone(changed, old, new)
    if amends_from is None:
        years = "、".join(f"{year}年度" for year in changed or running)
        text = f"{years}已经收过款，不能直接改写。请填写修订生效日、依据的条款和说明，只对生效日及以后的缴费生效。"
        raise Refusal(Reason("AMENDMENT_NEEDED", text))
    if amends_from < on:
        text = f"修订生效日 {amends_from} 已过，会追溯到已经缴费的人。请改为 {on} 或以后的日期。"
        raise Refusal(Reason("AMENDMENT_BACK", text))
    for year in changed:
        _refuse_touching_earlier_days(old.periods[year], new.periods[year], amends_from)
    if publishing and undated and amends_from > on:
        text = f"草稿改了没有日期的规定（人员类别、等待期、材料等），一发布就生效；请在生效日 {amends_from} 当天发布。"
        raise Refusal(Reason("AMENDMENT_EARLY", text))


def _refuse_gone(changed: list[int], old: Compiled, new: Compiled) -> None:
    for year in changed:
        if year not in new.periods:
            raise Refusal(Reason("YEAR_GONE", f"{year}年度已经收过款，不能从规则里删去。请把这一年放回草稿。"))
        before, after = old.periods[year], new.periods[year]
        if (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on):
            text = f"{year}年度已经收过款，结算年度的起止日不能再改，请改回 {before.starts_on} 至 {before.ends_on}。"
            raise Refusal(Reason("YEAR_SPAN", text))


def _refuse_touching_earlier_days(before: Period, after: Period, amends_from: date) -> None:
    first = min(before.window.opens.date(), after.window.opens.date())
    last = max(before.window.pay_until.date(), after.window.pay_until.date())
    day = first
    while day <= last and day < amends_from:
        if _terms_on(before, day) != _terms_on(after, day):
            text = (
                f"{before.coverage_year}年度 {day} 缴费的条件在草稿里与现行不同，而修订从 {amends_from} 起才生效。"
                f"请把改动写成从 {amends_from} 开始的时段（时段可以有自己的缴费标准），此前的标准和时段照旧。"
            )
            raise Refusal(Reason("AMENDMENT_EARLIER_DAYS", text))
        day += timedelta(days=1)


def _terms_on(period: Period, day: date) -> object:
    """What who pays on a day gets: whether the window is open, the prices, the start of cover, the account."""
    window = period.window
    if not window.opens.date() <= day <= window.pay_until.date():
        return None
    band = period.band(day)
    cutoffs = tuple(each if each and each.date() == day else None for each in (window.verify_until, window.pay_until))
    verified_late = window.verify_until is not None and window.verify_until.date() < day
    prices = {code: _price(rate) for code, rate in period.rates_on(day).items()}
    if band is None:
        return window.opens if window.opens.date() == day else None, cutoffs, verified_late, None
    credit = band.account or period.account
    account = (credit.amount, credit.due_by) if credit else None
    return cutoffs, verified_late, prices, band.starts, band.late, account


def _price(rate: object) -> tuple[object, ...]:
    return tuple(getattr(rate, name) for name in ("standard", "payable", "sponsored", "funder"))


def touched_years(*, ruleset: RuleSet, old: Compiled, new: Compiled, on: date) -> list[int]:
    """The paid years whose terms a draft changes; where it changes what has no date, the years that still run, too."""
    paid = years_with_money(ruleset)
    years = set(changed_years(old, new, paid))
    if undated_changes(old, new):
        years |= _running(old, paid, on)
    return sorted(year for year in years if year in new.periods)


def _running(old: Compiled, paid: set[int], on: date) -> set[int]:
    return {year for year in paid if year in old.periods and old.periods[year].ends_on >= on}


def effective_day(*, old: Compiled, new: Compiled, coverage_year: int, amends_from: date | None, on: date) -> date:
    """The day on which paying under the draft is compared: where none is given, the first on which the terms differ.

    A day on which nobody can pay moves to the next one on which somebody can, or else to the last.
    """
    before, after = old.periods[coverage_year], new.periods[coverage_year]
    first, last = after.window.span
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_days = [day for day in days if after.band(day)] or days
    day = amends_from or next((d for d in open_days if d >= on and _terms_on(before, d) != _terms_on(after, d)), on)
    return next((each for each in open_days if each >= day), open_days[-1])
