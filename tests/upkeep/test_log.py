"""No line of the acts log goes, comes or changes unseen, not even by the owner of its tables."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from common.decision import Refusal
from offices.acts import record
from offices.models import Act, Staff
from tests import acting
from upkeep.log import chain
from upkeep.log.audit import audit_acts
from upkeep.log.chain import seal_acts
from upkeep.models import ActSeal

pytestmark = pytest.mark.django_db(transaction=True)
KEY = b"k" * 32


@pytest.fixture(autouse=True)
def small_seals(monkeypatch):
    """Seals of five acts, read three at a time, so that few acts make many."""
    monkeypatch.setattr(chain, "ACTS_IN_A_SEAL", 5)
    monkeypatch.setattr(chain, "AT_ONCE", 3)


def act(by: Staff, times: int = 1) -> None:
    for number in range(times):
        record(by=by, at=timezone.now(), verb="login", subject=by, detail={"number": number, "词": "中文"})


def as_owner(statement: str, *values: object) -> None:
    """What the database refuses to everybody else."""
    with transaction.atomic(), acting.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE offices_act DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE offices_act ENABLE TRIGGER USER")


def faults() -> list[str]:
    return audit_acts(key=KEY, at=timezone.now()).faults


def test_the_chain_grows_and_holds(aunt_liu: Staff):
    act(aunt_liu, 12)
    assert seal_acts(key=KEY, at=timezone.now()) == 12
    act(aunt_liu, 4)
    assert seal_acts(key=KEY, at=timezone.now()) == 4
    assert seal_acts(key=KEY, at=timezone.now()) == 0

    seals = list(ActSeal.objects.order_by("id"))
    assert [each.acts for each in seals] == [5, 5, 2, 4]
    assert [each.previous for each in seals] == ["", *(each.digest for each in seals[:-1])]
    assert faults() == []


def test_a_line_that_was_taken_out_is_missed(aunt_liu: Staff):
    act(aunt_liu, 12)
    seal_acts(key=KEY, at=timezone.now())
    seventh = Act.objects.order_by("id")[6]

    as_owner("DELETE FROM offices_act WHERE id = %s", seventh.pk)

    assert len(faults()) == 1
    assert "封存时有5条，现在有4条，少了1条" in faults()[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [("verb", "logout"), ("detail", "{}"), ("at", "2001-01-01"), ("recorded_at", "2001-01-01"), ("by_id", None)],
)
def test_a_line_that_was_changed_is_noticed(aunt_liu: Staff, column: str, value: str | None):
    act(aunt_liu, 6)
    seal_acts(key=KEY, at=timezone.now())

    changed = f"UPDATE offices_act SET {column} = %s WHERE id = %s"  # noqa: S608 - columns of this test
    as_owner(changed, value, Act.objects.order_by("id")[5].pk)

    assert len(faults()) == 1
    assert "有内容被改动" in faults()[0]


def test_a_line_put_in_afterwards_is_noticed(aunt_liu: Staff):
    act(aunt_liu, 3)
    with transaction.atomic():
        act(aunt_liu)
        transaction.set_rollback(True)  # its id stays free
    act(aunt_liu)
    seal_acts(key=KEY, at=timezone.now())
    free = Act.objects.order_by("-id")[0].pk - 1
    assert faults() == []

    copied = "SELECT (json_populate_record(a, json_build_object('id', %s))).* FROM offices_act a ORDER BY id LIMIT 1"
    as_owner(f"INSERT INTO offices_act {copied}", free)

    assert "多了1条" in faults()[0]


def test_who_owns_the_tables_cannot_mend_the_chain_without_the_key(aunt_liu: Staff):
    act(aunt_liu, 3)
    seal_acts(key=KEY, at=timezone.now())
    with acting.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE upkeep_actseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM upkeep_actseal")
        cursor.execute("ALTER TABLE upkeep_actseal ENABLE TRIGGER USER")
    as_owner("DELETE FROM offices_act WHERE id = %s", Act.objects.order_by("id")[0].pk)

    seal_acts(key=b"guessed" * 4 + b"....", at=timezone.now())

    assert "钥匙不是原来的那一把" in faults()[0]


def test_a_seal_that_was_taken_out_is_missed(aunt_liu: Staff):
    act(aunt_liu, 12)
    seal_acts(key=KEY, at=timezone.now())
    with acting.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE upkeep_actseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM upkeep_actseal WHERE id = (SELECT max(id) - 1 FROM upkeep_actseal)")
        cursor.execute("ALTER TABLE upkeep_actseal ENABLE TRIGGER USER")

    assert any("接不上前一号" in each for each in faults())


def test_an_act_still_being_written_is_sealed_when_it_is_there(aunt_liu: Staff):
    """A slow transaction holds a low id while later ones commit: nothing is sealed past it until it ends."""
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                act(aunt_liu)
                begun.set()
                go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    act(aunt_liu, 2)
    threading.Timer(0.5, go.set).start()

    assert seal_acts(key=KEY, at=timezone.now()) == 3
    thread.join()
    assert faults() == []


@contextmanager
def meanwhile(statement: str, *, database: str = "") -> Iterator[None]:
    """Another session, in the midst of a transaction that has done this."""
    other = connection.copy()
    other.settings_dict["NAME"] = database or other.settings_dict["NAME"]
    try:
        other.set_autocommit(False)
        other.cursor().execute(statement)
        yield
        other.rollback()
    finally:
        other.close()


@pytest.mark.parametrize("database", ["", "postgres"], ids=["同一数据库", "同一服务器的另一数据库"])
def test_a_long_transaction_that_writes_no_act_is_not_waited_for(aunt_liu: Staff, monkeypatch, database: str):
    monkeypatch.setattr(chain, "PATIENCE_SECONDS", 0.0)
    act(aunt_liu, 2)

    with meanwhile("SELECT pg_current_xact_id()", database=database):
        assert seal_acts(key=KEY, at=timezone.now()) == 2


def test_an_act_that_is_never_finished_is_said(aunt_liu: Staff, monkeypatch):
    monkeypatch.setattr(chain, "PATIENCE_SECONDS", 0.3)
    act(aunt_liu, 2)

    with meanwhile("LOCK TABLE offices_act IN ROW EXCLUSIVE MODE"), pytest.raises(Refusal, match="日志暂时不能封存"):
        seal_acts(key=KEY, at=timezone.now())

    assert seal_acts(key=KEY, at=timezone.now()) == 2


def test_what_waits_too_long_for_its_seal_is_said(aunt_liu: Staff):
    act(aunt_liu, 2)

    late = audit_acts(key=KEY, at=timezone.now() + timedelta(days=3))

    assert "2条日志还没有封存" in late.faults[0]


def test_the_commands_say_what_they_saw(aunt_liu: Staff, settings, tmp_path):
    settings.LOG_KEY = tmp_path / "key"
    act(aunt_liu, 6)
    out = io.StringIO()
    call_command("seal_log", stdout=out)
    call_command("audit_log", stdout=out)
    assert "新封存 6 条日志" in out.getvalue()
    assert f"日志完整。核对封存 2 号、日志 6 条。最新摘要 {ActSeal.objects.first().digest}" in out.getvalue()

    as_owner("DELETE FROM offices_act WHERE id = %s", Act.objects.order_by("id")[0].pk)
    with pytest.raises(SystemExit):
        call_command("audit_log", stdout=out)
    assert "有 1 处不符" in out.getvalue()
