"""口令要求: two profiles, chosen by a setting: 等保三级, as an assessor of a Chinese agency asks, and OWASP ASVS.

They contradict each other on purpose: ASVS wants length and no rules of composition or expiry, 等保 wants both.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError

from common.decision import Reason, Refusal
from offices.models import PastPassword, Staff

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Profile:
    """At least `least` characters of `kinds` kinds; holds `days` days (0: for good); unlike the last `kept` ones."""

    least: int
    kinds: int
    days: int
    kept: int
    words: str


PROFILES = {
    "dengbao3": Profile(
        least=8,
        kinds=3,
        days=90,
        kept=5,
        words="至少 8 位，大写字母、小写字母、数字、符号至少有三种；90 天更换一次，不与最近 5 次的相同。",
    ),
    "asvs": Profile(least=12, kinds=1, days=0, kept=1, words="至少 12 位，越长越好，可以是一句话；不能是常见的口令。"),
}


def profile() -> Profile:
    """The profile that is in force here."""
    return PROFILES[settings.PASSWORD_PROFILE]


class ProfileValidator:
    """The profile in force, as Django asks for it (`manage.py createsuperuser` does too)."""

    def validate(self, password: str, user: Staff | None = None) -> None:
        wanted = profile()
        faults = []
        if len(password) < wanted.least:
            faults.append(f"口令太短，至少 {wanted.least} 位。")
        if _kinds(password) < wanted.kinds:
            faults.append(f"口令太简单，大写字母、小写字母、数字、符号中至少要有 {wanted.kinds} 种。")
        if password.isdecimal() or _fails(CommonPasswordValidator(), password, user):
            faults.append("这个口令太常见，容易被猜到，请换一个。")
        if _fails(UserAttributeSimilarityValidator(("username", "name")), password, user):
            faults.append("口令与登录名或姓名太像，请换一个。")
        if faults:
            raise ValidationError([ValidationError(fault, code="password_weak") for fault in faults])

    def get_help_text(self) -> str:
        return profile().words


def give_password(staff: Staff, password: str, *, now: datetime) -> None:
    """Set a password that the profile allows, and keep the one before; the caller holds the row and logs.

    `now` is the server's clock: passwords grow old in real time, whatever time a demonstration lives in.
    """
    _refuse_weak(password, staff)
    _refuse_used(password, staff)
    if staff.pk and staff.has_usable_password():
        PastPassword.objects.create(staff=staff, password=staff.password, ended_at=now)
    staff.set_password(password)
    staff.password_set_at = now
    if staff.pk:
        staff.save(update_fields=["password", "password_set_at"])


def forget_password(staff: Staff, *, now: datetime) -> None:
    """Leave nobody a password to come in with; the one that was does not come back."""
    if staff.has_usable_password():
        PastPassword.objects.create(staff=staff, password=staff.password, ended_at=now)
    staff.set_unusable_password()
    staff.password_set_at = None
    staff.save(update_fields=["password", "password_set_at"])


def expires_at(staff: Staff) -> datetime | None:
    """When the password must have been changed; None: never. A demonstration's passwords are public and stay."""
    days = profile().days
    if staff.is_demo or not days or staff.password_set_at is None:
        return None
    return staff.password_set_at + timedelta(days=days)


def is_expired(staff: Staff, *, now: datetime) -> bool:
    """Whether somebody must change the password before anything else."""
    until = expires_at(staff)
    return until is not None and until <= now


def days_left(staff: Staff, *, now: datetime) -> int | None:
    """How many days the password still has, if they are few."""
    until = expires_at(staff)
    return (until - now).days if until and now < until <= now + SOON else None


def _kinds(password: str) -> int:
    kinds = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum() or not sign.isascii())
    return sum(any(kind(sign) for sign in password) for kind in kinds)


def _fails(validator: CommonPasswordValidator | UserAttributeSimilarityValidator, password: str, user: Staff) -> bool:
    try:
        validator.validate(password, user)
    except ValidationError:
        return True
    return False


def _refuse_weak(password: str, staff: Staff) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise Refusal(Reason("password_weak", "".join(error.messages))) from error


def _refuse_used(password: str, staff: Staff) -> None:
    kept = profile().kept
    used = [staff.password] if staff.pk and staff.has_usable_password() else []
    if staff.pk:
        used += PastPassword.objects.filter(staff=staff).values_list("password", flat=True)[: kept - len(used)]
    if any(check_password(password, each) for each in used):
        sentence = (
            f"这个口令最近用过。新口令不能与最近 {kept} 次的相同，请换一个。"
            if kept > 1
            else "新口令与原口令相同，请换一个。"
        )
        raise Refusal(Reason("password_same", sentence))
