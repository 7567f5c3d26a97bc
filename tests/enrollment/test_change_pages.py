"""变更的页面: the effect is shown before anything is done; refusals beside their fields; a person's life; undoing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.relations import HEAD
from enrollment.models import Change
from households.models import Household, Person
from offices.models import Office, Staff
from tests.builders import OTHER, at, make_household, make_office, make_staff, member, newborn
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures

PAPERS = ["死亡证明", "申报亲属身份证", "亲属关系证明", "医疗保险卡"]
OUT = ["户口迁移证明", "本人身份证", "医疗保险卡"]
DEATH = {"happened_on": "2008-03-01", "papers": PAPERS}


@pytest.fixture
def paid(
    zhang_household: Household,
    aunt_liu: Staff,
    book,  # noqa: F811
    pay: Pay,  # noqa: F811
    settings,
    xinpu: Office,
) -> Household:
    """张建国户, covered for 2008; it is 2008-03-05 at the office."""
    pay(zhang_household, aunt_liu, "420.00")
    settings.DEMO = True
    xinpu.demo_moment, xinpu.demo_set_at = at("2008-03-05 12:00"), timezone.now()
    xinpu.save()
    return zhang_household


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def mother_of(household: Household) -> Person:
    return household.memberships.get(person__name="王桂兰").person


def page_of(household: Household, kind: str, person: Person | None = None) -> str:
    if person:
        return reverse("person-change", args=[household.pk, person.pk, kind])
    return reverse("household-change", args=[household.pk, kind])


def text(response) -> str:
    return response.content.decode()


def confirmed(client: Client, url: str, typed: dict[str, object], **more):
    shown = client.post(url, typed)
    return client.post(url, {**typed, "seen": shown.context["mark"]}, **more)


def test_the_page_of_changes_lists_them_for_each_member(paid: Household, aunt_liu: Staff):
    page = text(client_of(aunt_liu).get(reverse("household-changes", args=[paid.pk])))

    assert "死亡" in page
    assert "参加职工医保" in page
    assert "分户" in page
    assert "没有办过变更" in page


def test_the_effect_is_shown_with_its_clause_and_nothing_is_done_yet(paid: Household, aunt_liu: Staff):
    page = text(client_of(aunt_liu).post(page_of(paid, "death", mother_of(paid)), DEATH))

    assert "2008年度的待遇到 2008-03-01 为止" in page
    assert reverse("clause", args=["lianyungang", "L-11-4"]) in page
    assert not Change.objects.exists()


def test_confirmed_it_is_done_and_stands_in_the_persons_life(paid: Household, aunt_liu: Staff):
    mother = mother_of(paid)

    page = text(confirmed(client_of(aunt_liu), page_of(paid, "death", mother), DEATH, follow=True))

    assert "死亡已办理" in page
    assert "2008-03-01 已故" in page
    assert "2008-01-01 至 03-01 终止" in page
    assert "查验：死亡证明" in page


def test_an_effect_that_was_not_the_one_shown_is_shown_again(paid: Household, aunt_liu: Staff):
    client, url = client_of(aunt_liu), page_of(paid, "death", mother_of(paid))
    mark = client.post(url, DEATH).context["mark"]

    page = client.post(url, {**DEATH, "happened_on": "2008-02-01", "seen": mark})

    assert "2008年度的待遇到 2008-02-01 为止" in text(page)
    assert not Change.objects.exists()


def test_a_missing_paper_and_a_bad_day_are_told_beside_their_fields(paid: Household, aunt_liu: Staff):
    client, url = client_of(aunt_liu), page_of(paid, "death", mother_of(paid))

    without = confirmed(client, url, {"happened_on": "2008-03-01"})
    tomorrow = client.post(url, {**DEATH, "happened_on": "2008-03-06"})

    assert "还没有查验" in without.context["form"].errors["papers"][0]
    assert without.status_code == 422
    assert "晚于今天" in tomorrow.context["form"].errors["happened_on"][0]


def test_a_split_through_the_page(paid: Household, aunt_liu: Staff):
    son = paid.memberships.get(person__name="张明").person
    typed = {
        "division_code": "320705001002",
        "address": "西村1号",
        f"relation_{son.pk}": HEAD,
        "papers": ["居民户口簿（分户后）"],
    }

    confirmed(client_of(aunt_liu), page_of(paid, "split"), typed)

    founded = Household.objects.exclude(pk=paid.pk).get()
    assert (founded.division_code, founded.memberships.get().person.name) == ("320705001002", "张明")


def test_a_merge_through_the_page(paid: Household, aunt_liu: Staff):
    other = make_household(aunt_liu, member("王大力", HEAD))
    person = other.memberships.get().person
    typed = {"into": paid.number, f"relation_{person.pk}": OTHER, "papers": ["居民户口簿（并户后）"]}

    confirmed(client_of(aunt_liu), page_of(other, "merge"), typed)

    assert paid.memberships.filter(ends_on=None, person=person).exists()


def test_a_newborns_number_with_a_slip_is_told_beside_the_number(paid: Household, aunt_liu: Staff):
    family = make_household(aunt_liu, member("王大力", HEAD), newborn("王小宝"))
    child = family.memberships.get(person__name="王小宝").person
    typed = {"id_no": "320705200710010011", "papers": ["居民户口簿（已上户口）", "出生医学证明"]}

    page = confirmed(client_of(aunt_liu), page_of(family, "newborn_number", child), typed)

    assert page.context["form"].errors["id_no"]


def test_a_supervisor_undoes_and_the_history_keeps_both(paid: Household, aunt_liu: Staff, mr_chen: Staff):
    confirmed(client_of(aunt_liu), page_of(paid, "death", mother_of(paid)), DEATH)
    change = Change.objects.get()
    url = reverse("change-undo", args=[change.pk])

    empty = client_of(mr_chen).post(url, {"reason": ""})
    page = text(client_of(mr_chen).post(url, {"reason": "同名误报"}, follow=True))

    assert empty.context["form"].errors["reason"]
    assert "由陈主任撤销：同名误报" in page
    history = text(client_of(mr_chen).get(reverse("household-history", args=[paid.pk])))
    assert "办理变更" in history
    assert "撤销变更" in history


def test_another_office_sees_none_of_it(paid: Household, miss_yang: Staff):
    client = client_of(miss_yang)

    assert client.get(reverse("household-changes", args=[paid.pk])).status_code == 404
    assert client.get(reverse("person-life", args=[mother_of(paid).pk])).status_code == 404
    assert client.get(page_of(paid, "death", mother_of(paid))).status_code == 404


def test_an_auditor_reads_but_changes_nothing(paid: Household, mrs_wu: Staff):
    client = client_of(mrs_wu)

    assert client.get(reverse("household-changes", args=[paid.pk])).status_code == 200
    assert client.get(page_of(paid, "death", mother_of(paid))).status_code == 403


def test_a_kind_that_the_rule_set_does_not_know_is_no_page(paid: Household, aunt_liu: Staff):
    assert client_of(aunt_liu).get(page_of(paid, "marriage", mother_of(paid))).status_code == 404


def head_of(household: Household) -> Person:
    return household.memberships.get(ends_on=None, relation=HEAD).person


def test_the_form_of_the_heads_death_proposes_wife_and_relations(paid: Household, aunt_liu: Staff):
    form = client_of(aunt_liu).get(page_of(paid, "death", head_of(paid))).context["form"]

    by_name = {row.person.name: form[f"relation_{row.person_id}"].value() for row in form.members[1:]}
    assert form["new_head"].value() == paid.memberships.get(person__name="李秀英").person_id
    assert by_name == {"李秀英": None, "张明": "20", "王桂兰": "54", "张小红": "30"}


def test_another_new_head_changes_the_proposals_but_not_what_was_chosen_by_hand(paid: Household, aunt_liu: Staff):
    client, url = client_of(aunt_liu), page_of(paid, "death", head_of(paid))
    wife, son, mother, daughter = (
        paid.memberships.get(person__name=name).person_id for name in ("李秀英", "张明", "王桂兰", "张小红")
    )
    shown = {f"relation_{son}": "20", f"relation_{mother}": "97", f"relation_{daughter}": "30", "relations_for": wife}

    form = client.post(url, DEATH | shown | {"new_head": son}).context["form"]

    assert form["relations_for"].value() == str(son)
    values = {each: form[f"relation_{each}"].value() for each in (wife, mother, daughter)}
    assert values == {wife: "52", mother: "97", daughter: "77"}


def test_a_relation_that_does_not_follow_is_asked_for(paid: Household, aunt_liu: Staff):
    paid.memberships.filter(person__name="张小红").update(relation="97")
    wife = paid.memberships.get(person__name="李秀英").person_id

    answer = client_of(aunt_liu).post(page_of(paid, "head"), {"new_head": wife})

    assert answer.status_code == 422
    assert "请选择张小红与新户主的关系。" in text(answer)
    assert "请选择张建国" not in text(answer)


@pytest.mark.parametrize(
    ("kind", "who", "typed", "sentence"),
    [
        pytest.param("merge", "", {"into": "0001-0001"}, "没有户号0001-0001的另一户", id="并入自己"),
        pytest.param("merge", "", {"into": "9999"}, "没有户号9999的另一户", id="并入不存在的户"),
        pytest.param("split", "", {}, "没有选分出去的成员", id="分出零人"),
        pytest.param("name", "李秀英", {"name": "李秀英"}, "与现在登记的相同", id="姓名没变"),
        pytest.param("name", "李秀英", {"name": "李3"}, "证件上的姓名没有数字", id="姓名有数字"),
        pytest.param("id_number", "李秀英", {"id_no": "abc"}, "应为18位", id="号码不全"),
        pytest.param("move_within", "李秀英", {"happened_on": "2099-01-01"}, "晚于今天", id="将来迁移"),
        pytest.param(
            "employee_start", "李秀英", {"happened_on": "2099-01-01"}, "在一年以后", id="很久以后参加职工医保"
        ),
    ],
)
def test_what_would_be_refused_is_refused_before_an_effect_is_shown(
    paid: Household, mr_chen: Staff, kind: str, who: str, typed: dict[str, str], sentence: str
):
    relations = {f"relation_{row.person_id}": "99" for row in paid.memberships.all()} if kind == "merge" else {}
    person = paid.memberships.get(person__name=who).person if who else None
    division = {"division_code": paid.division_code}

    answer = client_of(mr_chen).post(page_of(paid, kind, person), relations | division | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "change-effect" not in text(answer)


def test_showing_an_effect_keeps_nothing_and_takes_no_number(paid: Household, aunt_liu: Staff):
    client = client_of(aunt_liu)
    leaving = {f"relation_{paid.memberships.get(person__name='张明').person_id}": HEAD}
    typed = leaving | {"division_code": paid.division_code, "papers": ["居民户口簿（分户后）"]}

    first = client.post(page_of(paid, "split"), typed)
    confirmed(client, page_of(paid, "split"), typed)

    assert "张明（户主）自 2008-03-05 起另立一户" in text(first)
    assert Change.objects.get().detail["founded_number"] == "0001-0002"


def test_a_year_that_was_paid_in_its_time_is_not_noted_as_paid_back(paid: Household, aunt_liu: Staff):
    url = reverse("repaid-add", args=[paid.pk, head_of(paid).pk])

    answer = client_of(aunt_liu).post(url, {"coverage_year": "2008", "paid_on": "2008-03-01", "evidence": "E1"})

    assert answer.status_code == 422
    assert "2008年度已参保缴费，没有中断" in text(answer)


def test_years_and_changes_of_elsewhere_come_along_with_the_person(paid: Household, aunt_liu: Staff):
    mother = mother_of(paid)
    confirmed(client_of(aunt_liu), page_of(paid, "move_out", mother), {"happened_on": "2008-03-01", "papers": OUT})
    office = make_office("320705002", name="浦东街道劳动保障所")
    here = make_household(
        make_staff(office, "sun"), member("王桂兰", HEAD, id_no=mother.id_no), moment="2008-03-06 09:00"
    )
    client = client_of(make_staff(office, "zhao", role="supervisor"))

    answer = client.get(reverse("person-life", args=[mother.pk]))

    assert [home.household for home in answer.context["homes"]] == [here]
    assert [row.enrollment.coverage_year for row in answer.context["years"]] == [2008]
    assert answer.context["run"].count == 1
    (change,) = [row.change for row in answer.context["changes"]]
    assert change.kind == Change.Kind.MOVE_OUT
    assert "新浦街道劳动保障所" in text(answer)
    assert reverse("change-undo", args=[change.pk]) not in text(answer)  # where it was done it can be


def test_a_persons_page_costs_the_same_queries_however_many_years_and_changes(
    paid: Household,
    aunt_liu: Staff,
    pay: Pay,  # noqa: F811
):
    client, mother, wife = client_of(aunt_liu), mother_of(paid), paid.memberships.get(person__name="李秀英").person
    left = {"happened_on": "2008-03-01", "papers": OUT}
    confirmed(client, page_of(paid, "move_out", mother), left)
    pay(paid, aunt_liu, "300.00", coverage_year=2009, at=at("2008-09-10 09:00"))
    for relation in ("12", "10"):
        confirmed(client, page_of(paid, "relation", wife), {"relation": relation, "papers": ["居民户口簿"]})
    confirmed(client, page_of(paid, "move_out", wife), left)
    client.get(reverse("person-life", args=[mother.pk]))

    with CaptureQueriesContext(connection) as few:
        one = client.get(reverse("person-life", args=[mother.pk]))
    with CaptureQueriesContext(connection) as many:
        two = client.get(reverse("person-life", args=[wife.pk]))

    assert [len(page.context["years"]) for page in (one, two)] == [1, 2]
    assert [len(page.context["changes"]) for page in (one, two)] == [1, 3]
    assert len(many) == len(few)
