"""校验码: what a row said when it was handed out, so that a row that came back changed can be told, column by column.

A stamp names no value: of each column it keeps four digits of a keyed digest, so nobody can make one or read one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

from common.decision import Reason
from rosters.reading.sheet import RosterRow

COLUMNS = {
    "household_no": "户号",
    "name": "姓名",
    "id_no": "身份证号",
    "relation": "与户主关系",
    "category": "特殊人群类别",
    "amount": "缴费金额",
}
DIGITS = 4
STAMP = re.compile(rf"[0-9]{{1,6}}-[0-9a-f]{{{DIGITS * len(COLUMNS)}}}")


def stamp_of(row: RosterRow, *, office: str, coverage_year: int) -> str:
    """The stamp of a row as it is handed out: its number, then a digest of each of COLUMNS."""
    return _stamp(row, str(row.number), office, coverage_year)


def changed_since(row: RosterRow, *, office: str, coverage_year: int) -> Iterator[Reason]:
    """What a stamped row says otherwise than when it was handed out; nothing of a row without a stamp."""
    if not row.checksum:
        return
    number, _, kept = row.checksum.partition("-")
    now = _stamp(row, number, office, coverage_year).partition("-")[2]
    labels = list(COLUMNS.values())
    changed = [label for label, was, is_ in zip(labels, _parts(kept), _parts(now), strict=False) if was != is_]
    if not STAMP.fullmatch(row.checksum) or len(changed) == len(labels):
        text = "本行的校验码不是本机构为本年度下发的。可能是往年或别处的模板，请核对整行内容。"
        yield Reason("STAMP_FOREIGN", text)
    elif changed:
        yield Reason("ROW_CHANGED", f"本行与下发时不同，改过：{'、'.join(changed)}。请确认是有意更改。")


def _stamp(row: RosterRow, number: str, office: str, coverage_year: int) -> str:
    said = {
        "household_no": row.household_no,
        "name": row.name,
        "id_no": row.id_no.number if row.id_no else "",
        "relation": row.relation,
        "category": row.category,
        "amount": f"{row.amount:.2f}" if row.amount is not None else "",
    }
    place = f"{office}/{coverage_year}/{number}"
    key = _key(settings.SECRET_KEY)
    digests = (blake2b(f"{place}/{name}/{said[name]}".encode(), key=key, digest_size=DIGITS // 2) for name in COLUMNS)
    return f"{number}-" + "".join(each.hexdigest() for each in digests)


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), person=b"rosters.stamp", digest_size=32).digest()


def _parts(digits: str) -> list[str]:
    return [digits[start : start + DIGITS] for start in range(0, len(digits), DIGITS)]
