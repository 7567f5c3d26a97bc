"""演示数据: invented offices and staff for demonstration mode; one office lives in 2007, one in 2016."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from offices.models import Division, Office, Staff

PASSWORD = "canbao"  # noqa: S105 - public on purpose; StaffBackend refuses demonstration users outside demo mode


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """A demonstration office: where it is, which rule set it lives under, when it is there, and who works in it."""

    code: str
    name: str
    division_code: str
    ruleset_code: str
    moment: datetime
    staff: tuple[tuple[str, str, str], ...]


OFFICES = (
    DemoOffice(
        code="LYG-XINPU",
        name="新浦街道劳动保障所",
        division_code="320705001",
        ruleset_code="lianyungang",
        moment=datetime(2007, 10, 25, 9, 0, tzinfo=SHANGHAI),
        staff=(("liu", "刘阿姨", "clerk"), ("sun", "孙晓梅", "clerk"), ("chen", "陈主任", "supervisor")),
    ),
    DemoOffice(
        code="SM-SONGYANG",
        name="嵩阳街道社会事务保障所",
        division_code="530127001",
        ruleset_code="songming",
        moment=datetime(2016, 11, 8, 9, 0, tzinfo=SHANGHAI),
        staff=(("yang", "杨燕", "clerk"), ("he", "何国强", "clerk"), ("duan", "段主任", "supervisor")),
    ),
)
OVERSEERS = (
    ("admin", "管理员老周", "administrator"),
    ("fu", "管理员小傅", "administrator"),
    ("audit", "审计员小吴", "auditor"),
)

# Provinces to counties carry their real codes of 2007 and 2016; the streets' villages are invented.
DIVISIONS = (
    ("320000000000", "江苏省", 2),
    ("320100000000", "南京市", 4),
    ("320102000000", "玄武区", 6),
    ("320700000000", "连云港市", 4),
    ("320703000000", "连云区", 6),
    ("320705000000", "新浦区", 6),
    ("320706000000", "海州区", 6),
    ("320721000000", "赣榆县", 6),
    ("320705001000", "新浦街道", 9),
    ("320705001001", "东村", 12),
    ("320705001002", "西村", 12),
    ("320705001003", "河畔社区", 12),
    ("320705001004", "市场社区", 12),
    ("520000000000", "贵州省", 2),
    ("520100000000", "贵阳市", 4),
    ("520102000000", "南明区", 6),
    ("530000000000", "云南省", 2),
    ("530100000000", "昆明市", 4),
    ("530102000000", "五华区", 6),
    ("530127000000", "嵩明县", 6),
    ("530127001000", "嵩阳街道", 9),
    ("530127001001", "北门社区", 12),
    ("530127001002", "龙泉村", 12),
    ("530127001003", "上禾村", 12),
    ("530127001004", "大树营村", 12),
)


def demo_logins() -> list[tuple[str, str, str, str]]:
    """The demonstration logins: name, password, role in Chinese, office."""
    counters = [
        (login, PASSWORD, Staff.Role(role).label, place.name) for place in OFFICES for login, _, role in place.staff
    ]
    return counters + [(login, PASSWORD, Staff.Role(role).label, "全部机构") for login, _, role in OVERSEERS]


@transaction.atomic
def create_demo_offices() -> list[Office]:
    """Create what is missing of the demonstration divisions, offices and staff; what is there stays as it is."""
    if not settings.DEMO:
        raise Refusal(Reason("not_demo", "现在不是演示模式，不能建立演示数据：演示用户的口令是公开的。"))
    _create_divisions()
    offices = [_create_office(place) for place in OFFICES]
    for login, name, role in OVERSEERS:
        _create_staff(login, name, role, office=None, scope="")
    return offices


def _create_divisions() -> None:
    known = set(Division.objects.values_list("code", flat=True))
    Division.objects.bulk_create(
        Division(code=code, name=name, level=level, starts_on=date(2000, 1, 1))
        for code, name, level in DIVISIONS
        if code not in known
    )


def _create_office(place: DemoOffice) -> Office:
    office, _ = Office.objects.get_or_create(
        code=place.code,
        defaults={
            "name": place.name,
            "division_code": place.division_code,
            "ruleset_code": place.ruleset_code,
            "demo_moment": place.moment,
            "demo_set_at": timezone.now(),
        },
    )
    for login, name, role in place.staff:
        _create_staff(login, name, role, office=office, scope=office.division_code)
    return office


def _create_staff(login: str, name: str, role: str, *, office: Office | None, scope: str) -> None:
    if not Staff.objects.filter(username=login).exists():
        Staff.objects.create(
            username=login,
            password=_password_hash(),
            name=name,
            role=role,
            office=office,
            division_scope=scope,
            is_demo=True,
        )


@cache
def _password_hash() -> str:
    """One hash for all: the password is public, and hashing it eight times would cost two seconds."""
    return make_password(PASSWORD)
