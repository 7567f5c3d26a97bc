"""每晚核对: what is found is kept and stands on the start pages until it is mended or acknowledged."""

import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices.models import Act, Staff
from tests.builders import at
from upkeep import nightly
from upkeep.audits import acknowledge, run, standing_faults
from upkeep.models import NightAudit

NOW = at("2007-10-25 09:00")


@pytest.fixture
def broken(db: None) -> None:
    """A line of the log that nobody sealed for days: audit_log says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO offices_act (at, recorded_at, verb, subject_type, division_code, detail, agent) "
            "VALUES (now(), now() - interval '5 days', 'login', 'offices.staff', '', '{}', '')"
        )


def told(staff: Staff) -> str:
    client = Client()
    client.force_login(staff)
    return client.get(reverse("audits-told")).content.decode()


@pytest.fixture
def log_key(settings: Any, tmp_path: Any) -> None:
    settings.LOG_KEY = tmp_path / "log-key"


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log_key")]


def test_a_fault_stands_on_the_start_pages_with_what_to_do(broken, mr_zhou: Staff, mrs_wu: Staff, caplog: Any):
    with caplog.at_level(logging.ERROR, "canbao.audits"):
        found = run("log")

    assert found.count == 1
    assert "还没有封存" in found.faults[0]
    assert "audit log found 1 faults" in caplog.text
    for staff in (mr_zhou, mrs_wu):
        assert "日志核对有 1 处不符" in told(staff)
        assert "manage.py audit_log" in told(staff)


def test_it_goes_when_a_later_run_is_clean(broken, mr_zhou: Staff):
    run("log")
    call_command("seal_log")

    run("log")

    assert "不符" not in told(mr_zhou)
    assert NightAudit.objects.count() == 2


def test_it_goes_when_an_administrator_acknowledges_it_with_words(broken, mr_zhou: Staff, mrs_wu: Staff):
    found = run("log")
    with pytest.raises(Refusal):
        acknowledge(audit_id=found.pk, reason="", by=mr_zhou, at=NOW)
    with pytest.raises(Refusal):
        acknowledge(audit_id=found.pk, reason="我是审计员", by=mrs_wu, at=NOW)
    assert standing_faults() == [found]

    acknowledge(audit_id=found.pk, reason="演练，已封存", by=mr_zhou, at=NOW)

    assert standing_faults() == []
    assert Act.objects.get(verb="acknowledge_audit").detail == {"what": "日志核对", "reason": "演练，已封存"}


def test_a_fault_found_again_stands_again(broken, mr_zhou: Staff):
    acknowledge(audit_id=run("log").pk, reason="已知道", by=mr_zhou, at=NOW)

    run("log")

    assert "日志核对有 1 处不符" in told(mr_zhou)


def test_the_command_says_it_and_ends_with_one(broken, capsys: Any):
    with pytest.raises(SystemExit) as end:
        call_command("audit_all")

    assert end.value.code == 1
    assert "日志核对：1 处不符" in capsys.readouterr().out
    assert set(NightAudit.objects.values_list("kind", flat=True)) == {"money", "log", "reports"}


def test_the_worker_does_it_once_a_night(db, settings: Any):
    settings.DEMO, settings.NIGHTLY = False, True

    nightly.audit()
    nightly.audit()

    assert NightAudit.objects.count() == 3


def test_an_audit_that_cannot_run_is_a_fault_too(db, settings: Any, tmp_path: Any):
    settings.LOG_KEY = tmp_path / "wrong"
    settings.LOG_KEY.write_text("no key")

    assert "没有完成" in run("log").faults[0]
