"""Rosters of 嵩阳街道 on the first of November 2016: a village that hands in, agrees and deposits."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from enrollment.models import ContributionPeriod
from households import vault
from offices.models import Staff
from payments.models import ReceiptBook
from payments.services import SlipDraft
from payments.services.slips import write_slip
from rosters.models import (
    Roster,
    RosterAgreement,
    RosterDeposit,
    RosterEntry,
    RosterFile,
    RosterSubmission,
    RosterTaking,
)
from rosters.services import RosterDraft, agree, deposit, hand_in, open_roster
from tests.builders import at, make_divisions
from tests.payments.conftest import a_book
from tests.rosters.made import LI, LIU, WANG, csv_of

HEADS = ["户号", "姓名", "身份证号", "与户主关系", "特殊人群", "缴费金额"]
RIGHT = [["1", "李大山", LI, "户主", "", 150], ["1", "王秀", WANG, "妻", "", 150], ["2", "刘利", LIU, "户主", "", 150]]
WRONG = [["1", "李大山", LI, "户主", "", 150], ["1", "王秀", "5.30127E+17", "妻", "", 150], RIGHT[2]]
MOMENT = at("2016-11-01 10:00")
VILLAGE = "530127001001"


def a_village() -> None:
    """东村 of 嵩阳街道."""
    make_divisions((VILLAGE, "东村村委会", 12))


def a_roster(by: Staff, *, moment: datetime = MOMENT, **more: Any) -> Roster:
    """A roster of 东村 for 2017."""
    given: dict[str, Any] = {"channel": "village", "coverage_year": 2017, "collector": "赵六", "village_code": VILLAGE}
    return open_roster(draft=RosterDraft(**given | more), by=by, at=moment)


def handed_in(roster: Roster, by: Staff, rows: Any = None, *, moment: datetime = MOMENT) -> RosterFile:
    """A file of rows or bytes, handed in."""
    data = rows if isinstance(rows, bytes) else csv_of([HEADS, *(RIGHT if rows is None else rows)])
    return hand_in(roster_id=roster.pk, data=data, filename="东村.csv", by=by, at=moment)


def agreed(roster: Roster, by: Staff, total: str = "450.00", count: int = 3) -> Any:
    """Paper, file and cash agree."""
    money = Decimal(total)
    return agree(roster_id=roster.pk, paper_count=count, paper_total=money, cash=money, by=by, at=MOMENT)


def slip(amount: str = "450.00", number: str = "农行8801") -> SlipDraft:
    """What the bank gave back."""
    return SlipDraft(number, MOMENT.date(), Decimal(amount), "农业银行")


def deposited(roster: Roster, by: Staff, **more: Any) -> RosterDeposit:
    """The sum went to the bank."""
    return deposit(roster_id=roster.pk, slip=slip(**more), by=by, at=MOMENT)


def taken(roster: Roster, by: Staff, boss: Staff) -> RosterTaking:
    """The fact that the roster was taken, as its last steps need it."""
    made = RosterDeposit.objects.get(agreement__roster=roster, withdrawn_at=None)
    book = a_book(boss, code="530127-16R", first=1, count=10)
    given = {"households": 2, "persons": 3, "receipts": 2, "amount": made.amount, "at": MOMENT, "by": by}
    return RosterTaking.objects.create(deposit=made, book=book, first=1, last=2, **given)


def one_row_sent(clerk: Staff, boss: Staff, county: Staff, *, book: ReceiptBook, scan: bytes) -> dict[str, Any]:
    """A roster of one person of 新浦街道, sent up and its row returned; written step by step."""
    moment = at("2007-10-25 10:00")
    period = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)
    done = {"by": clerk, "at": moment}
    roster = Roster.objects.create(
        office=clerk.office,
        division_code=clerk.office.division_code,
        channel="school",
        place="第一中学",
        serial=1,
        coverage_year=2008,
        period=period,
        day=moment.date(),
        collector="赵六",
        created_at=moment,
        created_by=clerk,
    )
    name, data = uuid4(), csv_of([HEADS, RIGHT[0]])
    file = RosterFile.objects.create(
        roster=roster,
        number=1,
        handed_in=1,
        why="handed_in",
        filename="一中.csv",
        name=name,
        size=len(data),
        sha256=vault.put(name, data),
        received_at=moment,
        received_by=clerk,
        checked_at=moment,
        persons=1,
        accepted=1,
    )
    row = file.rows.create(position=0, sheet="", row_number=2, household=0, name="李大山", accepted=True, payable=150)
    sums = {"paper_count": 1, "paper_total": 150, "cash": 150, "rows": 1, "payable": 150, "sponsored": 0}
    agreement = RosterAgreement.objects.create(roster=roster, file=file, households=1, **sums, **done)
    draft = SlipDraft("工行7701", moment.date(), Decimal("150.00"), "工商银行", scan)
    paid_in = RosterDeposit.objects.create(
        agreement=agreement, amount=150, slip=write_slip(draft, due=Decimal("150.00"), **done), **done
    )
    given = {"households": 1, "persons": 1, "receipts": 1, "amount": 150}
    taking = RosterTaking.objects.create(deposit=paid_in, book=book, first=1, last=1, **given, **done)
    sent = RosterSubmission.objects.create(roster=roster, taking=taking, rows=1, by=boss, at=moment)
    entry = RosterEntry.objects.create(
        submission=sent, row=row, outcome="returned", reason="姓名不符", by=county, at=moment
    )
    return {"roster": roster, "roster_row": row, "roster_entry": entry}
