"""续保: who of last year stands ready, who has something to be looked at, who has paid; and who may see it."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from enrollment.preparing import prepare_renewal
from households.drafts import CertificationDraft, PaperDraft
from households.models import Certification, Household, Membership, Person
from offices import jobs
from offices.models import Act, Job, Staff
from offices.paging import page_of
from payments.counter.prepared import prepared_of
from payments.counter.renewal import ATTENTION, NOBODY, PAID, READY, Renewal, in_all_villages, renewal_of, villages_of
from tests.builders import DAUGHTER, HEAD, WHY, at, make_household, member
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import Pay

NEXT_YEAR = at("2008-09-01 09:00")
SHOWN = {"papers": (PaperDraft("id_card"),), "photos": 2}


def renewal(aunt_liu: Staff, moment=NEXT_YEAR) -> Renewal:
    village = villages_of(aunt_liu, aunt_liu.office)[0].code
    return renewal_of(aunt_liu.office, village=village, staff=aunt_liu, year=2009, at=moment)


def said(found: Renewal) -> list[str]:
    return [mark.text for row in found.rows for mark in row.marks]


@pytest.fixture
def family(aunt_liu: Staff, pay: Pay, book) -> Household:
    """Two people who paid for 2008."""
    daughter = CertificationDraft(
        disability_kind="肢体",
        disability_grade=2,
        kind="残疾人证",
        original_seen=True,
        copy_kept=True,
        valid_to=date(2008, 6, 30),
    )
    household = make_household(
        aunt_liu,
        member("张建国", HEAD, **SHOWN),
        member("张小红", DAUGHTER, born="1988-03-04", sex="F", certifications=(daughter,), **SHOWN),
        papers=(PaperDraft("hukou_book"),),
    )
    pay(household, aunt_liu, "180.00")
    return household


def test_a_household_of_last_year_stands_ready_on_the_first_day(family: Household, aunt_liu: Staff):
    Certification.objects.update(valid_to=None)

    (row,) = renewal(aunt_liu).rows

    assert (row.number, row.persons, row.last_payable, row.payable) == (family.number, 2, 180, 180)
    assert (row.state, row.marks) == (READY, ())


def test_a_certificate_that_has_expired_is_marked_with_its_clause(family: Household, aunt_liu: Staff):
    (row,) = renewal(aunt_liu).rows

    (mark,) = row.marks
    assert row.state == ATTENTION
    assert "张小红" in mark.text
    assert "2008-06-30到期" in mark.text
    assert mark.reasons[0].clause.key == "L-5-5"


def test_who_died_or_left_is_seen_already(family: Household, aunt_liu: Staff):
    Certification.objects.update(valid_to=None)
    gone = Person.objects.get(name="张小红")
    Membership.objects.filter(person=gone).update(ends_on=date(2008, 3, 2))
    Person.objects.filter(pk=gone.pk).update(died_on=date(2008, 3, 2))

    found = renewal(aunt_liu)

    assert said(found) == ["张小红已于2008-03-02去世"]
    assert found.rows[0].payable == 120


def test_a_category_that_no_longer_holds_is_told_with_both_names(family: Household, aunt_liu: Staff):
    Certification.objects.update(ended_on=date(2008, 5, 1))

    found = renewal(aunt_liu)

    assert said(found) == ["张小红由重度残疾变为一般居民"]
    assert found.rows[0].payable == 240


def test_who_has_paid_stands_apart_and_so_does_who_pays_nothing_here(family: Household, aunt_liu, pay: Pay):
    Certification.objects.update(valid_to=None)
    pay(family, aunt_liu, "180.00", coverage_year=2009, at=NEXT_YEAR)

    found = renewal(aunt_liu)

    assert [found.count(state) for state in (READY, ATTENTION, PAID, NOBODY)] == [0, 0, 1, 0]
    assert said(found) == []


def test_a_household_that_was_not_insured_last_year_is_not_listed(family: Household, aunt_liu: Staff):
    make_household(aunt_liu, member("王大力", HEAD))

    assert [row.number for row in renewal(aunt_liu).rows] == [family.number]


def test_the_number_of_queries_does_not_grow_with_the_households(family: Household, aunt_liu: Staff, pay: Pay):
    with CaptureQueriesContext(connection) as one:
        renewal(aunt_liu)
    for name in ("王一", "王二", "王三"):
        other = make_household(aunt_liu, member(name, HEAD, **SHOWN), papers=(PaperDraft("hukou_book"),))
        pay(other, aunt_liu, "120.00")

    with CaptureQueriesContext(connection) as many:
        found = renewal(aunt_liu)

    assert len(found.rows) == 4
    assert len(many) == len(one)


def test_the_page_lists_the_own_village_and_leads_to_the_counter(
    family: Household, aunt_liu: Staff, client: Client, settings
):
    settings.DEMO = True
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = NEXT_YEAR, timezone.now()
    aunt_liu.office.save()
    client.force_login(aunt_liu)

    page = client.get(f"/renewal/?village={VILLAGES[0]}&state=attention&page=x").content.decode()

    assert "续保 2009年度" in page
    assert f'href="/counter/{family.pk}/"' in page
    assert "须先核对" in page


VILLAGES = ("320705001001", "320705001002")


@pytest.fixture
def two_villages(family: Household, aunt_liu: Staff, pay: Pay, settings) -> tuple[Household, Household]:
    """A household in each of two villages, both paid for 2008; it is the first day of the next window."""
    other = make_household(
        aunt_liu, member("王二", HEAD, **SHOWN), papers=(PaperDraft("hukou_book"),), division_code=VILLAGES[1]
    )
    pay(other, aunt_liu, "120.00")
    settings.DEMO = True
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = NEXT_YEAR, timezone.now()
    aunt_liu.office.save()
    return family, other


def test_all_villages_are_counted_and_listed_together(
    two_villages: tuple[Household, Household], aunt_liu: Staff, pay: Pay, client: Client
):
    pay(two_villages[1], aunt_liu, "120.00", coverage_year=2009, at=NEXT_YEAR)
    client.force_login(aunt_liu)

    page = client.get("/renewal/")
    unpaid = client.get("/renewal/?state=open")

    numbers = [(each.village.code, each.households, each.paid, each.open) for each in page.context["counts"]]
    assert [each for each in numbers if each[1]] == [(VILLAGES[0], 1, 0, 1), (VILLAGES[1], 1, 1, 0)]
    assert [row.number for row in page.context["rows"]] == [each.number for each in two_villages]
    assert [row.number for row in unpaid.context["rows"]] == [two_villages[0].number]
    assert page.context["total"] == {"households": 2, "paid": 1, "open": 1}


def test_a_page_of_all_villages_costs_the_same_queries_however_many_households_and_villages(
    two_villages: tuple[Household, Household], aunt_liu: Staff, pay: Pay, client: Client
):
    client.force_login(aunt_liu)
    client.get("/renewal/")
    with CaptureQueriesContext(connection) as few:
        client.get("/renewal/")
    for place, name in enumerate(("王三", "王四", "王五", "王六")):
        more = {"papers": (PaperDraft("hukou_book"),), "division_code": VILLAGES[place % 2]}
        pay(make_household(aunt_liu, member(name, HEAD, **SHOWN), **more), aunt_liu, "120.00")

    with CaptureQueriesContext(connection) as many:
        page = client.get("/renewal/")

    assert len(page.context["rows"]) == 6
    assert len(many) == len(few)


def test_all_villages_are_paged_through(two_villages: tuple[Household, Household], aunt_liu: Staff, client: Client):
    everybody = in_all_villages(aunt_liu.office, staff=aunt_liu, year=2009, state="")
    client.force_login(aunt_liu)

    first, second = (page_of(everybody, number, size=1) for number in ("1", "2"))
    beyond = client.get("/renewal/?page=2").content.decode()

    assert [(page.rows[0], page.next) for page in (first, second)] == [(two_villages[0], 2), (two_villages[1], None)]
    assert "这一页没有户了" in beyond


def test_only_the_villages_of_the_scope_are_counted(two_villages: tuple[Household, Household], aunt_liu, client):
    aunt_liu.division_scope = VILLAGES[1]
    aunt_liu.save()
    client.force_login(aunt_liu)

    page = client.get("/renewal/")

    assert page.context["village"].code == VILLAGES[1]
    assert [row.number for row in page.context["rows"]] == [two_villages[1].number]


def test_a_clerk_of_another_office_sees_none_of_it(family: Household, miss_yang: Staff, client: Client):
    client.force_login(miss_yang)

    page = client.get(f"/renewal/?village={family.division_code}").content.decode()

    assert family.number not in page


def test_the_list_of_all_villages_is_taken_at_once_or_from_a_job(
    two_villages: tuple[Household, Household],
    aunt_liu: Staff,
    client: Client,
    monkeypatch,
    files_folder,  # noqa: F811
):
    client.force_login(aunt_liu)

    def rows_in(data: bytes) -> list[list[object]]:
        return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()

    at_once = rows_in(client.post(reverse("renewal-list"), WHY).content)
    assert [row[1] for row in at_once[3:-2]] == [each.number for each in two_villages]
    monkeypatch.setattr("payments.views.renewal.AT_ONCE_HOUSEHOLDS", 1)
    answer = client.post(reverse("renewal-list"), WHY)
    assert jobs.run_next()

    job = Job.objects.get(kind="renewal_list")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert (job.done, job.total) == (2, 2)
    assert rows_in(client.get(reverse("job-file", args=[job.pk])).content)[1:] == at_once[1:]
    told = [act.detail for act in Act.objects.filter(verb="export_renewal")]
    assert [(each["year"], each["rows"], each["reason"]) for each in told] == [(2009, 2, "本机构办理业务")] * 2


def test_all_villages_are_prepared_by_a_job_and_shown_with_their_sums(
    family: Household, aunt_liu: Staff, client: Client
):
    Certification.objects.update(valid_to=None)
    aunt_liu.office.demo_moment, aunt_liu.office.demo_set_at = NEXT_YEAR, timezone.now()
    aunt_liu.office.save()
    client.force_login(aunt_liu)
    assert "预核应缴" not in client.get(reverse("renewal")).content.decode()

    asked = client.post(reverse("renewal-prepare"))
    jobs.run_next()

    job = Job.objects.get(kind="prepare_renewal")
    assert asked["Location"] == reverse("job", args=[job.pk])
    assert job.result == {"persons": 2, "households": 1}
    page = client.get(reverse("renewal")).content.decode()
    assert "预核应缴（人）" in page
    row = page.split("东村</a></th>")[1].split("</tr>")[0]
    assert '<td class="number">2</td><td class="money">180.00</td>' in row


def test_prepared_sums_of_other_villages_are_not_shown(family: Household, aunt_liu: Staff):
    prepare_renewal(offices=[aunt_liu.office], coverage_year=2009, by=aunt_liu, at=NEXT_YEAR)

    everything = prepared_of(aunt_liu.office, staff=aunt_liu, year=2009)
    assert everything is not None
    assert everything.total.persons == 2
    aunt_liu.division_scope = "320705001002"
    assert prepared_of(aunt_liu.office, staff=aunt_liu, year=2009) is None
