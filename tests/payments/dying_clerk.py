"""Clerks whose process is killed in the middle of a payment: `python -m tests.payments.dying_clerk JOBS`.

Each job is a fork of its own that sends itself SIGKILL at its point:
`before N` or `after N` the Nth statement, `commit sent` (and the answer never read), or `committed`.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import django


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrapper_for(point: str) -> Callable[..., Any]:
    """A wrapper around every statement that kills the process before or after the Nth."""
    count = 0

    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if point == f"before {count}":
            die()
        result = execute(sql, params, many, context)
        if point == f"after {count}":
            die()
        return result

    return run


def send_commit_and_die(connection: Any) -> None:
    connection.connection.pgconn.send_query(b"COMMIT")
    connection.connection.pgconn.flush()
    die()


def pay(job: dict[str, Any]) -> None:
    from django.db import connection

    from offices.models import Staff
    from payments.services import take_payment
    from tests.builders import at

    by = Staff.objects.get(pk=job["clerk"])
    if job["point"] == "commit sent":
        connection.connection.commit = lambda: send_commit_and_die(connection)
    with connection.execute_wrapper(wrapper_for(job["point"])):
        take_payment(
            household_id=job["household"],
            coverage_year=2008,
            key=UUID(job["key"]),
            expected_total=Decimal(240),
            tendered=None,
            means="cash",
            by=by,
            at=at("2007-10-25 10:00"),
        )
    die()


def main() -> None:
    django.setup()
    from payments.paper import fonts

    fonts.undrawable("字")
    for job in json.loads(sys.argv[1]):
        child = os.fork()
        if child == 0:
            try:
                pay(job)
            finally:
                os._exit(1)  # not killed: the point was never reached, or the payment failed
        _, status = os.waitpid(child, 0)
        print(job["point"], os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
