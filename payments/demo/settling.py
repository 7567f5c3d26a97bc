"""演示日结与上缴: the days before are closed, weeks of them sent up; the last ones are left for whoever tries it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

from common.dates import SHANGHAI
from offices.models import Office, Staff
from payments.models import SettlementLine
from payments.money.day_end import DENOMINATIONS, ZERO, open_days, takings
from payments.services import (
    Counted,
    SlipDraft,
    bank_remittance,
    make_remittance,
    review_remittance,
    settle_day,
)
from payments.services.remitting import to_remit


def close_days(office: Office, clerks: Sequence[Staff], *, left: Staff) -> None:
    """Each clerk closes every day on which she took money; `left` leaves her last one open."""
    for clerk in clerks:
        days = open_days(office_id=office.pk, clerk_id=clerk.pk)
        for day in days[:-1] if clerk == left else days:
            _close(office, clerk, day)


def _close(office: Office, clerk: Staff, day: date) -> None:
    found = takings(office_id=office.pk, clerk_id=clerk.pk, day=day)
    expected = found.expected
    settle_day(
        office_id=office.pk,
        clerk_id=clerk.pk,
        day=day,
        previewed=found.total,
        counted=Counted(_notes(expected["cash"]), expected["card"], expected["transfer"], expected["qr"]),
        by=clerk,
        at=datetime.combine(day, time(17, 20), tzinfo=SHANGHAI),
    )


def _notes(amount: Decimal) -> dict[Decimal, int]:
    """The fewest notes and coins that make an amount."""
    pieces = {}
    for value in DENOMINATIONS:
        pieces[value], amount = int(amount // value), amount % value
    return pieces


def send_up(office: Office, *, supervisor: Staff, reviewer: Staff) -> None:
    """A remittance for each week; the last is at the bank and waits for its review, the current week is left."""
    weeks = [
        list(lines) for _, lines in groupby(to_remit(office.pk), key=lambda line: line.settlement.day.isocalendar()[:2])
    ]
    for number, lines in enumerate(weeks[:-1], start=1):
        _remit(office, lines, supervisor, reviewer if number < len(weeks) - 1 else None, number)


def _remit(office: Office, lines: list[SettlementLine], supervisor: Staff, reviewer: Staff | None, number: int) -> None:
    friday = datetime.combine(max(line.settlement.day for line in lines), time(9), tzinfo=SHANGHAI) + timedelta(days=1)
    remittance = make_remittance(
        office_id=office.pk,
        period_id=lines[0].period_id,
        line_ids=[line.pk for line in lines],
        previewed=sum((line.amount for line in lines), ZERO),
        by=supervisor,
        at=friday,
    )
    slip = SlipDraft(f"{friday:%Y%m%d}{number:04d}", friday.date(), remittance.amount, bank="演示银行")
    bank_remittance(remittance_id=remittance.pk, slip=slip, by=supervisor, at=friday + timedelta(hours=1))
    if reviewer:
        review_remittance(remittance_id=remittance.pk, by=reviewer, at=friday + timedelta(hours=26))
