"""Reading a worked case: what is refused, in which words."""

import copy

import pytest

from enrollment.cases import CaseError, read_case, result
from tests.enrollment.rule_facts import ruleset

CASE = {
    "id": "T-1",
    "ruleset": "songming",
    "coverage_year": 2017,
    "channel": "village",
    "as_of": "2016-11-10T10:00:00+08:00",
    "household": {"members": [{"ref": "A", "hukou": {"division": "530127", "kind": "rural"}}]},
}


def changed(path: str, value: object) -> dict:
    case = copy.deepcopy(CASE)
    *parents, last = path.split(".")
    place = case
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return case


def test_what_is_absent_holds_by_default():
    case = read_case(CASE)

    answer = result(case, case.assess(ruleset("songming")))

    assert (answer["eligible"], answer["fee_yuan"], answer["reason"]) == (True, 150, None)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("household", None, "缺少 household"),
        ("household.members", [], "至少一名"),
        ("household.members.0.hukou", None, "缺少 hukou"),
        ("household.members.0.photos", "two", "photos"),
        ("household.members.0.birth_date", "1960-13-01", "birth_date"),
        ("household.members.0.covered_years", ["2008"], "covered_years"),
        ("household.members.0.certifications", [{"disability": {"kind": "肢体", "grade": 9}}], "残疾等级"),
        ("household.members", [CASE["household"]["members"][0]] * 2, "各不相同"),
        ("as_of", "yesterday", "as_of"),
        ("as_of", None, "缺少 as_of"),
        ("coverage_year", "2017", "coverage_year"),
        ("channel", "pigeon", "channel"),
        ("coverage_year", -1, "coverage_year"),
        ("as_of", "0001-01-01T00:00:00+08:00", "as_of 的年份"),
        ("as_of", "9999-12-31T23:59:59-08:00", "as_of 的年份"),
        ("household.members.0.hukou.kind", "urbane", "成员A的 kind 应是 urban"),
        ("household.members.0.applying", "false", "成员A的 applying 应是 true 或 false"),
        ("household.members.0.certifications", [{"category": "低保", "on_funder_list": "no"}], "on_funder_list 应是"),
        ("household.members.0.insured_elsewhere", {"kind": "employe"}, "kind 应是 employee、nrcms"),
        pytest.param("ruleset", "song\0ming", "ruleset 应是规则集代码", id="a code with a NUL"),
        pytest.param("ruleset", "\ud800", "ruleset 应是规则集代码", id="a code with half a character"),
        ("ruleset", ["songming"], "ruleset 应是规则集代码"),
        ("household.members.0.covered_years", [-1000000], "covered_years 应是年份整数"),
        ("household.members.0.employee_years", [20016], "employee_years 应是年份整数"),
        ("household.members.0.ref", ["A"], "ref 应是"),
        ("household.members.0.ref", "", "ref 应是"),
        ("household.members.0.hukou.division", "嵩明县", "6 到 12 位行政区划代码"),
        ("household.members.0.hukou.division", "53012", "6 到 12 位行政区划代码"),
        ("household.members.0.hukou.division", "530127abc", "6 到 12 位行政区划代码"),
        ("household.members.0.certifications", [{"category": ["低保"]}], "category 应是文字"),
        ("household.members.0.certifications", [{"disability": {"kind": ["肢体"], "grade": 1}}], "kind 应是文字"),
        ("household.members.0.exemption", True, "exemption 应是文字"),
        ("household.members.0.student", {"kind": 5}, "kind 应是文字"),
    ],
)
def test_a_case_that_cannot_be_read_says_which_key_and_what_was_expected(path, value, says):
    with pytest.raises(CaseError, match=says):
        read_case(changed(path, value))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param({"ruleset": "songming"}, None, id="参保自愿"),
        pytest.param(
            {"ruleset": "lianyungang", "coverage_year": 2008, "as_of": "2007-10-25T10:00:00+08:00"},
            ["B"],
            id="同时参保",
        ),
    ],
)
def test_members_are_missing_only_where_a_household_must_enrol_together(place, said):
    division = {"songming": "530127", "lianyungang": "320705"}[place["ruleset"]]
    members = [
        {"ref": "A", "hukou": {"division": division, "kind": "urban"}},
        {"ref": "B", "hukou": {"division": division, "kind": "urban"}, "applying": False},
    ]
    case = read_case(CASE | place | {"household": {"members": members}})

    answer = result(case, case.assess(ruleset(case.ruleset)))

    assert answer.get("missing_members") == said


def test_missing_papers_name_the_member_only_where_it_is_another_one():
    members = [
        {"ref": "A", "hukou": {"division": "320705", "kind": "urban"}, "photos": 1},
        {"ref": "B", "hukou": {"division": "320705", "kind": "urban"}, "photos": 0},
    ]
    case = read_case(
        CASE
        | {"ruleset": "lianyungang", "coverage_year": 2008, "as_of": "2007-10-25T10:00:00+08:00"}
        | {"household": {"members": members, "certifications": [{"category": "低保户", "copy_kept": False}]}}
    )

    answer = result(case, case.assess(ruleset("lianyungang")))

    photo = "一寸近期免冠彩照"
    assert answer["missing_documents"] == [
        f"{photo}(第2张)",
        f"{photo}(第1张):B",
        f"{photo}(第2张):B",
        "低保证复印件",
    ]
