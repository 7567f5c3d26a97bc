"""开办: the token opens the first page once; divisions are read as offices have them; each step is seen in the data."""

from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices import founding
from offices.acts_log import described
from offices.founding import Place
from offices.models import Act, Division, Office, Staff
from tests.builders import at, make_household, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from upkeep.start.divisions import end_division
from upkeep.start.reading import places_of_file, places_of_text
from upkeep.start.steps import choose_ruleset, steps

NOW = at("2026-11-28 09:00")
TYPED = {"name": "周管理", "work_number": "001", "username": "zhou", "new": "Xinpu-8215", "again": "Xinpu-8215"}


@pytest.fixture
def token(db, settings, tmp_path) -> str:
    settings.SETUP_TOKEN = tmp_path / "setup-token"
    return founding.offer_token()


def workbook(*rows: tuple[object, ...]) -> bytes:
    kept = BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return kept.getvalue()


def office_of(client: Client) -> Client:
    client.force_login(Staff.objects.get(username="admin"))
    return client


def test_the_token_makes_one_administrator_and_is_gone(settings, token: str):
    client = Client()

    opened = client.get(reverse("setup"), {"token": token})
    made = client.post(reverse("setup"), TYPED)
    again = Client().get(reverse("setup"), {"token": token})

    assert (opened.url, made.url) == (reverse("setup"), reverse("setup"))
    assert client.get(reverse("setup")).status_code == 200
    assert again.url.startswith(reverse("login"))
    assert not settings.SETUP_TOKEN.exists()
    staff = Staff.objects.get()
    assert (staff.username, staff.role, staff.division_scope, staff.work_number) == ("zhou", "administrator", "", "001")
    assert list(Act.objects.order_by("pk").values_list("verb", flat=True)) == ["found_administrator", "login"]


@pytest.mark.parametrize("given", ["", "wrong", "令牌"])
def test_without_the_token_nobody_becomes_administrator(token: str, given: str):
    client = Client()

    asked = client.get(reverse("setup"), {"token": given})
    posted = client.post(reverse("setup"), TYPED)

    assert (asked.status_code, posted.status_code) == (403, 403)
    assert not Staff.objects.exists()


def test_two_who_hold_the_token_make_one_administrator(token: str):
    first, second = Client(), Client()
    for client in (first, second):
        client.get(reverse("setup"), {"token": token})

    first.post(reverse("setup"), TYPED)
    late = second.post(reverse("setup"), TYPED | {"username": "other", "work_number": "002"})

    assert late.url.startswith(reverse("login"))
    assert Staff.objects.count() == 1


def test_the_service_itself_refuses_a_second_first_administrator(token: str, mr_zhou: Staff):
    given = {"username": "x", "name": "某", "work_number": "9", "password": "Xinpu-8215"}

    with pytest.raises(Refusal, match="已经有管理员了"):
        founding.found_administrator(**given, by=None, at=NOW)


def test_only_our_own_user_reads_the_token(settings, token: str):
    assert settings.SETUP_TOKEN.stat().st_mode & 0o077 == 0
    assert founding.offer_token() == token


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("320705 新浦区\n320705001001 东村", id="空格"),
        pytest.param("320705\t新浦区\n320705001001\t东村", id="从表格粘贴"),
        pytest.param("区划代码,名称\n320705,新浦区\n\n320705001001，东村\n", id="有表头"),
        pytest.param("320705000000 新浦区\n320705001001 东村\n320705001001 东村", id="写足12位、有重复的行"),
        pytest.param("３２０７０５　新浦区\n\u200b３２０７０５００１００１　东村", id="全角和看不见的字符"),
    ],
)
def test_divisions_are_read_as_offices_have_them(text: str):
    assert places_of_text(text) == [Place("320705000000", "新浦区"), Place("320705001001", "东村")]
    assert [place.level for place in places_of_text(text)] == [6, 12]


def test_a_name_keeps_its_full_width_brackets():
    assert places_of_text("３２０７０５００１ 新浦（街道）") == [Place("320705001000", "新浦（街道）")]


