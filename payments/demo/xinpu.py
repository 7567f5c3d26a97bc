"""新浦街道: 150 invented households on 2007-10-25, in the first autumn of the scheme (连政办发〔2007〕149号)."""

from datetime import date, datetime, timedelta

from common.dates import SHANGHAI
from payments.demo import named
from payments.demo.calendar import moments, working_days
from payments.demo.families import COUNTRY, TOWN, Kitchen, family
from payments.demo.newborns import without_number
from payments.demo.people import Home, Registry, Somebody, Village
from payments.demo.traits import (
    Trait,
    anyone,
    certificate,
    disability,
    employee,
    ended_employee,
    first,
    give_out,
    rural_scheme,
)

TODAY = date(2007, 10, 25)
SEED = 20071025
HOME_DIVISION = "320705"
DIVISIONS = (HOME_DIVISION, "320703", "320706", "320721", "320722", "320723", "321321")
EMPLOYEE_DIVISION = "320700"
HOLIDAYS = frozenset(date(2007, 10, day) for day in range(1, 8))
VILLAGES = (
    Village("320705001001", "东村", 28, "{}组{}号", urban=0.75),
    Village("320705001002", "西村", 27, "{}组{}号", urban=0.75),
    Village("320705001003", "河畔社区", 50, "河畔里{}号楼{}室", urban=1),
    Village("320705001004", "市场社区", 45, "市场巷{}弄{}号", urban=1),
)
CLERKS = ("liu", "sun")


def households() -> list[Home]:
    """The households in the order in which they were registered."""
    registry = Registry(SEED, divisions=DIVISIONS)
    homes = [_home(registry, village) for village in VILLAGES for _ in range(village.count)]
    registry.rng.shuffle(homes)
    homes[:3] = named.families(registry, homes[:3])
    give_out(_traits(registry), [home for home in homes if not home.traits], registry)
    registry.rng.shuffle(homes)
    days = working_days(date(2007, 8, 20), TODAY - timedelta(days=1), holidays=HOLIDAYS)
    for home, moment in zip(homes, moments(registry.rng, days, len(homes)), strict=True):
        home.registered_at, home.clerk = moment, registry.rng.choice(CLERKS)
    return homes


def _home(registry: Registry, village: Village) -> Home:
    rng = registry.rng
    is_rural = rng.random() > village.urban
    kitchen = Kitchen(registry, TODAY, HOME_DIVISION, "rural" if is_rural else "urban")
    members = family(kitchen, COUNTRY if is_rural else TOWN)
    address = f"新浦街道{village.name}{village.place(rng)}"
    home = Home(village.code, address, members, hukou_book_no=registry.serial(), papers=["hukou_book"])
    if is_rural:
        home.traits.add("农业户口")
    for member in members:
        _usual_facts(registry, home, member, is_rural=is_rural)
    if rng.random() < 0.85:
        home.head.phone = registry.phone()
    return home


def _usual_facts(registry: Registry, home: Home, member: Somebody, *, is_rural: bool) -> None:
    member.facts |= {"photos": 2, "ethnicity": "回族" if registry.rng.random() < 0.01 else "汉族"}
    member.papers.append("id_card")
    if is_rural:
        member.covers.append(rural_scheme(registry, HOME_DIVISION))
        member.facts["photos"], member.papers = 0, []
    elif registry.rng.random() < _share_of_employees(member):
        member.covers.append(employee(registry, EMPLOYEE_DIVISION))
        member.facts["photos"], member.papers = 0, []


def _share_of_employees(member: Somebody) -> float:
    """How many of that age are in employee insurance, working or retired."""
    age = member.age(TODAY)
    if age < 22:
        return 0.0
    return 0.35 if age < (60 if member.sex == "M" else 50) else 0.25


def _traits(registry: Registry) -> list[Trait]:
    return [
        Trait("缴费后新增成员", 1, _married_since),
        Trait("配偶已去世", 1, _widowed_since),
        *_disabilities(registry),
        *_certificates(registry),
        *_other_covers(registry),
        *_children(registry),
        *_papers(),
    ]


def _disabilities(registry: Registry) -> list[Trait]:
    """The kinds and grades that count (第五条), papers that lack, kinds and grades that do not count."""

    def trait(kind: str, grade: int, count: int = 1, **more: object) -> Trait:
        def give(home: Home) -> bool:
            holder = anyone(registry, home, lambda each: not each.covers and each.age(TODAY) > 6)
            if holder is None:
                return False
            made = disability(registry, holder, kind, grade, second_generation=False, **more)  # type: ignore[arg-type]
            holder.certifications.append(made)
            return True

        return Trait(f"{kind}{grade}级", count, give)

    return [
        trait("肢体", 1),
        trait("肢体", 2, 2),
        trait("智力", 2),
        trait("精神", 1),
        trait("精神", 2),
        trait("视力", 1),
        trait("智力", 1, original=False),
        trait("视力", 2, copy=False),
        trait("听力", 1),
        trait("言语", 2),
        trait("肢体", 3, 2),
        trait("肢体", 4),
        trait("多重", 1, parts=(("肢体", 2), ("听力", 1))),
        trait("多重", 2, parts=(("听力", 2), ("言语", 2))),
    ]


