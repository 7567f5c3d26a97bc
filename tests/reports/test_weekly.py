"""周报: frozen, late or in time, summed by the county, ranked by rate and by gain; as page, workbook and PDF."""

from datetime import date
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.decision import Refusal
from enrollment import library
from offices.models import Staff
from reports.models import WeeklyReport
from reports.services import make_weekly_report, weekly_report_now
from reports.weekly import as_frozen, county_week, time_told, weeks_of
from tests.acting import as_owner
from tests.builders import at, make_divisions
from tests.payments.card_builders import text_of
from tests.payments.funding_builders import COUNTY, enrolled, year_2017
from tests.reports.conftest import TOWN, a_base

pytestmark = pytest.mark.usefixtures("rulesets")
WEEK, BEFORE = date(2016, 11, 7), date(2016, 10, 31)
FRIDAY = "2016-11-11 16:00"


def send(by: Staff, week: date = WEEK, moment: str = FRIDAY) -> WeeklyReport:
    given = {"period_id": year_2017().pk, "week": week, "by": by, "at": at(moment)}
    return make_weekly_report(**given, expected=weekly_report_now(**given).seal)


def in_county(week: date = WEEK, moment: str = FRIDAY):
    period = year_2017()
    return county_week(COUNTY, period, library.current("songming"), week, at=at(moment))


def frozen(by: Staff, code: str, name: str, week: date, enrolled_: int, base: int, **more: object) -> WeeklyReport:
    """The report of another town, as it came in."""
    zero = {"others": 0, "paid": enrolled_, "sponsored": 0, "payable_amount": enrolled_ * 150, "sponsored_amount": 0}
    given = {"coverage_year": 2017, "week": week, "enrolled": enrolled_, "base": base, "percent": 96, "made_by": by}
    moment = at(f"{week} 12:00")
    return WeeklyReport.objects.create(
        division_code=code, division_name=name, counted_at=moment, made_at=moment, **given | zero | more
    )


def test_a_report_is_what_stood_then_and_stays_so(boss, miss_yang, mr_zhou, second):
    a_base(TOWN, 10, mr_zhou, second)
    enrolled(miss_yang, "", "dibao")

    made = send(boss)
    enrolled(miss_yang, "", name="李")

    made.refresh_from_db()
    assert (made.enrolled, made.base, made.percent, made.paid, made.sponsored) == (2, 10, 96, 1, 1)
    assert (made.payable_amount, made.sponsored_amount) == (150, 150)


@pytest.mark.parametrize("change", ["UPDATE reports_weeklyreport SET enrolled = 9", "DELETE FROM reports_weeklyreport"])
def test_the_database_refuses_to_change_a_report(boss, change):
    send(boss)

    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        as_owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_second_report_of_a_week_is_refused(boss):
    send(boss)

    with pytest.raises(Refusal) as refused:
        send(boss)

    assert "报送后不能更改" in str(refused.value)
    assert WeeklyReport.objects.count() == 1


@pytest.mark.parametrize(
    ("moment", "late"),
    [("2016-11-07 08:00", False), ("2016-11-11 23:59", False), ("2016-11-12 00:00", True), ("2016-11-20 09:00", True)],
    ids=["周一", "周五当日", "周六零点", "下周"],
)
def test_a_report_is_late_after_its_day(boss, moment, late):
    made = send(boss, moment=moment)

    assert (made.due_on, made.is_late) == (date(2016, 11, 11), late)


def test_a_report_that_comes_later_counts_as_the_week_ended(boss, miss_yang):
    enrolled(miss_yang, "", moment=at("2016-11-13 10:00"))
    enrolled(miss_yang, "", moment=at("2016-11-14 10:00"), name="李")

    assert send(boss, moment="2016-11-15 09:00").enrolled == 1
    assert send(boss, date(2016, 11, 14), "2016-11-15 09:00").enrolled == 2


@pytest.mark.parametrize(
    ("week", "moment"),
    [
        (date(2016, 11, 14), FRIDAY),
        (date(2016, 11, 8), FRIDAY),
        (date(2016, 9, 26), FRIDAY),
        (date(2017, 2, 27), "2017-03-01 09:00"),
    ],
    ids=["还没有到", "不是周一", "缴费期以前", "缴费期以后"],
)
def test_only_weeks_of_the_window_up_to_now_are_reported(boss, week, moment):
    with pytest.raises(Refusal) as refused:
        send(boss, week, moment)

    assert refused.value.reasons[0].code == "REPORT_WEEK"