def test_divisions_are_read_from_a_workbook_with_numbers_for_codes():
    data = workbook(("序号", "区划代码", "名称"), ("一", 320705001, "新浦街道"), ("二", 320705001001, "东村"))

    assert places_of_file(data) == [Place("320705001000", "新浦街道"), Place("320705001001", "东村")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "没有读到区划", id="空"),
        pytest.param("3207 连云港市\n32070500 新浦", "第2行的代码 32070500 有 8 位", id="位数不对"),
        pytest.param("320705001001", "第1行 320705001001 没有名称", id="没有名称"),
        pytest.param("320705 新浦区\n320705 海州区", "第2行的代码 320705 前面已经有了", id="同码不同名"),
        pytest.param("320705 新浦区\n东村", "第2行没有区划代码", id="缺代码"),
        pytest.param("32070S001 新浦街道\n320705 新浦区", "第1行的代码 32070S001 里有不是数字的字", id="第一行就有错"),
        pytest.param("代码 名称\n3.20705E+11 东村\n320705 新浦区", "第2行的代码 3.20705E\\+11", id="科学记数"),
        pytest.param("3207050010010 东村", "第1行的代码 3207050010010 有 13 位", id="多一位"),
        pytest.param("000000000000 全国", "第1行的代码 000000000000 以 0 开头", id="以零开头"),
    ],
)
def test_wrong_lines_are_told_by_their_number_and_nothing_is_kept(text: str, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        places_of_text(text)


def test_divisions_come_by_the_page_typed_or_as_a_file(client: Client, mr_zhou: Staff):
    office_of(client).post(reverse("setup-divisions"), {"text": "320705 新浦区", "starts_on": "2000-01-01"})
    file = SimpleUploadedFile("区划.xlsx", workbook((320705001, "新浦街道"), (320705001001, "东村")))
    client.post(reverse("setup-divisions"), {"file": file, "starts_on": "2000-01-01"})
    again = client.post(reverse("setup-divisions"), {"text": "320705 海州区", "starts_on": "2000-01-01"})

    assert list(Division.objects.values_list("name", flat=True)) == ["新浦区", "新浦街道", "东村"]
    assert "已登记为“新浦区”" in again.content.decode()


def test_a_mistyped_name_is_corrected_by_the_page_with_a_reason(client: Client, mr_zhou: Staff):
    places = [Place("320705001001", "冬村"), Place("320705001002", "河沿村")]
    founding.add_divisions(places=places, starts_on=NOW.date(), by=mr_zhou, at=NOW)
    wrong = Division.objects.get(name="冬村")
    address = reverse("division-name", args=[wrong.pk])
    office_of(client)

    listed = client.get(reverse("setup-divisions"), {"q": "冬"}).content.decode()
    same = client.post(address, {"name": "冬村", "reason": "写错"})
    unsaid = client.post(address, {"name": "东村", "reason": " "})
    made = client.post(address, {"name": "东村", "reason": "写错"}, follow=True)

    assert address in listed
    assert "河沿村" not in listed
    assert "名称还是“冬村”，没有更正" in same.content.decode()
    assert "请写明事由" in unsaid.content.decode()
    assert "320705001001 的名称已更正为“东村”" in made.content.decode()
    act = Act.objects.get(verb="correct_division")
    assert act.detail == {"code": "320705001001", "from": "冬村", "to": "东村", "reason": "写错"}
    assert described([act], reader=mr_zhou)[0].detail == "事由 写错，原为 冬村，改为 东村，代码 320705001001"


def test_a_division_on_which_nothing_hangs_is_ended_and_another_is_not(client: Client, aunt_liu, mr_zhou: Staff):
    make_household(aunt_liu)
    founding.add_divisions(places=[Place("320705001009", "多余")], starts_on=NOW.date(), by=mr_zhou, at=NOW)
    idle, used, town = (Division.objects.get(code=f"320705001{tail}") for tail in ("009", "001", "000"))
    office_of(client)

    ended = client.post(reverse("division-end", args=[idle.pk]), {"reason": "重复登记"}, follow=True)
    refused = [client.post(reverse("division-end", args=[each.pk]), {"reason": "不要"}) for each in (used, town)]
    again = client.post(reverse("division-end", args=[idle.pk]), {"reason": "重复登记"})

    assert "多余（320705001009）已停用" in ended.content.decode()
    assert "东村（320705001001）还有户，不能停用" in refused[0].content.decode()
    assert "新浦街道（320705001）还有下级区划、户、机构、工作人员，不能停用" in refused[1].content.decode()
    assert "不能再改" in again.content.decode()
    assert list(Division.objects.exclude(ends_on=None)) == [idle]
    assert Act.objects.get(verb="end_division").detail["reason"] == "重复登记"


def test_an_administrator_changes_no_division_elsewhere(client: Client, aunt_liu, mr_zhou: Staff):
    elsewhere = make_staff(None, "he", role="administrator", division_scope="53")
    village = Division.objects.get(code="320705001001")
    client.force_login(elsewhere)

    for page in ("division-name", "division-end"):
        assert client.get(reverse(page, args=[village.pk])).status_code == 404
    with pytest.raises(Refusal, match="不在您的管辖范围"):
        end_division(division_id=village.pk, reason="不要", by=elsewhere, at=NOW)


def test_an_empty_file_is_told_once_and_beside_itself(client: Client, mr_zhou: Staff):
    given = {"text": "", "file": SimpleUploadedFile("区划.csv", b""), "starts_on": "2000-01-01"}

    page = office_of(client).post(reverse("setup-divisions"), given).content.decode()

    assert "这个文件是空的" in page
    assert "没有读到区划" not in page


@pytest.mark.parametrize(
    ("starts_on", "sentence"),
    [
        pytest.param("2099-01-01", "启用日期 2099-01-01 太晚", id="多年以后"),
        pytest.param("9999-12-31", "年份应在 1900 至 2199 之间", id="日历的尽头"),
        pytest.param("", "请填写日期，例如 2007-10-01。", id="空"),
    ],
)
def test_a_division_begins_on_a_day_that_can_be_meant(client: Client, mr_zhou: Staff, starts_on: str, sentence: str):
    given = {"text": "320705 新浦区", "starts_on": starts_on}

    page = office_of(client).post(reverse("setup-divisions"), given).content.decode()

    assert sentence in page
    assert not Division.objects.exists()


def test_an_administrator_of_a_county_adds_nothing_elsewhere(mr_zhou: Staff):
    mr_zhou.division_scope = "320705"

    with pytest.raises(Refusal, match="不在您的管辖范围"):
        founding.add_divisions(places=[Place("530127001000", "嵩阳街道")], starts_on=NOW.date(), by=mr_zhou, at=NOW)
    with pytest.raises(Refusal, match="不在您的管辖范围"):
        founding.open_office(code="X", name="某所", division_code="530127", phone="", by=mr_zhou, at=NOW)


def test_a_rule_set_stays_once_somebody_is_registered(rulesets, mr_zhou: Staff, aunt_liu: Staff):  # noqa: F811
    make_household(aunt_liu)

    with pytest.raises(Refusal, match="不能再换规则集"):
        choose_ruleset(office_id=aunt_liu.office_id, code="songming", by=mr_zhou, at=NOW)
    with pytest.raises(Refusal, match="找不到这个规则集"):
        choose_ruleset(office_id=aunt_liu.office_id, code="nowhere", by=mr_zhou, at=NOW)

    assert Office.objects.get().ruleset_code == "lianyungang"


def test_the_steps_say_what_is_left(client: Client, mr_zhou: Staff, xinpu: Office):
    left = [step.name for step in steps(mr_zhou) if not step.done]

    assert left == ["票据号段", "工作人员"]
    assert "还差" in office_of(client).get(reverse("setup-told")).content.decode()


def test_somebody_else_does_not_found(client: Client, mr_chen: Staff):
    client.force_login(mr_chen)

    assert client.get(reverse("setup")).status_code == 403
    assert client.get(reverse("setup-office")).status_code == 403


def test_a_step_that_wants_another_first_leads_there(token: str):
    client = Client()
    client.get(reverse("setup"), {"token": token})
    client.post(reverse("setup"), TYPED)

    for page, first in (("office", "divisions"), ("rules", "office"), ("books", "office")):
        shown = client.get(reverse(f"setup-{page}")).content.decode()
        assert f'<a class="btn btn-primary" href="{reverse(f"setup-{first}")}">' in shown
        assert 'class="form-sheet"' not in shown


@pytest.mark.parametrize(
    "page", ["progress", "money", "omissions", "funder-lists", "listed-coverage", "listed-mismatches"]
)
def test_a_page_without_any_year_says_what_makes_one(token: str, page: str):
    client = Client()
    client.get(reverse("setup"), {"token": token})
    client.post(reverse("setup"), TYPED)

    shown = client.get(reverse(page)).content.decode()

    assert "现在还没有缴费年度" in shown
    assert f'<a href="{reverse("setup")}">登记机构，选定规则集</a>' in shown
