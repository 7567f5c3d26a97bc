"""What was tried at the counter with a login of one's own: money, receipts, other offices' people. docs/attacks.md."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.decision import Refusal
from common.relations import HEAD
from households.models import Household, Membership, Person
from offices.models import Act, Office, Staff
from payments.models import Receipt
from payments.services import record_print, void_receipt
from tests.builders import PASSWORD, WHY, at, make_household, make_staff, member
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.offices.test_inviting import logged_in
from tests.offices.test_second_factor import code_now, with_factor
from tests.payments.card_builders import text_of
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures

NOON = at("2007-10-25 12:00")
TAG = re.compile(r"<[^>]+>")  # a number is shown in pieces


@pytest.fixture
def receipt(zhang_household: Household, aunt_liu: Staff, pay: Pay, book: object) -> Receipt:  # noqa: F811
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)


def void(client: Client, receipt: Receipt, **more: str):
    typed = {"reason": "录错", "username": "chen", "password": PASSWORD} | more
    return client.post(reverse("receipt-void", args=[receipt.pk]), typed)


def test_a_supervisors_password_alone_voids_nothing_at_the_clerks_desk(settings, receipt, aunt_liu, mr_chen):
    settings.SECOND_FACTOR = True
    with_factor(mr_chen)

    without = void(logged_in(aunt_liu), receipt)
    wrong = void(logged_in(aunt_liu), receipt, code="000000")
    receipt.refresh_from_db()
    standing = receipt.voided_at
    right = void(logged_in(aunt_liu), receipt, code=code_now())
    receipt.refresh_from_db()

    assert (without.status_code, wrong.status_code, standing) == (422, 422, None)
    assert "动态码" in without.content.decode()
    assert right.status_code == 302
    assert receipt.voided_by == mr_chen


def test_a_supervisor_without_a_factor_that_he_must_have_countersigns_nothing(settings, receipt, aunt_liu, mr_chen):
    settings.SECOND_FACTOR = True

    answer = void(logged_in(aunt_liu), receipt)

    assert answer.status_code == 422
    assert "还没有绑定动态码" in answer.content.decode()


def test_a_supervisor_of_another_office_voids_nothing(receipt, aunt_liu, songyang):
    make_staff(songyang, "he", role="supervisor")

    assert void(logged_in(aunt_liu), receipt, username="he").status_code == 422
    receipt.refresh_from_db()
    assert receipt.voided_at is None


def test_a_colleagues_or_the_own_password_voids_nothing(receipt, aunt_liu, xinpu):
    make_staff(xinpu, "sun")

    for name in ("sun", "liu"):
        assert void(logged_in(aunt_liu), receipt, username=name).status_code == 422
    receipt.refresh_from_db()
    assert receipt.voided_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_receipt SET amount = 1",
        "UPDATE payments_receipt SET payer = '别人'",
        "UPDATE payments_receipt SET number = number + 1",
        "DELETE FROM payments_receipt",
        "DELETE FROM payments_receiptline",
        "UPDATE payments_receiptline SET payable = 0",
        "UPDATE payments_payment SET amount = 0",
        "DELETE FROM payments_receiptprint",
        "UPDATE offices_act SET verb = 'login'",
        "DELETE FROM offices_act",
        "TRUNCATE payments_receipt CASCADE",
        "TRUNCATE offices_act CASCADE",
    ],
)
def test_no_statement_changes_a_receipt_or_the_log(receipt, aunt_liu, mr_chen, statement: str):
    record_print(receipt_id=receipt.pk, by=aunt_liu, at=NOON)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_second_original_cannot_be_had_later(receipt, aunt_liu, mr_chen):
    client = logged_in(aunt_liu)
    client.post(reverse("receipt-print", args=[receipt.pk]))
    paper = reverse("receipt-paper", args=[receipt.pk, 1])

    at_once = text_of(client.get(paper).content)
    by_another = text_of(logged_in(mr_chen).get(paper).content)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        later = text_of(logged_in(aunt_liu).get(paper).content)

    assert "查阅" not in at_once
    assert "查阅 不作凭证" in by_another
    assert "查阅 不作凭证" in later


def test_paying_twice_by_two_keys_is_refused(receipt, zhang_household, aunt_liu, pay):  # noqa: F811
    with pytest.raises(Refusal, match="一年只能参保一次"):
        pay(zhang_household, aunt_liu, "420.00")


def test_the_same_key_again_takes_nothing(zhang_household, aunt_liu, pay, book):  # noqa: F811
    key = uuid4()
    first = pay(zhang_household, aunt_liu, "420.00", key=key)
    again = pay(zhang_household, aunt_liu, "420.00", key=key)

    assert again.repeated
    assert again.receipt_id == first.receipt_id


@pytest.mark.parametrize("total", ["0.00", "1.00", "-420.00", "419.99"])
def test_a_total_of_ones_own_is_not_taken(zhang_household, aunt_liu, pay, book, total: str):  # noqa: F811
    with pytest.raises(Refusal):
        pay(zhang_household, aunt_liu, total)
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("tendered", ["-1", "NaN", "Infinity", "1e9", "0.001", "419"])
def test_an_odd_tender_is_not_taken(zhang_household, aunt_liu, pay, book, tendered: str):  # noqa: F811
    typed = {"key": str(uuid4()), "previewed": "420.00", "tendered": tendered, "means": "cash"}
    answer = logged_in(aunt_liu).post(reverse("household-pay", args=[zhang_household.pk]), typed)

    assert answer.status_code == 422
    assert not Receipt.objects.exists()


def test_whoever_took_the_money_does_not_void_it(zhang_household, mr_chen, pay, book):  # noqa: F811
    taken = pay(zhang_household, mr_chen, "420.00")

    with pytest.raises(Refusal, match="另一位主管"):
        void_receipt(receipt_id=taken.receipt_id, reason="录错", by=mr_chen, at=NOON)


def test_members_of_another_household_are_not_paid_with_this_one(
    zhang_household,
    aunt_liu,
    miss_yang,
    pay,  # noqa: F811
    book,  # noqa: F811
):
    other = make_household(miss_yang, member("李四", HEAD, born="1970-01-01"), division_code="530127001001")
    stranger = other.memberships.get().person_id
    typed = {"key": str(uuid4()), "previewed": "300.00", "applying": [str(stranger)], "means": "cash"}
    answer = logged_in(aunt_liu).post(reverse("household-pay", args=[zhang_household.pk]), typed)

    assert answer.status_code == 422
    assert not Receipt.objects.exists()


def leave(household: Household, *, died: bool = False) -> Person:
    """One of the household is in none now."""
    person = household.memberships.order_by("pk").last().person
    Membership.objects.filter(person=person).update(ends_on="2007-10-26")
    if died:
        Person.objects.filter(pk=person.pk).update(died_on="2007-10-26")
    return person


@pytest.mark.parametrize("died", [False, True])
def test_a_number_typed_at_another_office_tells_no_name_and_no_death(
    rulesets: None,  # noqa: F811
    zhang_household: Household,
    miss_yang: Staff,
    died: bool,
):
    person = leave(zhang_household, died=died)
    typed = {
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-id_no": person.id_no,
        "rows-0-relation": "户主",
    }

    said = logged_in(miss_yang).post(reverse("registration-check"), typed).json()

    told = json.dumps(said["rows"]["0"]["note"], ensure_ascii=False)
    assert said["rows"]["0"]["note"]
    assert person.name not in told
    assert "2007-10-26" not in told
    assert person.id_no[-4:] not in told


def test_photos_leave_for_the_handling_office_alone(zhang_household, mr_zhou, mrs_wu, aunt_liu, files_folder):  # noqa: F811
    paper = reverse("photos-paper", args=[zhang_household.pk])

    assert logged_in(aunt_liu).get(paper).status_code == 200
    for above in (mr_zhou, mrs_wu):
        assert logged_in(above).get(paper).status_code == 403


@pytest.mark.parametrize(
    "kind",
    ["id-no", "mother-id-no", "person-phone", "residence", "birth-certificate", "follow-up-phone", "omitted-phone"],
)
def test_no_hidden_number_of_another_office_is_told(zhang_household, miss_yang, kind: str):
    keys = "-".join(str(pk) for pk in Person.objects.values_list("pk", flat=True))
    client = logged_in(miss_yang)

    answers = [
        client.get(reverse("reveal", args=[kind, keys])),
        client.post(reverse("reveal", args=[kind, keys]), {"purpose": "check"}),
    ]

    assert {each.status_code for each in answers} == {404}


def test_a_mix_of_own_and_foreign_numbers_tells_the_own_alone(zhang_household, songyang: Office, miss_yang):
    own = make_household(miss_yang, member("李四", HEAD, born="1970-01-01"), division_code="530127001001")
    mine, theirs = own.memberships.get().person, zhang_household.memberships.first().person
    answer = logged_in(miss_yang).post(
        reverse("reveal", args=["id-no", f"{mine.pk}-{theirs.pk}"]), {"purpose": "check"}
    )

    told = TAG.sub("", answer.content.decode())
    assert mine.id_no in told
    assert theirs.id_no not in told


def test_numbers_are_shown_no_faster_than_the_limit(settings, zhang_household, aunt_liu):
    settings.REVEALS_PER_DAY = 2
    keys = "-".join(str(pk) for pk in Person.objects.values_list("pk", flat=True))

    answer = logged_in(aunt_liu).post(reverse("reveal", args=["id-no", keys]), {"purpose": "check"})

    assert answer.status_code == 422
    told = TAG.sub("", answer.content.decode())
    assert not any(each.id_no in told for each in Person.objects.all() if each.id_no)


@pytest.mark.parametrize("typed", ["%", "_", "张%", "320705%", "' OR 1=1 --", "\\", "张" * 60, "0" * 60, "１２３４"])
def test_no_pattern_searches_other_offices(zhang_household, miss_yang, typed: str):
    answer = logged_in(miss_yang).post(reverse("search"), {"q": typed})

    assert answer.status_code == 200
    assert "张建国" not in answer.content.decode()


def test_a_whole_number_of_another_office_tells_the_office_alone(zhang_household, miss_yang):
    person = zhang_household.memberships.first().person
    body = logged_in(miss_yang).post(reverse("search"), {"q": person.id_no}).content.decode()

    assert person.name not in body
    assert zhang_household.number not in body


def test_a_receipts_code_of_another_office_opens_nothing(receipt, miss_yang):
    answer = logged_in(miss_yang).post(reverse("search"), {"q": f"{receipt.book_code}.{receipt.printed_number}"})

    assert answer.status_code == 200
    assert receipt.payer not in answer.content.decode()


@pytest.mark.parametrize("pk", [0, 2**31, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize(
    "name",
    [
        "household",
        "receipt",
        "file",
        "job",
        "print-run",
        "certificate-paper",
        "account",
        "roster",
        "statement",
        "settlement",
    ],
)
def test_no_key_of_any_size_breaks_a_page(aunt_liu: Staff, name: str, pk: int):
    from tests.test_access import patterns

    pattern = next(each for each in patterns() if each.name == name)
    arguments = dict.fromkeys(pattern.pattern.converters, pk)

    assert logged_in(aunt_liu).get(reverse(name, kwargs=arguments)).status_code in (403, 404)


@pytest.mark.parametrize("count", ["9999", "-1", "x", "99999999999", "１"])
def test_a_form_that_says_it_has_many_rows_is_answered_in_time(rulesets: None, aunt_liu: Staff, count: str):  # noqa: F811
    typed = {"rows-TOTAL_FORMS": count, "rows-INITIAL_FORMS": "0", "rows-0-name": "王"}
    client = logged_in(aunt_liu)
    begun = timezone.now()

    answers = [client.post(reverse("registration-check"), typed), client.get(reverse("registration"))]

    assert {each.status_code for each in answers} <= {200, 422}
    assert (timezone.now() - begun).total_seconds() < 60


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "1e3", "１"])
def test_no_number_of_a_page_breaks_a_list(aunt_liu: Staff, page: str):
    for name in ("receipts", "jobs", "certificates", "settlements"):
        assert logged_in(aunt_liu).get(reverse(name), {"page": page}).status_code in (200, 404)


def test_verify_tells_nothing_of_anybody(db: None):
    for token in ("0", "a" * 200, "x-y_z", "%00"):
        answer = Client().get(f"/verify/{token}/")
        assert answer.status_code in (200, 400, 404)


def test_taking_is_logged_and_counted_before_the_form_leaves(zhang_household, aunt_liu, rulesets, settings):  # noqa: F811
    settings.EXPORTS_PER_DAY = 1
    client = logged_in(aunt_liu)
    address = reverse("form-filled", args=[zhang_household.pk])

    first, second = client.post(address, WHY), client.post(address, WHY)

    assert first.headers["Content-Type"] == "application/pdf"
    assert second.status_code == 422
    assert Act.objects.filter(verb="print_form").count() == 1
