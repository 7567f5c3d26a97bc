"""演示进度: invented base populations of 嵩阳街道's villages, and its weekly reports since October 2016."""

from datetime import date, datetime, timedelta

from django.db import transaction

from common.dates import SHANGHAI
from enrollment.models import ContributionPeriod
from offices.models import Staff
from payments.demo.seeding import seed_demo
from reports.models import BasePopulation, WeeklyReport
from reports.services import confirm_base_population, fill_base_population, make_weekly_report
from rosters.demo import seed_rosters
from rosters.demo_lists import seed_lists

# A little above the farmers and the converted that stand in the demonstration's files.
BASES = {"530127001001": 64, "530127001002": 132, "530127001003": 116, "530127001004": 131}
YEAR = 2017
# The report of the third week came on a Monday, after its day.
SENT = ("2016-10-14", "2016-10-21", "2016-10-31", "2016-11-04")


@transaction.atomic
def seed() -> list[str]:
    """Write what is missing of the demonstration district, with its progress; a second time changes nothing."""
    said = seed_demo()
    if not BasePopulation.objects.exists() and not WeeklyReport.objects.exists():
        _fill(datetime(2016, 9, 30, 9, tzinfo=SHANGHAI))
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


def _report() -> None:
    supervisor = Staff.objects.select_related("office").get(username="duan", is_demo=True)
    period = ContributionPeriod.objects.get(ruleset__code="songming", coverage_year=YEAR)
    for number, day in enumerate(SENT):
        at = datetime.fromisoformat(f"{day}T16:30").replace(tzinfo=SHANGHAI)
        week = date(2016, 10, 10) + timedelta(weeks=number)
        make_weekly_report(period_id=period.pk, week=week, by=supervisor, at=at)
