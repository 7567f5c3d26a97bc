"""财政补助的服务: rates that the document leaves open, and the claim sheets that rest on them."""

import json
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.ruleset import RuleSet
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.funding import sql
from payments.models import FundingClaim, SubsidyRate
from payments.services.funding import (
    claim_made,
    locked_period,
    refuse_outside_county,
    sheet_columns,
    subsidy_due,
)

MOST_A_HEAD = Decimal(100000)


@accountable
def fill_subsidy_rate(
    *,
    period_id: int,
    division: str,
    payer: str,
    category: str,
    amount: Decimal,
    source: str,
    by: Staff,
    at: datetime,
) -> SubsidyRate:
    """填写补助标准, in yuan a head and year, with its source; an empty category is everybody."""
    period = locked_period(period_id, division, by)
    ruleset = library.current(period.ruleset.code)
    names = {"": ""} | {each.code: each.name for each in ruleset.categories}
    if payer not in SubsidyRate.Level.values or category not in names:
        raise Refusal(Reason("RATE_PLACE", "请从列表中选择财政和人员类别。"))
    if not 0 <= amount < MOST_A_HEAD:
        text = f"补助标准按每人每年填写，不能为负数，也不能达到{MOST_A_HEAD}元。请核对文件，看填的是不是总额。"
        raise Refusal(Reason("RATE_AMOUNT", text))
    source = source.strip()
    if not source:
        raise Refusal(Reason("RATE_SOURCE", "没有写依据文号，无法存查。请填写规定补助标准的文件文号。"))
    rate = SubsidyRate.objects.create(
        period=period,
        division_code=division,
        payer=payer,
        category=category,
        category_name=names[category],
        amount=amount,
        source=source,
        filled_at=at,
        filled_by=by,
    )
    record(by=by, at=at, verb="fill_subsidy_rate", subject=rate, detail=_told(rate) | {"document": source})
    return rate


@accountable
def confirm_subsidy_rate(*, rate_id: int, by: Staff, at: datetime) -> SubsidyRate:
    """复核补助标准 by a second administrator."""
    rate = _locked(rate_id, by)
    if rate.confirmed_at:
        raise Refusal(Reason("CONFIRMED", "这个标准已经复核过，不必再复核。"))
    if rate.filled_by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", "这个标准是您本人填写的，须由另一位管理员复核。"))
    rate.confirmed_at, rate.confirmed_by = at, by
    rate.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by=by, at=at, verb="confirm_subsidy_rate", subject=rate, detail=_told(rate))
    return rate


@accountable
def end_subsidy_rate(*, rate_id: int, by: Staff, at: datetime) -> SubsidyRate:
    """停用补助标准: sheets already made stay as they are; the next one rests on what is filled in instead."""
    rate = _locked(rate_id, by)
    rate.ended_at, rate.ended_by = at, by
    rate.save(update_fields=["ended_at", "ended_by"])
    record(by=by, at=at, verb="end_subsidy_rate", subject=rate, detail=_told(rate))
    return rate


def _locked(rate_id: int, by: Staff) -> SubsidyRate:
    require_role(by, Staff.Role.ADMINISTRATOR)
    rows = SubsidyRate.objects.select_for_update(of=["self"], no_key=True)
    rate = rows.filter(pk=rate_id, division_code__startswith=by.division_scope[:6]).first()
    if rate is None:
        raise Refusal(Reason("RATE_UNKNOWN", "找不到这个补助标准，或不在您的管辖范围内。请刷新后重新选择。"))
    refuse_outside_county(rate.division_code, by)
    if rate.ended_at:
        raise Refusal(Reason("ENDED", f"这个标准已于{local_day(rate.ended_at)}停用，不能再办。"))
    return rate


def _told(rate: SubsidyRate) -> dict[str, str]:
    return {"payer": rate.payer, "category": rate.category_name or "全部类别", "amount": str(rate.amount)}


@accountable
def make_subsidy_claim(
    *, period_id: int, division: str, payer: str, counted_on: date, by: Staff, at: datetime
) -> FundingClaim:
    """编制补助请款单: heads of every town and category on a day, times the rate, less what was claimed before."""
    period = locked_period(period_id, division, by)
    ruleset = library.current(period.ruleset.code)
    due_on, clause = subsidy_due(ruleset, period.coverage_year)
    if counted_on > local_day(at):
        raise Refusal(Reason("COUNTED_ON", "统计日不能在今天之后，请填写今天或以前的日期。"))
    last = _last_sheet(period, division, payer)
    _refuse_a_day_before(last, counted_on)
    asked = {"period": period.pk, "division": division, "payer": payer}
    asked |= {"unsubsidised": unsubsidised(ruleset, period.coverage_year), "due_on": due_on}
    asked |= sheet_columns(period, division, clause, by, at) | {"day": counted_on}
    with connection.cursor() as cursor:
        cursor.execute(sql.WITHOUT_RATE, asked)
        lacking = [row[0] for row in cursor.fetchall()]
        if lacking:
            text = f"{payer}对{'、'.join(lacking)}的补助标准还没有填写（或没有复核），不能请款。请先填写并复核。"
            raise Refusal(Reason("RATE_MISSING", text, clause))
        cursor.execute(sql.WRITE_SUBSIDY_CLAIM, asked)
        written = cursor.fetchone()
    if written is None:
        text = f"{payer}现在没有可以请的补助：人数没有变化，该请的都已请过。"
        if last is None:
            text = f"到{counted_on}还没有可以向{payer}请的补助：没有人参保，或标准是0元。请核对统计日和补助标准。"
        raise Refusal(Reason("NOTHING_TO_CLAIM", text, clause))
    return claim_made(written[0], verb="make_subsidy_claim", by=by, at=at)


def _last_sheet(period: ContributionPeriod, division: str, payer: str) -> FundingClaim | None:
    """The standing sheet of this budget with the latest day of counting."""
    sheets = FundingClaim.objects.standing().filter(kind=FundingClaim.Kind.SUBSIDY, payer=payer)
    return sheets.filter(period=period, division_code=division).order_by("-counted_on", "-pk").first()


def _refuse_a_day_before(last: FundingClaim | None, counted_on: date) -> None:
    """Fewer were enrolled on an earlier day: its sheet would give back what the last one rightly asked for."""
    if last and last.counted_on and counted_on < last.counted_on:
        text = f"统计日{counted_on}早于请款单 {last.full_number} 的{last.counted_on}，那以后参保的人会算成要退的。"
        raise Refusal(Reason("COUNTED_ON", f"{text}请填写{last.counted_on}或以后的日期；那一张编错了的，先撤回它。"))


def unsubsidised(ruleset: RuleSet, coverage_year: int) -> str:
    """Prices without subsidy, by category and days, as the statements want them."""
    period = ruleset.periods.get(coverage_year)
    rows = [
        {"category": code, "standard": str(rate.standard), "first": _iso(band.from_day), "last": _iso(band.until_day)}
        for band in (period.bands if period else ())
        if not band.subsidised
        for code, rate in (band.rates or period.rates).items()
    ]
    return json.dumps(rows)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
