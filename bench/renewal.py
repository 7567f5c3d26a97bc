"""续保预核 of the whole county: in sets, against the ORM, against constants, and against openfisca-core.

The rules are the same for all: for openfisca they are written out anew (`bench/fisca.py`), as one would have to.
"""

import time
from contextlib import nullcontext
from statistics import median
from typing import Any

from bench.at_the_counter import AT, YEAR
from bench.result import Result, Size
from bench.timing import ms

SAMPLE = {"small": 3_000, "full": 10_000}
ROUNDS = {"small": 1, "full": 2}
COMPUTED = 5

# The same rows with the same keys into the same table, and nothing to decide.
CONSTANTS = """
    INSERT INTO enrollment_preparedassessment
        (person_id, household_id, coverage_year, office_id, division_code, outcome_id, prepared_at)
    SELECT m.person_id, m.household_id, %(year)s, h.office_id, h.division_code, %(outcome)s, %(at)s
    FROM households_membership m JOIN households_household h ON h.id = m.household_id
    WHERE h.office_id = ANY(%(offices)s) AND h.closed_at IS NULL AND m.ends_on IS NULL
    ORDER BY m.person_id
"""
EMPTY = "TRUNCATE enrollment_preparedassessment"


def measure(size: Size) -> list[Result]:
    """Times from table to table; the answers of the sample are compared one by one."""
    from enrollment.preparing import prepare_renewal
    from offices.models import Office, Staff

    offices = list(Office.objects.filter(code__startswith="SM-530127").exclude(code="SM-SONGYANG"))
    admin = Staff.objects.get(username="admin")
    _run("ANALYZE")
    ours, bare = [], []
    for _ in range(ROUNDS[size]):
        _run(EMPTY)
        started = time.perf_counter()
        found = prepare_renewal(offices=offices, coverage_year=YEAR, by=admin, at=AT)
        ours.append(time.perf_counter() - started)
        expected = _answers()
        _run(EMPTY)
        bare.append(_constants(offices))
    seconds, constants = median(ours), median(bare)
    plain, compared = _plainly(offices, SAMPLE[size], expected)
    persons = found.persons
    job = f"renewal: assess {persons:,} persons, table to table"
    rate = f"{seconds:.1f} s, {persons / seconds:,.0f} a second"
    keys = f"{found.keys} keys of {found.households:,} households"
    note, peer = f"{compared:,} persons compared; sample; {keys}", f"ORM iterator + bulk_create {plain:,.0f} a second"
    return [
        Result(job, rate, peer, persons / seconds / plain, 15, 25, note=note),
        Result("renewal, time", f"{seconds:.1f} s", f"INSERT … SELECT of constants {constants:.1f} s",
               seconds / constants, 1.5, 1.2, at_most=True, note="same keys, same table"),
        _compute(offices, size),
    ]  # fmt: skip


def _constants(offices: list[Any]) -> float:
    from enrollment.models import PreparedOutcome

    outcome = PreparedOutcome.objects.order_by("pk").first().pk
    started = time.perf_counter()
    _run(CONSTANTS, {"year": YEAR, "offices": [each.pk for each in offices], "outcome": outcome, "at": AT})
    return time.perf_counter() - started


def _plainly(offices: list[Any], sample: int, expected: dict[int, tuple[Any, ...]]) -> tuple[float, int]:
    """Persons a second of the plain way; all answers compared."""
    from bench.plain_renewal import prepare_plainly

    _run(EMPTY)
    started = time.perf_counter()
    written = prepare_plainly(offices=offices, coverage_year=YEAR, at=AT, sample=sample)
    rate = written / (time.perf_counter() - started)
    for person, answer in _answers().items():
        if expected[person] != answer:
            raise SystemExit(f"person {person}: {expected[person]} in sets, {answer} one by one")
    return rate, written


def _answers() -> dict[int, tuple[Any, ...]]:
    from enrollment.models import PreparedAssessment

    told = ("is_due", "attention", "category", "payable", "sponsored", "funder")
    rows = PreparedAssessment.objects.values_list("person", *(f"outcome__{name}" for name in told))
    return {person: tuple(rest) for person, *rest in rows.iterator(20_000)}


def _run(statement: str, asked: dict[str, Any] | None = None) -> None:
    from django.db import connection

    from tests.acting import as_owner

    with as_owner() if statement in {EMPTY, "ANALYZE"} else nullcontext(), connection.cursor() as cursor:
        cursor.execute(statement, asked)


def _compute(offices: list[Any], size: Size) -> Result:
    """Facts in memory to amounts in memory: distinct keys decided by the rules and taken back, against openfisca."""
    from bench import fisca

    facts = fisca.facts_of([each.pk for each in offices])
    seconds, peers = [], []
    for _ in range(COMPUTED):
        mine, ours = fisca.by_keys(facts)
        peer, theirs = fisca.by_openfisca(facts)
        if not (ours == theirs).all():
            raise SystemExit(f"openfisca decides {(ours != theirs).sum()} persons otherwise")
        seconds.append(mine)
        peers.append(peer)
    mine, peer = median(seconds), median(peers)
    note = f"{len(ours):,} persons, facts in memory, the same amounts; median of {COMPUTED}"
    told = (8, 15) if size == "full" else (None, None)  # deciding the keys weighs more than the persons of a small run
    return Result("renewal, compute only", ms(mine), f"openfisca-core {ms(peer)}", peer / mine, *told, note=note)
