"""不重 (S-8-8): who stands on another roster of the year, a school's or another village's, registered or not.

Told when a roster is checked, and once more before its money goes to the bank. The database looks for them with the
owner's rights (`rosters_elsewhere`): what is found is a place and a day, whoever asks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from common.dates import SHANGHAI
from common.decision import Reason
from common.listing import listed
from common.sealing import ID_NUMBER
from enrollment import library
from enrollment.rules.ruleset import RuleSet
from households.identity import array_of, digests
from offices.models import Office
from rosters.models import RosterFile
from rosters.reading.sheet import RosterRow

NAMED = 5  # persons, in the refusal
# One agreement after the other of a year: of two rosters that name the same person the later one sees the earlier.
IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('roster agreements ' || %s, 0))"
# Rosters of other offices are named with their office.
PLACE = "CASE WHEN e.office <> %(office)s THEN o.name ELSE '' END || e.place"
ELSEWHERE = f"""
    SELECT e.number, {PLACE}, e.handed_in, e.agreed
    FROM rosters_elsewhere(%(numbers)s::bytea[], %(year)s, %(roster)s) e JOIN offices_office o ON o.id = e.office
    ORDER BY e.agreed, e.handed_in
"""  # noqa: S608 - put together from constants
AGREED_ELSEWHERE = f"""
    WITH mine AS (
        SELECT position, row_number, name, SUBSTRING(id_no, %(start)s, %(length)s) AS number
        FROM rosters_rosterrow WHERE file_id = %(file)s AND accepted AND set_aside_at IS NULL)
    SELECT mine.row_number, mine.name, {PLACE}, e.agreed
    FROM rosters_elsewhere(ARRAY(SELECT number FROM mine), %(year)s, %(roster)s) e
    JOIN mine USING (number) JOIN offices_office o ON o.id = e.office
    WHERE e.agreed IS NOT NULL ORDER BY mine.position, e.agreed
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class OnRoster:
    """Where somebody stands as well: place and batch, when its file came and, if it has, agreed."""

    place: str
    handed_in: datetime
    agreed: datetime | None


def on_rosters(
    numbers: Iterable[str], *, office: Office, coverage_year: int, roster_id: int | None
) -> Mapping[str, tuple[OnRoster, ...]]:
    """By number, which other rosters of the year stand for its holder, those that agree first; one statement.

    `office` is who asks: rosters of others are named with their office. What was set aside, withdrawn or replaced does
    not count, nor does a roster that was taken: its people are enrolled.
    """
    by_digest = digests(numbers)
    asked = {"numbers": array_of(by_digest), "year": coverage_year, "roster": roster_id, "office": office.pk}
    found: dict[str, list[OnRoster]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, asked)
        for digest, *where in cursor.fetchall():
            found[by_digest[bytes(digest)]].append(OnRoster(*where))
    return {number: tuple(each) for number, each in found.items()}


def refused(row: RosterRow, rosters: Mapping[str, tuple[OnRoster, ...]], ruleset: RuleSet) -> Iterator[Reason]:
    """Why a row cannot be taken while another roster that agrees stands for the same person."""
    agreed = [each for each in rosters.get(str(row.id_no), ()) if each.agreed]
    if agreed:
        where = listed([f"{each.place}名册（{_day(each.agreed)}核对相符）" for each in agreed], most=NAMED, unit="份")
        text = (
            f"{row.name}已在{where}上，一人一年只能参保一次。请核实：在那边参保的，从本名册中删去，已收的钱退还本人；"
        )
        text += "应在这里参保的，请那边先撤回核对、剔出，再重新核对本名册。"
        yield Reason("DUPLICATE", text, ruleset.once_a_year)


def warned(row: RosterRow, rosters: Mapping[str, tuple[OnRoster, ...]], ruleset: RuleSet) -> Iterator[Reason]:
    """That another roster names the same person, too, and neither of them agrees yet."""
    open_ = [each for each in rosters.get(str(row.id_no), ()) if not each.agreed]
    if open_:
        where = listed([f"{each.place}名册（{_day(each.handed_in)}交来）" for each in open_], most=NAMED, unit="份")
        text = f"{row.name}也在{where}上，那份还没有核对相符。一人一年只能参保一次，请核实，只留一处。"
        yield Reason("TWO_ROSTERS", text, ruleset.once_a_year)


def agreed_elsewhere(file: RosterFile) -> list[Reason]:
    """Why a file cannot agree: whom another roster of the year stands for; nothing where there is nobody.

    Within the caller's transaction, in which no other roster of the year agrees from now on.
    """
    roster = file.roster
    start, length = ID_NUMBER.place()
    asked = {"file": file.pk, "roster": roster.pk, "office": roster.office_id, "year": roster.coverage_year}
    with connection.cursor() as cursor:
        cursor.execute(IN_TURN, [roster.coverage_year])
        cursor.execute(AGREED_ELSEWHERE, asked | {"start": start, "length": length})
        found = cursor.fetchall()
    if not found:
        return []
    named = [f"第{number}行{name}在{place}名册（{_day(moment)}核对相符）" for number, name, place, moment in found]
    text = f"{listed(named, most=NAMED, unit='人', between='，')}上已经有了，一人一年只能参保一次。"
    text += "请核实：在那边参保的，剔出这一户，已收的钱退还本人；应在这里参保的，请那边先撤回核对、剔出。"
    return [Reason("DUPLICATE", text, library.current(roster.office.ruleset_code).once_a_year)]


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m月%d日}"
