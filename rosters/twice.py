"""不重 (S-8-8): who stands on another roster whose money has been counted already, a school's or another village's."""

from django.db import connection

from common.dates import SHANGHAI
from common.decision import Reason
from common.listing import listed
from enrollment import library
from offices import scope
from rosters.models import RosterFile

NAMED = 5  # persons, in the refusal
# One agreement after the other of a year: of two rosters that name the same person the later one sees the earlier.
IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('roster agreements ' || %s, 0))"
# Where a roster was taken, its people are enrolled; whoever is no longer may come by another one.
AGREED_ELSEWHERE = """
    SELECT mine.row_number, mine.name, s.place, s."group", a.at
    FROM rosters_rosterrow mine
    JOIN rosters_rosterrow r ON r.person_id = mine.person_id AND r.accepted AND r.set_aside_at IS NULL
    JOIN rosters_rosteragreement a ON a.file_id = r.file_id AND a.withdrawn_at IS NULL
    JOIN rosters_roster s ON s.id = a.roster_id AND s.withdrawn_at IS NULL AND s.coverage_year = %(year)s
    WHERE mine.file_id = %(file)s AND mine.accepted AND mine.set_aside_at IS NULL AND s.id <> %(roster)s
      AND NOT EXISTS (SELECT FROM rosters_rosterdeposit d JOIN rosters_rostertaking t ON t.deposit_id = d.id
                      WHERE d.agreement_id = a.id)
    ORDER BY mine.position, a.id
"""


def agreed_elsewhere(file: RosterFile) -> list[Reason]:
    """Why a file cannot agree: whom another roster of the year stands for; nothing where there is nobody.

    Within the caller's transaction, in which no other roster of the year agrees from now on.
    """
    roster = file.roster
    asked = {"file": file.pk, "roster": roster.pk, "year": roster.coverage_year}
    reason = "whoever is on a roster elsewhere cannot be on this one, too; it says where"
    with scope.everywhere(reason), connection.cursor() as cursor:
        cursor.execute(IN_TURN, [roster.coverage_year])
        cursor.execute(AGREED_ELSEWHERE, asked)
        found = cursor.fetchall()
    if not found:
        return []
    named = [
        f"第{number}行{name}在{place}{group}的名册（{moment.astimezone(SHANGHAI):%m月%d日}核对相符）"
        for number, name, place, group, moment in found
    ]
    text = f"{listed(named, most=NAMED, unit='人', between='，')}上已经有了，一人一年只能参保一次。"
    text += "请核实：在那边参保的，剔出这一户，已收的钱退还本人；应在这里参保的，请那边先撤回核对、剔出。"
    return [Reason("DUPLICATE", text, library.current(roster.office.ruleset_code).once_a_year)]
