"""A province of two databases and a registry: both race for the same persons, and are killed while they do.

A person is covered in one of them, never in both and never in none for good: what a killed place had reserved is
released when it sweeps, and then the other may have it.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.places import BASE_DIR
from enrollment.registry import TABLE
from tests.faults.cluster import Cluster, cluster_with
from tests.faults.conftest import Keep
from tests.faults.office import open_office
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db  # so that there is a test database to copy

IN_FORCE = "SELECT person_id FROM enrollment_enrollment WHERE cancelled_at IS NULL"
PERSONS_OF = "SELECT person_id FROM households_membership WHERE household_id = %s"
RESERVED = "SELECT count(*) FROM cover WHERE place = %s AND confirmed_at IS NULL AND ref = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Place:
    """One of the databases, as its programs know it."""

    name: str
    url: str
    registry: str
    key: Path

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.url, "CANBAO_REGISTRY_URL": self.registry, "CANBAO_REGISTRY_PLACE": self.name}
        own |= {"CANBAO_REGISTRY_KEY": str(self.key), "DJANGO_SETTINGS_MODULE": "tests.settings", "CANBAO_DEMO": "1"}
        return os.environ | own

    def begin(self, seed: int, *households: int) -> "subprocess.Popen[str]":
        """Its clerks start taking money."""
        command = [sys.executable, "-m", "tests.faults.place", str(seed), *map(str, households)]
        return subprocess.Popen(command, cwd=BASE_DIR, env=self.environment, stdout=subprocess.PIPE, text=True)

    def take(self, *households: int) -> list[str]:
        """What became of these households: `paid` or why not."""
        said, _ = self.begin(0, *households).communicate()
        return [line.split()[1] for line in said.splitlines()]

    def manage(self, *command: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def enrolled(self) -> set[int]:
        with psycopg.connect(self.url) as seen:
            return {person for (person,) in seen.execute(IN_FORCE)}


@contextmanager
def province(tables: bytes, folder: Path, *, households: int) -> Iterator[tuple[Cluster, Place, Place]]:
    """Two databases with the same households, and their registry."""
    key = folder / "registry-key"
    key.write_text("the same in every place")
    with cluster_with(tables, "testprovince") as cluster:
        with open_office(cluster.url, folder) as office:
            office.furnish(2, households // 2)
        urls = {name: cluster.url.replace("/canbao?", f"/{name}?") for name in ("north", "registry", "postgres")}
        with psycopg.connect(urls["postgres"], autocommit=True) as server:
            server.execute("CREATE DATABASE north TEMPLATE canbao")
            server.execute("CREATE DATABASE registry TEMPLATE template0")
        with psycopg.connect(urls["registry"], autocommit=True) as server:
            server.execute(TABLE)
        south = Place("south", cluster.url, urls["registry"], key)
        yield cluster, south, Place("north", urls["north"], urls["registry"], key)


@pytest.fixture
def households(full: bool) -> int:
    """Of two persons each."""
    return 250 if full else 20


def test_two_places_race_for_the_same_persons_and_are_killed(
    full: bool, tables: bytes, tmp_path: Path, keep: Keep, households: int
):
    with province(tables, tmp_path, households=households) as (_, south, north):
        kills, begun = race(south, north, kills=12 if full else 3)

        for place in (south, north):
            place.manage("registry", "sweep", "--older-than", "0")
            assert "一致" in place.manage("registry", "compare", "--year", "2008")
        here, there = south.enrolled(), north.enrolled()
        with psycopg.connect(south.registry) as seen:
            rows = seen.execute("SELECT place, ref, confirmed_at IS NOT NULL FROM cover").fetchall()

    assert not here & there
    assert len(here | there) == 2 * households
    assert {(place, ref) for place, ref, _ in rows} == {("south", p) for p in here} | {("north", p) for p in there}
    assert all(confirmed for _, _, confirmed in rows)
    keep(
        f"{2 * households} persons known to two databases, {begun} starts of their clerks, {kills} killed; "
        f"covered {len(here)} + {len(there)}, twice 0, in none 0"
    )


def race(south: Place, north: Place, *, kills: int) -> tuple[int, int]:
    """Both take everybody's money at once; one or the other is killed and started again. Kills, starts."""
    chance, killed, begun = random.Random(7), 0, 2
    running = {place: place.begin(seed) for seed, place in enumerate((south, north))}
    while any(each.poll() is None for each in running.values()) or killed < kills:
        time.sleep(chance.uniform(0.05, 1.2))
        place = chance.choice((south, north))
        if killed < kills:
            running[place].kill()
            running[place].communicate()
            killed += 1
            place.manage("registry", "sweep", "--older-than", "0") if killed % 2 else None
            running[place] = place.begin(100 + killed)
            begun += 1
    for each in running.values():
        each.communicate()
    for place in (south, north):  # who was refused because the other had reserved and died tries once more
        place.manage("registry", "sweep", "--older-than", "0")
        place.begin(0).communicate()
        begun += 1
    return killed, begun


def test_a_place_that_dies_between_reserving_and_confirming_blocks_nobody_for_good(
    tables: bytes, tmp_path: Path, keep: Keep
):
    with province(tables, tmp_path, households=2) as (_, south, north), psycopg.connect(south.url) as book:
        household = book.execute("SELECT min(id) FROM households_household").fetchone()[0]
        persons = [person for (person,) in book.execute(PERSONS_OF, [household])]
        # Whoever holds the books keeps the payment from being written after its persons were reserved.
        book.execute("SELECT FROM payments_receiptbook FOR UPDATE")
        taking = south.begin(0, household)
        wait_until_reserved(south, persons)
        taking.kill()
        taking.communicate()
        book.rollback()

        meanwhile = north.take(household)
        swept = south.manage("registry", "sweep", "--older-than", "0")
        then = north.take(household)

        assert (meanwhile, then) == (["DUPLICATE"], ["paid"])
        assert "释放2人" in swept
        assert not south.enrolled()
        assert north.enrolled() == set(persons)
    keep("killed between reserve and confirm: refused elsewhere until swept, then covered there")


def wait_until_reserved(place: Place, persons: list[int]) -> None:
    with psycopg.connect(place.registry, autocommit=True) as seen:
        wait_for(
            lambda: seen.execute(RESERVED, [place.name, persons]).fetchone()[0] == len(persons),
            so_that="all of them are reserved",
        )
