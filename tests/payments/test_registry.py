"""省级参保登记: one person, one cover a year, in databases that share nothing but the registry."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from enrollment import library, registry
from enrollment.change_plan import Kind, Wish, papers_of
from enrollment.change_services import register_change, rehearse_change
from enrollment.change_undoing import undo_change
from enrollment.models import Change, Enrollment
from households.models import Household, Person
from offices.models import Staff
from payments.models import Payment
from payments.services import void_receipt
from tests.builders import at, id_number
from tests.payments.card_builders import live_in
from tests.payments.conftest import Pay
from tests.payments.registry_made import a_registry

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = "SELECT place, ref, confirmed_at IS NOT NULL FROM cover ORDER BY ref"


@pytest.fixture
def shared(settings, tmp_path) -> Iterator["psycopg.Connection"]:
    """The registry, looked at from outside."""
    with a_registry(settings, tmp_path) as url, psycopg.connect(url, autocommit=True) as seen:
        yield seen


def covered_elsewhere(seen: "psycopg.Connection", person: Person) -> None:
    """As if another place had enrolled the person."""
    row = "INSERT INTO cover VALUES (%s, 2008, '嵩明', 1, gen_random_uuid(), now(), now())"
    seen.execute(row, [registry.digest(registry.key_of(person))])


def test_a_payment_is_known_to_the_registry_by_digests_alone(shared, pay: Pay, book, aunt_liu: Staff, zhang_household):
    pay(zhang_household, aunt_liu, "420.00")

    enrolled = sorted(Enrollment.objects.values_list("person_id", flat=True))
    assert shared.execute(ROWS).fetchall() == [("新浦", ref, True) for ref in enrolled]
    told = shared.execute("SELECT cover::text FROM cover").fetchall()
    assert not any(person.id_no in str(told) or person.name in str(told) for person in Person.objects.all())


def test_who_is_covered_at_another_place_is_refused_and_nothing_is_taken(
    shared, pay: Pay, book, aunt_liu: Staff, zhang_household: Household
):
    covered_elsewhere(shared, Person.objects.get(name="李秀英"))

    with pytest.raises(Refusal, match="李秀英（嵩明）已在别处参加2008年度居民医保") as refused:
        pay(zhang_household, aunt_liu, "420.00")

    assert refused.value.reasons[0].clause
    assert not Payment.objects.exists()
    assert [place for place, _, _ in shared.execute(ROWS)] == ["嵩明"]


def test_who_was_voided_may_be_enrolled_at_another_place(
    shared, pay: Pay, book, aunt_liu: Staff, mr_chen: Staff, zhang_household: Household
):
    paid = pay(zhang_household, aunt_liu, "420.00")

    void_receipt(receipt_id=paid.receipt_id, reason="误收", by=mr_chen, at=at("2007-10-25 11:00"))

    assert shared.execute(ROWS).fetchall() == []
    assert pay(zhang_household, aunt_liu, "420.00", at=at("2007-10-25 12:00")).amount == Decimal("420.00")


def test_without_the_registry_nothing_is_taken(shared, settings, pay: Pay, book, aunt_liu: Staff, zhang_household):
    settings.REGISTRY_URL += "&dbname=not-there"

    with pytest.raises(Refusal, match="省级参保登记暂时连不上"):
        pay(zhang_household, aunt_liu, "420.00")

    assert not Payment.objects.exists()


def test_what_nobody_confirmed_is_released_or_confirmed_by_what_stands_here(
    shared, pay: Pay, book, aunt_liu: Staff, zhang_household: Household
):
    pay(zhang_household, aunt_liu, "420.00")
    shared.execute("UPDATE cover SET confirmed_at = NULL")  # who paid died before he confirmed
    son = Person.objects.get(name="张明")
    lost = "INSERT INTO cover VALUES (%s, 2008, '新浦', %s, gen_random_uuid(), now())"
    shared.execute(lost, [registry.digest(registry.key_of(son)), son.pk])  # and another before he wrote

    done = registry.sweep(older_than=0)

    assert done == registry.Swept(confirmed=4, released=1)
    assert shared.execute(ROWS).fetchall() == [
        ("新浦", ref, True) for ref in sorted(Enrollment.objects.values_list("person_id", flat=True))
    ]


def test_a_fresh_reservation_is_left_to_who_made_it(shared, zhang_household: Household):
    son = Person.objects.get(name="张明")
    lost = "INSERT INTO cover VALUES (%s, 2008, '新浦', %s, gen_random_uuid(), now())"
    shared.execute(lost, [registry.digest(registry.key_of(son)), son.pk])

    assert registry.sweep() == registry.Swept(0, 0)


NEW = id_number("1963-02-03", sex="F")


@pytest.fixture
def paid(shared, pay: Pay, book, aunt_liu: Staff, zhang_household: Household) -> Person:
    """李秀英, who is enrolled with her family."""
    pay(zhang_household, aunt_liu, "420.00")
    return Person.objects.get(name="李秀英")


def correction(person: Person) -> Wish:
    household = person.memberships.get(ends_on=None).household
    papers = papers_of(library.current(household.office.ruleset_code), Kind.ID_NUMBER)
    return Wish(Kind.ID_NUMBER, household.pk, person.pk, date(2008, 3, 1), papers, {"id_no": NEW})


def corrected(person: Person, by: Staff) -> Change:
    return register_change(wish=correction(person), by=by, at=at("2008-03-05 12:00"))


def known_as(seen: "psycopg.Connection", person: Person) -> list[tuple[bytes, bool]]:
    rows = seen.execute("SELECT person, confirmed_at IS NOT NULL FROM cover WHERE ref = %s", [person.pk]).fetchall()
    return sorted((bytes(each), confirmed) for each, confirmed in rows)


def test_a_corrected_number_is_known_at_once_and_so_is_its_being_given_back(shared, paid: Person, mr_chen: Staff):
    old, new = registry.digest(registry.key_of(paid)), registry.digest(f"id:{NEW}")

    change = corrected(paid, mr_chen)
    assert known_as(shared, paid) == [(new, True)]

    undo_change(change_id=change.pk, reason="原号码无误", by=mr_chen, at=at("2008-03-06 09:00"))
    assert known_as(shared, paid) == [(old, True)]
    assert registry.compare(coverage_year=2008) == []


def test_a_number_that_is_covered_at_another_place_is_not_taken_on(shared, paid: Person, mr_chen: Staff):
    row = "INSERT INTO cover VALUES (%s, 2008, '嵩明', 1, gen_random_uuid(), now(), now())"
    shared.execute(row, [registry.digest(f"id:{NEW}")])

    with pytest.raises(Refusal, match="李秀英（嵩明）已在别处参加2008年度居民医保"):
        corrected(paid, mr_chen)

    paid.refresh_from_db()
    assert paid.id_no != NEW
    assert registry.sweep(older_than=0) == registry.Swept(confirmed=1, released=0)
    assert known_as(shared, paid) == [(registry.digest(registry.key_of(paid)), True)]


def test_a_correction_that_is_only_looked_at_reserves_nothing(shared, paid: Person, mr_chen: Staff):
    before = known_as(shared, paid)

    rehearse_change(wish=correction(paid), by=mr_chen, at=at("2008-03-05 12:00"))
    assert known_as(shared, paid) == before

    row = "INSERT INTO cover VALUES (%s, 2008, '嵩明', 1, gen_random_uuid(), now(), now())"
    shared.execute(row, [registry.digest(f"id:{NEW}")])
    with pytest.raises(Refusal, match="李秀英（嵩明）已在别处参加"):
        rehearse_change(wish=correction(paid), by=mr_chen, at=at("2008-03-05 12:00"))


def test_a_correction_on_the_members_page_is_known_at_once(
    shared, settings, paid: Person, mr_chen: Staff, client: Client
):
    settings.DEMO = True
    live_in(mr_chen.office, "2008-03-05 12:00")
    household = paid.memberships.get(ends_on=None).household
    address = reverse("member-edit", args=[household.pk, paid.pk])
    client.force_login(mr_chen)
    page = client.get(address).context["form"]
    typed = {name: "" if page[name].value() is None else page[name].value() for name in page.fields}

    answer = client.post(address, typed | {"id_no": NEW})

    assert answer.status_code == 302
    assert known_as(shared, paid) == [(registry.digest(f"id:{NEW}"), True)]


def test_a_year_that_is_over_bars_no_correction(shared, paid: Person, mr_chen: Staff):
    row = "INSERT INTO cover VALUES (%s, 2008, '嵩明', 1, gen_random_uuid(), now(), now())"
    shared.execute(row, [registry.digest(f"id:{NEW}")])

    with registry.following(paid.pk, at=at("2009-01-05 09:00")), transaction.atomic():
        Person.objects.filter(pk=paid.pk).update(id_no=NEW)

    assert known_as(shared, paid) == []


def test_a_row_of_the_own_place_under_an_old_ref_is_in_nobodys_way(
    shared, pay: Pay, book, aunt_liu: Staff, zhang_household: Household
):
    wife = Person.objects.get(name="李秀英")
    old = "INSERT INTO cover VALUES (%s, 2008, '新浦', 987654, gen_random_uuid(), now(), now())"
    shared.execute(old, [registry.digest(registry.key_of(wife))])

    pay(zhang_household, aunt_liu, "420.00")

    assert known_as(shared, wife) == [(registry.digest(registry.key_of(wife)), True)]


def test_a_sweep_judges_each_row_by_its_number_though_they_share_a_token(shared, paid: Person):
    standing = registry.digest(registry.key_of(paid))
    lost = "INSERT INTO cover SELECT %s, 2008, '新浦', ref, token, now() FROM cover WHERE person = %s"
    shared.execute("UPDATE cover SET confirmed_at = NULL WHERE ref = %s", [paid.pk])
    shared.execute(lost, [registry.digest(f"id:{NEW}"), standing])

    assert registry.sweep(older_than=0) == registry.Swept(confirmed=1, released=1)
    assert known_as(shared, paid) == [(standing, True)]


def test_a_correction_that_was_never_committed_leaves_the_number_that_stands(shared, paid: Person, mr_chen: Staff):
    with transaction.atomic():
        corrected(paid, mr_chen)
        transaction.set_rollback(True)

    assert len(known_as(shared, paid)) == 2
    assert registry.sweep(older_than=0) == registry.Swept(confirmed=1, released=1)
    assert known_as(shared, paid) == [(registry.digest(registry.key_of(paid)), True)]


def test_a_database_that_joins_brings_its_enrolments_and_hears_who_is_covered_twice(
    shared, settings, pay: Pay, book, aunt_liu: Staff, zhang_household: Household, capsys
):
    url, settings.REGISTRY_URL = settings.REGISTRY_URL, ""
    pay(zhang_household, aunt_liu, "420.00")
    settings.REGISTRY_URL = url
    twice = Person.objects.get(name="李秀英")
    covered_elsewhere(shared, twice)

    with pytest.raises(CommandError, match="2008年度有1人在别处也参保了"):
        call_command("registry", "compare", year=2008)

    assert f"{twice.pk}: 嵩明" in capsys.readouterr().out
    assert sorted(place for place, _, _ in shared.execute(ROWS)) == ["嵩明", "新浦", "新浦", "新浦"]
