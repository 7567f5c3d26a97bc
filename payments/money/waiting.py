"""待上缴、待划解: what waits for the next step, by year and place, with its deadline."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from common.listing import listed
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.transfers import TransferStep
from offices.models import Division, Office, Staff
from payments.models import Payment, Receipt, Remittance, SettlementLine, Transfer
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
    def mixed(self) -> str:
        """What is told where money at the bank and cash are to go onto one slip of the office."""
        return told_of_mixed(self.parts, "请分开制单：先只勾有转账的日结制一张，再勾其余的。")

    @property
    def key(self) -> str:
        """Unlike that of any other on the page."""
        return f"{self.level}-{self.division}-{self.period.pk}"


def remittable(office: Office, *, at: datetime) -> list[Waiting]:
    """An office's settled lines that were not sent up, by year."""
    lines = with_means(to_remit(office.pk)).select_related("period__ruleset", "settlement__clerk")
    by_period: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        by_period[line.period_id].append(line)
    return [
        _waiting("office", "", office.name, parts, since=parts[0].settlement.day, at=at) for parts in by_period.values()
    ]


def with_means(lines: QuerySet[SettlementLine]) -> QuerySet[SettlementLine]:
    """Lines with whether they hold money that was transferred, such as a roster's deposit, and cash."""
    held = Receipt.objects.valid().filter(settlement_line=OuterRef("pk"))
    return lines.annotate(
        has_transfer=Exists(held.filter(means=Payment.Means.TRANSFER)),
        has_cash=Exists(held.filter(means=Payment.Means.CASH)),
    )


def told_of_mixed(lines: Sequence[Any], then: str) -> str:
    """That no slip of the bank's is of a sum of transfers and cash; `then` says how to part the lines.

    Lines as `with_means` gives them. A line that holds both cannot be parted: it is one clerk's day.
    """
    if not (any(line.has_transfer for line in lines) and any(line.has_cash for line in lines)):
        return ""
    both = [line for line in lines if line.has_transfer and line.has_cash]
    text = "这里既有转账到银行的款（如名册缴存），又有柜台收的现金：两笔款各有各的回单，一张上缴单只登记一张，"
    text += "合在一张上，就没有一张回单与合计相符，对账也找不到。"
    if len(both) < len(lines):
        text += then
    if both:
        days = listed([f"{line.settlement.day}{line.settlement.clerk.name}" for line in both], most=3, unit="笔")
        text += f"{days}的日结里两样都有，分不开：登记时把两张回单号都写上，日期写后一张的，扫描件放在一起；"
        text += "以后名册入账请与柜台收款分日，或由另一位经办员办理。"
    return text


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
