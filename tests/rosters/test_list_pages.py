"""资助名单、应保尽保、未参保、模板的页面: one way through, one refusal, and nobody from elsewhere."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.decision import Refusal
from enrollment.services import load_ruleset
from households.models import Certification, Household, Person
from offices import jobs, scope
from offices.acts_log import described
from offices.models import Act, Job, Office, Staff
from rosters.following import note_follow_up
from rosters.lists import job as list_job
from rosters.lists.applying import apply_list
from rosters.lists.importing import choose_words, import_list
from rosters.lists.standing import Missing, mismatches, standing
from rosters.models import FollowUp, FunderList
from rosters.omitted import PEOPLE, People, counts_of
from rosters.outgoing import job as roster_job
from rosters.place import choose, village_told
from rosters.revealing import omitted_phones
from tests.builders import OTHER, SON, WHY, OtherCoverDraft, at, make_divisions, make_household, make_office, make_staff
from tests.payments.conftest import RULESETS, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import enrolled, listed, pay_for, songming_book
from tests.rosters.lists_made import NOVEMBER, OCTOBER, ONE, THREE, TWO, draft, home, rows, took_in
from tests.rosters.made import LI, csv_of
from tests.rosters.roster_builders import a_roster, a_village, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture(autouse=True)
def november(settings, songyang) -> None:
    settings.DEMO = True
    Office.objects.filter(pk=songyang.pk).update(demo_moment=NOVEMBER, demo_set_at=_now())
    songyang.refresh_from_db()


def _now():
    from django.utils import timezone

    return timezone.now()


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def upload(data: bytes, **more: str) -> dict:
    return {"source": "support:civil_affairs", "month": "2016-11", "file": SimpleUploadedFile("名单.csv", data)} | more


def test_a_line_that_names_somebody_again_is_shown_apart_and_not_counted_among_the_new(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    found = import_list(draft=draft(rows(("普一", ONE, "低保"), ("普一", ONE, "低保户"))), by=boss, at=OCTOBER)
    page = reverse("funder-list", args=[found.pk])

    whole = as_(boss).get(page).content.decode()
    again = as_(boss).get(page, {"state": "again"}).content.decode()

    assert "2 行，其中 1 行是同一人重复，只算一次" in whole
    assert "新增和变更的 1 人" in whole
    assert "前面已有同一人的同一类别，只算一次，不必处理" in again


def test_a_list_goes_from_the_file_through_the_preview_into_force(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    client = as_(boss)

    came = client.post(
        reverse("funder-lists"), upload(rows(("普一", ONE, "低保"), ("李大山", LI, "特困甲"))), follow=True
    )

    page = came.content.decode()
    assert "还没有入库，现在只是预览" in page
    assert "“特困甲”" in page
    found = FunderList.objects.get()
    client.post(reverse("funder-list-words", args=[found.pk]), {"word0": "wubao"})
    done = client.post(reverse("funder-list-apply", args=[found.pk]), {"seen": "0"}, follow=True)
    assert "名单已入库" in done.content.decode()
    assert Certification.objects.get().category == "dibao"


def test_a_month_in_full_width_is_the_month(boss):
    as_(boss).post(reverse("funder-lists"), upload(rows(("普一", ONE, "低保")), month="２０１６－１１"))

    assert FunderList.objects.get().month == date(2016, 11, 1)


def test_what_is_wrong_with_the_file_stands_beside_it(boss):
    answer = as_(boss).post(reverse("funder-lists"), upload(b"%PDF-1.4"))

    assert answer.status_code == 422
    assert "PDF" in answer.content.decode()


def test_lines_that_cannot_be_read_are_told_before_and_after_taking_in(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    lines = rows(("普一", ONE, "低保"), ("普二", TWO[:-1] + "?", "低保"), ("普三", "5.3E+17", "低保"))
    found = import_list(draft=draft(lines, month="2016-11-01"), by=boss, at=NOVEMBER)
    client, page = as_(boss), reverse("funder-list", args=[found.pk])

    before = client.get(page).content.decode()
    done = client.post(reverse("funder-list-apply", args=[found.pk]), {"seen": "0"}, follow=True)
    after = client.get(page).content.decode()

    assert '有 2 行<a href="?state=wrong">读不出</a>，入库时略过' in before
    said = [(each.level_tag, str(each)) for each in done.context["messages"]]
    assert said == [("warning", "名单已入库，读不出的 2 行除外。")]
    assert '这份名单有 2 行<a href="?state=wrong">读不出</a>，没有入库' in after


def test_a_list_that_was_read_whole_says_nothing_of_lines_left_out(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    found = import_list(draft=draft(rows(("普一", ONE, "低保")), month="2016-11-01"), by=boss, at=NOVEMBER)
    client = as_(boss)

    before = client.get(reverse("funder-list", args=[found.pk])).content.decode()
    done = client.post(reverse("funder-list-apply", args=[found.pk]), {"seen": "0"}, follow=True)

    assert "读不出" not in before + done.content.decode()
    assert [each.level_tag for each in done.context["messages"]] == ["success"]


def test_a_line_that_cannot_be_read_says_on_what_that_rests(boss):
    lines = (
        ("普一", "5.30127E+17", "低保"),
        ("普二", TWO[:-1] + "?", "低保"),
        ("李大山", LI, "低保"),
        ("李大山", LI, "低保"),
    )
    found = import_list(draft=draft(rows(*lines)), by=boss, at=OCTOBER)

    page = as_(boss).get(reverse("funder-list", args=[found.pk]), {"state": "wrong"}).content.decode()

    assert page.count("名册填写要求第2条") == 1
    assert page.count("GB 11643-1999《公民身份号码》") == 1
    assert page.count("名册填写要求第1条") == 1


def test_the_list_of_another_county_does_not_exist(boss, mr_chen):
    found = import_list(draft=draft(rows(("李大山", LI, "低保"))), by=boss, at=OCTOBER)

    assert as_(mr_chen).get(reverse("funder-list", args=[found.pk])).status_code == 404


def test_who_is_named_and_not_enrolled_is_listed_with_the_reason(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE), ("普二", TWO), phone="13812348888")
    took_in(boss, ("普一", ONE, "低保"), ("普二字", TWO, "低保"), ("李大山", LI, "低保"))
    pay_for(household, miss_yang, total=150, moment=at("2016-11-05 10:00"))
    chosen = choose({}, staff=boss)

    line = standing(chosen)[0]

    assert (line.listed, line.enrolled, line.missing) == (3, 1, 2)
    missing = Missing(chosen)[:]
    assert [(each.name, each.why) for each in missing] == [("普二字", "named"), ("李大山", "unknown")]
    assert "登记的姓名是普二" in missing[0].reason
    page = as_(boss).get(reverse("listed-coverage")).content.decode()
    assert "还差 <strong>2</strong> 人" in page
    book = openpyxl.load_workbook(BytesIO(as_(boss).post(reverse("listed-missing-file"), WHY).content))
    lines = list(book.active.values)
    assert [row[2] for row in lines[3:5]] == ["普二字", "李大山"]
    assert lines[1][0] == lines[-1][0]
    assert "事由 本机构办理业务" in lines[1][0]
    assert lines[1][0].endswith("共 2 行")


def test_a_town_is_not_told_as_a_village(boss):
    make_divisions(("530127001000", "嵩阳街道", 9), ("530127001001", "东村村委会", 12))
    took_in(boss, ("李大山", LI, "低保"))
    found = FunderList.objects.get()
    found.lines.update(division_code="530127001000")

    page = as_(boss).get(reverse("listed-coverage")).content.decode()
    book = openpyxl.load_workbook(BytesIO(as_(boss).post(reverse("listed-missing-file"), WHY).content))

    assert page.count("村（社区）未登记") == 2
    assert ">嵩阳街道<" not in page.split("<main")[1]
    assert list(book.active.values)[3][0] == "村（社区）未登记"


def test_where_there_are_several_towns_the_town_is_named():
    names = {"530127000000": "嵩明县", "530127001000": "嵩阳街道", "530127002000": "杨林镇", "530127001001": "东村"}

    told = [village_told(names, code) for code in ("530127001000", "530127001001", "")]

    assert told == ["嵩阳街道，村（社区）未登记", "东村", "村不明"]


def test_when_all_are_enrolled_it_says_so(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE))
    took_in(boss, ("普一", ONE, "低保"))
    pay_for(household, miss_yang, total=0, moment=at("2016-11-05 10:00"))

    assert "全部参保" in as_(boss).get(reverse("listed-coverage")).content.decode()


def test_whom_money_and_lists_see_otherwise_is_told(boss, miss_yang, songyang):
    songming_book(songyang)
    enrolled(miss_yang, "dibao", "", name="李")
    make_household(miss_yang, listed("普三", "dibao", id_no=THREE), moment="2016-09-20 09:00")
    household = home(miss_yang, ("普一", ONE))
    pay_for(household, miss_yang, total=150, moment=at("2016-11-05 10:00"))
    took_in(boss, ("普一", ONE, "低保"), moment=NOVEMBER)
    Certification.objects.create(person=Person.objects.get(name="普三"), category="wubao", funder_list="口头")
    chosen = choose({}, staff=boss)

    assert [each.name for each in mismatches(chosen, "beyond")] == ["李一"]
    assert [each.name for each in mismatches(chosen, "unlisted")] == ["普三"]
    assert [each.name for each in mismatches(chosen, "paid")] == ["普一"]
    assert "李一" in as_(boss).get(reverse("listed-mismatches")).content.decode()


def test_who_lives_with_somebody_listed_for_a_category_that_counts_for_all_is_no_mismatch(boss, miss_yang, songyang):
    songming = (RULESETS / "songming.toml").read_text()
    dibao = songming.index('code = "dibao"')
    text = songming[:dibao] + songming[dibao:].replace("priority = 1", 'priority = 1\nscope = "household"', 1)
    load_ruleset(text=text, by=None, at=at("2016-09-01 09:00"))
    songming_book(songyang)
    one = make_household(
        miss_yang, listed("普一", id_no=ONE), listed("普二", "", SON, id_no=TWO), moment="2016-09-20 09:00"
    )
    other = make_household(miss_yang, listed("李大山", id_no=LI), moment="2016-09-20 09:00")
    for household in (one, other):
        pay_for(household, miss_yang, total=0, moment=at("2016-11-05 10:00"))
    took_in(boss, ("普一", ONE, "低保"), moment=NOVEMBER)

    assert [each.name for each in mismatches(choose({}, staff=boss), "beyond")] == ["李大山"]


def test_behind_each_figure_of_the_lists_stand_those_it_counts(boss, miss_yang, songyang):
    home(miss_yang, ("普一", ONE))
    home(miss_yang, ("普二", TWO))
    lines = [
        ("普一", ONE, "低保"),
        ("普二", "5.30127E+17", ""),
        ("普三", "5.30127E+17", "干部"),
        ("李大山", LI, "五保"),
    ]
    october = import_list(draft=draft(rows(*lines)), by=boss, at=OCTOBER)
    choose_words(list_id=october.pk, chosen={"": "", "干部": ""}, by=boss, at=OCTOBER)
    apply_list(list_id=october.pk, seen=0, by=boss, at=OCTOBER)
    county = make_staff(None, "county", role="administrator", division_scope="530127")
    took_in(county, ("普二", TWO, "低保"), month="2016-11-01", moment=NOVEMBER, division="530127")
    client = as_(county)

    lines = [line for line, _, _ in client.get(reverse("listed-coverage")).context["lines"]]
    behind = [client.get(reverse("listed-coverage"), line.asked).context for line in lines]

    assert [(line.label, line.month.month, line.missing) for line in lines] == [
        ("读不出的行", 10, 1),
        ("城乡低保对象", 10, 1),
        ("城乡低保对象", 11, 1),
        ("农村五保供养对象", 10, 1),
    ]
    assert [[row.name for row in each["page"].rows] for each in behind] == [["普二"], ["普一"], ["普二"], ["李大山"]]
    assert [sum(left for *_, left in each["villages"]) for each in behind] == [1, 1, 1, 1]
    assert [sum(is_chosen for *_, is_chosen in each["lines"]) for each in behind] == [1, 1, 1, 1]
    assert client.get(reverse("listed-coverage"), {"month": "2016-13-01"}).context["missing"] == 4


def test_a_town_is_told_of_the_countys_list_how_many_of_its_own_are_on_it(boss, miss_yang):
    county = make_staff(None, "county", role="administrator", division_scope="530127")
    elsewhere = make_staff(
        make_office("530127002", name="杨林镇社会事务保障所", ruleset_code="songming"), "ma", role="supervisor"
    )
    home(miss_yang, ("普一", ONE))
    home(elsewhere, ("普二", TWO))
    found = took_in(county, ("普一", ONE, "低保"), ("普二", TWO, "低保"), division="530127")
    found.lines.filter(name="普二").update(division_code="530127002001")

    told = {staff.username: as_(staff).get(reverse("funder-list", args=[found.pk])).context for staff in (county, boss)}

    assert [(name, each["compared"].counts["new"], len(each["page"].rows)) for name, each in told.items()] == [
        ("county", 2, 2),
        ("fu", 1, 1),
    ]


def test_who_stands_on_a_list_twice_counts_once(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE))
    home(miss_yang, ("普二", TWO))
    pay_for(household, miss_yang, total=150, moment=at("2016-11-05 10:00"))
    words = ("低保", "低保", "城乡低保对象")
    took_in(boss, *(("普一", ONE, word) for word in words), *(("普二", TWO, word) for word in words))
    took_in(boss, ("普一", ONE, "重度残疾"), funder="disabled_persons_federation")
    chosen = choose({}, staff=boss)

    assert [(line.listed, line.enrolled) for line in standing(chosen)] == [(2, 1), (1, 1)]
    assert [each.name for each in Missing(chosen)[:]] == ["普二"]
    paid = [(each.name, each.label, each.source) for each in mismatches(chosen, "paid")]
    assert paid == [("普一", "城乡低保对象、城乡重度残疾人", "残联、民政")]


def test_who_is_on_a_list_with_the_household_or_by_a_certificate_is_told_as_well(boss, miss_yang):
    household = home(miss_yang, ("普一", ONE), ("普二", TWO), ("普三", THREE))
    Certification.objects.create(household=household, category="dibao", kind="低保证", funder_list="民政九月名单")
    took_in(boss, ("普一", ONE, "低保"))
    took_in(boss, ("李大山", LI, "重度残疾"), funder="disabled_persons_federation")
    by_certificate = {"disability_kind": "肢体", "disability_grade": 1, "funder_list": "残联九月名单"}
    Certification.objects.create(person=Person.objects.get(name="普三"), **by_certificate)

    found = mismatches(choose({}, staff=boss), "unlisted")

    assert sorted((each.name, each.label) for each in found) == [
        ("普三", "城乡低保对象"),
        ("普三", "城乡重度残疾人"),
        ("普二", "城乡低保对象"),
    ]


def test_a_department_gets_each_person_once_alone_or_with_the_household(miss_yang):
    household = home(miss_yang, ("普一", ONE), ("普二", TWO))
    more = {"category": "dibao", "funder_list": "民政九月名单"}
    Certification.objects.create(household=household, kind="低保证", **more)
    Certification.objects.create(person=Person.objects.get(name="普二"), **more)

    query = {"funder": "civil_affairs"}
    data = as_(miss_yang).post(reverse("roster-template-department", query=query), WHY).content

    lines = list(openpyxl.load_workbook(BytesIO(data)).active.values)
    assert [row[:4] for row in lines[3:]] == [(1, ONE, "普一", "城乡低保对象"), (2, TWO, "普二", "城乡低保对象")]
    assert any("共2人" in str(row[0]) for row in lines[:2])


def test_the_day_of_an_enrolment_is_that_of_the_office(boss, miss_yang, songyang):
    songming_book(songyang)
    household = home(miss_yang, ("普一", ONE))
    pay_for(household, miss_yang, total=150, moment=at("2016-11-05 07:30"))
    took_in(boss, ("普一", ONE, "低保"), moment=NOVEMBER)

    assert [each.day for each in mismatches(choose({}, staff=boss), "paid")] == [date(2016, 11, 5)]


def test_the_villages_lead_to_those_whom_their_figures_count(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    make_household(miss_yang, listed("普二", "", id_no=TWO), division_code="530127001002", moment="2016-09-20 09:00")

    page = as_(boss).get(reverse("omissions"), {"group": "组", "last_year": "1"}).content.decode()
    all_of_them = as_(boss).get(reverse("omissions"), {"group": ""}).content.decode()

    assert "这里没有人了" in page
    assert "division=530127001002&amp;group=&amp;last_year=&amp;state=open" in all_of_them


def test_who_is_neither_enrolled_nor_employed_is_left(boss, miss_yang, songyang):
    songming_book(songyang)
    enrolled(miss_yang, "", name="李")
    employed = (OtherCoverDraft("employee", division="530100"),)
    make_household(
        miss_yang,
        listed("普一", "", id_no=ONE, phone="13812348888"),
        listed("普二", "", OTHER, id_no=TWO, other_covers=employed),
        address="嵩阳街道东村3组12号",
        moment="2016-09-20 09:00",
    )
    home(miss_yang, ("普三", THREE))
    Household.objects.filter(memberships__person__name="普三").update(address="嵩阳街道东村13号3甲")
    chosen = choose({}, staff=boss)

    assert [each.name for each in People(chosen, "open")[:]] == ["普一", "普三"]
    assert [each.name for each in People(chosen, "open", group="3组")[:]] == ["普一"]
    assert [each.name for each in People(chosen, "open", group="组")[:]] == ["普一"]
    assert [each.name for each in People(chosen, "open", group="(")[:]] == []
    assert [each.name for each in People(chosen, "open", last_year=True)[:]] == []
    assert [(each.whole, each.insured_before) for each in counts_of(chosen)] == [(2, 0)]
    county = choose({}, staff=make_staff(None, "county", role="administrator", division_scope="530127"))
    assert [(each.whole, each.insured_before) for each in counts_of(county)] == [(2, None)]


def test_what_was_found_is_noted_and_moves_the_person_to_another_list(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    person = Person.objects.get()
    client = as_(miss_yang)
    address = reverse("omission-note", args=[person.pk])

    bare = client.post(address, {"found": "away"})
    said = client.post(address, {"found": "away", "phone": "13900001111", "note": "在昆明打工"})

    assert bare.status_code == 422
    assert "请填写外出地的电话" in bare.content.decode()
    assert said.status_code == 302
    chosen = choose({}, staff=miss_yang)
    assert People(chosen, "open")[:] == []
    found = People(chosen, "away")[0:5][0]
    assert (found.phone, found.note) == ("13900001111", "在昆明打工")
    page = client.get(reverse("omissions"), {"state": "away"}).content.decode()
    assert "139****1111" in page
    assert "13900001111" not in page


def test_findings_stay_and_the_last_one_counts(miss_yang):
    home(miss_yang, ("普一", ONE))
    person = Person.objects.get()

    for found in ("unreached", "app"):
        note_follow_up(person_id=person.pk, coverage_year=2017, found=found, by=miss_yang, at=NOVEMBER)

    assert FollowUp.objects.count() == 2
    assert [each.found for each in People(choose({}, staff=miss_yang), "coming")[:]] == ["app"]


def test_a_finding_stands_in_the_log_in_words(miss_yang):
    home(miss_yang, ("普一", ONE))

    note_follow_up(person_id=Person.objects.get().pk, coverage_year=2017, found="unreached", by=miss_yang, at=NOVEMBER)

    (row,) = described(Act.objects.filter(verb="note_follow_up"), reader=miss_yang)
    assert row.detail == "成员 普一，结果 联系不上"


def test_the_phone_left_away_in_an_earlier_year_is_shown_and_told_until_another_is_left(miss_yang):
    home(miss_yang, ("普一", ONE))
    person = Person.objects.get()
    note_follow_up(
        person_id=person.pk, coverage_year=2016, found="away", phone="13900001111", by=miss_yang, at=NOVEMBER
    )
    note_follow_up(person_id=person.pk, coverage_year=2017, found="unreached", by=miss_yang, at=NOVEMBER)

    (found,) = People(choose({}, staff=miss_yang), "unreached")[:]

    assert (found.found, found.phone) == ("unreached", "13900001111")
    assert [each.value for each in omitted_phones([person.pk], miss_yang)] == ["13900001111"]


def test_nobody_notes_anything_about_people_elsewhere(miss_yang, aunt_liu):
    home(miss_yang, ("普一", ONE))

    with pytest.raises(Refusal):
        note_follow_up(person_id=Person.objects.get().pk, coverage_year=2017, found="app", by=aunt_liu, at=NOVEMBER)
    assert as_(aunt_liu).get(reverse("omission-note", args=[Person.objects.get().pk])).status_code == 404


def test_the_workbook_of_those_left_has_telephones_and_no_numbers(miss_yang):
    home(miss_yang, ("普一", ONE), phone="13812348888")

    answer = as_(miss_yang).post(reverse("omissions-file"), WHY)

    book = openpyxl.load_workbook(BytesIO(answer.content))
    cells = [cell for row in book.active.values for cell in row]
    assert "13812348888" in cells
    assert ONE not in cells
    assert answer["Content-Disposition"] == 'attachment; filename="omissions-530127001-2017.xlsx"'


def test_by_names_each_person_is_looked_for_on_the_rosters_by_the_index(boss):
    """As a question to itself: as a join it goes through all rows of all rosters for each person."""
    asked = People(choose({}, staff=boss), "open").asked | {"first": 0, "count": None}

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {PEOPLE}", asked)
        (plan,) = cursor.fetchone()

    apart = [each for each in _nodes(plan[0]["Plan"]) if each.get("Parent Relationship") == "SubPlan"]
    assert any(each.get("Relation Name") == "rosters_rosterrow" for sub in apart for each in _nodes(sub))


def _nodes(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def test_who_is_left_of_a_household_on_a_roster_is_told_with_it(miss_yang):
    a_village()
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    home(miss_yang, ("普三", THREE))
    roster = a_roster(miss_yang, moment=NOVEMBER)
    handed_in(roster, miss_yang, [["1", "普一", ONE, "户主", "", 150], ["1", "普二", f"{TWO[:17]}-", "妻", "", 150]])

    page = as_(miss_yang).get(reverse("omissions")).content.decode()
    file = as_(miss_yang).post(reverse("omissions-file"), WHY).content
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))

    assert page.count("同户在名册") == 1
    assert reverse("roster", args=[roster.pk]) in page
    assert "普三" in page
    assert ["同户在名册" in str(row) for row in rows if "普二" in row or "普三" in row] == [True, False]


def test_who_stands_on_the_roster_of_a_school_elsewhere_is_not_left_out(boss, miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO))
    elsewhere = make_office("530127002", name="杨林镇社会事务保障所", ruleset_code="songming")
    clerk = make_staff(elsewhere, "ma")
    school = a_roster(clerk, channel="school", village_code="", place="杨林中学")
    handed_in(school, clerk, csv_of([["姓名", "身份证号", "缴费金额"], ["普一", ONE, 150]]))

    with scope.within(boss.division_scope):
        chosen = choose({}, staff=boss)
        found, counts = People(chosen, "open")[:], counts_of(chosen)

    assert [each.name for each in found] == ["普二"]
    assert [each.whole for each in counts] == [1]


def test_those_left_are_read_in_a_fixed_number_of_statements(miss_yang):
    home(miss_yang, ("普一", ONE), ("普二", TWO), ("普三", THREE))
    client = as_(miss_yang)
    assert 'id="running"' not in client.get(reverse("omissions")).content.decode()

    with CaptureQueriesContext(connection) as few:
        client.get(reverse("omissions"))
    for number in range(5):
        make_household(miss_yang, listed(f"李{'甲乙丙丁戊'[number]}", ""), moment="2016-09-20 09:00")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("omissions"))

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("template", "query", "bound"),
    [
        pytest.param("roster-template", {"village": "530127001001"}, "AT_ONCE", id="村"),
        pytest.param("roster-template-school", {"school": "嵩阳一小"}, "PUPILS_AT_ONCE", id="学校"),
    ],
)
def test_a_large_template_is_made_by_a_worker_and_is_the_same(miss_yang, monkeypatch, template, query, bound):
    pupil = {"student_kind": "小学", "school_name": "嵩阳一小"}
    make_household(
        miss_yang,
        listed("普一", id_no=ONE, **pupil),
        listed("普二", "", OTHER, id_no=TWO, **pupil),
        moment="2016-09-20 09:00",
    )
    client, url = as_(miss_yang), reverse(template, query=query)
    at_once = client.post(url, WHY)
    monkeypatch.setattr(roster_job, bound, 1)

    came = client.post(url, WHY)

    job = Job.objects.get()
    assert came.url == reverse("job", args=[job.pk])
    assert jobs.run_next()
    made = client.get(reverse("job-file", args=[job.pk]))
    assert _cells(made.content) == _cells(at_once.content)
    assert [act.detail["rows"] for act in Act.objects.filter(verb="hand_out_roster")] == [2, 2]
    job.refresh_from_db()
    roster_job.work(job, lambda *_: None)  # once more, by one that follows a worker which died
    assert Act.objects.filter(verb="hand_out_roster").count() == 2


def _cells(data: bytes) -> list:
    return list(openpyxl.load_workbook(BytesIO(data))["花名册"].iter_rows(values_only=True))


def test_templates_are_offered_by_village_school_and_department(miss_yang):
    make_household(
        miss_yang,
        listed("普一", "dibao", id_no=ONE, student_kind="小学", school_name="嵩阳一小"),
        address="东村3组",
        moment="2016-09-20 09:00",
    )
    client = as_(miss_yang)

    page = client.get(reverse("roster-templates"), {"village": "530127001001"}).content.decode()

    assert "嵩阳一小" in page
    assert ">3组</a>" in page
    village = client.post(reverse("roster-template", query={"village": "530127001001", "group": "3组"}), WHY)
    assert village["Content-Disposition"] == 'attachment; filename="roster-530127001001-2017.xlsx"'
    school = client.post(reverse("roster-template-school", query={"school": "嵩阳一小"}), WHY)
    assert openpyxl.load_workbook(BytesIO(school.content))["花名册"].cell(4, 2).value == "普一"
    department = client.post(reverse("roster-template-department", query={"funder": "civil_affairs"}), WHY)
    rows_ = list(openpyxl.load_workbook(BytesIO(department.content)).active.values)
    assert rows_[2][:4] == ("序号", "身份证号", "姓名", "医疗救助身份")
    assert rows_[3][1:4] == (ONE, "普一", "城乡低保对象")
    assert client.post(reverse("roster-template", query={"village": "320705001001"}), WHY).status_code == 302


def test_the_page_of_templates_says_whom_its_numbers_count(miss_yang):
    employed = (OtherCoverDraft("employee", division="530100"),)
    make_household(miss_yang, listed("普一", "", other_covers=employed), moment="2016-09-20 09:00")
    client = as_(miss_yang)

    page = client.get(reverse("roster-templates")).content.decode()

    assert '<td class="number">1</td><td class="number">1</td>' in page
    assert "在册未参保的，其中不能参保的（如已参加职工医保）列在模板的“未列入的人”一页" in page
    file = client.post(reverse("roster-template", query={"village": "530127001001"}), WHY)
    assert openpyxl.load_workbook(BytesIO(file.content))["未列入的人"]["B2"].value == "普一"


def test_what_a_department_gets_comes_back_as_its_list(boss, miss_yang):
    make_household(miss_yang, listed("普一", "dibao", id_no=ONE), moment="2016-09-20 09:00")
    data = as_(boss).post(reverse("roster-template-department", query={"funder": "civil_affairs"}), WHY).content

    found = import_list(draft=draft(data), by=boss, at=OCTOBER)

    line = found.lines.get()
    assert (line.category, line.division_code) == ("dibao", "530127001001")


def test_a_wrong_list_in_force_is_taken_back_on_its_page(boss, miss_yang):
    home(miss_yang, ("普一", ONE))
    found = took_in(boss, ("普一", ONE, "低保"))
    client = as_(boss)
    assert "这份名单错了" in client.get(reverse("funder-list", args=[found.pk])).content.decode()

    answer = client.post(reverse("funder-list-withdraw", args=[found.pk]), {"reason": "发错了文件"}, follow=True)

    assert "名单已撤回：1 人的认定终止" in answer.content.decode()
    assert "已撤回：发错了文件" in answer.content.decode()
    assert "1 人的认定终止" in client.get(reverse("funder-list", args=[found.pk])).content.decode()


def test_a_long_list_in_force_is_taken_back_by_a_worker_once(boss, miss_yang, monkeypatch):
    monkeypatch.setattr(list_job, "AT_ONCE_LINES", 0)
    home(miss_yang, ("普一", ONE))
    found = took_in(boss, ("普一", ONE, "低保"))
    client, page = as_(boss), reverse("funder-list", args=[found.pk])

    client.post(reverse("funder-list-withdraw", args=[found.pk]), {"reason": "发错了文件"})

    waits = client.get(page).content.decode()
    assert "名单撤回" in waits
    assert "这份名单错了" not in waits
    assert Certification.objects.get().ended_on is None
    job = Job.objects.get()
    assert jobs.run_next()
    assert Certification.objects.get().ended_on is not None
    assert "1 人的认定终止" in client.get(page).content.decode()
    job.refresh_from_db()
    assert job.failed == ""
    # As a worker finds it that follows one which died after its work was written.
    assert list_job.work_revoke(job, lambda *_: None) == {"list": found.pk}
    assert Act.objects.filter(verb="revoke_list").count() == 1


def test_a_long_list_goes_to_a_worker_and_the_page_says_how_far_it_is(boss, miss_yang, monkeypatch):
    monkeypatch.setattr(list_job, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(list_job, "AT_ONCE_LINES", 0)
    home(miss_yang, ("普一", ONE))
    client = as_(boss)

    came = client.post(reverse("funder-lists"), upload(rows(("普一", ONE, "低保"))))

    assert came.url == reverse("job", args=[Job.objects.get().pk])
    assert "正在后台导入" in client.get(reverse("funder-lists")).content.decode()
    assert jobs.run_next()
    found = FunderList.objects.get()
    assert "看名单" in client.get(came.url).content.decode()
    client.post(reverse("funder-list-apply", args=[found.pk]), {"seen": "0"})
    waits = client.get(reverse("funder-list", args=[found.pk])).content.decode()
    assert "名单入库" in waits
    assert "取消任务" in waits
    assert jobs.run_next()
    assert Certification.objects.get().category == "dibao"


@pytest.mark.parametrize("name", ["funder-lists", "listed-coverage", "listed-mismatches", "omissions"])
def test_who_sees_several_counties_chooses_one_and_keeps_it(mr_zhou, xinpu, name):
    client = as_(mr_zhou)

    page = client.get(reverse(name), {"division": "530127"}).content.decode()

    assert '<option value="530127" selected>' in page
    assert '<option value="320705">' in page
    assert f'href="{reverse("funder-lists")}?division=530127"' in page
    assert client.get(reverse(name)).context["chosen"].county == "320705"
