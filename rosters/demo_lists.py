"""演示名单: invented lists of the departments of 嵩阳街道, October's taken in, civil affairs' of November waiting."""

from collections.abc import Iterable
from datetime import date, datetime

from common.dates import SHANGHAI
from common.idcard import check_digit
from enrollment import library
from enrollment.rules.ruleset import RuleSet
from households.models import Certification
from offices.models import Staff
from rosters.following import note_follow_up
from rosters.lists.applying import apply_list
from rosters.lists.comparing import ENDED, compare
from rosters.lists.importing import ListDraft, import_list
from rosters.lists.words import categories_of
from rosters.models import FunderList
from rosters.omitted import People
from rosters.place import choose

TOWN, CODE = "530127001", "songming"
HEADS = ("序号", "身份证号", "姓名", "医疗救助身份", "镇（街）", "村（居）", "纳入资助时间", "缴费时间")
# What civil affairs call it; the others write the categories' own names.
WORDS = {"dibao": "低保户", "wubao": "五保户", "severe_disability": "重度残疾", "two_daughters": "双女户"}
OCTOBER, NOVEMBER = datetime(2016, 10, 9, 9, tzinfo=SHANGHAI), datetime(2016, 11, 2, 9, tzinfo=SHANGHAI)
Person = tuple[str, str, str]
FOUND = (
    ("away", "13908710001", "在昆明打工，春节前回来"),
    ("app", "", ""),
    ("contacted", "", "周末到村委会缴"),
    ("unreached", "", "电话无人接听"),
    ("away", "13908710002", "随子女住在外县"),
    ("refuses", "", "已劝说两次"),
)


def seed_lists() -> None:
    """Write the lists where there are none yet."""
    if FunderList.objects.exists():
        return
    boss = Staff.objects.select_related("office").get(username="duan", is_demo=True)
    ruleset = library.current(CODE)
    listed = {each.code: _listed(ruleset, each.code) for each in ruleset.funders}
    for funder, people in listed.items():
        found = import_list(draft=_draft(funder, people, date(2016, 10, 1)), by=boss, at=OCTOBER)
        apply_list(list_id=found.pk, seen=compare(found).counts[ENDED], by=boss, at=OCTOBER)
    november = [*listed["civil_affairs"][1:], *_newcomers()]
    import_list(draft=_draft("civil_affairs", november, date(2016, 11, 1)), by=boss, at=NOVEMBER)
    _ask_some(boss)


def _ask_some(boss: Staff) -> None:
    """Notes about some who are not enrolled yet: one of each household, village by village."""
    chosen = choose({}, staff=boss)
    people = list({each.household_id: each for each in People(chosen, "open")[:]}.values()) if chosen else []
    for person, (found, phone, note) in zip(people[:: max(1, len(people) // len(FOUND))], FOUND, strict=False):
        said = {"found": found, "phone": phone, "note": note}
        note_follow_up(person_id=person.person_id, coverage_year=2017, **said, by=boss, at=NOVEMBER)


def _listed(ruleset: RuleSet, funder: str) -> list[Person]:
    """Name, number and word of everybody who is registered as listed, and of somebody who is not registered."""
    mine = categories_of(ruleset, funder)
    codes = {each.code: each.name for each in mine}
    rows = Certification.objects.exclude(funder_list="").filter(ended_on=None, person__division_code__startswith=TOWN)
    disability = next((each.code for each in mine if each.disability), "")
    people = []
    for each in rows.select_related("person").order_by("person__division_code", "pk"):
        code = each.category or disability
        if code in codes and each.person and each.person.id_no:
            people.append((each.person.name, each.person.id_no, WORDS.get(code, codes[code])))
    serial = {"civil_affairs": 981, "disabled_persons_federation": 983}.get(funder, 985)
    return [*people, ("杜长青", _number("19520617", serial), WORDS.get(mine[0].code, mine[0].name))]


def _newcomers() -> Iterable[Person]:
    yield ("龚小满", _number("19610208", 987), "低保户")
    yield ("欧阳晴", _number("19930415", 982), "临时救助对象")
    yield ("祝有余", "5.30127E+17", "低保户")


def _number(born: str, serial: int) -> str:
    first17 = f"530127{born}{serial:03d}"
    return first17 + check_digit(first17)


def _draft(funder: str, people: Iterable[Person], month: date) -> ListDraft:
    lines = [",".join(HEADS)]
    for number, (name, id_no, said) in enumerate(people, 1):
        lines.append(f"{number},{id_no},{name},{said},嵩阳街道,,2016-01-01,")
    data = "\r\n".join(lines).encode()
    return ListDraft("support", CODE, TOWN, month, f"{month:%Y年%m月}资助对象明细.csv", data, funder=funder)
