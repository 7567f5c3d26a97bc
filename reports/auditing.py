"""核对累计: do the sums say what counting every enrolment anew says? Names the row that does not. 统计核对."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from reports.plain import COUNTS, EVENTS

NAMES = ("人数", "缴费人数", "受资助人数", "个人缴费", "资助金额")
_SUMS = ", ".join(f"sum({each}) AS {each}" for each in COUNTS.split(", "))
_KEPT = ", ".join(f"coalesce(kept.{each}, 0)" for each in COUNTS.split(", "))
_TRUE = ", ".join(f"coalesce(true.{each}, 0)" for each in COUNTS.split(", ")).replace("true.", "anew.")


def _differences(keys: str, kept: str, anew: str) -> str:
    """What a table and its unfolded rows sum up to, beside the same counted anew, where they part ways."""
    return f"""
    WITH event AS ({EVENTS}),
    kept AS (SELECT {keys}, {_SUMS} FROM ({kept}) both_parts GROUP BY {keys}),
    anew AS (SELECT {anew}, {_SUMS} FROM event GROUP BY {keys})
    SELECT {keys}, ARRAY[{_KEPT}]::numeric[], ARRAY[{_TRUE}]::numeric[]
    FROM kept FULL JOIN anew USING ({keys})
    WHERE ({_KEPT}) IS DISTINCT FROM ({_TRUE}) ORDER BY {keys}
    """  # noqa: S608 - put together from constants


PLACE_KEYS = "division_code, coverage_year, category_name, funder, hukou_kind, is_local"
PLACES = _differences(
    PLACE_KEYS,
    f"SELECT {PLACE_KEYS}, {COUNTS} FROM reports_placesum UNION ALL SELECT {PLACE_KEYS}, {COUNTS} FROM reports_tally",  # noqa: S608
    PLACE_KEYS,
)
DAY_KEYS = "town, coverage_year, day, is_cancelled, hukou_kind, is_local"
_DAYS = DAY_KEYS.replace("town", "left(division_code, 9) AS town")
DAYS = _differences(
    DAY_KEYS,
    f"SELECT {DAY_KEYS}, {COUNTS} FROM reports_daysum UNION ALL SELECT {_DAYS}, {COUNTS} FROM reports_tally",  # noqa: S608
    _DAYS,
)
KINDS = {"urban": "城镇", "rural": "农业", "converted": "农转城"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose sums are not what was counted anew."""

    table: str
    key: tuple[object, ...]
    kept: tuple[object, ...]
    anew: tuple[object, ...]

    def __str__(self) -> str:
        parts = [
            f"{name}应为{should}，实为{found}"
            for name, should, found in zip(NAMES, self.anew, self.kept, strict=True)
            if should != found
        ]
        return f"{self.table} {'、'.join(map(_word, self.key))}：{'；'.join(parts)}。"


def _word(part: object) -> str:
    if isinstance(part, bool):
        return "是" if part else "否"
    return KINDS.get(str(part), str(part)) if not isinstance(part, date) else part.isoformat()


@transaction.atomic
def fold() -> int:
    """Fold what waits, where nobody else is folding; how many rows that was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_fold('')")
        return int(cursor.fetchone()[0])


def differences() -> Iterator[Difference]:
    """Every row that is not what it should be, in one snapshot."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table, statement in (("各村累计", PLACES), ("各日累计", DAYS)):
            cursor.execute(statement)
            for *key, kept, anew in cursor.fetchall():
                yield Difference(table, tuple(key), tuple(kept), tuple(anew))


REFILL = f"""
LOCK TABLE households_person, enrollment_enrollment, reports_tally IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM reports_tally;
DELETE FROM reports_placesum;
DELETE FROM reports_daysum;
INSERT INTO reports_placesum ({PLACE_KEYS}, {COUNTS})
    SELECT {PLACE_KEYS}, {_SUMS} FROM ({EVENTS}) event GROUP BY {PLACE_KEYS};
INSERT INTO reports_daysum ({DAY_KEYS}, {COUNTS})
    SELECT {_DAYS}, {_SUMS} FROM ({EVENTS}) event GROUP BY {DAY_KEYS};
ANALYZE reports_placesum, reports_daysum;
"""  # noqa: S608 - put together from constants


@transaction.atomic
def refill() -> None:
    """Make the sums anew from every enrolment; payments wait meanwhile. After rows were written past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute(REFILL)
