"""试算: the same answer as the worked cases give, a link that says nothing, and what one changed fact changes."""

import html
import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from enrollment.cases import read_case
from enrollment.models import SavedTrial
from enrollment.rules.source import read_ruleset
from enrollment.trial import LARGEST, text_of
from households.models import Household
from offices.models import Staff
from tests.acting import as_owner
from tests.builders import at
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

LIANYUNGANG = read_ruleset((Path(__file__).parents[2] / "enrollment/rulesets/lianyungang.toml").read_text())
ASKED = {"ruleset": "lianyungang", "coverage_year": "2008", "as_of": "2007-10-25 09:00", "channel": "counter"}
ADULT = {"birth_date": "1960-01-01", "kind": "urban"}


def form(*members: dict[str, str], **more: str) -> dict[str, str]:
    rows = {f"m{place}-{name}": value for place, each in enumerate(members) for name, value in (ADULT | each).items()}
    return ASKED | rows | {"count": str(len(members)), "go": "1", "was": ""} | more


def decide(client: Client, *members: dict[str, str], **more: str) -> str:
    return client.post("/trial/", form(*members, **more)).content.decode()


def kept(page: str) -> str:
    """The description that a page carries on."""
    return html.unescape(re.search(r'name="was" value="([^"]*)"', page)[1])


def shared(client: Client, *members: dict[str, str], **more: str) -> str:
    """The address under which a description was saved."""
    return client.post("/trial/save/", {"state": kept(decide(client, *members, **more))})["Location"]


@pytest.fixture
def reader(client: Client, rulesets: None, aunt_liu: Staff) -> Client:  # noqa: F811
    client.force_login(aunt_liu)
    return client


@pytest.mark.parametrize(
    ("member", "told"),
    [
        pytest.param({}, "¥ 120.00", id="一般居民"),
        pytest.param({"category": "残疾:肢体2"}, "¥ 60.00", id="肢体二级"),
        pytest.param({"category": "残疾:听力1"}, "¥ 120.00", id="听力不在重度残疾之列"),
        pytest.param({"category": "残疾:肢体2", "no_copy": "on"}, "残疾人证复印件", id="缺复印件"),
        pytest.param({"other_cover": "employee"}, "已参加职工医保", id="职工医保"),
        pytest.param({"kind": "rural"}, "户口性质不在", id="农业户口"),
        pytest.param({"covered_years": "2008"}, "已参加2008年度居民医保", id="已参保"),
    ],
)
def test_a_described_household_is_decided_with_its_reasons(reader: Client, member: dict[str, str], told: str):
    assert told in decide(reader, member)


def test_each_reason_has_its_clause(reader: Client):
    page = decide(reader, {"category": "残疾:肢体2"})

    assert 'href="/clauses/lianyungang/L-8-2/"' in page


def test_the_link_shows_the_same_to_somebody_else(reader: Client, mrs_wu: Staff):
    address = shared(reader, {"category": "残疾:肢体2"}, {"birth_date": "1988-03-04"})
    reader.force_login(mrs_wu)

    page = reader.get(address).content.decode()

    assert "¥ 180.00" in page
    assert 'value="1988-03-04"' in page
    assert "刘阿姨" in page


def test_a_link_tells_nothing_about_those_who_are_described(reader: Client):
    address = shared(reader, {"category": "残疾:肢体2"})

    assert re.fullmatch(r"/trial/[\w-]{12}/", address)
    assert address != shared(reader, {"category": "残疾:肢体2"})


def test_what_is_decided_is_not_kept_unless_asked(reader: Client):
    decide(reader, {})

    assert not SavedTrial.objects.exists()


def test_a_saved_trial_never_changes(reader: Client):
    shared(reader, {})

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic(), as_owner():
        SavedTrial.objects.update(token="x")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic(), as_owner():
        SavedTrial.objects.all().delete()


def test_names_and_numbers_that_come_along_are_not_saved(reader: Client):
    asked = CASE | {
        "name": "张三",
        "household": {"members": [WHO | {"name": "张三", "id_no": "320705"}], "head": "张三"},
    }

    reader.post("/trial/save/", {"state": json.dumps(asked)})

    (row,) = SavedTrial.objects.all()
    assert "张三" not in json.dumps(row.described, ensure_ascii=False)
    assert "id_no" not in json.dumps(row.described)


def test_an_address_with_a_description_in_it_says_nothing_any_more(reader: Client):
    page = reader.get("/trial/", {"s": kept(decide(reader, {}))}).content.decode()

    assert "¥" not in page


