"""试算: the same answer as the worked cases give, a link that carries everything, and what one changed fact changes."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from enrollment.cases import read_case
from enrollment.rules.source import read_ruleset
from enrollment.trial import LONGEST, case_of, differences, state_of, token_of
from households.models import Household
from offices.models import Staff
from tests.builders import at
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

LIANYUNGANG = read_ruleset((Path(__file__).parents[2] / "enrollment/rulesets/lianyungang.toml").read_text())
ASKED = {"ruleset": "lianyungang", "coverage_year": "2008", "as_of": "2007-10-25 09:00", "channel": "counter"}
ADULT = {"birth_date": "1960-01-01", "kind": "urban"}


def form(*members: dict[str, str], **more: str) -> dict[str, str]:
    rows = {f"m{place}-{name}": value for place, each in enumerate(members) for name, value in (ADULT | each).items()}
    return ASKED | rows | {"count": str(len(members)), "go": "1", "was": ""} | more


def decide(client: Client, *members: dict[str, str], **more: str) -> str:
    return client.post("/trial/", form(*members, **more), follow=True).content.decode()


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
    answer = reader.post("/trial/", form({"category": "残疾:肢体2"}, {"birth_date": "1988-03-04"}))
    reader.force_login(mrs_wu)

    page = reader.get(answer["Location"]).content.decode()

    assert "¥ 180.00" in page
    assert 'value="1988-03-04"' in page


def test_one_changed_fact_tells_what_it_changed(reader: Client):
    first = reader.post("/trial/", form({}))["Location"]
    was = parse_qs(urlsplit(first).query)["s"][0]

    page = decide(reader, {"category": "残疾:肢体2"}, was=was)

    assert "<del>120.00</del> → <strong>60.00</strong>" in page
    assert "<del>一般居民</del> → <strong>重度残疾</strong>" in page


def test_the_same_again_says_that_nothing_changed(reader: Client):
    first = reader.post("/trial/", form({}))["Location"]

    assert "结果与上一次相同" in decide(reader, {}, was=parse_qs(urlsplit(first).query)["s"][0])


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


@pytest.mark.parametrize("token", ["x", "%%%", "eJw", "A" * (LONGEST + 1), "eNqrVspNzU1KLVKyio4FAB6oBGs"])
def test_a_link_that_was_cut_off_says_so(reader: Client, token: str):
    assert "不完整或已损坏" in reader.get("/trial/", {"s": token}).content.decode()


def test_a_link_with_nonsense_in_it_is_no_error(reader: Client):
    for state in (
        {"members": [{}]},
        {"members": [{"covered_years": "x"}], "ruleset": "lianyungang", "coverage_year": 2008, "as_of": "2007-10-25"},
        {"members": [{"division": 5}], "ruleset": "nowhere", "coverage_year": 2008, "as_of": "2007-10-25"},
    ):
        assert reader.get("/trial/", {"s": token_of(state)}).status_code == 200


def test_a_registered_household_is_tried_without_its_names(
    reader: Client, zhang_household: Household, aunt_liu: Staff, settings
):
    settings.DEMO = True
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = at("2007-10-25 09:00"), timezone.now()
    aunt_liu.office.save()

    answer = reader.get(f"/trial/households/{zhang_household.pk}/")
    page = reader.get(answer["Location"]).content.decode()

    assert "¥ 420.00" in page
    assert "张" not in json.dumps(state_of(parse_qs(urlsplit(answer["Location"]).query)["s"][0]), ensure_ascii=False)


def test_a_household_of_another_office_cannot_be_tried(reader: Client, zhang_household: Household, miss_yang: Staff):
    reader.force_login(miss_yang)

    assert reader.get(f"/trial/households/{zhang_household.pk}/").status_code == 404


def test_the_case_file_is_one_that_assess_reads(reader: Client):
    token = parse_qs(urlsplit(reader.post("/trial/", form({"category": "残疾:肢体2"}))["Location"]).query)["s"][0]

    (case,) = json.loads(reader.get("/trial/case.json", {"s": token}).content)["cases"]

    assert read_case(case).assess(LIANYUNGANG).payable == 60


@given(
    st.lists(
        st.fixed_dictionaries(
            {"division": st.just("320705"), "kind": st.sampled_from(["urban", "rural"])},
            optional={"birth_date": st.dates().map(str), "stays_out": st.just(True), "covered_years": st.just("2007")},
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_state_survives_its_link_and_differs_in_nothing_from_itself(members: list[dict[str, object]]):
    state = {"ruleset": "lianyungang", "coverage_year": 2008, "as_of": "2007-10-25T09:00+08:00", "members": members}

    again = state_of(token_of(state))

    assert again == state
    decision = read_case(case_of(again)).assess(LIANYUNGANG)
    assert differences(decision, decision) == []
