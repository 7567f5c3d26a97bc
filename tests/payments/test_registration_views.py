"""新户登记 on the server: the draft, what is said about it, what is registered, and by whom."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.models import Certification, Household, OtherCover, Person, RegistrationDraft
from offices.models import Office, Staff
from tests.builders import HEAD, at, id_number, make_household, member

JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.usefixtures("rulesets", "book", "in_october_2007")


@pytest.fixture
def in_october_2007(settings: Any, xinpu: Office) -> None:
    settings.DEMO = True
    xinpu.demo_moment, xinpu.demo_set_at = at("2007-10-25 09:00"), timezone.now()
    xinpu.save()


@pytest.fixture
def counter(client: Client, aunt_liu: Staff) -> Client:
    client.force_login(aunt_liu)
    return client


def form(*rows: dict[str, str], **more: str) -> dict[str, str]:
    """What the browser sends for these rows."""
    data = {"division_code": "320705001001", "rows-TOTAL_FORMS": str(len(rows)), "rows-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"rows-{place}-{name}": typed for name, typed in row.items()}
    return data | more


def four() -> list[dict[str, str]]:
    """A head, his wife, a daughter with 肢体二级, a son in employee insurance."""
    return [
        {"id_no": id_number("1960-01-01"), "name": "陈建国", "relation": "户主"},
        {"id_no": id_number("1962-02-03", sex="F"), "name": "李秀英", "relation": "2"},
        {"id_no": id_number("1988-03-04", sex="F"), "name": "陈小红", "relation": "女", "category": "肢2"},
        {"id_no": id_number("1985-04-05"), "name": "陈明", "relation": "3", "cover": "1"},
    ]


def checked(client: Client, data: dict[str, str]) -> dict[str, Any]:
    answer = client.post(reverse("registration-check"), data, headers=JSON)
    assert answer.status_code == 200
    return answer.json()


def test_a_draft_is_kept_and_answered_with_words_fees_and_the_total(counter: Client, aunt_liu: Staff):
    said = checked(counter, form(*four()))

    assert said["total"] == "300.00"
    assert said["saved"] == "09:00"
    assert [said["rows"][place]["fee"] for place in "0123"] == ["120.00", "120.00", "60.00", ""]
    assert said["rows"]["0"]["cells"] == {"relation": "户主", "sex": "男", "birth_date": "1960-01-01"}
    assert said["rows"]["2"]["cells"]["category"] == "肢体二级"
    assert said["rows"]["3"]["word"] == "不参保"
    assert RegistrationDraft.objects.get().staff == aunt_liu


def test_the_form_registers_the_household_with_what_was_said_of_each(counter: Client, aunt_liu: Staff):
    answer = counter.post(
        reverse("registration"), form(*four(), phone="138 1234 8888", address="东村3组"), headers=JSON
    )

    household = Household.objects.get()
    assert answer.json()["household"] == reverse("household", args=[household.pk])
    assert (household.registered_by, household.phone, household.number) == (aunt_liu, "13812348888", "0001-0001")
    assert list(household.memberships.order_by("pk").values_list("relation", flat=True)) == ["02", "10", "30", "20"]
    severe = Certification.objects.get()
    assert (severe.disability_kind, severe.disability_grade, severe.person.name) == ("肢体", 2, "陈小红")
    assert severe.original_seen_at is None
    assert OtherCover.objects.get().person.name == "陈明"
    assert not RegistrationDraft.objects.exists()


def test_without_script_the_form_leads_to_the_counter_or_says_what_is_wrong(counter: Client):
    wrong = counter.post(reverse("registration"), form({"id_no": id_number(), "name": "", "relation": "1"}))
    right = counter.post(reverse("registration"), form({"id_no": id_number(), "name": "王大", "relation": "1"}))

    assert wrong.status_code == 422
    assert "第1行：未录入姓名" in wrong.content.decode()
    assert right.url == reverse("household", args=[Household.objects.get().pk])


@pytest.mark.parametrize(
    ("cell", "typed", "sentence"),
    [
        pytest.param("id_no", "320705196001010010", "校验位不符", id="校验位"),
        pytest.param("id_no", "320705600101001", "第一代身份证的15位号码", id="15位"),
        pytest.param("name", "王大2", "", id="姓名带数字"),
        pytest.param("relation", "邻居家的", "没有“邻居家的”这一项", id="关系"),
        pytest.param("hukou", "城镇 12", "户口请录性质", id="户口"),
        pytest.param("category", "贵宾", "没有“贵宾”这一项", id="类别"),
        pytest.param("cover", "9", "没有“9”这一项", id="其他医保"),
    ],
)
def test_a_wrong_cell_says_so_beside_itself(counter: Client, cell: str, typed: str, sentence: str):
    row = {"id_no": id_number(), "name": "王大", "relation": "1"} | {cell: typed}

    said = checked(counter, form(row))
    answer = counter.post(reverse("registration"), form(row), headers=JSON)

    assert sentence in said["rows"]["0"]["errors"][cell]
    assert answer.status_code == 422
    assert not Household.objects.exists()
    assert RegistrationDraft.objects.get().payload[f"rows-0-{cell}"] == typed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("＋８６ （138） 1234 - 8888", "", id="二十多个字符"),
        pytest.param(" ", "", id="空格"),
        pytest.param("8541 2345", "固定电话缺少区号", id="没有区号"),
        pytest.param("138 1234 8888 / 139 1234 8888 / 0518", "电话太长，不像一个号码", id="几个号码"),
    ],
)
def test_the_telephone_is_read_as_elsewhere_and_told_in_our_words(counter: Client, typed: str, told: str):
    row = {"id_no": id_number(), "name": "王大", "relation": "1"}

    errors = checked(counter, form(row, phone=typed))["errors"]

    assert errors.get("phone", "").startswith(told)
    assert bool(errors) == bool(told)


@pytest.mark.parametrize(
    "typed", ["42", "肢2", "肢二", "肢体2", "肢体二级", "zt2", " 肢 2 ", "４２"], ids=lambda typed: typed.strip()
)
def test_a_disability_is_typed_in_many_ways(counter: Client, typed: str):
    said = checked(counter, form({"id_no": id_number(), "name": "王大", "relation": "1", "category": typed}))

    assert said["rows"]["0"]["cells"]["category"] == "肢体二级"
    assert said["total"] == "60.00"


def test_the_certificate_of_a_household_counts_for_all_its_members(counter: Client):
    rows = four()[:2]
    rows[1]["category"] = "低保"

    said = checked(counter, form(*rows))
    counter.post(reverse("registration"), form(*rows), headers=JSON)

    assert said["total"] == "120.00"
    certification = Certification.objects.get()
    assert (certification.category, certification.kind) == ("dibao", "低保证")
    assert certification.household == Household.objects.get()


def test_a_disability_certificate_of_somebody_else_is_refused(counter: Client):
    row = {"id_no": id_number("1960-01-01"), "name": "王大", "relation": "1", "category": "42"}

    said = checked(counter, form(row | {"certificate": id_number("1961-01-01") + "42"}))
    other = checked(counter, form(row | {"certificate": row["id_no"] + "43"}))

    assert "与此人的身份证号不一致" in said["rows"]["0"]["errors"]["certificate"]
    assert "表示肢体三级" in other["rows"]["0"]["errors"]["certificate"]


def test_a_hukou_elsewhere_is_said_with_its_division(counter: Client):
    row = {"id_no": id_number(), "name": "王大", "relation": "1", "hukou": "城镇 320102"}

    said = checked(counter, form(row))
    counter.post(reverse("registration"), form(row), headers=JSON)

    assert said["rows"]["0"]["word"] == "不参保"
    assert "户籍不在" in said["rows"]["0"]["why"]
    assert Person.objects.get().hukou_division == "320102"


def test_somebody_in_a_household_already_is_told_with_the_last_receipt(counter: Client, aunt_liu: Staff, pay: Any):
    number = id_number("1955-05-05")
    household = make_household(aunt_liu, member("周大为", HEAD, id_no=number, photos=2))
    counter.post(reverse("papers-seen", args=[household.pk]), {"seen": "all", "applying": Person.objects.get().pk})
    pay(household, aunt_liu, "120.00")
    row = {"id_no": number, "name": "周大为", "relation": "1"}

    said = checked(counter, form(row))
    answer = counter.post(reverse("registration"), form(row), headers=JSON)

    assert f"户号{household.number}" in said["rows"]["0"]["note"]
    assert "2008年度已缴费，收据 00012346" in said["rows"]["0"]["note"]
    assert said["rows"]["0"]["taken"]
    assert answer.status_code == 422


def test_a_parent_younger_than_the_head_is_told(counter: Client):
    parent = {"id_no": id_number("1985-04-05"), "name": "陈明", "relation": "父亲"}

    said = checked(counter, form(four()[0], parent))

    assert said["rows"]["1"]["note"] == "关系是父亲，却比户主年轻，请核对关系。"


def test_twins_within_the_form_are_told(counter: Client):
    row = {"id_no": id_number(), "name": "王大", "relation": "1"}

    said = checked(counter, form(row, row | {"relation": "2"}))
    answer = counter.post(reverse("registration"), form(row, row | {"relation": "2"}), headers=JSON)

    assert "与第1行的证件号相同" in said["rows"]["1"]["note"]
    assert answer.status_code == 422


def test_a_household_without_a_head_says_so(counter: Client):
    answer = counter.post(
        reverse("registration"), form({"id_no": id_number(), "name": "王大", "relation": "3"}), headers=JSON
    )

    assert answer.status_code == 422
    assert any("没有户主" in sentence for sentence in answer.json()["says"])


def test_blank_rows_are_left_out_and_an_empty_form_says_so(counter: Client):
    blank = {"id_no": "", "name": "", "relation": "户主"}

    said = checked(counter, form(blank, {"id_no": id_number(), "name": "王大", "relation": "1"}, blank))
    answer = counter.post(reverse("registration"), form(blank), headers=JSON)

    assert list(said["rows"]) == ["1"]
    assert answer.status_code == 422
    assert "户中还没有人" in answer.json()["says"][0]


@pytest.mark.parametrize("total", ["", "x", "-1", "9999"])
def test_a_broken_count_of_rows_breaks_nothing(counter: Client, total: str):
    data = form({"id_no": id_number(), "name": "王大", "relation": "1"}) | {"rows-TOTAL_FORMS": total}

    assert counter.post(reverse("registration-check"), data, headers=JSON).status_code == 200
    assert counter.get(reverse("registration")).status_code == 200


def test_the_draft_belongs_to_its_clerk_alone(client: Client, counter: Client, mr_chen: Staff):
    checked(counter, form({"id_no": "", "name": "陈建国", "relation": "1"}))
    client.force_login(mr_chen)

    assert "陈建国" not in client.get(reverse("registration")).content.decode()


def test_a_draft_is_thrown_away_on_wish(counter: Client):
    checked(counter, form({"id_no": "", "name": "陈建国", "relation": "1"}))

    counter.post(reverse("registration-discard"))

    assert not RegistrationDraft.objects.exists()


def test_what_was_searched_comes_along_and_never_over_a_waiting_draft(counter: Client):
    number = id_number()

    counter.post(reverse("registration-start"), {"q": number})
    counter.post(reverse("registration-start"), {"q": "欧阳小米"})

    payload = RegistrationDraft.objects.get().payload
    assert payload["rows-0-id_no"] == number
    assert "rows-0-name" not in payload


def test_members_join_all_or_none(counter: Client, zhang_household: Household):
    known = Person.objects.get(name="张明").id_no
    url = reverse("member-add", args=[zhang_household.pk])
    good = {"id_no": id_number("1990-01-01"), "name": "张小东", "relation": "3"}

    refused = counter.post(url, form(good, {"id_no": known, "name": "张明", "relation": "3"}), headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["rows"]["1"]["note"]
    assert zhang_household.memberships.count() == 5

    counter.post(url, form(good), headers=JSON)
    assert zhang_household.memberships.count() == 6


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_whoever_has_no_counter_registers_nobody(client: Client, mr_zhou: Staff, mrs_wu: Staff, role: str):
    client.force_login({"administrator": mr_zhou, "auditor": mrs_wu}[role])

    assert client.get(reverse("registration")).status_code == 403
    assert client.post(reverse("registration-check"), form()).status_code == 403


def test_somebody_known_who_left_may_be_taken_in_and_a_changed_name_is_asked_about(counter: Client, aunt_liu: Staff):
    number = id_number("1955-05-05")
    household = make_household(aunt_liu, member("周大为", HEAD, id_no=number))
    household.memberships.update(starts_on="2007-01-01", ends_on="2007-10-01")
    row = {"id_no": number, "name": "周小为", "relation": "1"}

    said = checked(counter, form(row))
    first = counter.post(reverse("registration"), form(row), headers=JSON)
    second = counter.post(reverse("registration"), form(row | {"renamed": "on"}), headers=JSON)

    assert said["rows"]["0"]["renames"]
    assert first.status_code == 422
    assert second.status_code == 200
    assert Person.objects.get().name == "周小为"


@pytest.mark.parametrize("count", ["²", "9" * 5000, "-1", "", "x"])
def test_a_number_of_rows_that_is_none_sends_the_form_back(counter: Client, count: str):
    sent = counter.post(reverse("registration"), form(*four()) | {"rows-TOTAL_FORMS": count})

    assert sent.status_code == 422
    assert counter.get(reverse("registration")).status_code == 200
