"""kill -9 of PostgreSQL, of the web server and of the job worker while clerks take money: nothing acknowledged is lost.

The clerks go the counter's way over HTTP; a tenth of their submits is left before the answer, a tenth is sent twice at
once. Afterwards every day is closed and the money sent up, and each link must come to the same sum.
"""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import reckoning
from tests.faults.clerks import Tally, close_all, storm
from tests.faults.cluster import cluster_with
from tests.faults.conftest import Keep
from tests.faults.killing import strikes
from tests.faults.office import Office, open_office, wait_for_jobs


@pytest.mark.django_db(transaction=True)  # whose tables are copied
def test_nothing_is_lost_by_kill_9(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    clerks, households, rounds = (20, 150, 4) if full else (6, 40, 1)
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    kills = Counter[str]()
    with cluster_with(tables, "kills") as cluster, open_office(cluster.url, tmp_path, cluster=cluster.name) as office:
        queues = office.furnish(clerks, households)
        office.start()

        tally, runs = storm(
            office.port, queues, lambda _: kills.update(strikes(cluster, office, rounds=rounds, seed=seed)), seed=seed
        )

        wait_for_jobs(lambda: reckoning.open_jobs(cluster.url))
        assert not tally.faults, tally.faults[0]
        told = settled_and_sent_up(office, queues, cluster.url, tally)
    killed = ", ".join(f"{name} {times}" for name, times in sorted(kills.items()))
    keep(f"kills: {killed}. {told}; {runs} print runs, all ended")


def settled_and_sent_up(office: Office, queues: dict[str, list[str]], url: str, tally: Tally) -> str:
    """Close the day and send the money up; ask every promise of the database; the figures in words."""
    assert not close_all(office.port, queues)
    sent = office.run("-m", "tests.faults.chain")
    assert sent.returncode == 0, sent.stderr
    broken = reckoning.broken(url, tally.receipts)
    sums = reckoning.links(url)

    assert broken == dict.fromkeys(broken, 0)
    assert set(sums) == {240 * reckoning.paid(url)}
    assert tally.receipts
    assert not office.audit()
    answers = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(tally.answers.items()))
    return (
        f"{len(queues)} clerks, {tally.submits} submits ({tally.aborted} left, {tally.doubled} doubled), answers "
        f"{answers}; acknowledged {sum(map(len, tally.receipts.values()))}, lost 0, twin numbers 0, gaps 0, "
        f"double charges 0, orphans 0; {len(sums)} links of {sums[0]:,.2f} yuan each"
    )
