"""人员管理: who works here, as what and where; passwords. An administrator acts within his own divisions only."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import now

from common.decision import Reason, Refusal
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.doors import lockout, sessions
from offices.doors.passwords import give_password
from offices.models import Invitation, Office, Staff

Role = Staff.Role
SEATS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
AT_THE_COUNTER = frozenset({Role.CLERK, Role.SUPERVISOR})


def staff_under(by: Staff) -> QuerySet[Staff]:
    """The members of staff whom an administrator looks after: those whose scope lies within his own."""
    return visible(Staff.objects.all(), by, field="division_scope")


def offices_under(by: Staff) -> QuerySet[Office]:
    """The offices within an administrator's divisions."""
    return visible(Office.objects.all(), by)


@accountable
def change_staff(
    *,
    staff_id: int,
    name: str,
    work_number: str,
    role: str,
    office_id: int | None,
    division_scope: str,
    by: Staff,
    at: datetime,
) -> Staff:
    """Change name, number, role, office or scope. Nobody changes his own role or scope: another administrator does."""
    staff = looked_after(staff_id, by)
    before = _described(staff)
    office, scope = place_of(role, office_id, division_scope, by)
    if staff.pk == by.pk and (role, scope) != (staff.role, staff.division_scope):
        raise Refusal(Reason("staff_self", "不能更改自己的角色和管辖范围，请由另一位管理员办理。"))
    refuse_same_number(work_number, but=staff)
    refuse_both_seats(name, role, but=staff)
    staff.name, staff.work_number, staff.role, staff.office, staff.division_scope = (
        name,
        work_number,
        role,
        office,
        scope,
    )
    staff.save(update_fields=["name", "work_number", "role", "office", "division_scope"])
    if changes := {key: [before[key], after] for key, after in _described(staff).items() if after != before[key]}:
        record(by=by, at=at, verb="change_staff", subject=staff, detail=changes)
        if changes.keys() - {"name", "work_number"}:
            sessions.end_all(staff)
            _void_slips(staff)
    return staff


@accountable
def deactivate_staff(*, staff_id: int, by: Staff, at: datetime) -> Staff:
    """Close a login at once, open sessions included; what the person did stays under the name."""
    staff = looked_after(staff_id, by)
    if staff.pk == by.pk:
        raise Refusal(Reason("staff_self", "不能停用自己的登录，请由另一位管理员办理。"))
    return _set_active(staff, active=False, by=by, at=at)


@accountable
def reactivate_staff(*, staff_id: int, by: Staff, at: datetime) -> Staff:
    """Open a closed login again, with the password it had."""
    return _set_active(looked_after(staff_id, by), active=True, by=by, at=at)


@accountable
def unlock_login(*, staff_id: int, by: Staff, at: datetime) -> Staff:
    """Let somebody try again at once who has failed too often."""
    staff = looked_after(staff_id, by)
    lockout.unlock_name(staff.username)
    record(by=by, at=at, verb="unlock_login", subject=staff)
    return staff


@accountable
def end_session(*, handle: str, by: Staff, at: datetime) -> Staff | None:
    """End a session of somebody whom the administrator looks after, or one's own; None where it is over already."""
    whose = staff_under(by) if by.role == Role.ADMINISTRATOR else Staff.objects.filter(pk=by.pk)
    staff = sessions.end(whose, handle)
    if staff is not None:
        record(by=by, at=at, verb="end_session", subject=staff)
    return staff


@accountable
def unlock_address(*, address: str, by: Staff, at: datetime) -> None:
    """Let unknown browsers of an address try again at once."""
    require_role(by, Role.ADMINISTRATOR)
    lockout.unlock_address(address)
    record(by=by, at=at, verb="unlock_address", subject=by, detail={"address": address})


@accountable
def change_own_password(*, old: str, new: str, by: Staff, at: datetime) -> Staff:
    """Change one's own password, knowing the old one."""
    staff = Staff.objects.select_for_update().get(pk=by.pk)
    refuse_public(staff)
    if not staff.check_password(old):
        raise Refusal(Reason("password_old", "原口令不正确。请核对大小写后重新输入；忘记口令请找管理员重设。"))
    give_password(staff, new, now=now())
    record(by=by, at=at, verb="change_own_password", subject=staff)
    return staff


