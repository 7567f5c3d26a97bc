"""开办: the first administrator of an empty installation, then its divisions and offices."""

import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from common.dates import local_day
from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.doors.passwords import give_password
from offices.models import Division, Office, Role, Staff


@dataclass(frozen=True, slots=True)
class Place:
    """A division as it was typed: 12 digits and a name."""

    code: str
    name: str

    @property
    def level(self) -> int:
        """How many digits say something: the rest are noughts."""
        return next((level for level in (2, 4, 6, 9) if not self.code[level:].strip("0")), 12)


def wants_founding() -> bool:
    """Whether nobody is there yet who could let others in."""
    return not Staff.objects.filter(role=Role.ADMINISTRATOR).exists()


def offer_token() -> str:
    """The token that opens the first page of the set-up, in a file that only our own user reads; made once."""
    path = settings.SETUP_TOKEN
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def token_holds(token: str) -> bool:
    """Whether this is the token, and it is still of use."""
    path = settings.SETUP_TOKEN
    return wants_founding() and path.exists() and hmac.compare_digest(path.read_text().encode(), token.encode())


def withdraw_token() -> None:
    """An administrator is there: from now on people come in by invitation."""
    settings.SETUP_TOKEN.unlink(missing_ok=True)


@accountable
def found_administrator(
    *, username: str, name: str, work_number: str, password: str, by: Staff | None, at: datetime
) -> Staff:
    """Make the first administrator, who sees everything. `by` is None: nobody was there before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('first administrator', 0))")
    if not wants_founding():
        raise Refusal(Reason("founded", "已经有管理员了，请登录；忘记口令请在服务器上运行 createsuperuser。"))
    staff = Staff(username=username, name=name, work_number=work_number, role=Role.ADMINISTRATOR)
    give_password(staff, password, now=timezone.now())
    staff.save()
    detail = {"username": username, "name": name, "work_number": work_number}
    record(by=by or staff, at=at, verb="found_administrator", subject=staff, detail=detail)
    return staff


@accountable
def add_divisions(*, places: Sequence[Place], starts_on: date, by: Staff, at: datetime) -> int:
    """Add the divisions that are not there yet; how many. One that is there under another name is refused."""
    require_role(by, Role.ADMINISTRATOR)
    outside = [place.code for place in places if not by.covers(place.code)]
    if outside:
        raise Refusal(Reason("divisions", f"{outside[0]} 不在您的管辖范围（{by.division_scope}）内，没有保存。"))
    if starts_on.year > local_day(at).year + 1:
        sentence = f"启用日期 {starts_on} 太晚，没有保存：最多提前登记到明年年底。请核对年份。"
        raise Refusal(Reason("divisions_day", sentence))
    known = dict(Division.objects.at(starts_on).values_list("code", "name"))
    for place in places:
        if known.get(place.code, place.name) != place.name:
            sentence = f"{place.code} 已登记为“{known[place.code]}”，与“{place.name}”不同，没有保存。请核对代码。"
            raise Refusal(Reason("divisions", sentence))
    new = [
        Division(code=place.code, name=place.name, level=place.level, starts_on=starts_on)
        for place in places
        if place.code not in known
    ]
    Division.objects.bulk_create(new)
    if new:
        record(by=by, at=at, verb="add_divisions", subject=by, detail={"rows": len(new), "first": new[0].code})
    return len(new)


@accountable
def open_office(*, code: str, name: str, division_code: str, phone: str, by: Staff, at: datetime) -> Office:
    """Open an office for a division and all below it."""
    require_role(by, Role.ADMINISTRATOR)
    if not by.covers(division_code):
        raise Refusal(Reason("office_division", f"这个区划不在您的管辖范围（{by.division_scope}）内，请重新选择。"))
    if Office.objects.filter(code=code).exists():
        raise Refusal(Reason("office_code", f"机构代码 {code} 已有机构使用，请换一个。"))
    office = Office.objects.create(code=code, name=name, division_code=division_code, phone=phone)
    detail = {"code": code, "name": name, "scope": division_code}
    record(by=by, at=at, verb="open_office", subject=office, office=office, detail=detail)
    return office
