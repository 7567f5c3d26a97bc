"""Builders of invented offices, staff and households; every ID number has a valid check digit and belongs to nobody."""

from datetime import date, datetime
from itertools import count
from typing import Any

from common.dates import SHANGHAI
from common.idcard import check_digit
from common.relations import HEAD
from households.drafts import CertificationDraft, HouseholdDraft, MemberDraft, OtherCoverDraft, PaperDraft
from households.models import Household
from households.services import register_household
from offices.models import Division, Office, Staff
from offices.taking import Copy

PASSWORD = "canbao-test"
# Why a list is taken, as a browser sends it; and whose copy it then is.
WHY = {"purpose": "work"}
COPY = Copy("刘阿姨", "2007-10-25 09:00", "本机构办理业务", "0A1B2C3D")
WIFE, SON, DAUGHTER, MOTHER, OTHER = "10", "20", "30", "52", "80"
_serial = count(1)


def at(text: str) -> datetime:
    """A moment in Shanghai: at("2007-10-25 09:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def id_number(born: str = "1960-01-01", *, sex: str = "M", division: str = "320705", serial: int | None = None) -> str:
    """A valid number; without `serial` (0 to 499) one that this test run has not used for that day."""
    number = next(_serial) % 500 if serial is None else serial
    first17 = f"{division}{born.replace('-', '')}{number * 2 + (sex == 'M'):03d}"
    return first17 + check_digit(first17)


def make_divisions(*divisions: tuple[str, str, int]) -> None:
    """Divisions by 12-digit code, name and level, in force since 2000; known ones stay."""
    known = set(Division.objects.values_list("code", flat=True))
    Division.objects.bulk_create(
        Division(code=code, name=name, level=level, starts_on=date(2000, 1, 1))
        for code, name, level in divisions
        if code not in known
    )


def make_office(division_code: str = "320705001", *, name: str = "新浦街道劳动保障所", **more: Any) -> Office:
    """An office of a street with two villages, 东村 (…001) and 西村 (…002)."""
    town = division_code.ljust(12, "0")
    make_divisions(
        (town[:6] + "000000", f"{town[:6]}县", 6),
        (town, name.removesuffix("劳动保障所").removesuffix("社会事务保障所"), 9),
        (f"{division_code}001", "东村", 12),
        (f"{division_code}002", "西村", 12),
    )
    more = {"ruleset_code": "lianyungang"} | more
    return Office.objects.create(code=f"O{division_code}", name=name, division_code=division_code, **more)


def make_staff(office: Office | None, username: str, *, name: str = "", role: str = "clerk", **more: Any) -> Staff:
    """A member of staff with PASSWORD; the scope is the office's division, or everything without an office."""
    more = {"division_scope": office.division_code if office else ""} | more
    return Staff.objects.create_user(username, PASSWORD, name=name or username, role=role, office=office, **more)


def member(name: str, relation: str = OTHER, *, born: str = "1970-05-01", sex: str = "M", **more: Any) -> MemberDraft:
    """One row of the registration form, urban hukou in 新浦区, with a new ID number unless one is given."""
    more = {"hukou_division": "320705", "hukou_kind": "urban"} | more
    if "id_no" not in more:
        more["id_no"] = id_number(born, sex=sex)
    return MemberDraft(name=name, relation=relation, **more)


def newborn(name: str, relation: str = SON, *, born: str = "2007-10-01", sex: str = "M", **more: Any) -> MemberDraft:
    """A child without a number, known by its birth certificate and its mother's number."""
    more = {"birth_certificate_no": f"S320{next(_serial):06d}", "mother_id_no": id_number("1980-01-01", sex="F")} | more
    more |= {"id_no": "", "birth_date": date.fromisoformat(born), "sex": sex}
    return MemberDraft(name=name, relation=relation, hukou_division="320705", hukou_kind="urban", **more)


def household_draft(*members: MemberDraft, division_code: str = "320705001001", **more: Any) -> HouseholdDraft:
    """A household of 东村; without members, one of a head alone."""
    return HouseholdDraft(division_code=division_code, members=members or (member("王大力", HEAD),), **more)


def make_household(by: Staff, *members: MemberDraft, moment: str = "2007-10-25 09:00", **more: Any) -> Household:
    """A household registered by the service."""
    more = {"division_code": f"{by.division_scope}001"} | more
    return register_household(draft=household_draft(*members, **more), by=by, at=at(moment))


def zhang_family() -> tuple[MemberDraft, ...]:
    """Three generations: a head, his wife, a daughter with 肢体二级, a son in employee insurance, the head's mother."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    severe = CertificationDraft(
        disability_kind="肢体", disability_grade=2, kind="残疾人证", original_seen=True, copy_kept=True
    )
    employed = OtherCoverDraft("employee", division="320700", certificate_seen=True)
    return (
        member("张建国", HEAD, id_no=id_number("1960-01-01", serial=1), phone="13812348888", **shown),
        member("李秀英", WIFE, id_no=id_number("1962-02-03", sex="F", serial=1), **shown),
        member("张小红", DAUGHTER, id_no=id_number("1988-03-04", sex="F", serial=1), certifications=(severe,), **shown),
        member("张明", SON, id_no=id_number("1985-04-05", serial=1), other_covers=(employed,)),
        member("王桂兰", MOTHER, id_no=id_number("1936-06-07", sex="F", serial=1), **shown),
    )