def looked_after(staff_id: int, by: Staff) -> Staff:
    """Lock a member of staff within the administrator's scope."""
    require_role(by, Role.ADMINISTRATOR)
    staff = staff_under(by).select_for_update(of=["self"]).filter(pk=staff_id).first()
    if staff is None:
        raise Refusal(Reason("staff_unknown", "找不到这位工作人员，或不在您的管辖范围内。请从人员名单中选择。"))
    return staff


def place_of(role: str, office_id: int | None, scope: str, by: Staff) -> tuple[Office | None, str]:
    """Where somebody will work: the office and the scope, both within the administrator's own."""
    office = offices_under(by).filter(pk=office_id).first() if office_id else None
    if office_id and office is None:
        raise Refusal(Reason("staff_office", "这个经办机构不在您的管辖范围内，请选择其他机构。"))
    if role in AT_THE_COUNTER:
        if office is None:
            raise Refusal(Reason("staff_office", "经办员和主管要在收款台办事，请选择所在的经办机构。"))
        scope = scope or office.division_code
        if not scope.startswith(office.division_code):
            sentence = f"经办员和主管只能管辖本机构的区划，{scope} 不在 {office.name}（{office.division_code}）之内。"
            raise Refusal(Reason("staff_scope", sentence + "请留空，或填其下的村（社区）代码。"))
    if not by.covers(scope):
        raise Refusal(Reason("staff_scope", f"管辖范围不能大于您自己的（{by.division_scope}），请缩小后重新提交。"))
    return office, scope


def refuse_same_number(work_number: str, *, but: Staff | None) -> None:
    """One person, one login: the work number tells who is who."""
    found = Staff.objects.filter(work_number=work_number).exclude(pk=but.pk if but else None).first()
    if work_number and found:
        where = "在用" if found.is_active else "已停用"
        sentence = (
            f"工号 {work_number} 已有登录 {found.username}（{found.get_role_display()}，{where}）。一人只有一个登录"
        )
        raise Refusal(Reason("staff_number", f"{sentence}，请更改原来的，或把它恢复。"))


def refuse_both_seats(name: str, role: str, *, but: Staff | None) -> None:
    """Nobody watches over himself: who administrates does not audit, under no second number either."""
    if role not in SEATS:
        return
    found = Staff.objects.filter(name=name, seat__in=SEATS - {role}).exclude(pk=but.pk if but else None).first()
    if found:
        sentence = f"{name}已登记为{Role(found.seat).label}（登录名 {found.username}），管理员和审计员不能是同一个人。"
        raise Refusal(
            Reason("staff_seat", f"{sentence}确是同名的另一人，请在姓名后加注以示区别，例如“{name}（审计）”。")
        )


def _set_active(staff: Staff, *, active: bool, by: Staff, at: datetime) -> Staff:
    if staff.is_active != active:
        staff.is_active = active
        staff.save(update_fields=["is_active"])
        if not active:
            sessions.end_all(staff)
            _void_slips(staff)
        record(by=by, at=at, verb="reactivate_staff" if active else "deactivate_staff", subject=staff)
    return staff


def _void_slips(staff: Staff) -> None:
    """Slips that somebody made by a right that is gone: he may have kept one for himself."""
    Invitation.objects.filter(by=staff, used_at=None, withdrawn_at=None).update(withdrawn_at=now())


def refuse_public(staff: Staff) -> None:
    if staff.is_demo:
        raise Refusal(Reason("password_public", "演示用户的口令是公开的，不能更改。请另设一位工作人员来试。"))


def _described(staff: Staff) -> dict[str, str]:
    office = staff.office.name if staff.office else ""
    return {
        "name": staff.name,
        "work_number": staff.work_number,
        "role": staff.role,
        "office": office,
        "scope": staff.division_scope,
    }
