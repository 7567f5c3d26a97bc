"""待上缴、待划解: what waits for the next step, by year and place, with its deadline."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.transfers import TransferStep
from offices.models import Division, Office, Staff
from payments.models import Remittance, Transfer
from payments.services.remitting import to_remit
from payments.services.transferring import PREFIX

Level = Transfer.Level


@dataclass(frozen=True, slots=True)
class Waiting:
    """Sums of one year that may go onto one slip. `place` is the office, district or city; `due_on` the last day."""

    level: str
    division: str
    place: str
    period: ContributionPeriod
    parts: tuple[Any, ...]
    step: TransferStep | None
    due_on: date | None
    is_late: bool

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal("0.00"))

    @property
    def key(self) -> str:
        """Unlike that of any other on the page."""
        return f"{self.level}-{self.division}-{self.period.pk}"


def remittable(office: Office, *, at: datetime) -> list[Waiting]:
    """An office's settled lines that were not sent up, by year."""
    lines = to_remit(office.pk).select_related("period__ruleset", "settlement__clerk")
    by_period: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_period[line.period_id].append(line)
    return [
        _waiting("office", "", office.name, parts, since=parts[0].settlement.day, at=at) for parts in by_period.values()
    ]


def transferable(staff: Staff, *, at: datetime) -> list[Waiting]:
    """Reviewed remittances by district, then confirmed transfers of districts by city; only steps that are ruled."""
    remittances = Remittance.objects.visible_to(staff).filter(reviewed_at__isnull=False, transfer__isnull=True)
    districts = (
        Transfer.objects.visible_to(staff)
        .with_place()
        .filter(level=Level.DISTRICT, confirmed_at__isnull=False, forwarded_in__isnull=True)
    )
    found = []
    for level, rows in (
        (Level.DISTRICT, remittances.select_related("office")),
        (Level.CITY, districts),
    ):
        groups: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in rows.select_related("slip", "period__ruleset").order_by("pk"):
            groups[row.division_code[: PREFIX[level]], row.period_id].append(row)
        names = _names(code for code, _ in groups)
        for (code, _), parts in sorted(groups.items()):
            if code.startswith(staff.division_scope) and _step(parts[0].period, level):
                since = min(part.slip.day for part in parts)
                found.append(_waiting(level, code, names.get(code, f"区划 {code}"), parts, since=since, at=at))
    return found


def _waiting(level: str, code: str, place: str, parts: Sequence[Any], *, since: date, at: datetime) -> Waiting:
    period = parts[0].period
    step = _step(period, level)
    due_on = step.due_on(period.coverage_year, since=since) if step else None
    late = bool(due_on and due_on < at.date())
    return Waiting(level, code, place, period, tuple(parts), step, due_on, late)


def _step(period: ContributionPeriod, level: str) -> TransferStep | None:
    return library.current(period.ruleset.code).transfer(level)


def _names(codes: Any) -> dict[str, str]:
    wanted = {code.ljust(12, "0"): code for code in codes}
    rows = Division.objects.filter(code__in=wanted).order_by("starts_on").values_list("code", "name")
    return {wanted[code]: name for code, name in rows}
