"""补缴的服务: noting that a broken year was paid back, and taking back what was noted by mistake."""

from datetime import date, datetime

from common.dates import local_day
from common.decision import Reason, Refusal
from households.models import Person, RepaidYear
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff


@accountable
def record_repaid_year(
    *, person_id: int, coverage_year: int, paid_on: date, evidence: str, by: Staff, at: datetime
) -> RepaidYear:
    """Note a year paid back, on the evidence of its payment; the wait for cover counts it from then on."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    person = visible(Person.objects.select_for_update(no_key=True, of=["self"]), by).get(pk=person_id)
    today = local_day(at)
    if paid_on > today:
        raise Refusal(Reason("repaid_paid_on", f"补缴日期{paid_on}晚于今天，请对照缴费凭证核对。"))
    if coverage_year < person.birth_date.year or coverage_year >= today.year + 1:
        text = f"{coverage_year}年度不能补缴：应在出生当年与今年之间。请对照缴费凭证核对。"
        raise Refusal(Reason("repaid_year", text))
    if paid_on.year < coverage_year:
        text = f"补缴日期{paid_on}在{coverage_year}年度以前，那不是补缴。请对照缴费凭证核对。"
        raise Refusal(Reason("repaid_paid_on", text))
    found = RepaidYear.objects.create(
        person=person,
        coverage_year=coverage_year,
        paid_on=paid_on,
        evidence=evidence.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    record(by=by, at=at, verb="record_repaid_year", subject=found, detail={"person": person_id, "year": coverage_year})
    return found


@accountable
def withdraw_repaid_year(*, repaid_id: int, by: Staff, at: datetime) -> RepaidYear:
    """Take back a year that was noted by mistake; a supervisor's act, the row stays."""
    require_role(by, Staff.Role.SUPERVISOR)
    rows = visible(RepaidYear.objects.select_for_update(of=["self"]), by, field="person__division_code")
    found = rows.get(pk=repaid_id)
    if found.withdrawn_at:
        raise Refusal(Reason("repaid_withdrawn", "这一条已经撤回。请刷新页面核对。"))
    found.withdrawn_at, found.withdrawn_by = at, by
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    detail = {"person": found.person_id, "year": found.coverage_year}
    record(by=by, at=at, verb="withdraw_repaid_year", subject=found, detail=detail)
    return found
