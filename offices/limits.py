"""用量上限: how much one member of staff may search, have shown and take away; counted in one statement.

The count is made before the thing itself and stays where that is refused. Whoever comes to a limit is told what to do;
the administrator is told on the start page. A supervisor lifts a limit for the rest of the day, for a reason.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff, Usage, UsageAlert

SEARCHES, REVEALS, EXPORTS = UsageAlert.Kind.values
KEPT = timedelta(days=3)
# How much, and within which span: what a queue needs is counted by the hour, what leaves the screen by the day.
_MOST = {SEARCHES: "SEARCHES_PER_HOUR", REVEALS: "REVEALS_PER_DAY", EXPORTS: "EXPORTS_PER_DAY"}
_SPAN = {SEARCHES: "一小时", REVEALS: "一天", EXPORTS: "一天"}
_UNIT = {SEARCHES: "次", REVEALS: "个号码", EXPORTS: "份"}
_COUNT = """
    INSERT INTO offices_usage AS u (staff_id, kind, since, count) VALUES (%s, %s, %s, %s)
    ON CONFLICT (staff_id, kind, since) DO UPDATE SET count = u.count + EXCLUDED.count RETURNING count
"""


def spend(kind: str, *, by: Staff, at: datetime, count: int = 1) -> None:
    """Count it, or refuse where it is too much; by the server's clock, which no demonstration turns back."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [by.pk, kind, _since(kind, now), count])
        (spent,) = cursor.fetchone()
    if spent > most_of(kind) and not _is_lifted(kind, by, now):
        _tell(kind=kind, now=now, by=by, at=at)
        raise Refusal(_too_much(kind))


def most_of(kind: str) -> int:
    """The limit in force."""
    return int(getattr(settings, _MOST[kind]))


@accountable
def lift(*, alert_id: int, reason: str, by: Staff, at: datetime) -> UsageAlert:
    """Lift a limit for the rest of that day; nobody lifts their own."""
    require_role(by, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)
    alert = alerts_for(by).select_for_update(of=["self"]).get(pk=alert_id)
    if alert.staff_id == by.pk:
        raise Refusal(Reason("limit_own", "不能放开自己的上限。请另一位主管或管理员办理。"))
    if alert.day != local_day(timezone.now()):
        raise Refusal(Reason("limit_past", "这是以前的提醒，上限第二天已重新计数，不必放开。"))
    if alert.lifted_at is None:
        alert.lifted_at, alert.lifted_by, alert.lift_reason = timezone.now(), by, reason
        alert.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        detail = {"what": alert.get_kind_display(), "reason": reason}
        record(by=by, at=at, verb="lift_limit", subject=alert.staff, detail=detail)
    return alert


@accountable
def see(*, alert_id: int, by: Staff, at: datetime) -> UsageAlert:
    """An administrator has looked into it; his own is for another."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    alert = alerts_for(by).select_for_update(of=["self"]).get(pk=alert_id)
    if alert.staff_id == by.pk:
        raise Refusal(Reason("alert_own", "这是您自己的用量提醒，请另一位管理员查看后处理。"))
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = timezone.now(), by
        alert.save(update_fields=["seen_at", "seen_by"])
        record(by=by, at=at, verb="see_alert", subject=alert.staff, detail={"what": alert.get_kind_display()})
    return alert


def alerts_for(staff: Staff) -> QuerySet[UsageAlert]:
    """A supervisor's office, an overseer's divisions, and of people who belong to no office those within."""
    rows = UsageAlert.objects.select_related("staff__office", "seen_by", "lifted_by")
    if staff.role == Staff.Role.SUPERVISOR:
        return rows.filter(staff__office=staff.office_id)
    if staff.role not in (Staff.Role.ADMINISTRATOR, Staff.Role.AUDITOR):
        return rows.none()
    return rows.filter(staff__division_scope__startswith=staff.division_scope)


def tidy() -> int:
    """Forget the counts of days that are over; how many."""
    return Usage.objects.filter(since__lt=timezone.now() - KEPT).delete()[0]


@accountable
def _tell(*, kind: str, now: datetime, by: Staff, at: datetime) -> None:
    """Once a day and kind, whatever is tried after it."""
    most = most_of(kind)
    _, is_new = UsageAlert.objects.get_or_create(
        staff=by, kind=kind, day=local_day(now), defaults={"at": now, "most": most}
    )
    if is_new:
        detail = {"what": UsageAlert.Kind(kind).label, "most": most}
        record(by=by, at=at, verb="reach_limit", subject=by, detail=detail)


def _is_lifted(kind: str, by: Staff, now: datetime) -> bool:
    return UsageAlert.objects.filter(staff=by, kind=kind, day=local_day(now), lifted_at__isnull=False).exists()


def _too_much(kind: str) -> Reason:
    label = UsageAlert.Kind(kind).label
    text = f"您{_SPAN[kind]}内{label}已超过{most_of(kind)}{_UNIT[kind]}的上限，为保护居民资料已暂停，管理员已收到提醒。"
    again = "下一个整点重新计数" if kind == SEARCHES else "明天重新计数"
    return Reason("LIMIT", f"{text}确因工作需要，请主管在“用量提醒”中写明事由放开当天的上限；{again}。")


def _since(kind: str, now: datetime) -> datetime:
    here = now.astimezone(SHANGHAI)
    return here.replace(minute=0, second=0, microsecond=0, hour=here.hour if kind == SEARCHES else 0)
