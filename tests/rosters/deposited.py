"""A roster on its way to the money: handed in, checked, agreed and deposited, as the earlier steps leave it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from common.dates import local_day
from enrollment import library
from enrollment.models import ContributionPeriod
from households import vault
from offices.models import Staff
from payments.models import BankSlip
from rosters.checks import Terms, Verdict, check
from rosters.known import read_known
from rosters.models import Roster, RosterAgreement, RosterDeposit, RosterFile, RosterRow
from rosters.reading.rows import read_roster
from tests.builders import at
from tests.rosters.made import csv_of, number

HEADS = ["户号", "户主", "姓名", "身份证号", "与户主关系", "特殊人群", "缴费金额", "联系电话"]
AGREED = at("2016-11-01 10:00")
TAKEN = at("2016-11-02 09:00")
_slips, _serials = count(1), count(1)


def village_of(persons: int, *, size: int = 3, seed: int = 0) -> list[list[Any]]:
    """An invented village without a heading: households of up to `size`, everybody new and paying in full."""
    rows: list[list[Any]] = []
    surnames, given = "李王张刘陈杨赵黄周吴", "山秀英明华强丽军敏静"
    for place in range(persons):
        home, inside = divmod(place, size)
        born = f"{1940 + (place + seed) % 70}{1 + place % 12:02d}{1 + place // 12 % 28:02d}"
        name = surnames[home % 10] + given[place % 10] + given[place // 10 % 10]
        head = rows[-1][1] if inside else name
        id_no = number(born, (place // 336 * 7 + seed) % 1000)
        relation = "户主" if not inside else "子" if inside > 1 else "妻"
        rows.append([f"{home + 1:04d}", head, name, id_no, relation, "", 150, ""])
    return rows


def deposited(
    by: Staff,
    rows: Sequence[Sequence[Any]] | bytes,
    *,
    moment: datetime = AGREED,
    channel: str = "village",
    **more: Any,
) -> Roster:
    """The roster of 东村 for 2017, everything accepted and paid in at the bank."""
    roster, file, verdicts = handed_in(by, rows, moment=moment, channel=channel, **more)
    accepted = [each for verdict in verdicts for each in verdict]
    payable = sum((each.decision.payable for each in accepted), Decimal("0.00"))
    agreement = RosterAgreement.objects.create(
        roster=roster,
        file=file,
        paper_count=len(accepted),
        paper_total=payable,
        cash=payable,
        rows=len(accepted),
        households=len(verdicts),
        payable=payable,
        sponsored=sum((each.decision.sponsored for each in accepted), Decimal("0.00")),
        at=moment,
        by=by,
    )
    slip = None
    if payable:
        slip = BankSlip.objects.create(
            number=f"缴存{next(_slips)}",
            bank="农业银行",
            day=local_day(moment),
            amount=payable,
            name=None,
            at=moment,
            by=by,
        )
    RosterDeposit.objects.create(agreement=agreement, amount=payable, slip=slip, at=moment, by=by)
    return roster


def handed_in(
    by: Staff, rows: Sequence[Sequence[Any]] | bytes, *, moment: datetime, channel: str, place: str = "东村"
) -> tuple[Roster, RosterFile, list[list[Verdict]]]:
    """The roster, its file and the verdicts on it."""
    data = rows if isinstance(rows, bytes) else csv_of([HEADS, *rows])
    office = by.office
    terms = Terms(library.current(office.ruleset_code), 2017, moment, channel, office)
    read = read_roster(data, today=local_day(moment))
    numbers = [row.id_no.number for row in read.rows if row.id_no]
    verdicts = check(read.rows, known=read_known(numbers, office=office, coverage_year=2017, at=moment), terms=terms)
    roster = Roster.objects.create(
        office=office,
        division_code=f"{office.division_code}001" if channel == "village" else office.division_code,
        channel=channel,
        place=place,
        serial=next(_serials),
        coverage_year=2017,
        period=ContributionPeriod.objects.get(ruleset__code=office.ruleset_code, coverage_year=2017),
        day=local_day(moment),
        collector="赵六",
        created_at=moment,
        created_by=by,
    )
    file = _file(roster, data, verdicts, by, moment)
    return roster, file, verdicts


def _file(roster: Roster, data: bytes, verdicts: list[list[Verdict]], by: Staff, moment: datetime) -> RosterFile:
    name = uuid4()
    file = RosterFile.objects.create(
        roster=roster,
        number=1,
        handed_in=1,
        why=RosterFile.Why.HANDED_IN,
        filename="东村.csv",
        name=name,
        size=len(data),
        sha256=vault.put(name, data),
        received_at=moment,
        received_by=by,
        checked_at=moment,
        persons=sum(len(each) for each in verdicts),
    )
    RosterRow.objects.bulk_create(
        RosterRow(
            file=file,
            position=position,
            sheet=each.row.sheet,
            row_number=each.row.number,
            household=household,
            name=each.row.name,
            id_no=str(each.row.id_no or ""),
            accepted=each.accepted,
            payable=each.decision.payable if each.accepted and each.decision else 0,
            sponsored=each.decision.sponsored if each.accepted and each.decision else 0,
            reasons=[{"code": reason.code, "text": reason.text} for reason in each.reasons],
        )
        for position, (household, each) in enumerate(
            (household, each) for household, verdict in enumerate(verdicts) for each in verdict
        )
    )
    return file
