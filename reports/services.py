"""进度的服务: base populations, filled in by one and confirmed by another, and the weekly reports of towns."""

from datetime import date, datetime, time, timedelta

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.progress import monday, week_name
from enrollment.rules.ruleset import RuleSet
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Staff
from reports.bases import base_at
from reports.figures import count_at
from reports.models import BasePopulation, WeeklyReport

Role = Staff.Role
TOWN = 9
MOST = 2_000_000_000


@accountable
def fill_base_population(
    *, division: str, coverage_year: int, persons: int, source: str, source_day: date, by: Staff, at: datetime
) -> BasePopulation:
    """填写基数人口 of a town or village; it counts once another administrator has confirmed it."""
    require_role(by, Role.ADMINISTRATOR)
    place = _place(division, by, at)
    if not 0 <= persons <= MOST:
        raise Refusal(Reason("BASE_PERSONS", "基数人口应是不小于0的整数，请照文件填写。"))
    source = source.strip()
    if not source:
        raise Refusal(Reason("BASE_SOURCE", "没有写来源，无法存查。请填写统计部门的文件或报表名称。"))
    if source_day > local_day(at):
        raise Refusal(Reason("BASE_SOURCE_DAY", "来源日期在今天之后，请照文件上的日期填写。"))
    found = BasePopulation.objects.create(
        division_code=division,
        division_name=place.name,
        coverage_year=coverage_year,
        persons=persons,
        source=source,
        source_day=source_day,
        filled_at=at,
        filled_by=by,
    )
    record(by=by, at=at, verb="fill_base_population", subject=found, detail={"count": persons, "document": source})
    return found


def _place(division: str, by: Staff, at: datetime) -> Division:
    rows = Division.objects.at(local_day(at)).filter(code=division.ljust(12, "0"))
    place = rows.first() if by.covers(division) else None
    if place is None or place.level != len(division) or place.level < TOWN:
        raise Refusal(Reason("BASE_PLACE", "请从列表中选择管辖范围内的镇（街道）或村（社区）。"))
    return place


@accountable
def confirm_base_population(*, base_id: int, by: Staff, at: datetime) -> BasePopulation:
    """复核基数人口 by a second administrator; from now on it replaces the figure before it."""
    require_role(by, Role.ADMINISTRATOR)
    rows = BasePopulation.objects.select_for_update(of=["self"], no_key=True)
    found = rows.filter(pk=base_id, division_code__startswith=by.division_scope).first()
    if found is None:
        raise Refusal(Reason("BASE_UNKNOWN", "找不到这个基数，或不在您的管辖范围内。请刷新后重新选择。"))
    if found.confirmed_at:
        raise Refusal(Reason("CONFIRMED", "这个基数已经复核过，不必再复核。"))
    if found.filled_by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", "这个基数是您本人填写的，须由另一位管理员复核。"))
    same = BasePopulation.objects.filter(division_code=found.division_code, coverage_year=found.coverage_year)
    if same.filter(pk__gt=found.pk).exists():
        raise Refusal(Reason("BASE_REPLACED", "这个基数之后又填写了新的，请复核新的那一个。"))
    found.confirmed_at, found.confirmed_by = at, by
    found.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by=by, at=at, verb="confirm_base_population", subject=found, detail={"count": found.persons})
    return found


@accountable
def make_weekly_report(*, period_id: int, week: date, expected: str, by: Staff, at: datetime) -> WeeklyReport:
    """报送周报 of the supervisor's town; it is frozen.

    `expected` is the seal of what was shown; other figures than those are refused (CHANGED).
    """
    found = weekly_report_now(period_id=period_id, week=week, by=by, at=at)
    if found.seal != expected:
        text = "确认之前数字又变了（刚有缴费、作废或变更），没有报送。请核对现在的数字，再确认。"
        raise Refusal(Reason("CHANGED", text))
    found.save(force_insert=True)
    record(by=by, at=at, verb="make_weekly_report", subject=found, detail={"day": week.isoformat()})
    return found


def weekly_report_now(*, period_id: int, week: date, by: Staff, at: datetime) -> WeeklyReport:
    """The 周报 as it would be frozen now, not written; a week that is over is counted as it stood at its end."""
    require_role(by, Role.SUPERVISOR)
    period = ContributionPeriod.objects.select_related("ruleset").get(pk=period_id)
    ruleset = library.current(period.ruleset.code)
    town, year = _town(by, at), period.coverage_year
    if by.office is None or by.office.ruleset_code != period.ruleset.code:
        raise Refusal(Reason("REPORT_RULESET", "本机构不用这个规则集，不能报送它的周报。"))
    _refuse_week(ruleset, year, week, at)
    if WeeklyReport.objects.filter(division_code=town.prefix, coverage_year=year, week=week).exists():
        raise Refusal(Reason("weekly_report_once", f"{town.name}{week_name(week)}的周报已经报送过，报送后不能更改。"))
    counted_at = min(at, week_end(week))
    count = count_at(town.prefix, year, at=counted_at, target=ruleset.target)
    due_on = ruleset.weekly_report.due_on(week) if ruleset.weekly_report else None
    return WeeklyReport(
        division_code=town.prefix,
        division_name=town.name,
        coverage_year=year,
        week=week,
        due_on=due_on,
        is_late=due_on is not None and local_day(at) > due_on,
        counted_at=counted_at,
        base=base_at(town.prefix, year, at=counted_at),
        percent=ruleset.target.percent if ruleset.target else None,
        enrolled=count.enrolled,
        others=count.others,
        paid=count.paid,
        sponsored=count.sponsored,
        payable_amount=count.payable_amount,
        sponsored_amount=count.sponsored_amount,
        made_at=at,
        made_by=by,
    )


def _town(by: Staff, at: datetime) -> Division:
    scope = by.division_scope[:TOWN]
    town = Division.objects.at(local_day(at)).filter(code=scope.ljust(12, "0"), level=TOWN).first()
    if town is None or len(by.division_scope) != TOWN:
        raise Refusal(Reason("REPORT_TOWN", "周报由管辖整个镇（街道）的主管报送，请与其联系。"))
    return town


def _refuse_week(ruleset: RuleSet, year: int, week: date, at: datetime) -> None:
    window = ruleset.window(year)
    last = local_day(window.pay_until) if window else None
    if week != monday(week) or week > local_day(at):
        raise Refusal(Reason("REPORT_WEEK", "只能报送本周或以前的周，请重新选择。"))
    if window is None or last is None or not monday(local_day(window.opens)) <= week <= last:
        raise Refusal(Reason("REPORT_WEEK", f"这一周不在{year}年度的缴费期内，没有周报。请重新选择。"))


def week_end(week: date) -> datetime:
    """The last moment of the week that begins on a Monday."""
    after = datetime.combine(week + timedelta(days=7), time.min, tzinfo=SHANGHAI)
    return after - timedelta(microseconds=1)
