"""Two web hosts and three hosts of workers on one PostgreSQL: what happens when one of either is cut off.

Clerks go on by the other web host. A job whose worker is cut off is taken over, and when the old worker comes back its
work has no effect a second time.
"""

import shutil
import time
from pathlib import Path

import psycopg
import pytest

from bench.browser import wait_until_served
from tests.faults import reckoning
from tests.faults.clerks import storm
from tests.faults.cluster import Cluster, cluster_with
from tests.faults.conftest import Keep
from tests.faults.front import in_front_of
from tests.faults.hosts import HERE, Host, network, why_not
from tests.faults.office import Office, open_office, wait_for_jobs
from tests.faults.test_kills import settled_and_sent_up
from tests.waiting import wait_for

SERVE = "from config.serve import Application, Server; Server(Application('{address}:8000')).run()"
WORKS_AT = """
    SELECT host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
      AND EXISTS (SELECT FROM offices_job j
                  WHERE j.started_at IS NOT NULL AND j.finished_at IS NULL AND j.done < j.total)
"""
# Whatever a job of printing did twice would show in one of these.
PRINTED_TWICE = """
    SELECT (SELECT count(*) FROM (SELECT FROM payments_receiptprint GROUP BY receipt_id, copy HAVING count(*) > 1) c)
         + (SELECT count(*) FROM (SELECT FROM payments_receiptprint WHERE copy = 1
                                  GROUP BY receipt_id HAVING count(*) > 1) o)
"""
DONE = "SELECT json_agg(j ORDER BY j.id)::text FROM (SELECT id, finished_at, attempts, result FROM offices_job) j"

pytestmark = [
    pytest.mark.django_db,  # so that there is a test database to copy
    pytest.mark.skipif(
        bool(why_not()) or not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="wants root, iproute2 and nginx"
    ),
]


def test_a_host_that_is_cut_off_is_done_without(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    if not full:
        pytest.skip("make faults: it waits for a network to time out")
    with (
        cluster_with(tables, "hosts") as cluster,
        network("web1", "web2", "work1", "work2", "work3") as hosts,
        open_office(cluster.listen(HERE, f"{HERE}/24"), tmp_path) as office,
    ):
        queues = office.furnish(8, 60)
        addresses = [start_web(hosts[name], office) for name in ("web1", "web2")]
        workers = [start_worker(hosts[name], office) for name in ("work1", "work2", "work3")]
        with in_front_of(addresses, tmp_path) as port:
            wait_until_served(port, seconds=90)
            cut: list[str] = []
            office.port = port

            tally, runs = storm(port, queues, lambda _: cut.extend(cut_off(hosts, workers, cluster)), seed=1)
            wait_for_jobs(lambda: reckoning.open_jobs(cluster.url))
            done = ask(cluster, DONE)
            for host in hosts.values():
                host.join()
            time.sleep(15)  # the old worker is back, and has had its time to do harm

            assert ask(cluster, DONE) == done
            assert ask(cluster, PRINTED_TWICE) == 0
            assert not tally.faults, tally.faults[0]
            told = settled_and_sent_up(office, queues, cluster.url, tally)
    keep(f"cut off: {', '.join(cut)}. {told}; {runs} print runs, all ended, none printed twice")


def start_web(host: Host, office: Office) -> str:
    environment = office.environment | {"CANBAO_HOSTS": "127.0.0.1"}
    host.start("-c", SERVE.format(address=host.address), environment=environment, log=office.log)
    return f"{host.address}:8000"


def start_worker(host: Host, office: Office) -> Host:
    host.start("manage.py", "run_jobs", environment=office.environment, log=office.log)
    return host


def cut_off(hosts: dict[str, Host], workers: list[Host], cluster: Cluster) -> list[str]:
    """A web host while clerks talk to it, then the host of a worker in the middle of a job; what was cut off."""
    time.sleep(5)
    hosts["web1"].cut()
    time.sleep(15)
    hosts["web1"].join()
    by_address = {host.address: host for host in workers}
    found = wait_for(
        lambda: next((a for a in all_of(cluster, WORKS_AT) if a in by_address), ""),
        so_that="a worker is in the middle of a job",
        every=0.01,
    )
    busy = by_address[found]
    busy.cut()
    time.sleep(45)  # until its session is given up and its job taken over
    return ["web1 for 15 s", f"{busy.name} in the middle of a job"]


def ask(cluster: Cluster, statement: str) -> object:
    with psycopg.connect(cluster.url) as seen:
        return seen.execute(statement).fetchone()[0]


def all_of(cluster: Cluster, statement: str) -> list[str]:
    with psycopg.connect(cluster.url) as seen:
        return [address for (address,) in seen.execute(statement) if address]
