"""The impact of a rule set over an invented district, against the plain way and the bare read."""

import time
from pathlib import Path

from bench.result import Result, Size

SIZES = {"small": 15_000, "full": 500_000}
SOURCE = Path("enrollment/rulesets/lianyungang.toml")
SAMPLE = {"small": 200, "full": 1_000}  # households for the way that takes too long for all

HOUSEHOLDS = """
    INSERT INTO households_household ({columns}) SELECT {values}
    FROM households_household t, generate_series(1, %(households)s) i, LATERAL jsonb_populate_record(
        t, jsonb_build_object('id', 1000000 + i, 'number', lpad(i::text, 9, '0'))) r WHERE t.id = %(household)s
"""
PERSONS = """
    INSERT INTO households_person ({columns}) SELECT {values}
    FROM households_person t, generate_series(1, %(persons)s) i,
         LATERAL (SELECT date '1922-01-01' + (i %% 30000) AS born) b,
         LATERAL jsonb_populate_record(t, jsonb_build_object('id', 1000000 + i, 'birth_date', born,
             'id_no', '\\x01000101' || left(repeat(md5(i::text), 5), 156),
             'exemption', '', 'hukou_kind', (ARRAY['urban', 'urban', 'urban', 'rural'])[1 + i %% 7 %% 4])) r
    WHERE t.id = %(person)s
"""
MEMBERSHIPS = """
    INSERT INTO households_membership ({columns}) SELECT {values}
    FROM households_membership t, generate_series(1, %(persons)s) i, LATERAL jsonb_populate_record(
        t, jsonb_build_object('id', 1000000 + i, 'person_id', 1000000 + i, 'household_id', 1000001 + (i - 1) / 3,
                              'relation', CASE WHEN i %% 3 = 1 THEN '02' ELSE '99' END)) r WHERE t.id = %(membership)s
"""


def measure(size: Size) -> list[Result]:
    """Seconds: the impact, the plain way extrapolated from a sample, the bare read."""
    from django.db import connection

    from enrollment import library
    from enrollment.facts import facts_parameters, read_households
    from enrollment.facts_sql import HOUSEHOLDS as READ
    from enrollment.impact import Question
    from enrollment.impact_job import impact
    from enrollment.rules.source import read_ruleset
    from enrollment.services import load_ruleset
    from households.models import Household, Membership, Person
    from tests.builders import at, make_household, make_office, make_staff

    persons = SIZES[size]
    text = SOURCE.read_text()
    load_ruleset(text=text, by=None, at=at("2007-08-07 09:00"))
    template = make_household(make_staff(make_office(ruleset_code="lianyungang"), "liu"))
    head = template.memberships.get()
    ids = list(range(1000001, 1000001 + (persons + 2) // 3))
    given = {"persons": persons, "households": len(ids), "household": template.pk}
    given |= {"person": head.person_id, "membership": head.pk}
    with connection.cursor() as cursor:
        for model, statement in ((Household, HOUSEHOLDS), (Person, PERSONS), (Membership, MEMBERSHIPS)):
            columns = [field.column for field in model._meta.concrete_fields if not field.generated]
            told = {"columns": ", ".join(columns), "values": ", ".join(f"r.{column}" for column in columns)}
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
            cursor.execute(statement.format(**told), given)
        cursor.execute("ANALYZE")
    new = read_ruleset(text.replace("standard = 120, payable = 120", "standard = 130, payable = 130"))
    question = Question(library.current("lianyungang"), new, 2008, at("2007-10-26 09:00"))

    started = time.perf_counter()
    found = impact(question, ids, lambda *_: None)
    whole = time.perf_counter() - started

    sample = ids[: SAMPLE[size]]
    started = time.perf_counter()
    for one in sample:
        for facts in read_households([one], coverage_year=2008, at=question.at, applying=()).values():
            question.outcomes(facts)
    plain = (time.perf_counter() - started) * len(ids) / len(sample)

    started = time.perf_counter()
    for start in range(0, len(ids), 1000):
        with connection.cursor() as cursor:
            parameters = facts_parameters(ids[start : start + 1000], coverage_year=2008, at=question.at)
            cursor.execute(READ, parameters)
            cursor.fetchall()
    bare = time.perf_counter() - started
    job, note = f"impact of a rule set on {persons:,} persons", f"{found['keys']} keys"
    return [
        Result(job, f"{whole:.1f} s", f"household by household {plain:.1f} s", plain / whole, note=f"{note}; sample"),
        Result(
            f"{job}, time", f"{whole:.1f} s", f"reading the rows {bare:.1f} s", whole / bare, at_most=True, note=note
        ),
    ]
