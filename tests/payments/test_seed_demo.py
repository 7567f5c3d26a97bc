"""The demonstration district: believable people, papers and payments; written once, only in demonstration mode."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Sum
from django.test import override_settings

from common.idcard import parse_id_number
from enrollment.facts import read_households
from enrollment.models import Assessment, Enrollment, RuleSetEdition
from households.models import Household, Membership, Person
from offices.models import Act, Office, Staff
from payments.cards.shown import unissued
from payments.demo import songyang, xinpu
from payments.models import CardIssue, CoverCertificate, Payment, Receipt, ReceiptBook, WorkmanshipReceipt
from reports.demo import BASES
from reports.models import BasePopulation, Duty, Visit, WeeklyReport
from rosters.lists.comparing import compare
from rosters.models import FollowUp, FunderList, Roster
from rosters.stage import steps_of
from tests.builders import at

XINPU, SONGYANG = "LYG-XINPU", "SM-SONGYANG"
OFFICES = pytest.mark.parametrize(("code", "year"), [(XINPU, 2008), (SONGYANG, 2017)], ids=["新浦", "嵩阳"])


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole district, written once for all tests of this file and rolled back after them."""
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True, FILES_DIR=folder):
        call_command("seed_demo", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


def counts():
    """How many rows each table has that the seed writes, histories and the acts log among them."""
    models = (
        *(Person, Household, Membership, Enrollment, Assessment, Payment, Receipt, ReceiptBook, Act),
        *(CardIssue, WorkmanshipReceipt, CoverCertificate, RuleSetEdition),
    )
    return {model.__name__: model.objects.count() for model in models}


def decisions(code, year):
    """What the rules say of every household of an office, at its own moment."""
    office = Office.objects.get(code=code)
    ids = list(Household.objects.filter(office=office).values_list("pk", flat=True))
    facts = read_households(ids, coverage_year=year, at=office.demo_moment).values()
    return [(each, each.decide(at=office.demo_moment)) for each in facts]


@OFFICES
def test_each_street_has_150_households_of_one_to_seven_with_one_head(seeded, code, year):
    households = Household.objects.filter(office__code=code)

    sizes = Counter(households.annotate(size=Count("memberships")).values_list("size", flat=True))
    heads = Membership.objects.filter(household__office__code=code, relation="02").count()

    assert households.count() == heads == 150
    assert min(sizes) == 1
    assert max(sizes) == 7
    assert sizes[3] > sizes[1]


def test_every_number_is_valid_for_its_holder_and_newborns_have_none(seeded):
    with_number = Person.objects.exclude(id_no=None)

    for person in with_number:
        number = parse_id_number(person.id_no, today=date(2016, 11, 8))
        assert (number.birth_date, number.sex) == (person.birth_date, person.sex)
    by_division = Counter(with_number.values_list("id_no", flat=True).iterator()).keys()
    assert sum(number.startswith("320705") for number in by_division) > 300
    assert sum(number.startswith("530127") for number in by_division) > 300
    assert Person.objects.filter(id_no=None).exclude(mother_id_no="").count() == 6


def test_nobody_can_be_called(seeded):
    numbers = set(Person.objects.exclude(phone="").values_list("phone", flat=True))

    assert len(numbers) > 200
    assert all(number.startswith("154") for number in numbers)


def test_children_are_younger_than_their_parents_and_spouses_of_an_age(seeded):
    born = {
        (row["household"], row["relation"]): row["person__birth_date"]
        for row in Membership.objects.values("household", "relation", "person__birth_date")
    }
    for (household, relation), day in born.items():
        head = born[household, "02"]
        years = (day - head).days / 365.25
        if relation in ("10", "11", "12"):
            assert -8 < years < 8
        elif relation[0] in "23" and relation not in ("28", "38"):
            assert 18 < years < 50
        elif relation[0] == "4":
            assert 36 < years < 75
        elif relation[0] == "5":
            assert -38 < years < -15


@pytest.mark.parametrize("part", ["䶮", "𬱖", "阿迪力·吐尔逊", "欧阳", "张建国"])
def test_names_that_try_the_search_are_there(seeded, part):
    assert Person.objects.filter(name__contains=part).exists()


@OFFICES
def test_money_receipts_and_books_agree(seeded, code, year):
    receipts = Receipt.objects.filter(office__code=code)
    paid = Payment.objects.filter(office__code=code)

    assert receipts.aggregate(Sum("amount")) == paid.aggregate(Sum("amount"))
    assert 2 <= receipts.exclude(voided_at=None).count() <= 3
    assert not receipts.filter(payment__amount=0).exists()
    books = ReceiptBook.objects.filter(office__code=code, purpose="contribution")
    for book in books:
        numbers = list(receipts.filter(book=book).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(book.first_number, book.next_number))
        issued = list(receipts.filter(book=book).order_by("number").values_list("issued_at", flat=True))
        assert issued == sorted(issued)
    low, ample = sorted(book.left for book in books.usable())
    assert 1 <= low <= 9 < ample


def test_one_book_is_verified_and_one_of_a_lot_waits_in_the_cupboard(seeded):
    verified = ReceiptBook.objects.get(verification__isnull=False)
    stored = ReceiptBook.objects.get(stored_at__isnull=False)

    assert (verified.left, verified.verification.by.username) == (0, "chen")
    assert (stored.left, stored.lot.slip_number) == (200, "领2007-021")


def test_a_third_of_the_street_of_2007_has_paid_some_of_them_early(seeded):
    enrolled = Enrollment.objects.in_force().filter(office__code=XINPU, coverage_year=2008)

    starts = Counter(enrolled.values_list("benefit_starts_on", flat=True))

    assert 45 <= enrolled.values("household").distinct().count() <= 55
    assert starts.keys() == {date(2007, 10, 1), date(2008, 1, 1)}
    assert min(starts.values()) > 20
    days = Payment.objects.filter(office__code=XINPU).values_list("paid_at__date", flat=True).distinct()
    assert len(days) > 20


def test_some_cards_are_handed_out_with_their_fee_one_again_and_many_wait(seeded):
    issues = CardIssue.objects.filter(office__code=XINPU)
    receipts = WorkmanshipReceipt.objects.filter(office__code=XINPU)
    book = ReceiptBook.objects.get(office__code=XINPU, purpose="workmanship")

    waiting = unissued(Staff.objects.get(username="liu"), at=at("2007-10-25 09:00"))

    assert issues.exclude(cause="first").count() == receipts.exclude(voided_at=None).count() == 1
    assert issues.standing().filter(item="card").count() > 30
    assert issues.filter(fee=0).exists()
    assert waiting.filter(has_card=True).exists()
    assert waiting.filter(has_card=False).count() > 30
    numbers = receipts.order_by("issued_at").values_list("number", flat=True)
    assert list(numbers) == list(range(book.first_number, book.next_number))
    assert CoverCertificate.objects.filter(office__code=XINPU, revoked_at=None).count() == 1


def test_whom_departments_pay_for_is_enrolled_without_a_receipt(seeded):
    free = Payment.objects.filter(office__code=SONGYANG, amount=0)

    assert free.count() >= 3
    assert all(each.assessment.sponsored > 0 and not hasattr(each, "receipt") for each in free)


def test_the_street_of_2016_has_something_to_renew(seeded):
    earlier = Enrollment.objects.filter(office__code=SONGYANG, coverage_year__lt=2017)

    by_person = Counter(earlier.values_list("person", flat=True))

    assert {year: earlier.filter(coverage_year=year).count() > 250 for year in (2014, 2015, 2016)} == dict.fromkeys(
        (2014, 2015, 2016), True
    )
    assert Counter(by_person.values())[3] > 200
    assert earlier.exclude(sponsored=0).exists()
    assert not earlier.filter(person__birth_date__gt=F("enrolled_at__date")).exists()


def test_nothing_has_happened_after_the_offices_own_moment(seeded):
    for office in Office.objects.exclude(demo_moment=None):
        latest = [
            Household.objects.filter(office=office).aggregate(latest=Max("registered_at")),
            Payment.objects.filter(office=office).aggregate(latest=Max("paid_at")),
            Receipt.objects.filter(office=office).aggregate(latest=Max("voided_at")),
            Enrollment.objects.filter(office=office).aggregate(latest=Max("enrolled_at")),
            CardIssue.objects.filter(office=office).aggregate(latest=Max("issued_at")),
            CoverCertificate.objects.filter(office=office).aggregate(latest=Max("issued_at")),
            Act.objects.filter(office=office).aggregate(latest=Max("at")),
        ]
        assert max(each["latest"] for each in latest if each["latest"]) < office.demo_moment


@OFFICES
def test_most_households_can_pay_or_have_paid_and_the_others_lack_a_paper_or_are_not_due(seeded, code, year):
    found = decisions(code, year)

    reasons = Counter(decision.reason for _, decision in found)
    paid = sum(any(member.covered_in(year) for member in facts.members) for facts, _ in found)

    assert reasons.keys() - {"CERTIFICATE_EXPIRED"} == {None, "DOCUMENT_MISSING", "NOBODY_APPLIES"}
    assert reasons[None] >= {XINPU: 40, SONGYANG: 20}[code]
    assert 5 <= reasons["DOCUMENT_MISSING"] <= 40
    assert paid >= 40


def test_the_household_of_the_manual_pays_300_yuan(seeded):
    (zhang,) = [
        decision for facts, decision in decisions(XINPU, 2008) if facts.head.name == "张建国" and _pays_300(decision)
    ]

    assert [member.payable for member in zhang.applicants] == [120, 120, 60]


def _pays_300(decision):
    return decision.payable == 300


def test_categories_and_mismatches_of_both_documents_occur(seeded):
    first, second = decisions(XINPU, 2008), decisions(SONGYANG, 2017)

    categories = {
        member.charge.category for _, decision in (*first, *second) for member in decision.members if member.charge
    } | set(Enrollment.objects.in_force().filter(coverage_year=2017).values_list("category", flat=True))
    warned = Counter(warning.code for _, decision in second for warning in decision.warnings)
    not_due = {reason.code for _, decision in first for member in decision.members for reason in member.reasons}

    assert categories >= {
        "general",
        "dibao",
        "tekun",
        "severe_disability",
        "wubao",
        "low_income_elder",
        "low_income_minor",
        "only_child",
        "only_child_parent",
        "two_daughters",
    }
    assert sum(warned.values()) >= 4
    assert not_due >= {"EXEMPT", "NRCMS_INSURED", "EMPLOYEE_INSURED", "HUKOU_OUTSIDE", "COVERED"}


def test_a_second_run_changes_nothing(seeded):
    before = counts()

    call_command("seed_demo", verbosity=0)

    assert counts() == before


@pytest.mark.parametrize("street", [xinpu, songyang], ids=["新浦", "嵩阳"])
def test_the_same_people_are_made_up_every_time(street):
    assert [home.draft() for home in street.households()] == [home.draft() for home in street.households()]


def test_outside_demonstration_mode_nothing_is_written(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="不是演示模式"):
        call_command("seed_demo")

    assert not Household.objects.exists()
    assert not Office.objects.exists()


def test_the_household_that_lost_a_member_still_shows_when(seeded):
    person = Person.objects.get(died_on=date(2007, 10, 18))

    assert Act.objects.get(verb="update_person", subject_id=person.pk).at > at("2007-10-18 00:00")


def test_the_county_of_songming_has_its_base_population_and_weekly_reports_one_of_them_late(seeded):
    reports = WeeklyReport.objects.order_by("week")

    assert [each.is_late for each in reports] == [False, False, True, False]
    assert all(later.enrolled > sooner.enrolled for sooner, later in pairwise(reports))
    assert reports[3].enrolled > 0.65 * reports[3].base
    assert {each.base for each in reports} == {sum(BASES.values())}
    assert BasePopulation.objects.filter(confirmed_at__isnull=False).count() == len(BASES)


def test_three_of_four_villages_have_somebody_who_answers_and_one_visit_waits_to_be_mended(seeded):
    assert Duty.objects.filter(ended_at=None).count() == 3
    assert [visit.done_at is None for visit in Visit.objects.order_by("visited_on")] == [False, True]


def test_two_rosters_stand_at_two_stages_one_of_them_ready_to_be_taken(seeded):
    stages = {roster.place: steps_of(roster) for roster in Roster.objects.all()}

    assert sorted(steps.stage.code for steps in stages.values()) == ["deposited", "wrong"]
    mending = next(steps for steps in stages.values() if steps.stage.code == "wrong")
    codes = set(mending.file.told["codes"])
    assert codes >= {"ID_CHECK_DIGIT", "ID_EXCEL", "MONEY_MISMATCH"}
    assert mending.file.accepted > 10
    assert any(steps.deposit and steps.deposit.amount for steps in stages.values())


def test_departments_lists_are_in_force_one_waits_and_some_who_are_missing_were_asked(seeded):
    lists = FunderList.objects.order_by("month", "funder")

    assert [(each.funder_name, each.waits) for each in lists] == [
        ("民政", False),
        ("残联", False),
        ("卫计", False),
        ("民政", True),
    ]
    assert compare(lists.last()).counts["ended"] == 1
    assert {"away", "app", "refuses"} <= set(FollowUp.objects.values_list("found", flat=True))
