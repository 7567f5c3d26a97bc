"""一户的历史: who changed what and what it was before, files and money together, ID numbers masked."""

from django.test import Client
from django.urls import reverse

from households.models import Household
from households.services import update_household, update_person
from offices.models import Staff
from payments.models import ReceiptBook
from payments.past import past_of
from payments.services import record_print, void_receipt
from tests.builders import at
from tests.payments.conftest import Pay


def whole_story(household: Household, clerk: Staff, supervisor: Staff, pay: Pay) -> None:
    update_household(household_id=household.pk, address="东村5组", by=clerk, at=at("2007-10-25 09:30"))
    receipt = pay(household, clerk, "420.00").receipt_id
    record_print(receipt_id=receipt, by=clerk, at=at("2007-10-25 10:01"))
    record_print(receipt_id=receipt, by=supervisor, at=at("2007-10-25 10:20"))
    void_receipt(receipt_id=receipt, reason="收错", by=supervisor, at=at("2007-10-25 11:00"))


def test_the_latest_stands_first(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, book: ReceiptBook, pay: Pay
):
    whole_story(zhang_household, aunt_liu, mr_chen, pay)

    told = [(act.title, act.by, f"{act.at:%H:%M}") for act in past_of(zhang_household)]

    assert told[-1] == ("登记本户", "刘阿姨", "09:00")
    assert set(told) == {
        ("作废收据", "陈主任", "11:00"),
        ("补打收据", "陈主任", "10:20"),
        ("打印收据", "刘阿姨", "10:01"),
        ("收款", "刘阿姨", "10:00"),
        ("更改资料", "刘阿姨", "09:30"),
        ("登记本户", "刘阿姨", "09:00"),
    }


def test_a_change_says_what_it_was_before(zhang_household: Household, aunt_liu: Staff):
    update_household(household_id=zhang_household.pk, address="东村5组", by=aunt_liu, at=at("2007-10-25 09:30"))

    change = next(act for act in past_of(zhang_household) if act.title == "更改资料").changes[0]

    assert (change.subject, change.field) == ("本户", "居住地址")
    assert (change.before, change.after) == ("新浦街道东村3组12号", "东村5组")


def test_a_payment_and_its_void_are_told_with_persons_and_yuan(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, book: ReceiptBook, pay: Pay
):
    whole_story(zhang_household, aunt_liu, mr_chen, pay)

    said = {act.title: act.text for act in past_of(zhang_household)}

    assert said["收款"].startswith("2008年度 420.00 元，收据 00012346。张建国 120.00、李秀英 120.00")
    assert said["作废收据"] == "32070107 00012346，事由：收错。此前有效；4人的参保同时撤销，420.00 元退还。"


def test_codes_are_told_by_the_rule_sets_names(zhang_household: Household, rulesets):
    told = "".join(change.after for act in past_of(zhang_household) for change in act.changes)

    assert "材料：居民户口簿" in told
    assert "hukou_book" not in told


def test_the_page_shows_no_id_number(zhang_household: Household, aunt_liu: Staff):
    head = zhang_household.memberships.get(relation="02").person
    update_person(person_id=head.pk, changes={"phone": "13912345678"}, by=aunt_liu, at=at("2007-10-25 09:30"))
    client = Client()
    client.force_login(aunt_liu)

    page = client.get(reverse("household-history", args=[zhang_household.pk])).content.decode()

    assert "139****5678" in page
    assert "13912345678" not in page
    assert head.id_no not in page
    assert head.id_no[:6] + "********" in page


def test_another_office_reads_none_of_it(zhang_household: Household, miss_yang: Staff):
    client = Client()
    client.force_login(miss_yang)

    assert client.get(reverse("household-history", args=[zhang_household.pk])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_history(
    zhang_household: Household, aunt_liu: Staff, mr_chen: Staff, book, pay: Pay, django_assert_max_num_queries
):
    whole_story(zhang_household, aunt_liu, mr_chen, pay)
    pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 11:05"))

    with django_assert_max_num_queries(13):
        past_of(zhang_household)
