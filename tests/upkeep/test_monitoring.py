"""监控: what a machine learns about the application, with the token and without; what the log says of a request."""

import json
import logging
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.logs import JsonFormatter
from offices.jobs import ask_for
from offices.models import Staff
from offices.origin import RequestNumberFilter
from tests.acting import as_owner
from tests.builders import at
from upkeep.models import Backup, NightAudit
from upkeep.monitoring import readiness

TOKEN = "a token of twenty or more"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def monitored(settings, tmp_path) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.FILES_DIR = settings.BACKUP_DIR = tmp_path


def figures(client: Client) -> dict[str, float]:
    text = client.get(reverse("metrics"), headers=WITH_TOKEN).content.decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")}


@pytest.mark.django_db
def test_without_the_token_one_learns_that_pages_can_be_served_and_no_more(client: Client, monitored: None):
    answer = client.get(reverse("health-ready"))

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_with_the_token_each_point_is_told(client: Client, monitored: None):
    told = client.get(reverse("health-ready"), headers=WITH_TOKEN).content.decode().split("\n")

    assert told == ["ok", "disk ok", "database ok", "migrations ok", "worker not", "backup not", ""]


@pytest.mark.django_db
def test_a_worker_and_a_backup_make_the_points_hold(client: Client, monitored: None):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    Backup.objects.create(made_at=timezone.now() - timedelta(hours=2), seconds=1, size=1, place="x", receipts=0)

    told = client.get(reverse("health-ready"), headers=WITH_TOKEN).content.decode()

    assert "worker ok" in told
    assert "backup ok" in told


@pytest.mark.django_db
def test_a_worker_that_was_last_heard_of_long_ago_does_not_count(client: Client, monitored: None):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')")

    assert "worker not" in client.get(reverse("health-ready"), headers=WITH_TOKEN).content.decode()


@pytest.mark.django_db
def test_a_release_whose_migrations_were_not_applied_is_not_ready(client: Client, monitored: None):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'upkeep'")

    answer = client.get(reverse("health-ready"), headers=WITH_TOKEN)

    assert answer.status_code == 503
    assert "migrations not" in answer.content.decode()


@pytest.mark.django_db
def test_a_full_disk_is_not_ready(client: Client, monitored: None, monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_FREE", 10**18)

    assert client.get(reverse("health-ready")).status_code == 503


def test_life_is_told_without_asking_the_database(client: Client):
    assert client.get(reverse("health-live")).content == b"ok\n"


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong"])
def test_without_the_token_there_are_no_metrics(client: Client, monitored: None, token: str):
    assert client.get(reverse("metrics"), headers={"Authorization": token}).status_code == 404


@pytest.mark.django_db
def test_where_no_token_is_set_an_empty_one_opens_nothing(client: Client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get(reverse("metrics"), headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_the_name_of_their_page(aunt_liu: Staff, monitored: None):
    client = Client()
    client.force_login(aunt_liu)
    counted = 'canbao_requests_total{method="POST",status="200",view="search"}'
    before = figures(client).get(counted, 0)

    client.post(reverse("search"), {"q": "张建国"})

    after = figures(client)
    assert after[counted] == before + 1
    assert after['canbao_request_seconds_count{view="search"}'] >= 1


def test_metrics_name_nobody(aunt_liu: Staff, monitored: None):
    client = Client()
    client.force_login(aunt_liu)
    client.post(reverse("search"), {"q": "张建国"})
    client.get("/张建国/320706200001010014/")

    lines = client.get(reverse("metrics"), headers=WITH_TOKEN).content.decode().splitlines()

    named = "\n".join(line.rsplit(" ", 1)[0] for line in lines)  # a figure may hold any seven digits by chance
    assert "张" not in named
    assert "3207062" not in named
    assert 'view="none"' in named


def test_waiting_jobs_and_sessions_are_figures(mr_chen: Staff, monitored: None):
    ask_for(kind="impact", parameters={}, by=mr_chen, at=at("2007-10-25 10:02"))

    found = figures(Client())

    assert found["canbao_jobs_waiting"] == 1
    assert found["canbao_jobs_oldest_seconds"] >= 0
    assert 1 <= found["canbao_database_sessions"] <= found["canbao_database_sessions_limit"]
    assert found['canbao_ready{point="database"}'] == 1
    assert found['canbao_disk_free_bytes{folder="files"}'] > 0


@pytest.mark.django_db
def test_the_age_of_the_last_backup_is_a_figure(monitored: None):
    Backup.objects.create(made_at=timezone.now() - timedelta(hours=2), seconds=1, size=1, place="x", receipts=0)

    assert 7190 < figures(Client())['canbao_age_seconds{what="backup"}'] < 7260


@pytest.mark.django_db
def test_what_the_last_audit_of_a_kind_found_is_a_figure(monitored: None):
    for count, ago in ((5, 30), (2, 3)):
        moment = timezone.now() - timedelta(hours=ago)
        NightAudit.objects.create(kind="money", at=moment, seconds=1, count=count, faults=["一行"])

    found = figures(Client())

    assert found['canbao_audit_faults{kind="money"}'] == 2
    assert 10790 < found['canbao_audit_age_seconds{kind="money"}'] < 10860
    assert 'canbao_audit_faults{kind="log"}' not in found


def test_a_request_takes_one_line_of_the_log_with_its_number_and_nobodys_name(aunt_liu: Staff):
    client = Client()
    client.force_login(aunt_liu)
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestNumberFilter())
    logger = logging.getLogger("canbao.requests")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        answer = client.post(reverse("search"), {"q": "张建国"})
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.WARNING)

    line = json.loads(written.getvalue())
    assert (line["view"], line["status"], line["staff"]) == ("search", 200, aunt_liu.pk)
    assert line["request"] == answer["Canbao-Request"]
    assert "张" not in written.getvalue()


def test_an_error_is_one_line_with_its_trace():
    try:
        raise ValueError("坏了")
    except ValueError:
        record = logging.getLogger("canbao").makeRecord("canbao", 40, "f", 1, "%s 出错", ("一步",), sys.exc_info())

    text = JsonFormatter().format(record)

    assert "\n" not in text
    line = json.loads(text)
    assert (line["level"], line["message"]) == ("ERROR", "一步 出错")
    assert "ValueError: 坏了" in line["error"]
