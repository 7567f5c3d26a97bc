"""造县的地方: invented towns and villages, their offices, clerks and rule sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from random import Random

from django.contrib.auth.hashers import make_password

from common.dates import SHANGHAI
from offices.demo import PASSWORD
from offices.models import Division, Office, Staff

COUNTY = "530127"
FIRST_TOWN = 201  # no such town exists, nor one of the demonstration
NOW = datetime(2016, 11, 8, 9, tzinfo=SHANGHAI)
PERSONS_A_TOWN, PERSONS_A_VILLAGE = 30_000, 2_500
CLERKS = 3
_FIRST, _SECOND = "青白龙石柳松杨梅云金玉长高大", "河山泉塘溪桥坪湾井岭田坝村沟"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


@dataclass(frozen=True)
class Village:
    """A village or community; `urban` and `converted` are the shares of a hundred households."""

    number: int
    code: str
    name: str
    office: int
    clerks: list[int]
    urban: int
    converted: int

    def row(self) -> tuple[object, ...]:
        """For the table made_village."""
        is_town = self.urban > 0
        prefix = self.code[9:].rjust(4, "0")
        told = (self.name, self.office, self.clerks, is_town, self.urban, self.converted)
        return (self.number, self.code, prefix, *told)


def make_places(persons: int, rng: Random) -> list[Village]:
    """Write towns of some 30,000 persons with villages of some 2,500, an office in each town, three clerks in each."""
    towns = max(1, round(persons / PERSONS_A_TOWN))
    each = max(2, round(persons / towns / PERSONS_A_VILLAGE))
    villages: list[Village] = []
    for place, name in zip(range(towns), _names(rng), strict=False):
        code = f"{COUNTY}{FIRST_TOWN + place}"
        office, clerks = _office(code, name, rng)
        villages += _villages(code, each, office, clerks, rng, start=len(villages))
    Division.objects.bulk_create(
        Division(code=village.code, name=village.name, level=Division.Level.VILLAGE, starts_on=date(2000, 1, 1))
        for village in villages
    )
    return villages


def _office(code: str, name: str, rng: Random) -> tuple[int, list[int]]:
    """A town, its office with a supervisor and clerks; their logins are the town's three digits and a letter."""
    town = f"{name}{rng.choice(('镇', '镇', '乡', '街道'))}"
    Division.objects.create(code=f"{code}000", name=town, level=Division.Level.TOWN, starts_on=date(2000, 1, 1))
    office = Office.objects.create(
        code=f"SM-{code}",
        name=f"{town}社会事务保障所",
        division_code=code,
        ruleset_code="songming",
        demo_moment=NOW,
        demo_set_at=datetime.now(UTC),
    )
    roles = [Staff.Role.CLERK] * CLERKS + [Staff.Role.SUPERVISOR]
    staff = Staff.objects.bulk_create(
        Staff(
            username=f"{code[6:]}{letter}",
            password=_password_hash(),
            name=f"{rng.choice(_SURNAMES)}{'主任' if role == Staff.Role.SUPERVISOR else '会计'}",
            role=role,
            office=office,
            division_scope=code,
            is_demo=True,
        )
        for letter, role in zip("abcz", roles, strict=True)
    )
    return office.pk, [each.pk for each in staff[:CLERKS]]


def _villages(code: str, count: int, office: int, clerks: list[int], rng: Random, *, start: int) -> Iterator[Village]:
    """One or two communities in the town, the rest villages, some of them converted in part."""
    for place, name in zip(range(count), _names(rng), strict=False):
        in_town = place < max(1, count // 6)
        urban, converted = (70, 30) if in_town else (0, rng.choice((0, 0, 10, 40)))
        told = f"{name}{'社区' if in_town else '村'}"
        yield Village(start + place, f"{code}{place + 1:03d}", told, office, clerks, urban, converted)


def _names(rng: Random) -> Iterator[str]:
    """Names of two characters, each once."""
    names = [first + second for first in _FIRST for second in _SECOND]
    rng.shuffle(names)
    yield from names


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)
