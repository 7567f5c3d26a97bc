"""演示花名册: two rosters of 嵩阳街道's villages on 8 November 2016: one with rows to mend, one at the bank already."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from common.dates import SHANGHAI, local_day
from common.relations import LABELS
from common.tables import SAFE
from households.models import Membership
from offices.models import Division, Staff
from payments.services import SlipDraft
from rosters.models import Roster, RosterFile
from rosters.services import RosterDraft, agree, deposit, hand_in, open_roster

YEAR = 2017
MENDING, PAID_IN = "530127001001", "530127001002"
HEADS = ("序号", "户号", "户主姓名", "姓名", "性别", "身份证号码", "与户主关系", "特殊人群类别", "缴费金额", "联系电话")
SEXES = {"M": "男", "F": "女"}
MENDING_HOUSEHOLDS, PAID_HOUSEHOLDS = 12, 6  # the book in use has numbers for the latter
Row = list[Any]


def seed_rosters() -> None:
    """Write both; a second time finds them there and changes nothing."""
    if Roster.objects.exists():
        return
    clerk = Staff.objects.select_related("office").get(username="yang", is_demo=True)
    _paid_in(clerk, datetime(2016, 11, 7, 15, 10, tzinfo=SHANGHAI))
    _mending(clerk, datetime(2016, 11, 8, 8, 40, tzinfo=SHANGHAI))


def _paid_in(clerk: Staff, at: datetime) -> None:
    """A whole roster: read once to learn what everybody pays and who has to go to the counter, then as it should be."""
    roster = _open(clerk, PAID_IN, "李会计", at)
    rows = _rows(PAID_IN, at, PAID_HOUSEHOLDS)
    first = _hand_in(roster, rows, clerk, at)
    right = {row.id_no: row.payable for row in first.rows.counted()}
    kept = [[*row[:8], right[row[5]], *row[9:]] for row in rows if row[5] in right]
    file = _hand_in(roster, kept, clerk, at.replace(minute=25))
    total = {"paper_count": file.accepted, "paper_total": file.payable, "cash": file.payable}
    agree(roster_id=roster.pk, **total, by=clerk, at=at.replace(minute=40))
    slip = SlipDraft("农行20161107031", local_day(at), file.payable, "农业银行嵩明支行")
    deposit(roster_id=roster.pk, slip=slip if file.payable else None, by=clerk, at=at.replace(hour=16))


def _mending(clerk: Staff, at: datetime) -> None:
    """A roster as it comes in: a number typed wrongly, one that Excel ruined, and people who paid too little."""
    roster = _open(clerk, MENDING, "王组长", at)
    rows = _rows(MENDING, at, MENDING_HOUSEHOLDS)
    number = rows[1][5]
    rows[1][5] = number[:-1] + ("1" if number[-1] != "1" else "2")
    rows[5][5] = Decimal(rows[5][5][:15] + "000")
    for place in (9, 14, 20):
        rows[place][8] = Decimal("100.00")
    _hand_in(roster, rows, clerk, at)


def _open(clerk: Staff, village: str, collector: str, at: datetime) -> Roster:
    draft = RosterDraft("village", YEAR, collector, village_code=village, collector_phone="13800010001")
    return open_roster(draft=draft, by=clerk, at=at)


def _hand_in(roster: Roster, rows: Sequence[Row], clerk: Staff, at: datetime) -> RosterFile:
    data = _workbook(roster, rows)
    return hand_in(roster_id=roster.pk, data=data, filename=f"{roster.place}花名册.xlsx", by=clerk, at=at)


def _rows(village: str, at: datetime, households: int) -> list[Row]:
    """The first households of a village in which nobody is enrolled for the year, as a village writes them."""
    day = local_day(at)
    members = Membership.objects.filter(household__division_code=village, household__closed_at=None, ends_on=None)
    members = members.filter(starts_on__lte=day, person__died_on=None).exclude(person__id_no="")
    members = members.exclude(household__memberships__person__enrollments__coverage_year=YEAR)
    members = members.select_related("person", "household").order_by("household", "relation", "pk")
    homes: dict[int, list[Membership]] = {}
    for each in members:
        homes.setdefault(each.household_id, []).append(each)
    rows: list[Row] = []
    for number, home in enumerate(list(homes.values())[:households], start=1):
        for place, each in enumerate(home):
            who = each.person
            first = (f"{number:03d}", home[0].person.name) if place == 0 else ("", "")
            said = (who.name, SEXES[who.sex], who.id_no, LABELS.get(each.relation, ""), "", "", who.phone)
            rows.append([len(rows) + 1, *first, *said])
    return rows


def _workbook(roster: Roster, rows: Sequence[Row]) -> bytes:
    """As a village writes it: a title, the headings, a sum and a place to sign."""
    place = Division.objects.filter(code=roster.division_code).first()
    out = BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        sheet = book.add_worksheet(str(place or roster.place)[:31])
        sheet.write_string(0, 0, f"{roster.place}{YEAR}年度城乡居民基本医疗保险参保花名册")
        sheet.write_row(1, 0, HEADS)
        for line, row in enumerate(rows, start=2):
            sheet.write_row(line, 0, row)
        sheet.write_row(len(rows) + 2, 0, ["合计", "", "", f"{len(rows)}人"])
        sheet.write_string(len(rows) + 3, 0, "村负责人（签字）：")
    return out.getvalue()
