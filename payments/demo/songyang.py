"""嵩阳街道: 150 invented households on 2016-11-08, most of them insured for years (嵩政办通〔2016〕50号)."""

from datetime import date, datetime, timedelta

from common.dates import SHANGHAI
from payments.demo import listed
from payments.demo.calendar import moments, working_days
from payments.demo.families import COUNTRY, TOWN, Kitchen, family
from payments.demo.newborns import without_number
from payments.demo.people import Home, Registry, Somebody, Village
from payments.demo.traits import Trait, employee, ended_employee, first, give_out

TODAY = date(2016, 11, 8)
SEED = 20161108
HOME_DIVISION = "530127"
DIVISIONS = (HOME_DIVISION, "530102", "530129", "530328")
EMPLOYEE_DIVISION = "530100"
YEARS = frozenset({2014, 2015, 2016})
FIRST_AUTUMN = working_days(date(2013, 10, 8), date(2013, 12, 20))
THIS_AUTUMN = working_days(date(2016, 10, 10), TODAY - timedelta(days=1))
VILLAGES = (
    Village("530127001001", "北门社区", 50, "北门街{}号{}室", urban=0.7, converted=0.3),
    Village("530127001002", "龙泉村", 35, "{}组{}号", converted=0.1),
    Village("530127001003", "上禾村", 30, "{}组{}号"),
    Village("530127001004", "大树营村", 35, "{}组{}号", converted=0.4),
)
CLERKS = ("yang", "he")
# Households of each village that have not come yet: most where a roster is still on its way.
HELD = {"530127001001": 16, "530127001002": 7, "530127001003": 1}


def households() -> list[Home]:
    """The households in the order in which they were registered: most in the autumn of 2013, new ones this autumn."""
    registry = Registry(SEED, divisions=DIVISIONS, yunnan=True)
    homes = [_home(registry, village) for village in VILLAGES for _ in range(village.count)]
    give_out(_traits(registry), homes, registry)
    registry.rng.shuffle(homes)
    old = [home for home in homes if home.years]
    new = [home for home in homes if not home.years]
    for some, days in ((old, FIRST_AUTUMN), (new, THIS_AUTUMN)):
        for home, moment in zip(some, moments(registry.rng, days, len(some)), strict=True):
            home.registered_at, home.clerk = moment, registry.rng.choice(CLERKS)
    for home in old:
        _let_the_young_join(home)
    return old + new


def _home(registry: Registry, village: Village) -> Home:
    rng = registry.rng
    shares = (village.urban, village.converted, 1 - village.urban - village.converted)
    kind = rng.choices(("urban", "converted", "rural"), shares)[0]
    kitchen = Kitchen(registry, TODAY, HOME_DIVISION, kind)
    home = Home(
        village.code,
        f"嵩阳街道{village.name}{village.place(rng)}",
        family(kitchen, TOWN if kind == "urban" else COUNTRY),
        hukou_book_no=registry.serial(),
        papers=["hukou_book"],
        years=_years_before(registry),
    )
    ethnicity = rng.choices(("汉族", "彝族", "回族", "苗族"), (80, 11, 6, 3))[0]
    for member in home.members:
        _usual_facts(registry, home, member, ethnicity)
    if rng.random() < 0.9:
        home.head.phone = registry.phone()
    return home


def _years_before(registry: Registry) -> frozenset[int]:
    """The years in which a household was covered: all, from some year on, with a break, or none (new)."""
    kinds = (YEARS, YEARS - {2014}, frozenset({2016}), YEARS - {2015}, YEARS - {2016}, frozenset[int]())
    return registry.rng.choices(kinds, (68, 7, 5, 5, 4, 11))[0]


def _usual_facts(registry: Registry, home: Home, member: Somebody, ethnicity: str) -> None:
    member.facts["ethnicity"] = ethnicity
    if home.years:
        member.papers.append("social_security_card")
    age = member.age(TODAY)
    works = 22 <= age < (60 if member.sex == "M" else 50)
    if registry.rng.random() < (0.06 if member.hukou_kind == "rural" else 0.3) * works:
        member.covers.append(employee(registry, EMPLOYEE_DIVISION))
    schools = (("小学", 7, 13, "嵩阳小学"), ("初中", 13, 16, "嵩阳中学"), ("高中", 16, 19, "嵩阳中学"))
    for kind, youngest, below, school in schools:
        if youngest <= age < below:
            member.facts |= {"student_kind": kind, "school_name": school, "school_in_area": True}


def _let_the_young_join(home: Home) -> None:
    """Who was born after the household was registered came to it some weeks later."""
    for member in home.members:
        day = member.born + timedelta(days=40)
        if home.registered_at and day > home.registered_at.date():
            day = min(day, TODAY - timedelta(days=1))
            member.joins = datetime(day.year, day.month, day.day, 10, 30, tzinfo=SHANGHAI)


