"""督查和责任的服务: a visit is noted by the county, its mending by the town; a supervisor says who answers for what."""

from datetime import date, datetime

from common.dates import local_day
from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Staff
from reports.models import Duty, Visit

Role = Staff.Role
TOWN, VILLAGE = 9, 12


@accountable
def record_visit(
    *,
    division: str,
    coverage_year: int,
    visited_on: date,
    visitors: str,
    found: str,
    due_on: date | None,
    by: Staff,
    at: datetime,
) -> Visit:
    """登记督查 of a town or village by the county (S-9-6)."""
    require_role(by, Role.ADMINISTRATOR)
    place = _place(division, by, at, least=TOWN)
    visitors, found = visitors.strip(), found.strip()
    if not visitors or not found:
        raise Refusal(Reason("VISIT_WORDS", "督查记录须写明谁去督查、发现了什么。请填写完整。"))
    if visited_on > local_day(at):
        raise Refusal(Reason("VISIT_DAY", "督查日期在今天之后，请照实填写。"))
    if due_on and due_on < visited_on:
        raise Refusal(Reason("VISIT_DUE", "整改期限早于督查日期，请核对。"))
    made = Visit.objects.create(
        division_code=division,
        division_name=place.name,
        coverage_year=coverage_year,
        visited_on=visited_on,
        visitors=visitors,
        found=found,
        due_on=due_on,
        made_at=at,
        made_by=by,
    )
    record(by=by, at=at, verb="record_visit", subject=made, detail={"day": visited_on.isoformat()})
    return made


@accountable
def finish_visit(*, visit_id: int, done: str, by: Staff, at: datetime) -> Visit:
    """登记整改: what was done about what a visit found; by the town's supervisor or the county, once."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    rows = Visit.objects.select_for_update(of=["self"], no_key=True)
    visit = rows.filter(pk=visit_id, division_code__startswith=by.division_scope).first()
    if visit is None:
        raise Refusal(Reason("VISIT_UNKNOWN", "找不到这条督查记录，或不在您的管辖范围内。请刷新后重新选择。"))
    if visit.done_at:
        raise Refusal(Reason("VISIT_DONE", "这条督查已经登记过整改，不能更改。另有情况的，请县级另登记一条。"))
    if not done.strip():
        raise Refusal(Reason("VISIT_MENDED", "没有写整改情况，无法存查。请写明做了什么。"))
    visit.done, visit.done_at, visit.done_by = done.strip(), at, by
    visit.save(update_fields=["done", "done_at", "done_by"])
    record(by=by, at=at, verb="finish_visit", subject=visit)
    return visit


@accountable
def assign_village(
    *, division: str, coverage_year: int, staff_id: int, collector: str, collector_phone: str, by: Staff, at: datetime
) -> Duty:
    """指定责任人 of a village (S-8-2); who answered for it before no longer does."""
    require_role(by, Role.SUPERVISOR)
    place = _place(division, by, at, least=VILLAGE)
    staff = Staff.objects.filter(pk=staff_id, office=by.office_id, is_active=True).first()
    if staff is None or not staff.covers(division):
        raise Refusal(Reason("DUTY_STAFF", f"请选择本机构管辖{place.name}的在岗人员。"))
    now = Duty.objects.select_for_update(no_key=True).filter(
        division_code=division, coverage_year=coverage_year, ended_at__isnull=True
    )
    now.update(ended_at=at)
    made = Duty.objects.create(
        division_code=division,
        division_name=place.name,
        coverage_year=coverage_year,
        staff=staff,
        collector=collector.strip(),
        collector_phone=collector_phone.strip(),
        made_at=at,
        made_by=by,
    )
    record(by=by, at=at, verb="assign_village", subject=made, detail={"clerk": staff.pk})
    return made


def _place(division: str, by: Staff, at: datetime, *, least: int) -> Division:
    place = Division.objects.at(local_day(at)).filter(code=division.ljust(VILLAGE, "0"), level__gte=least).first()
    if place is None or place.level != len(division) or not by.covers(division):
        raise Refusal(Reason("PLACE", "请从列表中选择管辖范围内的镇（街道）或村（社区）。"))
    return place
