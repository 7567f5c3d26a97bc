"""票据号码: a number from the book's locked row against one from a sequence, 10 books, by pgbench."""

import os

from bench.pgbench import tps
from bench.result import Result, Size

BOOKS, ROUNDS = 10, 3
WRITERS = 2 * (os.cpu_count() or 1)  # more of them would only wait for a core while they hold a book
SECONDS = {"small": 2, "full": 10}

# A payment's rows around the number: what is written before it, what is written under it. Keys are looked at with the
# commit, as those of Django's tables are.
DEFERRED = "DEFERRABLE INITIALLY DEFERRED"
SCHEMA = """
    DROP TABLE IF EXISTS bench_line, bench_receipt, bench_payment, bench_book;
    CREATE TABLE bench_book (id int PRIMARY KEY, next_number bigint NOT NULL);
    CREATE TABLE bench_payment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, household int NOT NULL,
                                amount numeric(12,2) NOT NULL, paid_at timestamptz NOT NULL);
    CREATE TABLE bench_receipt (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                                book int NOT NULL REFERENCES bench_book {deferred}, number bigint NOT NULL,
                                payment bigint NOT NULL REFERENCES bench_payment {deferred},
                                amount numeric(12,2) NOT NULL, UNIQUE (book, number));
    CREATE TABLE bench_line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                             receipt bigint NOT NULL REFERENCES bench_receipt {deferred}, name text NOT NULL);
    INSERT INTO bench_book SELECT b, 1 FROM generate_series(1, {books}) b;
    {sequences}
"""
# As `payments/counter/sql.py` does it: what could still be refused is written first, the number is taken by the
# statement that ends with the receipt's lines, and only the commit follows.
SCRIPT = """
\\set book random(1, {books})
\\set household random(1, 100000)
BEGIN;
INSERT INTO bench_payment (household, amount, paid_at) VALUES (:household, 600, now()) RETURNING id AS payment \\gset
WITH numbered AS ({number}), receipted AS (
    INSERT INTO bench_receipt (book, number, payment, amount) SELECT :book, number, :payment, 600 FROM numbered
    RETURNING id
)
INSERT INTO bench_line (receipt, name) SELECT receipted.id, 'name ' || n FROM receipted, generate_series(1, 4) n;
COMMIT;
"""
LOCKED = "UPDATE bench_book SET next_number = next_number + 1 WHERE id = :book RETURNING next_number - 1 AS number"
SEQUENCE = "SELECT nextval(('bench_number_' || :book::int)::regclass) AS number"


def measure(size: Size) -> list[Result]:
    """Transactions a second of both, in turns; the numbers of every book must run from 1 without a gap."""
    from django.db import connection

    sequences = "".join(
        f"DROP SEQUENCE IF EXISTS bench_number_{b}; CREATE SEQUENCE bench_number_{b};" for b in range(1, BOOKS + 1)
    )
    rates: dict[str, list[float]] = {LOCKED: [], SEQUENCE: []}
    for _ in range(ROUNDS):
        for number, found in rates.items():
            with connection.cursor() as cursor:
                cursor.execute(SCHEMA.format(books=BOOKS, sequences=sequences, deferred=DEFERRED))
            found.append(tps(SCRIPT.format(books=BOOKS, number=number), clients=WRITERS, seconds=SECONDS[size]))
            if number is LOCKED:
                _refuse_gaps()
    ours, peer = (sorted(found)[ROUNDS // 2] for found in rates.values())
    note = f"{WRITERS} writers, median of {ROUNDS}; no gap and no twin"
    job = f"gapless numbering, {BOOKS} books"
    return [Result(job, f"{ours:.0f} a second", f"sequence {peer:.0f} a second", ours / peer, 0.9, 0.97, note=note)]


def _refuse_gaps() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM bench_receipt GROUP BY book HAVING max(number) <> count(*)) g"
        )
        if cursor.fetchone()[0]:
            raise SystemExit("a book has a gap")
