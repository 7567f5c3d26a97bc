"""进度: who counts for the rate, what stands on the pages, who sees which names, and base populations."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.decision import Refusal
from enrollment.models import Enrollment
from households.models import Household, Person
from offices.models import Staff
from payments.services import cancel_sponsored
from reports.bases import base_at
from reports.figures import FIGURES, Count, figures_of
from reports.models import BasePopulation
from reports.plain import PLAIN, parameters
from reports.services import confirm_base_population, fill_base_population
from reports.shown import step_of
from reports.standing import Standing, progress_of
from tests.acting import as_owner
from tests.builders import at
from tests.payments.card_builders import text_of
from tests.payments.funding_builders import COUNTY, enrolled, year_2017
from tests.reports.conftest import TOWN, a_base
from tests.reports.test_progress_rules import TARGET

pytestmark = pytest.mark.usefixtures("rulesets")
VILLAGE, OTHER_VILLAGE = "530127001001", "530127001002"
NOW = at("2016-11-08 09:00")


def page(staff: Staff, name: str = "progress", **asked: object) -> str:
    client = Client()
    client.force_login(staff)
    return client.get(reverse(name), {"period": year_2017().pk} | asked).content.decode()


def counts(division: str = COUNTY, moment=NOW):
    return figures_of(division, 2017, at=moment, target=TARGET)


def test_only_the_base_population_counts_for_the_rate_and_the_others_stand_apart(boss, miss_yang):
    enrolled(miss_yang, "", "", "", "")
    people = list(Person.objects.order_by("pk"))
    Person.objects.filter(pk=people[0].pk).update(hukou_kind="urban")
    Person.objects.filter(pk=people[1].pk).update(hukou_kind="converted")
    Person.objects.filter(pk=people[2].pk).update(hukou_division="530328")

    whole = counts().whole

    assert (whole.enrolled, whole.others, whole.persons) == (2, 2, 4)


def test_without_a_target_everybody_counts(boss, miss_yang):
    enrolled(miss_yang, "", "")
    Person.objects.update(hukou_kind="urban")

    assert figures_of(COUNTY, 2017, at=NOW, target=None).whole.enrolled == 2


def test_paid_sponsored_and_money_are_told_by_place_day_funder_and_category(boss, miss_yang):
    enrolled(miss_yang, "", "dibao", moment=at("2016-11-01 10:00"))
    enrolled(miss_yang, "", moment=at("2016-11-02 10:00"), name="李")

    found = counts()

    assert (found.whole.paid, found.whole.sponsored) == (2, 1)
    assert (found.whole.payable_amount, found.whole.sponsored_amount) == (Decimal(300), Decimal(150))
    assert {day: each.enrolled for day, each in found.days.items()} == {date(2016, 11, 1): 2, date(2016, 11, 2): 1}
    assert found.funders["民政"].sponsored_amount == Decimal(150)
    assert sum(each.persons for each in found.categories.values()) == 3
    assert [code for code in found.places if code.startswith(TOWN)] == list(found.places)


def test_an_enrolment_counts_until_it_is_cancelled(boss, miss_yang):
    household = enrolled(miss_yang, "dibao")
    cancel_sponsored(household_id=household.pk, coverage_year=2017, reason="重复", by=boss, at=at("2016-11-05 10:00"))

    assert counts(moment=at("2016-11-04 10:00")).whole.enrolled == 1
    assert counts(moment=at("2016-11-05 10:01")).whole.enrolled == 0


def test_a_base_counts_once_a_second_administrator_confirmed_it(boss, mr_zhou, second):
    given = {"source": "年报", "source_day": date(2016, 1, 20), "by": mr_zhou, "at": NOW}
    made = fill_base_population(division=TOWN, coverage_year=2017, persons=100, **given)
    assert base_at(TOWN, 2017, at=NOW) is None

    with pytest.raises(Refusal) as refused:
        confirm_base_population(base_id=made.pk, by=mr_zhou, at=NOW)
    confirm_base_population(base_id=made.pk, by=second, at=NOW)

    assert refused.value.reasons[0].code == "SECOND_PERSON"
    assert base_at(TOWN, 2017, at=NOW) == 100


def test_a_new_figure_replaces_the_old_one_from_then_on(boss, mr_zhou, second):
    a_base(TOWN, 100, mr_zhou, second, moment="2016-10-01 09:00")
    a_base(TOWN, 120, mr_zhou, second, moment="2016-11-01 09:00")

    assert base_at(TOWN, 2017, at=at("2016-10-31 09:00")) == 100
    assert base_at(TOWN, 2017, at=NOW) == 120
    assert base_at(TOWN, 2018, at=NOW) is None


def test_a_figure_that_was_filled_in_anew_is_not_confirmed_any_more(boss, mr_zhou, second):
    given = {"source": "年报", "source_day": date(2016, 1, 20), "by": mr_zhou, "at": NOW}
    old, _ = (fill_base_population(division=TOWN, coverage_year=2017, persons=each, **given) for each in (10, 100))

    with pytest.raises(Refusal) as refused:
        confirm_base_population(base_id=old.pk, by=second, at=NOW)

    assert refused.value.reasons[0].code == "BASE_REPLACED"


def test_a_town_without_a_figure_is_the_sum_of_its_villages_if_all_are_known(boss, mr_zhou, second):
    a_base(VILLAGE, 60, mr_zhou, second)
    assert base_at(TOWN, 2017, at=NOW) is None

    a_base(OTHER_VILLAGE, 40, mr_zhou, second)

    assert (base_at(TOWN, 2017, at=NOW), base_at(COUNTY, 2017, at=NOW)) == (100, 100)


@pytest.mark.parametrize(
    "change", ["UPDATE reports_basepopulation SET persons = 1", "DELETE FROM reports_basepopulation"]
)
def test_the_database_keeps_base_populations_as_they_are(boss, mr_zhou, second, change):
    a_base(TOWN, 100, mr_zhou, second)

    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        as_owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"division": "320705001"}, "BASE_PLACE"),
        ({"division": COUNTY}, "BASE_PLACE"),
        ({"source": " "}, "BASE_SOURCE"),
        ({"source_day": date(2016, 11, 9)}, "BASE_SOURCE_DAY"),
        ({"persons": -1}, "BASE_PERSONS"),
    ],
)
def test_a_base_wants_a_place_a_number_and_a_source(boss, mr_zhou, change, code):
    given = {"division": TOWN, "coverage_year": 2017, "persons": 9, "source": "年报", "source_day": date(2016, 1, 20)}

    with pytest.raises(Refusal) as refused:
        fill_base_population(**given | change, by=mr_zhou, at=NOW)

    assert refused.value.reasons[0].code == code


def test_where_a_town_stands_is_said_by_whole_numbers(boss, miss_yang, mr_zhou, second):
    enrolled(miss_yang, *[""] * 5)
    a_base(TOWN, 6, mr_zhou, second)

    whole = progress_of(TOWN, 2017, at=NOW, target=TARGET).whole

    assert (whole.rate, whole.is_met, whole.lacking) == ("83.33%", False, 1)
    assert [number for _, number in progress_of(TOWN, 2017, at=NOW, target=TARGET).trend()] == [5]


def test_the_page_says_rate_target_and_what_is_lacking_and_leads_to_the_names(boss, miss_yang, mr_zhou, second):
    enrolled(miss_yang, *[""] * 5)
    a_base(TOWN, 6, mr_zhou, second)

    shown = page(boss)

    assert all(
        each in shown for each in ("83.33%", "还差 1 人", "目标 96%", "登记核对", "trend-target", "kind=enrolled")
    )
    assert "style=" not in shown.split("<main", 1)[1]


def test_the_names_are_masked_and_only_of_the_own_divisions(boss, miss_yang, xinpu, mr_chen):
    household = enrolled(miss_yang, "", "")
    person = Person.objects.filter(memberships__household=household).first()

    own, elsewhere = (page(staff, "progress-names", division=TOWN) for staff in (boss, mr_chen))

    assert person.name in own
    assert person.id_no not in own
    assert person.name not in elsewhere


def test_who_is_not_enrolled_yet_can_be_called_on(boss, miss_yang):
    enrolled(miss_yang, "", "")
    gone = Person.objects.order_by("pk").first()
    Enrollment.objects.filter(person=gone).update(cancelled_at=NOW, cancelled_by=boss)

    shown = page(boss, "progress-names", division=TOWN, kind="missing")

    assert gone.name in shown
    assert shown.count('<th scope="row">') == 1


def test_a_place_without_a_target_shows_counts_and_no_rate(mr_chen, xinpu):
    client = Client()
    client.force_login(mr_chen)

    shown = client.get(reverse("progress")).content.decode()

    assert "已参保" in shown
    assert "参保率" not in shown


def test_the_page_asks_as_many_questions_for_many_as_for_few(boss, miss_yang, mr_zhou, second):
    enrolled(miss_yang, "")
    a_base(TOWN, 6, mr_zhou, second)
    client = Client()
    client.force_login(boss)
    client.get(reverse("progress"))  # the first page notes in the session that she was seen
    asked = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("progress"), {"period": year_2017().pk})
        asked.append(len(queries))
        for name in "甲乙丙"[: 3 * (1 - number)]:
            enrolled(miss_yang, "", "dibao", name=name)

    assert asked[0] == asked[1]
    assert asked[0] <= 14


@pytest.mark.parametrize(
    ("statement", "division", "index"),
    [(FIGURES, TOWN, "place_sum_once"), (PLAIN, VILLAGE, "enrollment_by_division")],
    ids=["镇由累计", "村逐人"],
)
def test_the_figures_of_a_division_are_found_by_an_index(boss, miss_yang, statement, division, index):
    enrolled(miss_yang, "")
    given = parameters(division, 2017, at=NOW, target=TARGET, digits=12)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", given)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert index in plan
    assert "Seq Scan on enrollment_enrollment" not in plan
    assert (statement == FIGURES) == ("enrollment_enrollment" not in plan)


def test_an_administrator_fills_in_and_another_confirms_on_the_page(boss, mr_zhou, second):
    typed = {"division": TOWN, "persons": "15000", "source": "县统计局2015年年报", "source_day": "2016-01-20"}
    first, other = Client(), Client()
    first.force_login(mr_zhou)
    other.force_login(second)

    nowhere = first.post(reverse("base-population-fill"), typed | {"period": year_2017().pk, "division": ""})
    first.post(reverse("base-population-fill"), typed | {"period": year_2017().pk})
    made = BasePopulation.objects.get()
    done = other.post(reverse("base-population-confirm", args=[made.pk]))

    made.refresh_from_db()
    assert "请选择镇（街道）或村（社区）" in nowhere.content.decode()
    assert done["Location"].endswith(f"?division={COUNTY}&period={year_2017().pk}")
    assert (made.persons, made.confirmed_by) == (15000, second)
    assert "15000" in page(boss, "base-population")


@pytest.mark.parametrize("name", ["base-population-fill", "visit-record"])
def test_a_form_without_a_place_stays_in_the_county_it_was_opened_for(xinpu, boss, mr_zhou, name):
    client = Client()
    client.force_login(mr_zhou)
    address = f"{reverse(name)}?division={COUNTY}&period={year_2017().pk}"

    answer = client.post(address, {"division": "", "period": year_2017().pk})

    assert answer.status_code == 422
    assert (answer.context["chosen"].county, answer.context["chosen"].year) == (COUNTY, 2017)


@pytest.mark.parametrize(("persons", "words"), [("-1", "人数不能为负数"), ("99999999999", "人数太大")])
def test_a_number_of_persons_that_cannot_be_is_told_in_words(boss, mr_zhou, persons, words):
    client = Client()
    client.force_login(mr_zhou)

    answer = client.post(reverse("base-population-fill"), {"division": TOWN, "persons": persons})

    assert words in answer.content.decode()


def test_a_village_is_told_by_the_group_that_the_address_names(boss, miss_yang):
    for number, address in enumerate(("龙泉村3组1号", "龙泉村13组2号", "龙泉村二组", "第五社区5号")):
        household = enrolled(miss_yang, "", name="赵钱孙李"[number])
        Household.objects.filter(pk=household.pk).update(address=address)
    Enrollment.objects.filter(household__address="第五社区5号").update(cancelled_at=NOW, cancelled_by=boss)
    village = Household.objects.first().division_code

    found = progress_of(village, 2017, at=NOW, target=TARGET)
    shown = page(boss, "progress-names", division=village, group="3组")

    assert [(each.label, each.count.enrolled, each.lacking) for each in found.groups] == [
        ("3组", 1, 0),
        ("二组", 1, 0),
        ("13组", 1, 0),
        ("未分组", 0, 1),
    ]
    assert ("赵一" in shown, "钱一" in shown) == (True, False)
    assert "李一" in page(boss, "progress-names", division=village, group="", kind="missing")


def test_the_wall_shows_tiles_with_figures_and_asks_for_itself_again(boss, miss_yang, mr_zhou, second):
    enrolled(miss_yang, *[""] * 5)
    for village, persons in ((VILLAGE, 5), (OTHER_VILLAGE, 40)):
        a_base(village, persons, mr_zhou, second)

    shown = page(boss, "progress-wall")

    told = ('hx-trigger="every 60s, ', "100.00%", "已达到", "tile-5", "tile-1", "还差 39")
    assert all(each in shown for each in told)
    assert "style=" not in shown


@pytest.mark.parametrize(
    ("enrolled_", "step"), [(96, 5), (95, 4), (91, 4), (90, 3), (81, 3), (80, 2), (66, 2), (65, 1), (0, 1)]
)
def test_a_tile_is_on_the_step_that_its_rate_reaches_by_whole_numbers(enrolled_, step):
    assert step_of(Standing(TOWN, "", Count(enrolled=enrolled_), 100, None, TARGET)) == step


def test_workbook_and_paper_of_the_progress_sum_up_to_what_the_page_says(boss, miss_yang, mr_zhou, second):
    enrolled(miss_yang, "", "dibao")
    a_base(TOWN, 6, mr_zhou, second)
    client = Client()
    client.force_login(boss)
    asked = {"period": year_2017().pk, "division": TOWN}

    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("progress-file"), asked).content))
    text = text_of(client.get(reverse("progress-paper"), asked).content)

    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == ["各处", "按日", "资金", "人员类别"]
    assert sheets["各处"][-1][1:5] == ["合计", 6, 2, "33.33%"]
    assert sheets["资金"][-1] == ["合计", 2, 300]
    assert sheets["按日"][-1][1:4] == [2, 0, 2]
    assert all(each in text for each in ("33.33%", "民政", "300.00"))
