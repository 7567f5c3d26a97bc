"""A disk without room, of the database or of the files: the clerk reads so, nothing is lost, and it goes on after."""

import os
import random
import time
from pathlib import Path

import psycopg
import pytest

from bench.browser import Answer, Browser
from config.postgres_home import find_home
from tests.builders import PASSWORD
from tests.faults import reckoning
from tests.faults.clerks import SEAL, Tally, storm
from tests.faults.cluster import Cluster, cluster_with
from tests.faults.conftest import Keep
from tests.faults.disk import fill, make_room, small_disk
from tests.faults.office import Office, open_office, wait_for_jobs
from tests.faults.test_kills import settled_and_sent_up
from tests.households.pictures import picture
from tests.waiting import wait_for

NAME = "full"
BOUNDARY = "of-a-form"


@pytest.mark.django_db(transaction=True)  # whose tables are copied
def test_a_full_disk_is_told_and_loses_nothing(full: bool, tables: bytes, tmp_path: Path, keep: Keep):
    clerks, households, times = (20, 100, 3) if full else (4, 60, 1)
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    place = find_home(f"{NAME}{os.getpid()}").folder
    with (
        small_disk(place, megabytes=700),
        small_disk(tmp_path / "disk", megabytes=8) as files,
        cluster_with(tables, NAME) as cluster,
        open_office(cluster.url, tmp_path, cluster=cluster.name) as office,
    ):
        office.more = {"CANBAO_FILES": str(files / "files"), "CANBAO_BACKUPS": str(files / "backups")}
        queues = office.furnish(clerks, households)
        office.start()

        def full_now_and_then(tally: Tally) -> None:
            for _ in range(times):
                time.sleep(1)
                told = tally.full
                fill(place)
                wait_for(lambda told=told: tally.full > told, so_that="a clerk reads that the disk is full")
                time.sleep(2)
                make_room(place)
                office.wait_until_back()
            time.sleep(2)

        tally, _ = storm(office.port, queues, full_now_and_then, seed=seed)
        wait_for_jobs(lambda: reckoning.open_jobs(cluster.url))
        files_without_room(office, cluster, files, next(iter(queues)))

        assert not tally.faults, tally.faults[0]
        assert tally.answers[503]
        told = settled_and_sent_up(office, queues, cluster.url, tally)
    keep(f"database's disk full {times} ×, said {tally.full} × to be full; files' disk full: refused in words. {told}")


def files_without_room(office: Office, cluster: Cluster, disk: Path, login: str) -> None:
    """Uploads, print runs and backups where the files' disk is full, and again where it is not."""
    clerk, supervisor = Browser(office.port), Browser(office.port)
    clerk.log_in(login, PASSWORD)
    supervisor.log_in("zhuguan1", PASSWORD)
    with psycopg.connect(cluster.url) as connection:
        household = connection.execute(
            "SELECT h.id FROM households_household h JOIN offices_staff s ON s.office_id = h.office_id"
            " WHERE s.username = %s LIMIT 1",
            (login,),
        ).fetchone()[0]
    fill(disk)

    refused = upload(clerk, household)
    assert (refused.status, "磁盘满了" in refused.text) == (503, True)
    assert "磁盘空间" in office.run("manage.py", "backup").stderr
    assert run_ends(supervisor, cluster).startswith("服务器的磁盘满了")
    assert kept(cluster) == 0
    assert not list(disk.rglob("*.part"))

    make_room(disk)
    assert upload(clerk, household).status == 302
    assert office.run("manage.py", "backup").returncode == 0
    assert run_ends(supervisor, cluster) == ""
    assert kept(cluster) == 1


def upload(clerk: Browser, household: int) -> Answer:
    """A scan of the hukou book, as the page sends it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    body = f'{head}kind"\r\n\r\nhukou_book\r\n{head}file"; filename="scan.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    whole = body.encode() + picture() + f"\r\n--{BOUNDARY}--\r\n".encode()
    return clerk.post_body(f"/counter/{household}/files/", whole, f"multipart/form-data; boundary={BOUNDARY}")


def run_ends(supervisor: Browser, cluster: Cluster) -> str:
    """A print run of all receipts, printed ones too; why it failed, or nothing."""
    chosen = [("form", "half"), ("reprints", "on")]
    seal = SEAL.search(supervisor.post("/receipts/batch/", [*chosen, ("look", "1")]).text)[1]
    assert supervisor.post("/receipts/batch/", [*chosen, ("start", "1"), ("seal", seal)]).status == 302
    wait_for_jobs(lambda: reckoning.open_jobs(cluster.url))
    with psycopg.connect(cluster.url) as connection:
        return connection.execute("SELECT failed FROM offices_job ORDER BY id DESC LIMIT 1").fetchone()[0]


def kept(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url) as connection:
        return connection.execute("SELECT count(*) FROM households_storedfile").fetchone()[0]
