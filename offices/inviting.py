"""邀请: a member of staff begins, or begins anew, with a slip of paper; whoever holds it chooses name and password.

No administrator ever knows a password. A slip holds for 72 hours and once; a new one makes the old one void.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from common.decision import Reason, Refusal
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.doors import codes, lockout, sessions
from offices.doors.passwords import forget_password, give_password
from offices.models import Invitation, Staff
from offices.staffing import Role, looked_after, place_of, refuse_both_seats, refuse_public, refuse_same_number

HOURS = 72
GROUPS = 3
VOID = "邀请码不对，或已用过、已过期、已撤回。请对照邀请单核对；过期的请找管理员重开一张。"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed over: the code stands here and nowhere else."""

    invitation: Invitation
    code: str


def open_invitations(by: Staff) -> QuerySet[Invitation]:
    """The invitations that wait to be taken up, within an administrator's divisions."""
    rows = visible(Invitation.objects.select_related("office", "by", "staff"), by, field="division_scope")
    return rows.filter(used_at__isnull=True, withdrawn_at__isnull=True)


@accountable
def invite_staff(
    *, name: str, work_number: str, role: str, office_id: int | None, division_scope: str, by: Staff, at: datetime
) -> Slip:
    """Invite somebody new. Without a scope, somebody at the counter gets the office's divisions."""
    require_role(by, Role.ADMINISTRATOR)
    office, scope = place_of(role, office_id, division_scope, by)
    refuse_same_number(work_number, but=None)
    refuse_both_seats(name, role, but=None)
    Invitation.objects.filter(work_number=work_number, staff=None, used_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    slip = _slip(name=name, work_number=work_number, role=role, office=office, division_scope=scope, by=by)
    detail = {"name": name, "role": role, "scope": scope, "work_number": work_number}
    record(by=by, at=at, verb="invite_staff", subject=slip.invitation, detail=detail)
    return slip


@accountable
def invite_anew(*, staff_id: int, reason: str, by: Staff, at: datetime) -> Slip:
    """Let somebody choose a new password, for a reason: the old one and open sessions end at once."""
    staff = looked_after(staff_id, by)
    refuse_public(staff)
    forget_password(staff, now=timezone.now())
    sessions.end_all(staff)
    Invitation.objects.filter(staff=staff, used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    slip = _slip(
        staff=staff,
        name=staff.name,
        work_number=staff.work_number,
        role=staff.role,
        office=staff.office,
        division_scope=staff.division_scope,
        by=by,
    )
    record(by=by, at=at, verb="reset_password", subject=staff, detail={"reason": reason})
    return slip


@accountable
def withdraw_invitation(*, invitation_id: int, by: Staff, at: datetime) -> Invitation:
    """Make a slip void before it is used."""
    require_role(by, Role.ADMINISTRATOR)
    invitation = open_invitations(by).select_for_update(of=["self"]).filter(pk=invitation_id).first()
    if invitation is None:
        raise Refusal(Reason("invitation_gone", "这份邀请已经用过或撤回，或不在您的管辖范围内。请刷新名单。"))
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(by=by, at=at, verb="withdraw_invitation", subject=invitation)
    return invitation


def invitation_of(code: str) -> Invitation | None:
    """The invitation that a code opens now, or None; wrong codes from one place are counted and stop."""
    place = lockout.here()
    tries = lockout.digest_of(place.name, kind="invitation")
    if lockout.begin(tries, place) is None:
        return None
    found = _usable().filter(code_digest=codes.digest_of(code, kind="invitation")).first()
    if found is not None:
        lockout.succeed(tries, place)
    return found


@accountable
def take_up(*, invitation_id: int, username: str, password: str, by: Staff | None, at: datetime) -> Staff:
    """Begin with a slip: the person's own login name (kept, where there is one) and password. `by` is None."""
    now = timezone.now()
    invitation = _usable().select_for_update(of=["self"]).filter(pk=invitation_id).first()
    if invitation is None:
        raise Refusal(Reason("invitation_gone", VOID))
    staff = invitation.staff or _newcomer(invitation, username)
    if not staff.is_active:
        raise Refusal(Reason("invitation_gone", "您的登录已停用，请找管理员。"))
    give_password(staff, password, now=now)
    staff.save()
    lockout.unlock_name(staff.username)
    invitation.staff, invitation.used_at = staff, now
    invitation.save(update_fields=["staff", "used_at"])
    record(by=by or staff, at=at, verb="take_up_invitation", subject=staff, detail={"username": staff.username})
    return staff


def _usable() -> QuerySet[Invitation]:
    rows = Invitation.objects.select_related("office", "staff")
    return rows.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


def _slip(**of: object) -> Slip:
    code, now = codes.new_code(GROUPS), timezone.now()
    invitation = Invitation.objects.create(
        code_digest=codes.digest_of(code, kind="invitation"),
        made_at=now,
        expires_at=now + timedelta(hours=HOURS),
        **of,
    )
    return Slip(invitation, code)


def _newcomer(invitation: Invitation, username: str) -> Staff:
    if Staff.objects.filter(username=username).exists():
        raise Refusal(Reason("staff_username", f"登录名 {username} 已有人使用，请换一个。"))
    refuse_same_number(invitation.work_number, but=None)
    refuse_both_seats(invitation.name, invitation.role, but=None)
    return Staff(
        username=username,
        name=invitation.name,
        work_number=invitation.work_number,
        role=invitation.role,
        office=invitation.office,
        division_scope=invitation.division_scope,
    )
