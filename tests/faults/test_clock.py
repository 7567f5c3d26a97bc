"""A clock that jumps while clerks take money: an hour back, a day ahead, a day back. Numbers, sums and days still hold.

The machine's clock is set under the running server, its workers and PostgreSQL, as a wrong time server or a careless
hand does it; whoever's session has run out by it gives the password again.
"""

import random
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.faults.clerks import storm
from tests.faults.cluster import Cluster, cluster_with
from tests.faults.conftest import Keep
from tests.faults.machine_clock import MachineClock, machine_clock
from tests.faults.office import open_office, wait_for_jobs
from tests.faults.reckoning import open_jobs
from tests.faults.test_kills import settled_and_sent_up

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (-HOUR, DAY, -DAY, -HOUR / 4, DAY, 2 * HOUR)  # at last it is later than ever before
BACKWARDS = """
    SELECT count(*) FROM (SELECT issued_at < lag(issued_at) OVER (PARTITION BY book_id ORDER BY number) AS earlier
                          FROM payments_receipt) r WHERE earlier
"""
# Each receipt stands in a day-end of its own day or of a later one, never of an earlier.
TOO_EARLY = """
    SELECT count(*) FROM payments_receipt r JOIN payments_settlementline l ON l.id = r.settlement_line_id
    JOIN payments_settlement s ON s.id = l.settlement_id
    WHERE s.day < (r.issued_at AT TIME ZONE 'Asia/Shanghai')::date
"""


@pytest.mark.django_db(transaction=True)  # whose tables are copied
def test_a_clock_that_jumps_costs_no_number_and_no_yuan(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    clerks, households, times = (20, 100, 3) if full else (4, 30, 1)
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    with (
        cluster_with(tables, "clock") as cluster,
        machine_clock(cluster) as clock,
        open_office(cluster.url, tmp_path) as office,
    ):
        office.more = clock.environment
        queues = office.furnish(clerks, households)
        office.start()

        tally, _ = storm(office.port, queues, lambda _: jump(clock, times), seed=seed)

        wait_for_jobs(lambda: open_jobs(cluster.url))
        assert not tally.faults, tally.faults[0]
        assert not tally.answers[503]
        told = settled_and_sent_up(office, queues, cluster.url, tally)
        backwards, too_early = counted(cluster, BACKWARDS), counted(cluster, TOO_EARLY)
    assert too_early == 0
    assert tally.logins > clerks + 1  # by that clock sessions ran out
    keep(
        f"{len(JUMPS) * times} jumps of the machine's clock, {tally.logins} logins, {backwards} receipts dated before "
        f"the number before them. {told}"
    )


def jump(clock: MachineClock, times: int) -> None:
    """All jumps, a second apart, and as many times; each time it ends on a later day, when all can be settled."""
    for by in JUMPS * times:
        time.sleep(1)
        clock.set_by(by)
    time.sleep(1)


def counted(cluster: Cluster, sql: str) -> int:
    with psycopg.connect(cluster.url) as connection:
        return connection.execute(sql).fetchone()[0]
