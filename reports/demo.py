"""演示进度: invented base populations of 嵩阳街道's villages, and its weekly reports since October 2016."""

from datetime import date, datetime, timedelta

from django.db import transaction

from common.dates import SHANGHAI
from enrollment.models import ContributionPeriod
from offices.models import Staff
from payments.demo.seeding import seed_demo
from reports.models import BasePopulation, WeeklyReport
from reports.services import confirm_base_population, fill_base_population, make_weekly_report, weekly_report_now
from reports.visit_services import assign_village, finish_visit, record_visit
from rosters.demo import seed_rosters
from rosters.demo_lists import seed_lists

# A little above the farmers and the converted that stand in the demonstration's files.
BASES = {"530127001001": 41, "530127001002": 96, "530127001003": 99, "530127001004": 118}
YEAR = 2017
DUTIES = (("530127001001", "yang", "王组长"), ("530127001002", "he", "李会计"), ("530127001004", "yang", "赵主任"))
VISITS = (
    ("530127001002", date(2016, 10, 18), "宣传未到户，2组、5组还没有人上门；在外务工人员没有登记电话。"),
    ("530127001001", date(2016, 11, 3), "参保进度低于全镇，村组收费台账与收据存根未逐日核对。"),
)
# The report of the third week came on a Monday, after its day.
SENT = ("2016-10-14", "2016-10-21", "2016-10-31", "2016-11-04")


@transaction.atomic
def seed() -> list[str]:
    """Write what is missing of the demonstration district, with its progress; a second time changes nothing."""
    said = seed_demo()
    if not BasePopulation.objects.exists() and not WeeklyReport.objects.exists():
        _fill(datetime(2016, 9, 30, 9, tzinfo=SHANGHAI))
        _answer()
        _visit()
        _report()
        seed_lists()
    seed_rosters()
    return said


def _fill(at: datetime) -> None:
    first, second = (Staff.objects.get(username=name, is_demo=True) for name in ("admin", "fu"))
    source = {"source": "示例县统计局2015年农业人口年报", "source_day": date(2016, 1, 20)}
    for code, persons in BASES.items():
        made = fill_base_population(division=code, coverage_year=YEAR, persons=persons, **source, by=first, at=at)
        confirm_base_population(base_id=made.pk, by=second, at=at + timedelta(minutes=30))


def _answer() -> None:
    """Who answers for which village (S-8-2); one village has nobody yet."""
    supervisor = Staff.objects.select_related("office").get(username="duan", is_demo=True)
    at = datetime(2016, 9, 29, 10, tzinfo=SHANGHAI)
    for division, username, collector in DUTIES:
        clerk = Staff.objects.get(username=username, is_demo=True)
        given = {"collector": collector, "collector_phone": "13800010001", "by": supervisor, "at": at}
        assign_village(division=division, coverage_year=YEAR, staff_id=clerk.pk, **given)


def _visit() -> None:
    """What the county found on its visits (S-9-6): one is mended, one waits."""
    county = Staff.objects.get(username="admin", is_demo=True)
    supervisor = Staff.objects.select_related("office").get(username="duan", is_demo=True)
    made = [
        record_visit(
            division=division,
            coverage_year=YEAR,
            visited_on=day,
            visitors="周管理、符科长",
            found=found,
            due_on=day + timedelta(days=7),
            by=county,
            at=datetime(day.year, day.month, day.day, 17, tzinfo=SHANGHAI),
        )
        for division, day, found in VISITS
    ]
    done = "已逐户上门，宣传单发到各组，在外务工的电话通知。"
    finish_visit(visit_id=made[0].pk, done=done, by=supervisor, at=datetime(2016, 10, 24, 16, tzinfo=SHANGHAI))


def _report() -> None:
    supervisor = Staff.objects.select_related("office").get(username="duan", is_demo=True)
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=YEAR)
    for number, day in enumerate(SENT):
        at = datetime.fromisoformat(f"{day}T16:30").replace(tzinfo=SHANGHAI)
        week = date(2016, 10, 10) + timedelta(weeks=number)
        given = {"period_id": period.pk, "week": week, "by": supervisor, "at": at}
        make_weekly_report(**given, expected=weekly_report_now(**given).seal)
