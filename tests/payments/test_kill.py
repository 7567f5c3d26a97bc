"""A process killed in the middle of a payment leaves none of it or the whole; the same submit again pays once."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from enrollment.models import Assessment, Enrollment
from households.models import Household
from offices.models import Act, Staff
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine
from tests.acting import OPTIONS, as_owner
from tests.payments.conftest import Pay
from tests.payments.many import make_couples

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL
# Statement 1 locks, 2 reads, 3 fetches the rule set's text (a new process has none yet), 4 writes.
NONE = [*(f"{when} {number}" for number in (1, 2, 3, 4) for when in ("before", "after"))]
WHOLE = ["commit sent", "committed"]


def database_url() -> str:
    """The test database, for another process, which acts as the application's role as well."""
    known = connection.settings_dict
    login = quote(known["USER"], safe="") + (f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else "")
    query = urlencode({"host": known["HOST"], "port": known["PORT"], "options": OPTIONS}, quote_via=quote)
    return f"postgresql://{login}@/{known['NAME']}?{query}"


def dying_clerks(jobs: list[dict[str, object]]) -> "subprocess.Popen[str]":
    """The process, its jobs given."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.payments.dying_clerk", json.dumps(jobs)],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until_alone() -> None:
    """Wait until the database has noticed that its client is gone, which only the owner may see."""
    with as_owner(), connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
    pytest.fail("a killed process still has its connection")


def rows_of(household_id: int) -> tuple[int, ...]:
    """How many rows of each kind a household's payment has left."""
    return (
        Assessment.objects.filter(household=household_id).count(),
        Enrollment.objects.filter(household=household_id).count(),
        Payment.objects.filter(household=household_id).count(),
        Receipt.objects.filter(payment__household=household_id).count(),
        ReceiptLine.objects.filter(receipt__payment__household=household_id).count(),
        Act.objects.filter(
            verb="take_payment", subject_id__in=Payment.objects.filter(household=household_id).values("pk")
        ).count(),
    )


NOTHING, EVERYTHING = (0, 0, 0, 0, 0, 0), (1, 2, 1, 1, 2, 1)


def test_killed_at_any_point_it_leaves_none_or_the_whole(pay: Pay, aunt_liu: Staff, book: ReceiptBook):
    points = NONE + WHOLE
    households = make_couples(aunt_liu, len(points))
    jobs = [
        {"household": household, "key": str(uuid4()), "clerk": aunt_liu.pk, "point": point}
        for household, point in zip(households, points, strict=True)
    ]

    out, err = dying_clerks(jobs).communicate(timeout=120)

    wait_until_alone()
    assert out.splitlines() == [f"{point} {KILLED}" for point in points], err
    left = {job["point"]: rows_of(job["household"]) for job in jobs}
    assert left == dict.fromkeys(NONE, NOTHING) | dict.fromkeys(WHOLE, EVERYTHING)
    for job in jobs:
        again = pay(Household(pk=job["household"]), aunt_liu, "240.00", key=UUID(job["key"]))
        assert again.repeated == (job["point"] in WHOLE)
        assert rows_of(job["household"]) == EVERYTHING
    book.refresh_from_db()
    numbers = list(book.receipts.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(book.first_number, book.first_number + len(points)))


def test_killed_while_it_waits_for_the_number_it_leaves_none(pay: Pay, aunt_liu: Staff, book: ReceiptBook):
    """Assessment and enrolments are written, the book's row is another's: the middle of the writing statement."""
    (household,) = make_couples(aunt_liu, 1)
    job = {"household": household, "key": str(uuid4()), "clerk": aunt_liu.pk, "point": "never"}

    with transaction.atomic():
        ReceiptBook.objects.select_for_update().get(pk=book.pk)
        clerks = dying_clerks([job])
        wait_until_the_write_waits()
        os.killpg(clerks.pid, signal.SIGKILL)
        clerks.communicate()
    wait_until_alone()

    assert rows_of(household) == NOTHING
    taken = pay(Household(pk=household), aunt_liu, "240.00", key=UUID(job["key"]))
    assert (taken.repeated, taken.amount) == (False, Decimal(240))
    assert rows_of(household) == EVERYTHING


def wait_until_the_write_waits() -> None:
    with as_owner(), connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock' AND query LIKE '%WITH member AS%'"
            )
            if cursor.fetchone() == (1,):
                return
            time.sleep(0.05)
    pytest.fail("the payment did not get as far as the book")
