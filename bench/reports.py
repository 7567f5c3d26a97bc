"""A progress report over a city's enrolments, from the sums, against counting every enrolment with GROUP BY.

The rows are made by the database itself past its triggers, in villages of 3,000 persons and over 60 days, one in a
hundred cancelled again; the sums are then made anew from them, and a day's rows come through the triggers and wait
unfolded, as on any afternoon.
"""

import time

from bench.result import Result, Size

ENROLMENTS = {"small": 100_000, "full": 5_000_000}
VILLAGE, DAYS, RUNS = 3_000, 60, 5
YEAR, CITY = 2017, "5301"
TABLES = ("households_person", "enrollment_enrollment")
PLACE = f"'{CITY}' || lpad((i / {VILLAGE})::text, 8, '0')"
SPONSORED = "i % 9 = 0 OR i % 23 = 0"
# As long as a sealed number, each another; a report opens none.
SEALED = r"'\x01000101'::bytea || substring(decode(repeat(md5(i::text), 5), 'hex'), 1, 78)"
# Each column that is not copied from the one person or enrolment that was registered properly.
PERSON = {
    "id": "1000000 + i",
    "id_no": SEALED,
    "division_code": PLACE,
    "hukou_kind": "(ARRAY['rural', 'rural', 'rural', 'converted', 'urban'])[1 + i % 5]",
    "hukou_division": f"CASE WHEN i % 50 = 0 THEN '530328' ELSE left({PLACE}, 6) END",
}
ENROLMENT = {
    "id": "1000000 + i",
    "person_id": "1000000 + i",
    "division_code": PLACE,
    "category_name": "CASE WHEN i % 9 = 0 THEN '低保对象' WHEN i % 23 = 0 THEN '重度残疾人' ELSE '一般居民' END",
    "payable": f"CASE WHEN {SPONSORED} THEN 0 ELSE 150 END",
    "sponsored": f"CASE WHEN {SPONSORED} THEN 150 ELSE 0 END",
    "funder": "CASE WHEN i % 9 = 0 THEN '民政' WHEN i % 23 = 0 THEN '残联' ELSE '' END",
    "enrolled_at": f"timestamptz '2016-10-08 08:30+08' + make_interval(days => i % {DAYS}, secs => i % 28800)",
}
CANCELLED = {
    "cancelled_at": "CASE WHEN i % 100 = 0 THEN timestamptz '2016-12-10 09:00+08' + make_interval(days => i % 9) END",
    "cancelled_by_id": "CASE WHEN i % 100 = 0 THEN t.office_id END",
}
TODAY = {"enrolled_at": "timestamptz '2016-12-20 09:00+08' + make_interval(secs => i % 28800)"}


def measure(size: Size) -> list[Result]:
    """Milliseconds of the whole report of a city: towns, funders, categories, days."""
    from enrollment import library
    from reports.auditing import refill
    from reports.figures import BELOW, FIGURES, read_figures
    from reports.plain import PLAIN, parameters
    from tests.builders import at

    count = ENROLMENTS[size]
    written(count, refill=refill)
    target = library.current("songming").target
    given = parameters(CITY, YEAR, at=at("2017-02-20 09:00"), target=target, digits=BELOW[4])

    kept, ours = best(lambda: read_figures(FIGURES, given), RUNS)
    anew, plain = best(lambda: read_figures(PLAIN, given), 2)
    if kept != anew:
        raise SystemExit("the sums and the plain count differ")
    job, note = f"progress report over {count:,} enrolments", f"{kept.whole.persons:,} persons stand; equal figures"
    return [Result(job, told(ours), f"plain GROUP BY {told(plain)}", plain / ours, required=10, aim=20, note=note)]


def written(count: int, *, refill) -> None:  # noqa: ANN001
    """So many enrolments; those of the last day come household by household and are not folded yet."""
    from django.db import connection

    template = registered()
    last_day = count - max(1, count // DAYS)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(LOOSE, [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(copies(template.person, PERSON, 1, count))
        cursor.execute(copies(template, ENROLMENT | CANCELLED, 1, last_day))
        cursor.execute("VACUUM ANALYZE households_person, enrollment_enrollment")
        refill()
        cursor.execute("ALTER TABLE enrollment_enrollment ENABLE TRIGGER sums_log_enrolled")
        household = copies(template, ENROLMENT | TODAY, "beginning", f"least(beginning + 2, {count})")
        cursor.execute(f"DO $$ BEGIN FOR beginning IN {last_day + 1}..{count} BY 3 LOOP {household}; END LOOP; END $$")
        cursor.execute("VACUUM ANALYZE reports_placesum, reports_daysum, reports_tally, enrollment_enrollment")


LOOSE = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"


def registered():  # noqa: ANN201
    """One enrolment, made by the services."""
    from pathlib import Path

    from enrollment.models import Enrollment
    from enrollment.services import load_ruleset
    from tests.builders import at, make_office, make_staff
    from tests.payments.funding_builders import enrolled, songming_book

    load_ruleset(text=Path("enrollment/rulesets/songming.toml").read_text(), by=None, at=at("2016-09-01 09:00"))
    office = make_office("530127001", ruleset_code="songming")
    songming_book(office)
    return Enrollment.objects.select_related("person").get(household=enrolled(make_staff(office, "yang"), ""))


def copies(row, changed, first: object, last: object) -> str:  # noqa: ANN001
    """The statement that copies a row, with other values in some columns."""
    columns = [field.column for field in row._meta.concrete_fields if not field.generated]
    values = [changed.get(column, f"t.{column}") for column in columns]
    return (
        f"INSERT INTO {row._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM {row._meta.db_table} t, generate_series({first}, {last}) i WHERE t.id = {row.pk}"
    )


def best(work, runs: int):  # noqa: ANN001, ANN201
    """The answer, and the shortest of some runs in seconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - started)
    return found, min(times)


def told(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