def _traits(registry: Registry) -> list[Trait]:
    return [
        *_singular(registry),
        *listed.who_is_paid_for(registry, TODAY),
        *listed.who_is_not(registry, TODAY),
        *listed.the_disabled(registry, TODAY),
        *_other_covers(registry),
        Trait("缺证件", 6, _no_papers),
    ]


def _other_covers(registry: Registry) -> list[Trait]:
    """Employee insurance that ended, now or some while ago, or that somebody ought to have."""

    def ended(home: Home, last_day: date) -> bool:
        member = first(home, lambda each: not each.covers and 28 < each.age(TODAY) < 55)
        if member:
            member.covers = [ended_employee(EMPLOYEE_DIVISION, last_day, since=date(2012, 5, 1))]
        return member is not None

    def ought_to(home: Home) -> bool:
        member = first(home, lambda each: not each.covers and 24 < each.age(TODAY) < 50)
        if member:
            member.facts["in_employee_scope"] = True
            home.years = frozenset()
        return member is not None

    return [
        Trait("九月停保", 2, lambda home: ended(home, date(2016, 9, 30))),
        Trait("年底停保", 1, lambda home: ended(home, date(2016, 12, 31))),
        Trait("属于职工医保范围", 2, ought_to),
    ]


def _no_papers(home: Home) -> bool:
    """A new household that came without any document."""
    fits = not home.years and any(not member.covers for member in home.members)
    if fits:
        home.papers = []
    return fits


def _singular(registry: Registry) -> list[Trait]:
    """Migrants, students from elsewhere, newborns, rare names: households that are remade for it."""

    def migrants(home: Home, *, kind: str, valid_to: date | None) -> bool:
        ages = [member.age(TODAY) for member in home.members]
        if not 2 <= len(ages) <= 4 or max(ages) > 50 or home.head.covers:
            return False
        home.years, home.papers = frozenset(), []
        number = registry.serial(10)
        for member in home.members:
            _make_migrant(registry, member, kind, number, valid_to)
        return True

    def boarder(home: Home) -> bool:
        if len(home.members) > 2 or home.head.age(TODAY) > 60:
            return False
        home.years, home.papers = frozenset(), []
        home.village, home.address = "530127001001", "嵩阳街道北门社区示例中等专业学校学生宿舍"
        home.members = [_student(registry)]
        return True

    def newborn(home: Home) -> bool:
        mother = first(home, lambda each: each.relation in ("12", "38") and 21 < each.age(TODAY) < 36)
        if mother is None or any(each.age(TODAY) < 2 for each in home.members):
            return False
        child = without_number(registry, mother, home, date(2016, 9, 12))
        home.members.append(child)
        return True

    def rare(home: Home, surname: str, given: str) -> bool:
        fits = len(home.members) >= 3 and not home.head.covers
        if fits:
            home.head.name = surname + given
        return fits

    return [
        Trait("外来务工有居住证", 5, lambda home: migrants(home, kind="居住证", valid_to=date(2018, 6, 30))),
        Trait("居住证已过期", 1, lambda home: migrants(home, kind="居住证", valid_to=date(2016, 8, 31))),
        Trait("外来务工无证件", 1, lambda home: migrants(home, kind="", valid_to=None)),
        Trait("外地中专生", 2, boarder),
        Trait("国家规定的其他人员", 1, _admitted),
        Trait("新生儿尚无号码", 3, newborn),
        Trait("生僻字姓名", 1, lambda home: rare(home, "欧阳", "䶮")),
        Trait("生僻字姓名", 1, lambda home: rare(home, "普", "𬱖")),
    ]


def _make_migrant(registry: Registry, member: Somebody, kind: str, number: str, valid_to: date | None) -> None:
    """Somebody of another province; children hold the parents' certificate."""
    member.hukou, member.hukou_kind = "520102", "rural"
    member.id_no = registry.id_number(member.born, member.sex, "520102")
    member.papers, member.covers = ["id_card"], []
    if kind:
        member.facts |= {
            "residence_holder": "self" if member.age(TODAY) >= 18 else "parent",
            "residence_kind": kind,
            "residence_number": number,
            "residence_valid_to": valid_to,
        }


def _student(registry: Registry) -> Somebody:
    """A pupil of a vocational school in the county whose hukou is in 贵阳."""
    sex = registry.rng.choice("MF")
    born = registry.born(1999, until=TODAY)
    student = registry.somebody(sex=sex, born=born, relation="02", hukou="520102", hukou_kind="rural")
    student.id_no = registry.id_number(born, sex, "520102")
    student.phone, student.papers = registry.phone(), ["id_card"]
    student.facts |= {
        "student_kind": "中专",
        "school_name": "示例中等专业学校",
        "school_in_area": True,
        "ethnicity": "苗族",
    }
    return student


def _admitted(home: Home) -> bool:
    """Somebody with a hukou elsewhere whom the supervisor admits, with a reason."""
    fits = len(home.members) <= 2 and home.head.age(TODAY) > 60
    if fits:
        home.members = [home.head]
        home.head.hukou, home.years = "530102", frozenset()
        home.admitted_for = "随军家属，按国家有关规定在驻地参保，部队证明已存档"
    return fits