def test_a_link_that_nobody_saved_does_not_exist(reader: Client):
    assert reader.get("/trial/aaaaaaaaaaaa/").status_code == 404


def test_one_changed_fact_tells_what_it_changed(reader: Client):
    was = kept(decide(reader, {}))

    page = decide(reader, {"category": "残疾:肢体2"}, was=was)

    assert "<del>120.00</del> → <strong>60.00</strong>" in page
    assert "<del>一般居民</del> → <strong>重度残疾</strong>" in page


def test_the_same_again_says_that_nothing_changed(reader: Client):
    assert "结果与上一次相同" in decide(reader, {}, was=kept(decide(reader, {})))


def test_a_row_more_does_not_forget_what_was_decided_before(reader: Client):
    was = kept(decide(reader, {}))

    added = reader.post("/trial/", form({}, was=was) | {"add": "1"}).content.decode()

    assert kept(added) == was


def test_rows_are_added_and_taken_away_without_losing_what_was_typed(reader: Client):
    added = reader.post("/trial/", form({"covered_years": "2007"}) | {"add": "1"}).content.decode()
    dropped = reader.post("/trial/", form({}, {"birth_date": "1988-03-04"}) | {"drop": "0"}).content.decode()

    assert "成员B" in added
    assert 'value="2007"' in added
    assert "成员B" not in dropped
    assert 'value="1988-03-04"' in dropped


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"m0-birth_date": "去年"}, "请按年月日录入"),
        ({"m0-covered_years": "零八年"}, "请填写四位年份"),
        ({"coverage_year": "明年"}, "请填写四位年份"),
        ({"as_of": "明天"}, "请按年月日、时分录入"),
        ({"m0-division": "新浦区"}, "6 到 12 位"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field_and_kept(reader: Client, typed: dict[str, str], told: str):
    answer = reader.post("/trial/", form({}) | typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert next(iter(typed.values())) in answer.content.decode()


TOO_LARGE = json.dumps({"household": {"members": []}, "x": "x" * LARGEST})
BROKEN = ["", "x", "[]", '{"household"', '{"household": {"members": [5]}}', TOO_LARGE, "[" * 9000]
UNSHOWABLE = ['{"household": {"members": []}, "x": "\\u0000"}', '{"household": {"members": []}, "x": "\\ud800"}']


@pytest.mark.parametrize("state", [*BROKEN, *UNSHOWABLE])
@pytest.mark.parametrize("address", ["/trial/save/", "/trial/case.json"])
def test_a_description_that_was_cut_off_says_so(reader: Client, address: str, state: str):
    assert "描述不完整" in reader.post(address, {"state": state}, follow=True).content.decode()


def test_a_description_that_was_cut_off_is_not_compared_with(reader: Client):
    page = decide(reader, {}, was='{"household"')

    assert "¥ 120.00" in page
    assert "trial-changed" not in page


def test_nonsense_is_not_saved_and_no_error(reader: Client):
    asked = {"ruleset": "lianyungang", "coverage_year": 2008, "as_of": "2007-10-25"}
    for state in (
        {"household": {"members": [{}]}},
        {"household": {"members": [{"covered_years": "x"}]}, **asked},
        {"household": {"members": [{"hukou": 5}]}, **asked | {"ruleset": "nowhere"}},
        {"household": {"members": [{"hukou": {"division": 5, "kind": "urban"}, "certifications": [5]}]}, **asked},
    ):
        page = reader.post("/trial/save/", {"state": text_of(state)}, follow=True).content.decode()
        assert "这样的描述无法核定" in page
    assert not SavedTrial.objects.exists()


def test_a_registered_household_is_tried_without_its_names(
    reader: Client, zhang_household: Household, aunt_liu: Staff, settings
):
    settings.DEMO = True
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = at("2007-10-25 09:00"), timezone.now()
    aunt_liu.office.save()

    page = reader.get(f"/trial/households/{zhang_household.pk}/").content.decode()

    assert "¥ 420.00" in page
    assert "张" not in kept(page)


def test_a_household_of_another_office_cannot_be_tried(reader: Client, zhang_household: Household, miss_yang: Staff):
    reader.force_login(miss_yang)

    assert reader.get(f"/trial/households/{zhang_household.pk}/").status_code == 404


def test_the_case_file_is_one_that_assess_reads(reader: Client):
    state = kept(decide(reader, {"category": "残疾:肢体2"}))

    (case,) = json.loads(reader.post("/trial/case.json", {"state": state}).content)["cases"]

    assert read_case(case).assess(LIANYUNGANG).payable == 60


def test_a_case_file_is_opened_as_a_trial_without_the_names_in_it(reader: Client):
    case = {
        "id": "T-7",
        "ruleset": "lianyungang",
        "coverage_year": 2008,
        "as_of": "2007-10-25T09:00:00+08:00",
        "household": {
            "members": [
                {
                    "ref": "张三",
                    "name": "张三",
                    "hukou": {"division": "320705", "kind": "urban"},
                    "certifications": [{"disability": {"kind": "肢体", "grade": 2}}],
                }
            ]
        },
    }

    answer = reader.post("/trial/open/", {"file": file_of({"cases": [CASE | {"id": "T-6"}, case]}), "case_id": "T-7"})
    page = answer.content.decode()

    assert "¥ 60.00" in page
    assert "打开的是“T-7”" in page
    assert "张三" not in page


WHO = {"ref": "A", "hukou": {"division": "320705", "kind": "urban"}}
CASE = {
    "ruleset": "lianyungang",
    "coverage_year": 2008,
    "as_of": "2007-10-25",
    "household": {"members": [{"ref": "A"}]},
}


def file_of(data: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("cases.json", json.dumps(data).encode())


@pytest.mark.parametrize(
    ("file", "name", "told"),
    [
        (None, "", "请选择案例文件"),
        (SimpleUploadedFile("a.json", b""), "", "是空的"),
        (SimpleUploadedFile("a.json", b"\xff\xfe"), "", "不是 UTF-8 的 JSON 文件"),
        (file_of([]), "", "文件里没有案例"),
        (file_of({"cases": [CASE]}), "T-1", "没有编号为“T-1”的案例"),
        (file_of({"cases": [CASE]}), "", "缺少 hukou"),
        (file_of({"cases": [CASE | {"ruleset": "nowhere"}]}), "", "缺少 hukou"),
        (file_of({"cases": [5]}), "", "案例 应是一个对象"),
        (SimpleUploadedFile("a.json", b" " * 1024 * 1024 + b"{}"), "", "超过 1 MB"),
    ],
    ids=["没有", "空", "不是JSON", "没有案例", "编号不对", "缺键", "规则集不对", "不是对象", "太大"],
)
def test_a_file_that_cannot_be_opened_is_explained(reader: Client, file: object, name: str, told: str):
    answer = reader.post("/trial/open/", {"case_id": name} | ({"file": file} if file else {}), follow=True)

    assert told in answer.content.decode()


def test_another_rule_set_brings_its_own_choices_year_and_moment(reader: Client):
    typed = form({"birth_date": "1988-03-04", "category": "残疾:肢体2"}, ruleset="songming") | {"turn": "1"}

    page = reader.post("/trial/", typed).content.decode()

    assert "城乡低保对象" in page
    assert 'value="2017"' in page
    assert 'value="1988-03-04"' in page
    assert '<option value="残疾:肢体2" selected>' in page


def test_a_category_that_the_other_rule_set_does_not_know_is_kept_and_named(reader: Client):
    typed = form({"category": "severe"}, ruleset="national-2025", coverage_year="2025", as_of="2024-10-10")

    page = reader.post("/trial/", typed).content.decode()

    assert "severe（这份规则集没有）" in page
    assert "¥ 400.00" in page


def test_who_lives_nowhere_in_particular_lives_in_the_area_also_the_second_time(reader: Client):
    typed = form({}, ruleset="national-2025", coverage_year="2025", as_of="2024-10-10")
    again = reader.post("/trial/", typed).content.decode()

    assert "¥ 400.00" in again
    assert 'name="m0-division" value' not in again


def test_a_verification_in_time_is_another_moment_than_the_payment(reader: Client):
    asked = {"ruleset": "songming", "coverage_year": "2017", "as_of": "2017-02-23 16:59"}

    late = decide(reader, {"kind": "rural"}, **asked)
    in_time = decide(reader, {"kind": "rural"}, **asked, verified_at="2017-02-22 17:00")
    a_minute_late = decide(reader, {"kind": "rural"}, **asked, verified_at="2017-02-22 17:01")

    assert "参保核定已于 2017-02-22 17:00 截止" in late
    assert "¥ 150.00" in in_time
    assert "参保核定已于 2017-02-22 17:00 截止" in a_minute_late


def test_what_was_not_shown_is_asked_for(reader: Client):
    page = decide(reader, {"unseen": "id_card"})

    assert "居民身份证原件" in page
