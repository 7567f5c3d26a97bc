"""省级参保登记: what several databases share, so that a person is covered once a year in all of them together.

A province keeps one database for each prefecture, or county, and beside them one small registry: who is covered in
which year, and where. It knows no names and no numbers, only keyed digests. A place reserves a person there before it
writes the enrolment, and confirms when that is committed. Whoever dies in between leaves a reservation that `sweep`
confirms or releases, by what the place's own database says. Two places that race for a person meet at the primary key.

Every transaction of ours that touches the registry holds an advisory lock of the own database, shared; `sweep` takes it
alone, so that it never judges a reservation whose transaction is still under way.
Without CANBAO_REGISTRY_URL there is no registry, and nothing here does anything.
"""

import hashlib
import hmac
import logging
import select
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import connection, transaction

from common.dates import local_day
from common.decision import Clause, Reason, Refusal
from enrollment.models import Enrollment
from households import identity
from households.models import Person

TABLE = """
    CREATE TABLE IF NOT EXISTS cover (
        person bytea NOT NULL CHECK (octet_length(person) = 16),
        coverage_year smallint NOT NULL,
        place text COLLATE "C" NOT NULL CHECK (place <> ''),
        ref bigint NOT NULL,
        token uuid NOT NULL,
        reserved_at timestamptz NOT NULL DEFAULT now(),
        confirmed_at timestamptz,
        PRIMARY KEY (person, coverage_year)
    );
    COMMENT ON TABLE cover IS 'Who is covered in which year, and where; ref is the person in that database.';
    CREATE INDEX IF NOT EXISTS cover_of_place ON cover (place, coverage_year, ref);
    CREATE INDEX IF NOT EXISTS cover_unconfirmed ON cover (place, reserved_at) WHERE confirmed_at IS NULL;
"""
# In the order of the digests, so that two places that reserve many persons cannot wait for each other. Within a place
# the database itself sees to it that a number is one person's: a row of the own place under another ref is an old one.
RESERVE = """
    INSERT INTO cover AS c (person, coverage_year, place, ref, token)
    SELECT person, %(year)s, %(place)s, ref, %(token)s
    FROM unnest(%(persons)s::bytea[], %(refs)s::bigint[]) AS asked(person, ref) ORDER BY person
    ON CONFLICT (person, coverage_year) DO UPDATE
    SET ref = excluded.ref, token = excluded.token, reserved_at = now(), confirmed_at = NULL
    WHERE c.place = excluded.place
"""
ELSEWHERE = """
    SELECT person, place FROM cover
    WHERE coverage_year = %(year)s AND person = ANY(%(persons)s) AND place <> %(place)s
"""
CONFIRM = "UPDATE cover SET confirmed_at = now() WHERE place = %s AND token = ANY(%s) AND ref = ANY(%s)"
RELEASE = "DELETE FROM cover WHERE place = %s AND token = ANY(%s) AND ref = ANY(%s) AND confirmed_at IS NULL"
DOUBT = """
    UPDATE cover SET confirmed_at = NULL, reserved_at = now(), token = %(token)s
    WHERE place = %(place)s AND coverage_year = %(year)s AND ref = ANY(%(refs)s)
"""
# Which rows a sweep has judged: exactly these, whatever else their tokens stand on.
JUDGED = """
    FROM unnest(%(persons)s::bytea[], %(years)s::int[], %(tokens)s::uuid[]) AS judged(person, coverage_year, token)
    WHERE c.place = %(place)s AND c.confirmed_at IS NULL
      AND (c.person, c.coverage_year, c.token) = (judged.person, judged.coverage_year, judged.token)
"""
STANDS = f"UPDATE cover c SET confirmed_at = now() {JUDGED}"  # noqa: S608 - of constants
IS_GONE = f"DELETE FROM cover c {JUDGED.replace('FROM', 'USING', 1)}"  # noqa: S608 - of constants
UNCONFIRMED = """
    SELECT person, coverage_year, token, ref FROM cover
    WHERE place = %s AND confirmed_at IS NULL AND reserved_at < now() - make_interval(secs => %s)
    ORDER BY reserved_at LIMIT 1000
"""
LOCK = 7_302_614_411
AFTER = 30  # seconds in which a reservation is confirmed by whoever made it
PATIENCE = 3  # seconds until the registry has answered
GONE = (
    "省级参保登记暂时连不上，无法确认是否已在别处参保，没有办理。"
    "请稍候再试；一直不行，请告诉系统维护人员检查省级参保登记。"
)
logger = logging.getLogger(__name__)
_own = threading.local()


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did with the reservations that nobody had confirmed."""

    confirmed: int
    released: int


def is_shared() -> bool:
    """Whether this database shares a registry with others."""
    return bool(settings.REGISTRY_URL)


def digest(key: str) -> bytes:
    """What the registry knows a person by: 16 bytes of a keyed digest, the same in every place."""
    secret = settings.REGISTRY_KEY.read_bytes().strip()
    return hmac.new(secret, key.encode(), hashlib.sha256).digest()[:16]


def key_of(person: Person) -> str:
    """A person's number, or a newborn's birth certificate and mother."""
    number = identity.number_of(person)
    return f"id:{number}" if number else f"newborn:{person.birth_certificate_no}:{person.mother_id_no}"


def reserve(*, person_ids: Collection[int], coverage_year: int, clause: Clause | None = None) -> None:
    """Reserve persons for the year before their enrolments are committed; refuses who is covered at another place.

    To be called within the transaction that writes the enrolments. When it commits, the reservation is confirmed.
    """
    if not is_shared() or not person_ids:
        return
    _hold()
    persons, asked = _asked(person_ids, coverage_year)
    token = uuid4()
    with _registry() as cursor:
        cursor.execute(RESERVE, asked | {"token": token})
        if cursor.rowcount < len(persons):
            cursor.execute(ELSEWHERE, asked)
            _refuse(persons, cursor.fetchall(), coverage_year, clause)
    transaction.on_commit(lambda: _afterwards(CONFIRM, token, person_ids))


def refuse_elsewhere(*, person_ids: Collection[int], coverage_year: int) -> None:
    """Refuse what `reserve` would refuse, and reserve nothing."""
    persons, asked = _asked(person_ids, coverage_year)
    with _registry() as cursor:
        cursor.execute(ELSEWHERE, asked)
        if found := cursor.fetchall():
            _refuse(persons, found, coverage_year, None)


def _asked(person_ids: Collection[int], coverage_year: int) -> tuple[dict[bytes, Person], dict[str, Any]]:
    persons = {digest(key_of(person)): person for person in Person.objects.filter(pk__in=person_ids)}
    here = {"place": settings.REGISTRY_PLACE, "refs": [person.pk for person in persons.values()]}
    return persons, {"year": coverage_year, "persons": list(persons)} | here


def _refuse(
    persons: dict[bytes, Person], found: Iterable[tuple[bytes, str]], coverage_year: int, clause: Clause | None
) -> None:
    told = "、".join(sorted(f"{persons[bytes(person)].name}（{place}）" for person, place in found))
    text = f"{told or '本户有人'}已在别处参加{coverage_year}年度居民医保（省级参保登记），一年只能参保一次，没有办理。"
    raise Refusal(Reason("DUPLICATE", f"{text}确未在那里参保的，请与当地经办机构联系。", clause))


def doubt(enrollments: Iterable[Enrollment]) -> None:
    """Note that enrolments are being cancelled, within the transaction that does it; they are released when it commits.

    A cancellation does not wait for a registry that is gone: `compare` finds what was left.
    """
    if not is_shared():
        return
    by_year: dict[int, set[int]] = {}
    for each in enrollments:
        by_year.setdefault(each.coverage_year, set()).add(each.person_id)
    for year, refs in by_year.items():
        _hold()
        token = uuid4()
        try:
            with _registry() as cursor:
                cursor.execute(
                    DOUBT, {"token": token, "place": settings.REGISTRY_PLACE, "year": year, "refs": list(refs)}
                )
        except Refusal:
            logger.warning("the registry was not told of a cancellation; compare_registry will find it")
            continue
        transaction.on_commit(lambda token=token, refs=refs: _afterwards(RELEASE, token, refs))


@contextmanager
def following(person_id: int | None, *, at: datetime, rehearsed: bool = False) -> Iterator[None]:
    """Within a transaction: where the block gives the person another number, the registry knows the cover by that.

    Refuses where another place covers whoever has the new number, in a year that is not over. Until the commit both
    stand reserved; what is only rehearsed reserves nothing.
    """
    if not is_shared() or person_id is None:
        yield
        return
    before = key_of(Person.objects.get(pk=person_id))
    yield
    if key_of(Person.objects.get(pk=person_id)) == before:
        return
    covers = list(Enrollment.objects.in_force().filter(person=person_id))
    running = {each.coverage_year for each in covers if each.coverage_year >= local_day(at).year}
    if not rehearsed:
        doubt(covers)
    for year in sorted(running):
        (refuse_elsewhere if rehearsed else reserve)(person_ids=[person_id], coverage_year=year)


def sweep(*, older_than: float = AFTER) -> Swept | None:
    """Confirm or release reservations that nobody did; None where others are writing just now: come again."""
    if not is_shared():
        return Swept(0, 0)
    with _registry() as cursor:
        cursor.execute(UNCONFIRMED, [settings.REGISTRY_PLACE, older_than])
        left = cursor.fetchall()
    if not left:
        return Swept(0, 0)
    with transaction.atomic():
        if not _alone():
            return None
        return _settled([row[:3] for row in left], _standing({ref for *_, ref in left}))


def tidy() -> None:
    """What a worker does now and then."""
    sweep()


def _settled(left: Collection[tuple[bytes, int, UUID]], standing: set[tuple[bytes, int]]) -> Swept:
    kept = [row for row in left if (bytes(row[0]), row[1]) in standing]
    gone = [row for row in left if (bytes(row[0]), row[1]) not in standing]
    done = []
    with _registry() as cursor:
        for statement, rows in ((STANDS, kept), (IS_GONE, gone)):
            persons, years, tokens = ([row[place] for row in rows] for place in range(3))
            asked = {"persons": persons, "years": years, "tokens": tokens, "place": settings.REGISTRY_PLACE}
            cursor.execute(statement, asked)
            done.append(cursor.rowcount)
    return Swept(*done)


def _standing(refs: Collection[int]) -> set[tuple[bytes, int]]:
    """By digest and year, what these persons have in force here: under the numbers that they have now."""
    rows = Enrollment.objects.in_force().filter(person_id__in=refs).select_related("person")
    return {(digest(key_of(each.person)), each.coverage_year) for each in rows}


def compare(*, coverage_year: int) -> list[str]:
    """Make the registry's rows of this place what its enrolments of a year say; returns what could not be made so.

    For a database that joins a registry, and each night. Who is covered elsewhere too is named by the person's id.
    """
    with transaction.atomic():
        _hold_alone()
        here = {digest(key_of(each.person)): each.person_id for each in _in_force(coverage_year)}
        with _registry() as cursor:
            cursor.execute(
                "DELETE FROM cover WHERE place = %s AND coverage_year = %s AND NOT person = ANY(%s)",
                [settings.REGISTRY_PLACE, coverage_year, list(here)],
            )
            cursor.execute(
                """
                INSERT INTO cover AS c (person, coverage_year, place, ref, token, confirmed_at)
                SELECT person, %(year)s, %(place)s, ref, gen_random_uuid(), now()
                FROM unnest(%(persons)s::bytea[], %(refs)s::bigint[]) AS asked(person, ref) ORDER BY person
                ON CONFLICT (person, coverage_year) DO UPDATE SET ref = excluded.ref, confirmed_at = now()
                WHERE c.place = excluded.place
                """,
                {
                    "year": coverage_year,
                    "place": settings.REGISTRY_PLACE,
                    "persons": list(here),
                    "refs": list(here.values()),
                },
            )
            cursor.execute(
                "SELECT person, place FROM cover WHERE coverage_year = %s AND place <> %s AND person = ANY(%s)",
                [coverage_year, settings.REGISTRY_PLACE, list(here)],
            )
            return sorted(f"{here[bytes(person)]}: {place}" for person, place in cursor.fetchall())


def _in_force(coverage_year: int) -> Iterator[Enrollment]:
    rows = Enrollment.objects.in_force().filter(coverage_year=coverage_year).select_related("person")
    return rows.iterator(chunk_size=10_000)


def create() -> None:
    """Make the registry's table, if it is not there."""
    with _registry() as cursor:
        cursor.execute(TABLE)


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def _hold_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _alone() -> bool:
    """Whether nobody is between reserving and committing; nobody waits for us either way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _afterwards(statement: str, token: UUID, refs: Collection[int]) -> None:
    """What follows a commit; where it fails, the sweep does it."""
    try:
        with _registry() as cursor:
            cursor.execute(statement, [settings.REGISTRY_PLACE, [token], list(refs)])
    except Refusal:
        logger.warning("the registry was not told of a commit; the sweep will do it")


@contextmanager
def _registry() -> Iterator[Any]:
    """A cursor on the registry, one connection a thread; refuses where it cannot be reached or does not answer."""
    try:
        with _connection().transaction(), _connection().cursor() as cursor:
            yield cursor
    except psycopg.Error as error:
        logger.warning("registry: %s", type(error).__name__)
        _own.connection = None
        raise Refusal(Reason("REGISTRY_GONE", GONE)) from error


def _connection() -> "psycopg.Connection[Any]":
    found: psycopg.Connection[Any] | None = getattr(_own, "connection", None)
    if found is None or _own.url != settings.REGISTRY_URL or _has_ended(found):
        options = f"-c statement_timeout={PATIENCE}s -c lock_timeout={PATIENCE}s"
        _own.url = settings.REGISTRY_URL
        found = _own.connection = psycopg.connect(
            _own.url, autocommit=True, connect_timeout=PATIENCE, options=options, application_name="canbao registry"
        )
    return found


def _has_ended(found: "psycopg.Connection[Any]") -> bool:
    """Whether the other side has closed a connection that lay idle: then, and only then, there is something to read."""
    return found.closed or bool(select.select([found.pgconn.socket], [], [], 0)[0])
