"""The acts log: complete, in the transaction of the act, and beyond change."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.urls import path

from common.decision import Reason, Refusal
from households.models import Household
from households.services import update_household
from offices import origin
from offices.acts import accountable, record
from offices.middleware import HistoryMiddleware, OriginMiddleware
from offices.models import Act, Office, Staff
from tests.builders import at, make_household

MORNING = at("2007-10-25 09:00")
urlpatterns = [path("households/<int:pk>/", lambda request, pk: None, name="household")]


def test_an_act_says_who_when_what_and_where(aunt_liu: Staff):
    act = record(by=aunt_liu, at=MORNING, verb="look", subject=aunt_liu, detail={"why": "试"})

    act.refresh_from_db()
    assert (act.by, act.at, act.verb) == (aunt_liu, MORNING, "look")
    assert (act.subject_type, act.subject_id) == ("offices.staff", aunt_liu.pk)
    assert (act.office, act.division_code, act.detail) == (aunt_liu.office, "320705001", {"why": "试"})
    assert act.recorded_at.year > 2007
    assert (act.ip, act.agent, act.request_id) == (None, "", None)


def test_an_act_of_a_request_says_from_where(aunt_liu: Staff):
    request = RequestFactory().post("/x/", headers={"User-Agent": "Firefox"}, REMOTE_ADDR="10.1.2.3")
    request.user = aunt_liu

    def view(_):
        record(by=aunt_liu, at=MORNING, verb="look", subject=aunt_liu)
        return type("Response", (), {"headers": {}})()

    OriginMiddleware(view)(request)

    act = Act.objects.get()
    assert (act.ip, act.agent) == ("10.1.2.3", origin.fingerprint("Firefox"))
    assert len(act.agent) == 16
    assert act.request_id is not None
    assert origin.current.get() == origin.NOWHERE


@pytest.mark.urls("tests.offices.test_acts")
def test_history_knows_the_page_by_its_name_and_no_address(zhang_household: Household, aunt_liu: Staff):
    request = RequestFactory().post(f"/households/{zhang_household.pk}/")
    request.user = aunt_liu

    def view(_):
        update_household(household_id=zhang_household.pk, address="东村5组", by=aunt_liu, at=MORNING)
        return type("Response", (), {"headers": {}})()

    OriginMiddleware(HistoryMiddleware(view))(request)

    event = zhang_household.events.select_related("pgh_context").latest("pgh_id")
    metadata = event.pgh_context.metadata
    assert metadata.keys() == {"request", "page", "staff", "office", "at"}
    assert (metadata["page"], metadata["staff"], metadata["office"]) == ("household", aunt_liu.pk, aunt_liu.office_id)


@pytest.mark.parametrize("statement", ["UPDATE offices_act SET verb = 'other'", "DELETE FROM offices_act"])
def test_an_act_is_never_changed_or_deleted(aunt_liu: Staff, statement: str):
    record(by=aunt_liu, at=MORNING, verb="look", subject=aunt_liu)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Act.objects.get().verb == "look"


def test_an_act_that_fails_leaves_no_trace(aunt_liu: Staff):
    @accountable
    def fail(*, by: Staff, at) -> None:
        record(by=by, at=at, verb="fail", subject=by)
        raise Refusal(Reason("no", "不行。"))

    with pytest.raises(Refusal):
        fail(by=aunt_liu, at=MORNING)

    assert not Act.objects.exists()


def test_a_broken_constraint_is_refused_with_its_own_sentence(aunt_liu: Staff):
    household = make_household(aunt_liu)

    @accountable
    def close_too_early(*, by: Staff, at) -> None:
        Household.objects.filter(pk=household.pk).update(closed_at=at)

    with pytest.raises(Refusal) as refused:
        close_too_early(by=aunt_liu, at=at("2007-10-24 09:00"))

    assert (refused.value.code, str(refused.value)) == ("household_closed_after_registered", "销户时间早于登记时间。")


def test_an_act_belongs_to_the_office_of_its_subject(zhang_household: Household, mr_zhou: Staff, xinpu: Office):
    act = record(by=mr_zhou, at=MORNING, verb="look", subject=zhang_household)

    assert (act.office, act.division_code) == (xinpu, "320705001001")
