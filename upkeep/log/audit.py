"""日志核对: does the chain hold, from the first act to the last seal? Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from common.dates import SHANGHAI
from upkeep.log.chain import digest_of, read_acts
from upkeep.models import ActSeal

SEAL_EVERY = timedelta(days=2)


@dataclass(slots=True)
class LogAudit:
    """What was looked at, and every fault in words."""

    seals: int = 0
    acts: int = 0
    last: ActSeal | None = None
    faults: list[str] = field(default_factory=list)


def audit_acts(*, key: bytes, at: datetime) -> LogAudit:
    """Every seal against the acts that it covers, in one snapshot."""
    found = LogAudit()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for seal in ActSeal.objects.order_by("id").iterator():
            texts = [text for _, text in read_acts(seal.first_id - 1, seal.last_id)]
            found.faults += _faults(seal, found.last, texts, key)
            found.seals, found.acts, found.last = found.seals + 1, found.acts + len(texts), seal
        found.faults += _unsealed(found.last, at)
    return found


def _faults(seal: ActSeal, before: ActSeal | None, texts: list[str], key: bytes) -> Iterator[str]:
    where = f"第{seal.pk}号封存（日志编号{seal.first_id}至{seal.last_id}）"
    if seal.previous != (before.digest if before else "") or seal.first_id != (before.last_id + 1 if before else 1):
        yield f"{where}接不上前一号，中间缺了封存。"
    if len(texts) != seal.acts:
        more = "多" if len(texts) > seal.acts else "少"
        yield f"{where}封存时有{seal.acts}条，现在有{len(texts)}条，{more}了{abs(len(texts) - seal.acts)}条。"
    elif digest_of(seal.previous, iter(texts), key) != seal.digest:
        yield f"{where}与封存时不同：有内容被改动，或封存的钥匙不是原来的那一把。"


def _unsealed(last: ActSeal | None, at: datetime) -> Iterator[str]:
    after = last.last_id if last else 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(recorded_at) FROM offices_act WHERE id > %s", [after])
        count, since = cursor.fetchone()
    if count and at - since > SEAL_EVERY:
        day = since.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        yield f"自{day}起有{count}条日志还没有封存。请运行 manage.py seal_log，并设为每晚运行。"
