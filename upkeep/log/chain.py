"""封存: each seal is a digest of the one before it and of the next acts in order.

The database lets nobody change or delete an act; whoever owns its tables could do it all the same. The digests are
keyed (HMAC-SHA-256) with a file outside the database, so that he could not mend the chain after himself.
"""

import hmac
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from common.decision import Reason, Refusal
from upkeep.models import ActSeal

ACTS_IN_A_SEAL = 1000  # so many lines are looked at where one does not hold
AT_ONCE = 5000
PATIENCE_SECONDS = 30.0
# Everything an act says, the same in any session.
_ACTS = """
    SELECT id, jsonb_build_array(
        id, by_id, (extract(epoch FROM at) * 1000000)::bigint, (extract(epoch FROM recorded_at) * 1000000)::bigint,
        verb, subject_type, subject_id, office_id, division_code, detail, host(ip), agent, request_id)::text
    FROM offices_act WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
"""
# A prepared transaction has no process.
_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'offices_act'::regclass AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      AND pid IS DISTINCT FROM pg_backend_pid()
"""
_HANDED_OUT = "SELECT last_value - (NOT is_called)::int FROM {}"


def seal_acts(*, key: bytes, at: datetime) -> int:
    """Seal what is not sealed yet; how many acts that were. An act still being written waits for the next time."""
    last_id = _settled()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal acts', 0))")
        before = ActSeal.objects.order_by("-id").first()
        acts = read_acts(before.last_id if before else 0, last_id)
        sealed = 0
        while some := list(islice(acts, ACTS_IN_A_SEAL)):
            previous = before.digest if before else ""
            before = ActSeal.objects.create(
                first_id=before.last_id + 1 if before else 1,
                last_id=some[-1][0],
                acts=len(some),
                previous=previous,
                digest=digest_of(previous, (text for _, text in some), key),
                sealed_at=at,
            )
            sealed += len(some)
    return sealed


def read_acts(after: int, last_id: int) -> Iterator[tuple[int, str]]:
    """Acts with ids above `after` and up to `last_id`, in order: id and all that the act says."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ACTS, [after, last_id, AT_ONCE])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def digest_of(previous: str, texts: Iterator[str], key: bytes) -> str:
    """The digest of a seal: 64 hexadecimal digits."""
    mac = hmac.new(key, f"{previous}\n".encode(), "sha256")
    for text in texts:
        mac.update(f"{text}\n".encode())
    return mac.hexdigest()


def _settled() -> int:
    """An id up to which every act is there or never will be.

    Whoever is handed an id has locked the table for writing before, and holds the lock until the act is seen or gone.
    So: read the last id, then wait until nobody of then holds the lock any more. Transactions that write no act, and
    those of other databases on the same server, are not waited for.
    """
    sequence = _one("SELECT pg_get_serial_sequence('offices_act', 'id')")
    last_id = _one(_HANDED_OUT.format(sequence))
    writing = _writing()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while writing:
        if time.monotonic() > deadline:
            text = "有一项操作在数据库里一直没有结束，日志暂时不能封存。请稍后再运行；长时间如此，请检查数据库。"
            raise Refusal(Reason("ACTS_UNSETTLED", text))
        time.sleep(0.2)
        writing &= _writing()
    return int(last_id)


def _writing() -> set[str]:
    """The other transactions that may be writing an act."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {transaction_id for (transaction_id,) in cursor.fetchall()}


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
