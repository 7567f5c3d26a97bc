"""第二因素: the code of an authenticator after the password; recovery codes on paper for when the telephone is gone.

Supervisors and administrators must have it (`CANBAO_SECOND_FACTOR`), everybody may. A code is good once: the step that
it belongs to is moved forward in one statement, so that of two who send it together one comes in.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from common.decision import Reason, Refusal
from offices.acts import accountable, record
from offices.doors import codes, sessions, totp
from offices.models import RecoveryCode, Role, SecondFactor, Staff
from offices.staffing import looked_after

WHO_MUST = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ISSUER = "参保"
CODES, GROUPS = 10, 2
WRONG_CODE = "动态码不正确或已用过。请核对手机时间，等下一个动态码出现再输；连续输错会暂停登录 15 分钟。"


def must_have(staff: Staff) -> bool:
    """Whether somebody may not work without it."""
    return settings.SECOND_FACTOR and staff.role in WHO_MUST


def has(staff: Staff) -> bool:
    """Whether a code is asked for after the password."""
    return SecondFactor.objects.filter(staff=staff, confirmed_at__isnull=False).exists()


def is_used() -> bool:
    """Whether anybody may be asked for a code here."""
    return settings.SECOND_FACTOR or SecondFactor.objects.filter(confirmed_at__isnull=False).exists()


def who_have(staff: Iterable[Staff]) -> set[int]:
    """Which of these have one, by key."""
    rows = SecondFactor.objects.filter(staff__in=staff, confirmed_at__isnull=False)
    return set(rows.values_list("staff_id", flat=True))


def begin(staff: Staff) -> SecondFactor:
    """The secret to put into an authenticator; the same until it is confirmed, so that a reload changes nothing."""
    factor, _ = SecondFactor.objects.get_or_create(
        staff=staff, defaults={"secret": totp.new_secret(), "made_at": timezone.now()}
    )
    return factor


def address_of(factor: SecondFactor) -> str:
    """What the QR code says."""
    return totp.address_of(factor.secret, name=factor.staff.username, issuer=ISSUER)


def holds(staff: Staff, code: str) -> bool:
    """Whether the code of the authenticator, or a recovery code, is right; it is used up by that."""
    signs = "".join(code.split())
    if signs.isascii() and signs.isdigit() and len(signs) == totp.DIGITS:
        return _is_next(SecondFactor.objects.filter(staff=staff, confirmed_at__isnull=False).first(), signs)
    digest = codes.digest_of(signs, kind="recovery")
    unused = RecoveryCode.objects.filter(staff=staff, code_digest=digest, used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def codes_left(staff: Staff) -> int:
    """How many recovery codes are still good."""
    return RecoveryCode.objects.filter(staff=staff, used_at=None).count()


@accountable
def switch_on(*, code: str, by: Staff, at: datetime) -> list[str]:
    """Confirm the secret by a first code, and get the recovery codes, which are shown this once."""
    if by.is_demo and not settings.SECOND_FACTOR:
        raise Refusal(Reason("demo", "演示用户大家共用，演示模式没有要求动态码，不能启用。请另邀请一位工作人员来试。"))
    factor = SecondFactor.objects.select_for_update().filter(staff=by, confirmed_at=None).first()
    if factor is None or not _is_next(factor, "".join(code.split())):
        raise Refusal(Reason("code", "动态码不对。请核对手机时间是否准确，再输入手机上现在显示的 6 位数字。"))
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=timezone.now())
    record(by=by, at=at, verb="switch_on_second_factor", subject=by)
    return _new_codes(by)


@accountable
def renew_codes(*, by: Staff, at: datetime) -> list[str]:
    """New recovery codes; those before are void. The caller has asked for a code."""
    record(by=by, at=at, verb="renew_recovery_codes", subject=by)
    return _new_codes(by)


@accountable
def switch_off(*, by: Staff, at: datetime) -> None:
    """Do without a second factor, where that is left to oneself. The caller has asked for a code."""
    if must_have(by):
        raise Refusal(Reason("must", "主管和管理员必须使用动态码，不能停用。换手机请重新绑定。"))
    _remove(by)
    record(by=by, at=at, verb="switch_off_second_factor", subject=by)


@accountable
def reset_second_factor(*, staff_id: int, reason: str, by: Staff, at: datetime) -> Staff:
    """Take the second factor from somebody who has lost telephone and codes; the next login sets up a new one."""
    staff = looked_after(staff_id, by)
    if staff.pk == by.pk:
        raise Refusal(Reason("staff_self", "不能重置自己的动态码，请由另一位管理员办理。"))
    _remove(staff)
    sessions.end_all(staff)
    record(by=by, at=at, verb="reset_second_factor", subject=staff, detail={"reason": reason})
    return staff


def _is_next(factor: SecondFactor | None, code: str) -> bool:
    step = totp.step_of(factor.secret, code, at=timezone.now().timestamp()) if factor else None
    if factor is None or step is None:
        return False
    return bool(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))


def _new_codes(staff: Staff) -> list[str]:
    RecoveryCode.objects.filter(staff=staff).delete()
    found = [codes.new_code(GROUPS) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, code_digest=codes.digest_of(code, kind="recovery")) for code in found
    )
    return found


def _remove(staff: Staff) -> None:
    SecondFactor.objects.filter(staff=staff).delete()
    RecoveryCode.objects.filter(staff=staff).delete()