def test_a_clerk_does_not_report_nor_does_another_street(boss, miss_yang, mr_chen):
    codes = []
    for staff in (miss_yang, mr_chen):
        make_divisions(("320705001000", "新浦街道", 9))
        with pytest.raises(Refusal) as refused:
            send(staff)
        codes.append(refused.value.reasons[0].code)

    assert codes == ["role", "REPORT_RULESET"]


def test_the_weeks_begin_with_the_window_and_end_with_it(boss):
    weeks = weeks_of(library.current("songming"), 2017, at=at("2026-01-01 09:00"))

    assert (weeks[-1], weeks[0]) == (date(2016, 10, 3), date(2017, 2, 20))


@pytest.fixture
def towns(boss) -> None:
    """Three towns in two weeks: the largest is ahead in persons, another by rate, a third by gain."""
    make_divisions(("530127100000", "大镇", 9), ("530127101000", "小镇", 9), ("530127102000", "懒镇", 9))
    for code, name, before, now, base in (
        (TOWN, "嵩阳街道", 500, 600, 1000),
        ("530127100", "大镇", 5000, 5100, 10000),
        ("530127101", "小镇", 10, 96, 100),
    ):
        frozen(boss, code, name, BEFORE, before, base)
        frozen(boss, code, name, WEEK, now, base, is_late=name == "大镇")


def test_the_county_is_the_sum_of_its_towns(towns):
    found = in_county()

    assert (found.enrolled, found.base, found.gain) == (5796, 11100, 286)
    assert found.rate == "52.21%"
    assert found.sums["payable_amount"] == 5796 * 150


def test_towns_are_ranked_by_rate_and_by_gain(towns):
    rows = in_county().rows

    assert [(row.name, row.rate_place, row.gain_place, row.gain) for row in rows] == [
        ("小镇", 1, 1, 86),
        ("嵩阳街道", 2, 2, 100),
        ("大镇", 3, 3, 100),
        ("懒镇", None, None, None),
    ]
    assert [row.is_met for row in rows] == [True, False, False, None]


def test_who_did_not_report_the_week_before_has_no_gain(boss, towns, mr_zhou):
    frozen(boss, "530127102", "懒镇", WEEK, 90, 1000)
    client = Client()
    client.force_login(mr_zhou)
    asked = {"period": year_2017().pk, "division": COUNTY, "week": WEEK.isoformat()}

    found = in_county()
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("weekly-reports-file"), asked).content))
    page = client.get(reverse("weekly-reports"), asked).content.decode()

    assert [(row.name, row.gain, row.gain_place) for row in found.rows][-1] == ("懒镇", None, None)
    assert found.gain is None
    assert [row[5] for row in book.get_sheet_by_index(0).to_python()[-5:]] == [86, 100, 100, "", ""]
    assert page.count('<td class="number">—</td>') == 3
    assert "None" not in page.split("<main")[1]


def test_in_the_first_week_all_are_gained(boss):
    frozen(boss, TOWN, "嵩阳街道", date(2016, 10, 3), 50, 100)

    assert [row.gain for row in in_county(date(2016, 10, 3)).rows if row.report] == [50]


def test_equal_rates_share_a_place(boss):
    for number, share in enumerate((50, 50, 40)):
        frozen(boss, f"53012710{number}", f"镇{number}", WEEK, share, 100)

    assert sorted(row.rate_place for row in in_county().rows if row.report) == [1, 1, 3]


def test_who_has_not_reported_is_named_once_the_day_is_over(towns):
    on_the_day, after = in_county(), in_county(moment="2016-11-12 08:00")

    assert on_the_day.lacking == ["懒镇"]
    assert [row.said for row in on_the_day.rows] == ["按期", "按期", "逾期报送", "未报"]
    assert after.rows[-1].said == "逾期未报"


def test_a_county_in_which_a_base_is_unknown_has_no_rate(boss):
    frozen(boss, TOWN, "嵩阳街道", WEEK, 5, 10)
    frozen(boss, "530127100", "大镇", WEEK, 5, None)

    assert (in_county().base, in_county().rate) == (None, "—")


