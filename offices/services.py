"""机构服务: logins in the acts log, and the clock of a demonstration office."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from common.decision import Reason, Refusal
from offices import scope
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.clock import moment
from offices.models import Office, Staff


def note_login(*, staff: Staff) -> None:
    """Log that somebody came in."""
    with scope.within(staff.office_scope):
        record(by=staff, at=moment(staff.office), verb="login", subject=staff)


def note_logout(*, staff: Staff) -> None:
    """Log that somebody went out."""
    record(by=staff, at=moment(staff.office), verb="logout", subject=staff)


def note_failed_login(*, username: str, locked: bool) -> None:
    """Log a failed login under the name it was tried with; what matches no name may be a password and is not kept.

    `locked`: whether the next try with the name from there will not be judged.
    """
    staff = Staff.objects.filter(username=username[:40]).first()
    office = staff.office if staff else None
    told = {"locked": "暂停"} if locked else {}
    with scope.everywhere("who fails to log in has no divisions"):
        record(by=None, at=moment(None), verb="login_failed", subject=staff or Staff(), office=office, detail=told)


@accountable
def set_demo_clock(
    *, office_id: int, to: datetime, by: Staff, at: datetime, back_is_understood: bool = False
) -> Office:
    """Set the clock of a demonstration office, from where it runs on.

    Turning it back needs `back_is_understood`: rows already written then lie in the future, receipts and
    registrations among them, and rules that compare moments see them so.
    """
    _require_demo_mode()
    require_role(by, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)
    if to.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    office = visible(Office.objects.select_for_update(of=["self"]), by).filter(pk=office_id).first()
    if office is None:
        raise Refusal(Reason("office_unknown", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    before = moment(office)
    if to < before and not back_is_understood:
        raise Refusal(
            Reason(
                "demo_clock_back",
                f"演示时间现为{before:%Y-%m-%d %H:%M}，往回拨之后，此前已登记的户和已开的收据会晚于当前时间，"
                "缴费期和待遇起始日可能前后不一。确实要往回拨，请确认后再提交。",
            )
        )
    office.demo_moment, office.demo_set_at = to, timezone.now()
    office.save(update_fields=["demo_moment", "demo_set_at"])
    record(
        by=by, at=at, verb="set_demo_clock", subject=office, detail={"from": before.isoformat(), "to": to.isoformat()}
    )
    return office


def _require_demo_mode() -> None:
    if not settings.DEMO:
        raise Refusal(Reason("not_demo", "现在不是演示模式，时间以服务器时钟为准，不能调整。"))
