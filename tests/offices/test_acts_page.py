"""操作日志的页面: who reads what, in words; filters; the number of queries stays."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Household
from households.services import update_household
from offices.acts import record
from offices.acts_log import DETAILS, VERBS, acts_within, described
from offices.models import Act, Office, Staff
from tests.builders import WHY, at, make_staff

PROJECT = Path(__file__).resolve().parents[2]
NOW = at("2007-10-25 09:00")


APPS = ("offices", "households", "enrollment", "payments", "rosters", "reports", "upkeep")


def records_in_the_code() -> Iterator[tuple[ast.FunctionDef, dict[str, ast.expr], str]]:
    """Every call of `record` in the applications: the function that it stands in, its keywords, the file."""
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            functions = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
            for function in functions:
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record":
                        yield function, {each.arg: each.value for each in call.keywords if each.arg}, path.name


def verbs_in_the_code() -> Iterator[tuple[str, str]]:
    """Both branches where the verb depends."""
    for _, given, where in records_in_the_code():
        for part in ast.walk(given["verb"]) if "verb" in given else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value, where


def keys_in_the_code() -> Iterator[tuple[str, str]]:
    """Of the details; where they are a variable, of whatever the function puts into it."""
    for function, given, where in records_in_the_code():
        detail = given.get("detail")
        parts = [detail] if detail else []
        if isinstance(detail, ast.Name):
            assigned = (node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AnnAssign))
            for node in assigned:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if detail.id in {getattr(each, "id", "") for each in targets} and node.value:
                    parts.append(node.value)
        for literal in (node for part in parts for node in ast.walk(part) if isinstance(node, ast.Dict)):
            for key in literal.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, where


def test_every_verb_has_words():
    found = dict(verbs_in_the_code())

    assert len(found) > 20
    assert not {verb: where for verb, where in found.items() if verb not in VERBS}


def test_every_detail_has_words():
    found = dict(keys_in_the_code())

    assert len(found) > 40
    assert not {key: where for key, where in found.items() if key not in DETAILS}


def reads(staff: Staff) -> set[str]:
    return set(acts_within(staff).values_list("verb", flat=True))


@pytest.fixture
def acts(aunt_liu: Staff, miss_yang: Staff, mr_zhou: Staff) -> None:
    """One act at each of two offices, and one of the administrator's."""
    record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)
    record(by=miss_yang, at=NOW, verb="logout", subject=miss_yang)
    record(by=mr_zhou, at=NOW, verb="load_ruleset", subject=mr_zhou)


@pytest.mark.usefixtures("acts")
def test_everyone_reads_the_acts_of_the_own_divisions(
    aunt_liu: Staff, mr_chen: Staff, mr_zhou: Staff, mrs_wu: Staff, xinpu: Office
):
    local_auditor = make_staff(None, "local", role="auditor", division_scope="3207")

    assert reads(mr_chen) == {"login"}
    assert reads(local_auditor) == {"login"}
    assert reads(mr_zhou) == reads(mrs_wu) == {"login", "logout", "load_ruleset"}
    assert reads(aunt_liu) == set()


def test_an_act_is_told_in_words(zhang_household: Household, aunt_liu: Staff, mr_zhou: Staff):
    update_household(household_id=zhang_household.pk, address="东村5组", by=aunt_liu, at=NOW)

    row = described(acts_within(mr_zhou, verb="update_household"), reader=mr_zhou)[0]

    assert (row.verb, row.kind, row.subject) == ("更改户资料", "户", zhang_household.number)
    assert row.detail == "项目 居住地址"
    assert row.href == reverse("household", args=[zhang_household.pk])


def test_numbers_in_an_act_are_told_by_name(aunt_liu: Staff, mr_zhou: Staff):
    record(by=mr_zhou, at=NOW, verb="allot_book", subject=aunt_liu, detail={"from": None, "to": aunt_liu.pk})

    assert described(acts_within(mr_zhou), reader=mr_zhou)[0].detail == "原为 （空），改为 刘阿姨"