def test_a_supervisor_sends_it_in_on_the_page_and_everybody_reads_it(towns, boss, mr_zhou):
    own, reader = Client(), Client()
    own.force_login(boss)
    reader.force_login(mr_zhou)
    place = {"period": year_2017().pk, "division": TOWN}

    confirmed = own.get(reverse("weekly-report-make"), place | {"week": "2016-11-14"}).context["draft"].seal
    own.post(reverse("weekly-report-make"), place | {"week": "2016-11-14", "expected": confirmed})
    made = WeeklyReport.objects.get(week=date(2016, 11, 14))
    shown = reader.get(reverse("weekly-reports"), {"period": place["period"], "division": COUNTY, "week": WEEK})

    assert (made.division_code, made.is_late) == (TOWN, True)
    assert all(each in shown.content.decode() for each in ("小镇", "96.00%", "逾期未报", "52.21%"))


def test_a_report_is_looked_at_before_it_is_frozen(boss, miss_yang):
    frozen(boss, TOWN, "嵩阳街道", BEFORE, 4, 10)
    enrolled(miss_yang, "", "dibao")
    client = Client()
    client.force_login(boss)
    asked = {"period": year_2017().pk, "division": TOWN, "week": WEEK}

    page = client.get(reverse("weekly-report-make"), asked)
    blind = client.post(reverse("weekly-report-make"), asked)
    refused = WeeklyReport.objects.filter(week=WEEK).exists()
    client.post(reverse("weekly-report-make"), asked | {"expected": page.context["draft"].seal})

    made = WeeklyReport.objects.get(week=WEEK)
    assert (blind.status_code, refused) == (422, False)
    assert page.context["draft"].seal == made.seal
    assert all(each in page.content.decode() for each in (">2</td>", ">-2</td>", "150.00", "不能更改"))


def test_figures_that_changed_meanwhile_are_shown_again(boss, miss_yang):
    enrolled(miss_yang, "")
    client = Client()
    client.force_login(boss)
    asked = {"period": year_2017().pk, "division": TOWN, "week": WEEK}
    seen = client.get(reverse("weekly-report-make"), asked).context["draft"]

    enrolled(miss_yang, "", name="李", moment=at("2016-11-10 10:00"))
    again = client.post(reverse("weekly-report-make"), asked | {"expected": seen.seal})

    assert (again.status_code, WeeklyReport.objects.count()) == (422, 0)
    assert (seen.enrolled, again.context["draft"].enrolled) == (1, 2)
    assert "数字又变了" in again.content.decode()


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2016-11-08 09:00", "截止日是周五（11-11），今天是周二（11-08），还没有到；现在报送将冻结今天的数字，"),
        ("2016-11-11 16:00", "今天是截止日周五（11-11），现在报送将冻结今天的数字，"),
        ("2016-11-12 09:00", "截止日是周五（11-11），今天是周六（11-12），已经过了，记为逾期；现在报送将冻结今天"),
        ("2016-11-15 09:00", "已经过了，记为逾期；现在报送将冻结11-13（周日）一天结束时的数字。"),
    ],
    ids=["截止日前", "截止日", "过了截止日", "下一周"],
)
def test_it_is_told_what_day_it_is(boss, moment, told):
    draft = weekly_report_now(period_id=year_2017().pk, week=WEEK, by=boss, at=at(moment))

    assert told in time_told(draft)
    assert as_frozen(draft).before is None


def test_workbook_and_paper_say_what_the_page_says(towns, boss):
    client = Client()
    client.force_login(boss)
    asked = {"period": year_2017().pk, "division": TOWN, "week": WEEK}

    book = client.get(reverse("weekly-reports-file"), asked).content
    paper = client.get(reverse("weekly-reports-paper"), asked).content

    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [rows[0][0], rows[2][0]] == ["530127县2017年度参保筹资情况周报", "未报：懒镇"]
    assert [row[1] for row in rows[4:]] == ["小镇", "嵩阳街道", "大镇", "懒镇", "合计"]
    assert rows[-1][2:6] == [11100, 5796, "52.21%", 286]
    text = text_of(paper)
    assert all(each in text for each in ("2016年第45周", "小镇", "96.00%", "逾期未报", "11,100", "869,400.00"))
    assert len(pdfium.PdfDocument(paper)) == 1