def _certificates(registry: Registry) -> list[Trait]:
    """低保证 and 特困职工证 of whole households: complete, incomplete, expired, from elsewhere, not claimed."""

    def trait(name: str, count: int, made: dict[str, object]) -> Trait:
        def give(home: Home) -> bool:
            if all(member.covers for member in home.members):
                return False
            home.certifications.append(certificate(registry, **made))  # type: ignore[arg-type]
            return True

        return Trait(name, count, give)

    dibao = {"category": "dibao", "kind": "低保证", "issuer": HOME_DIVISION}
    tekun = {"category": "tekun", "kind": "特困职工证", "issuer": HOME_DIVISION}
    return [
        trait("低保户", 7, dibao),
        trait("低保证未交复印件", 2, dibao | {"copy": False}),
        trait("低保证未见原件", 1, dibao | {"original": False}),
        trait("低保证已过期", 2, dibao | {"valid_to": date(2007, 6, 30)}),
        trait("外地低保证", 1, dibao | {"issuer": "320102"}),
        trait("低保户自愿全额", 1, dibao | {"original": False, "copy": False, "claimed": False}),
        trait("特困户", 3, tekun),
        trait("特困证未交复印件", 1, tekun | {"copy": False}),
    ]


def _other_covers(registry: Registry) -> list[Trait]:
    """Members who are insured elsewhere, with and without their certificate; cover that has ended; hukou elsewhere."""

    def employee_unseen(home: Home) -> bool:
        member = first(home, lambda each: bool(each.covers))
        if member is None or all(each.covers for each in home.members):
            return False
        member.covers = [employee(registry, EMPLOYEE_DIVISION, seen=False)]
        return True

    def from_the_country(home: Home, *, seen: bool) -> bool:
        wife = first(home, lambda each: each.relation == "12" and not each.covers)
        if wife is None:
            return False
        wife.hukou, wife.hukou_kind = "320721", "rural"
        wife.covers = [rural_scheme(registry, "320721", seen=seen)]
        wife.facts["photos"], wife.papers = 0, []
        return True

    def ended(home: Home, last_day: date) -> bool:
        member = first(home, lambda each: not each.covers and 30 < each.age(TODAY) < 58)
        if member:
            member.covers = [ended_employee(EMPLOYEE_DIVISION, last_day, since=date(2001, 3, 1))]
        return member is not None

    def moved_in(home: Home) -> bool:
        member = first(home, lambda each: each.relation in ("38", "12") and not each.covers)
        if member:
            member.hukou, member.papers = "320721", []
            member.facts["photos"] = 0
        return member is not None

    return [
        Trait("职工医保证未见原件", 6, employee_unseen),
        Trait("配偶参加新农合", 3, lambda home: from_the_country(home, seen=True)),
        Trait("新农合证未见原件", 3, lambda home: from_the_country(home, seen=False)),
        Trait("六月停保", 2, lambda home: ended(home, date(2007, 6, 30))),
        Trait("年底停保", 1, lambda home: ended(home, date(2007, 12, 31))),
        Trait("配偶户口在赣榆", 3, moved_in),
    ]


def _married_since(home: Home) -> bool:
    """A young wife who came into the household after it had paid."""
    wife = first(home, lambda each: each.relation == "12" and each.age(TODAY) < 36)
    if wife is None or len(home.members) > 2 or any(member.covers for member in home.members):
        return False
    wife.joins = datetime(2007, 10, 22, 10, 20, tzinfo=SHANGHAI)
    return True


def _widowed_since(home: Home) -> bool:
    """An old couple of whom one has died since the registration."""
    old = len(home.members) == 2 and all(member.age(TODAY) > 60 and not member.covers for member in home.members)
    if old:
        home.members[1].died_on = date(2007, 10, 18)
    return old


def _children(registry: Registry) -> list[Trait]:
    """Children of municipal staff, who may stay out; newborns without a number."""

    def of_staff(home: Home, level: str, unit: str) -> bool:
        child = first(home, lambda each: 3 < each.age(TODAY) < 18 and each.relation in ("21", "31", "22", "32"))
        if child is None or home.head.age(TODAY) > 55:
            return False
        home.head.covers = home.head.covers or [employee(registry, EMPLOYEE_DIVISION)]
        home.head.facts["photos"], home.head.papers = 0, []
        child.facts |= {
            "exemption": "municipal_staff_child",
            "parent_unit": unit,
            "parent_unit_level": level,
            "photos": 0,
        }
        child.papers = []
        return True

    def newborn(home: Home) -> bool:
        mother = first(
            home, lambda each: each.sex == "F" and 21 < each.age(TODAY) < 34 and each.relation in ("12", "38")
        )
        if mother is None or any(each.age(TODAY) < 2 for each in home.members):
            return False
        child = without_number(registry, mother, home, date(2007, 8, 3))
        child.facts["photos"] = 2
        home.members.append(child)
        return True

    return [
        Trait("新生儿尚无号码", 3, newborn),
        Trait("市属单位职工子女", 4, lambda home: of_staff(home, "municipal", "市园林管理处")),
        Trait("区属单位职工子女", 2, lambda home: of_staff(home, "district", "区环境卫生管理所")),
    ]


def _papers() -> list[Trait]:
    """Papers and photos that were not at hand."""

    def no_book(home: Home) -> bool:
        fits = any(not member.covers for member in home.members)
        if fits:
            home.papers = []
        return fits

    def no_card(home: Home) -> bool:
        member = first(home, lambda each: not each.covers)
        if member:
            member.papers = []
        return member is not None

    def photos(home: Home, count: int) -> bool:
        member = first(home, lambda each: not each.covers)
        if member:
            member.facts["photos"] = count
        return member is not None

    return [
        Trait("缺户口簿", 3, no_book),
        Trait("缺身份证", 3, no_card),
        Trait("缺照片", 4, lambda home: photos(home, 0)),
        Trait("缺一张照片", 3, lambda home: photos(home, 1)),
    ]
