"""显示号码: masked everywhere, told whole for a reason and within the day's limit, logged without the number."""

import pytest
from django.test import Client
from django.urls import reverse

from common.relations import HEAD
from households.models import Certification, Household, Person
from offices.models import Act, Staff, UsageAlert
from tests.builders import make_staff

pytestmark = pytest.mark.usefixtures("rulesets")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def counter(client: Client, aunt_liu: Staff) -> Client:
    client.force_login(aunt_liu)
    return client


@pytest.fixture
def head(zhang_household: Household) -> Person:
    return zhang_household.memberships.get(relation=HEAD).person


def way(kind: str, *pks: int) -> str:
    return reverse("reveal", args=[kind, "-".join(map(str, pks))])


def test_a_number_is_told_for_a_reason_and_the_log_says_whose(counter: Client, head: Person, aunt_liu: Staff):
    answer = counter.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX)

    act = Act.objects.get(verb="reveal")
    assert "".join(head.id_no[part] for part in (slice(0, 6), slice(6, 14), slice(14, 18))) == head.id_no
    assert f"<span>{head.id_no[:6]}</span><span>{head.id_no[6:14]}</span>" in answer.content.decode()
    assert (act.by, act.subject_type, act.subject_id) == (aunt_liu, "households.person", head.pk)
    assert act.detail == {"what": "身份证号", "reason": "核对证件"}


def test_asking_shows_the_choices_and_tells_nothing(counter: Client, head: Person):
    page = counter.get(way("person-phone", head.pk), headers=HTMX).content.decode()

    assert "电话联系" in page
    assert head.phone not in page
    assert not Act.objects.filter(verb="reveal").exists()


@pytest.mark.parametrize("typed", [{}, {"purpose": "other"}, {"purpose": "other", "other": "看"}, {"purpose": "x"}])
def test_nothing_is_told_without_a_reason(counter: Client, head: Person, typed: dict[str, str]):
    answer = counter.post(way("person-phone", head.pk), typed, headers=HTMX)

    assert answer.status_code == 422
    assert head.phone not in answer.content.decode()
    assert not Act.objects.filter(verb="reveal").exists()


def test_a_reason_of_ones_own_is_kept(counter: Client, head: Person):
    counter.post(way("person-phone", head.pk), {"purpose": "other", "other": "协助派出所核实"}, headers=HTMX)

    assert Act.objects.get(verb="reveal").detail["reason"] == "协助派出所核实"


def test_another_office_learns_nothing(client: Client, head: Person, miss_yang: Staff):
    client.force_login(miss_yang)

    assert client.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX).status_code == 404


def test_a_certificate_is_told_to_its_office_alone(
    client: Client, zhang_household: Household, miss_yang: Staff, aunt_liu: Staff
):
    row = Certification.objects.get()
    Certification.objects.filter(pk=row.pk).update(number="32070519880304000142")

    client.force_login(miss_yang)
    elsewhere = client.post(way("certification", row.pk), {"purpose": "check"}, headers=HTMX)
    client.force_login(aunt_liu)
    here = client.post(way("certification", row.pk), {"purpose": "check"}, headers=HTMX)

    assert elsewhere.status_code == 404
    assert "32070519880304000142" in here.content.decode()


def test_over_the_limit_nothing_is_told_until_a_supervisor_lifts_it(
    counter: Client, head: Person, mr_chen: Staff, settings
):
    settings.REVEALS_PER_DAY = 2
    for _ in range(2):
        assert counter.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX).status_code == 200

    refused = counter.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX)
    counter.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX)
    alert = UsageAlert.objects.get()
    chief = Client()
    chief.force_login(mr_chen)
    chief.post(reverse("alert-lift", args=[alert.pk]), {"reason": "集中核对低保名单"})
    after = counter.post(way("id-no", head.pk), {"purpose": "check"}, headers=HTMX)

    assert refused.status_code == 422
    assert "请主管" in refused.content.decode()
    assert (alert.kind, alert.most) == ("reveals", 2)
    assert after.status_code == 200
    assert Act.objects.filter(verb="reach_limit").count() == 1


def test_nobody_lifts_their_own_limit(zhang_household: Household, mr_chen: Staff, client: Client, settings):
    settings.SEARCHES_PER_HOUR = 1
    client.force_login(mr_chen)
    for _ in range(2):
        client.post(reverse("search"), {"q": "王大力"}, headers=HTMX)

    client.post(reverse("alert-lift", args=[UsageAlert.objects.get().pk]), {"reason": "自己放开"})

    assert UsageAlert.objects.get().lifted_at is None


def test_too_many_searches_are_refused_in_words(counter: Client, zhang_household: Household, settings):
    settings.SEARCHES_PER_HOUR = 1

    first = counter.post(reverse("search"), {"q": "张建国"}, headers=HTMX)
    second = counter.post(reverse("search"), {"q": "张建国"}, headers=HTMX)

    assert first["HX-Redirect"]
    assert "一小时内查找已超过1次的上限" in second.content.decode()


def test_the_form_of_a_member_keeps_what_is_not_typed_anew(counter: Client, zhang_household: Household, head: Person):
    page = reverse("member-edit", args=[zhang_household.pk, head.pk])
    shown = counter.get(page).content.decode()
    typed = {"name": head.name, "hukou_kind": "urban", "hukou_division": "320705"}

    kept = counter.post(page, typed)
    head.refresh_from_db()
    stays = head.phone
    counter.post(page, typed | {"phone": "13912345678"})
    head.refresh_from_db()
    changed = head.phone
    counter.post(page, typed | {"phone": "无"})
    head.refresh_from_db()

    assert "13812348888" not in shown
    assert "138****8888" in shown
    assert kept.status_code == 302
    assert (stays, changed, head.phone) == ("13812348888", "13912345678", "")


def test_a_clerk_of_the_office_is_not_asked_by_an_alert_of_another(
    client: Client, miss_yang: Staff, mr_chen: Staff, settings
):
    settings.SEARCHES_PER_HOUR = 1
    client.force_login(miss_yang)
    for _ in range(2):
        client.post(reverse("search"), {"q": "王大力"}, headers=HTMX)
    client.force_login(mr_chen)

    answer = client.post(reverse("alert-lift", args=[UsageAlert.objects.get().pk]), {"reason": "别处的"})

    assert answer.status_code == 404


def test_an_administrator_sees_the_alert_on_the_start_page_until_it_is_looked_into(
    client: Client, aunt_liu: Staff, mr_zhou: Staff, settings
):
    settings.SEARCHES_PER_HOUR = 1
    client.force_login(aunt_liu)
    for _ in range(2):
        client.post(reverse("search"), {"q": "王大力"}, headers=HTMX)
    client.force_login(mr_zhou)

    before = client.get(reverse("alerts-told")).content.decode()
    client.post(reverse("alert-see", args=[UsageAlert.objects.get().pk]))
    after = client.get(reverse("alerts-told")).content.decode()

    assert "刘阿姨" in before
    assert "刘阿姨" not in after
    assert UsageAlert.objects.get().seen_by == mr_zhou


def test_two_staff_are_counted_apart(client: Client, aunt_liu: Staff, xinpu, settings):
    settings.SEARCHES_PER_HOUR = 1
    for staff in (aunt_liu, make_staff(xinpu, "sun")):
        client.force_login(staff)
        client.post(reverse("search"), {"q": "王大力"}, headers=HTMX)

    assert not UsageAlert.objects.exists()