def page(staff: Staff, **query: str):
    client = Client()
    client.force_login(staff)
    return client.get(reverse("acts"), query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"day": "20071025"}, {"login", "take_payment"}, id="日期"),
        pytest.param({"day": "2007-10-24"}, {"logout"}, id="另一日"),
        pytest.param({"who": "liu"}, {"login"}, id="登录名"),
        pytest.param({"who": "陈主任"}, {"logout", "take_payment"}, id="姓名"),
        pytest.param({"verb": "logout"}, {"logout"}, id="操作"),
        pytest.param({"verb": "logout", "who": "liu"}, set(), id="两者"),
    ],
)
def test_the_log_is_filtered(aunt_liu: Staff, mr_chen: Staff, query: dict[str, str], found: set[str]):
    record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)
    record(by=mr_chen, at=at("2007-10-24 17:00"), verb="logout", subject=mr_chen)
    record(by=mr_chen, at=at("2007-10-25 00:30"), verb="take_payment", subject=mr_chen)

    answer = page(mr_chen, **query)

    assert {row.act.verb for row in answer.context["rows"]} == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        pytest.param({"day": "9999-12-31"}, "日期：年份应在 1900 至 2199 之间", id="太晚"),
        pytest.param({"last": "9999-12-31"}, "至：年份应在 1900 至 2199 之间", id="止日太晚"),
        pytest.param({"day": "0001-01-01"}, "日期：年份应在 1900 至 2199 之间", id="太早"),
        pytest.param({"day": "民国96年10月25日"}, "日期：请按年月日录入，例如 2007-10-01", id="别的历法"),
    ],
)
def test_a_day_that_cannot_be_meant_is_told_beside_the_filter(mr_chen: Staff, query: dict[str, str], sentence: str):
    answer = page(mr_chen, **query)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_a_day_typed_in_full_width_is_read(aunt_liu: Staff, mr_chen: Staff):
    record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)
    record(by=mr_chen, at=at("2007-10-24 17:00"), verb="logout", subject=mr_chen)

    answer = page(mr_chen, day="２００７－１０－２５")

    assert [row.act.verb for row in answer.context["rows"]] == ["login"]


def test_a_filter_with_a_mistake_exports_nothing(aunt_liu: Staff, mrs_wu: Staff):
    record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)
    client, wrong = Client(), "day=2007-13-45"
    client.force_login(mrs_wu)

    shown = client.get(f"{reverse('acts')}?{wrong}")
    taken = client.post(f"{reverse('acts-file')}?{wrong}", WHY, follow=True)

    assert reverse("acts-file") not in shown.content.decode()
    assert taken.redirect_chain == [(f"{reverse('acts')}?{wrong}", 302)]
    assert "筛选条件有误，没有导出。" in taken.content.decode()
    assert not Act.objects.filter(verb="export_acts").exists()


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"day": "2007-13-45"}, id="日期"),
        pytest.param({"day": "2007-10-25", "last": "2007-10-24"}, id="止日早于起日"),
        pytest.param({"verb": "login", "copy_no": "12"}, id="份号"),
    ],
)
def test_below_a_filter_with_a_mistake_stands_no_line(aunt_liu: Staff, mrs_wu: Staff, query: dict[str, str]):
    record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)

    answer = page(mrs_wu, **query)

    assert answer.context["rows"] == []
    assert "筛选条件有误，没有列出记录。请改正" in answer.content.decode()


def test_the_number_of_an_error_page_finds_its_act(aunt_liu: Staff, mrs_wu: Staff):
    client = Client()
    client.force_login(aunt_liu)
    number = client.post(reverse("logout"))["Canbao-Request"]

    found = page(mrs_wu, request_id=number)
    wrong = page(mrs_wu, request_id="123")

    assert [row.act.verb for row in found.context["rows"]] == ["logout"]
    assert "请整串复制" in wrong.content.decode()


def test_a_long_log_has_pages_that_keep_the_filter(aunt_liu: Staff, mr_chen: Staff):
    Act.objects.bulk_create(
        Act(
            by=aunt_liu,
            at=NOW,
            verb="login",
            subject_type="offices.staff",
            subject_id=aunt_liu.pk,
            office=aunt_liu.office,
        )
        for _ in range(45)
    )

    first, second = page(mr_chen, verb="login"), page(mr_chen, verb="login", page="2")

    assert 'href="?verb=login&amp;page=2"' in first.content.decode()
    assert (len(first.context["rows"]), len(second.context["rows"])) == (40, 5)


def test_the_number_of_queries_does_not_grow(aunt_liu: Staff, mr_chen: Staff, django_assert_max_num_queries):
    for _ in range(30):
        record(by=aunt_liu, at=NOW, verb="login", subject=aunt_liu)
    client = Client()
    client.force_login(mr_chen)

    with django_assert_max_num_queries(12):
        client.get(reverse("acts"))


@pytest.mark.parametrize("page", ["acts", "receipts", "print-batch"])
def test_an_empty_day_shows_its_format_and_no_day_that_looks_set(mr_chen: Staff, page: str):
    client = Client()
    client.force_login(mr_chen)

    shown = client.get(reverse(page)).content.decode()

    assert 'placeholder="年-月-日"' in shown
    assert 'placeholder="20' not in shown
