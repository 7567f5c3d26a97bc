"""造县的密封: the made numbers and telephones as they lie in the tables; sealed here, no key reaches the database."""

from django.db import connection

from common.sealing import Kind
from offices.keys import sealer
from reports.county.sets import run

CHUNK = 500_000


def seal(table: str, column: str, kind: Kind) -> None:
    """Beside a temporary table with a number `n` one that is called `<table>_sealed`: n and the sealed column."""
    run(f"CREATE TEMP TABLE {table}_sealed (n bigint, sealed bytea) ON COMMIT DROP")
    sealed = sealer(kind).seal
    for first in range(0, (run(f"SELECT max(n) FROM {table}") or 0) + 1, CHUNK):  # noqa: S608 - names of this application
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT n, {column} FROM {table} WHERE n >= %s AND n < %s", [first, first + CHUNK])  # noqa: S608
            rows = [f"{n}\t\\\\x{sealed(text).hex()}\n" for n, text in cursor.fetchall()]
            with cursor.copy(f"COPY {table}_sealed FROM STDIN") as copy:
                copy.write("".join(rows))
    run(f"ANALYZE {table}_sealed")
