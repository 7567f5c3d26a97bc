"""名册一行的核对: the number against what the row says, against the file, and against who is registered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from common.dates import SHANGHAI, local_day
from common.decision import Clause, Reason
from common.listing import listed
from rosters.clauses import OWN_OFFICE, in_rules, of_the_employed, of_who_is_gone
from rosters.known import Known, KnownPerson, plain_village
from rosters.reading.cells import same_name
from rosters.reading.sheet import RosterRow
from rosters.reading.sources import HOLDER, NUMBER, OWN_VILLAGE

if TYPE_CHECKING:
    from rosters.checks import Terms

SEX = {"M": "男", "F": "女"}
VILLAGES_NAMED = 6  # of an office, in a refusal


def once_in_file(rows: Sequence[RosterRow], clause: Clause | None) -> dict[tuple[str, int], Reason]:
    """不重: by sheet and row number, why the second row of one number cannot be taken."""
    first: dict[str, RosterRow] = {}
    found = {}
    for row in rows:
        if row.id_no is None:
            continue
        before = first.setdefault(row.id_no.number, row)
        if before is not row:
            where = f"{before.sheet} 第{before.number}行" if before.sheet != row.sheet else f"第{before.number}行"
            text = f"这个身份证号在{where}（{before.name}）已经有了，一人一年只能参保一次。"
            text += "请删去重复的一行，或改正录错的号码。"
            found[row.sheet, row.number] = Reason("DUPLICATE", text, clause)
    return found


def of_row(row: RosterRow, known: Known, twice: Mapping[tuple[str, int], Reason]) -> Iterator[Reason]:
    """What the row says against its own number, the file, and the office's villages."""
    if (row.sheet, row.number) in twice:
        yield twice[row.sheet, row.number]
    if row.id_no and row.sex and row.sex != row.id_no.sex:
        text = f"性别一栏是{SEX[row.sex]}，按身份证号是{SEX[row.id_no.sex]}。请对照证件改正性别或号码。"
        yield Reason("SEX_MISMATCH", text, NUMBER)
    if row.id_no and row.birth and row.birth != row.id_no.birth_date:
        text = f"出生日期一栏是{row.birth}，身份证号里是{row.id_no.birth_date}。请对照证件改正日期或号码。"
        yield Reason("BIRTH_MISMATCH", text, NUMBER)
    if row.village and known.places and plain_village(row.village) not in known.places:
        text = f"“{row.village[:20]}”不在本机构管辖的村（社区）里，这里有{_some(known.village_names)}。"
        text += "请改正村名，或交给管这个村的机构。"
        yield Reason("DIVISION_OUTSIDE", text, OWN_VILLAGE)


def _some(villages: Mapping[str, str]) -> str:
    return listed([villages[code] for code in sorted(villages)], most=VILLAGES_NAMED, unit="个")


def of_agency(row: RosterRow, person: KnownPerson | None, known: Known, terms: "Terms") -> Iterator[Reason]:
    """Whom the agency's lists name as dead or in employee insurance, where nobody has registered it yet."""
    found = known.of_agency.get(str(row.id_no))
    if found is None or (person and (person.died_on or person.gone_by == "death")):
        return
    kind, day, month = found
    if kind == "died":
        text = f"{row.name}在{month:%Y年%m月}死亡名单上（{day}），不能参保。"
        text += "请核实：确已死亡的删去本行，名单有误的与经办机构核对。"
        yield Reason("PERSON_DIED", text, of_who_is_gone(terms.ruleset, "death"))
    else:
        text = f"{row.name}在{month:%Y年%m月}职工参保名单上，不能重复参保。请核实；已停保的，请先到柜台登记停保日期。"
        yield Reason("EMPLOYEE_INSURED", text, of_the_employed(terms.ruleset))


def of_person(row: RosterRow, person: KnownPerson, terms: "Terms") -> Iterator[Reason]:
    """What is registered about the holder of the number."""
    if row.name and not same_name(row.name, person.name):
        text = f"这个身份证号登记的姓名是{person.name}，名册上是{row.name}。请对照证件改正；登记错了的，请办更正姓名。"
        yield Reason("NAME_MISMATCH", text, HOLDER)
    if person.died_on or person.gone_by == "death":
        day = person.died_on or person.gone_on
        text = f"{person.name}已登记于{day}死亡，不能参保。请从名册中删去；登记有误的，请主管撤销死亡登记。"
        yield Reason("PERSON_DIED", text, of_who_is_gone(terms.ruleset, "death"))
    elif person.enrolled_at is not None:
        day = local_day(person.enrolled_at.astimezone(SHANGHAI))
        text = f"{person.name}已于{day}在{person.enrolled_office}参加{terms.coverage_year}年度，不能重复参保。"
        text += "请从名册中删去；已收的钱请退还本人。"
        yield Reason("DUPLICATE", text, terms.ruleset.once_a_year)
    elif person.household_id is None or person.closed:
        yield _without_household(person, terms)
    else:
        yield from _of_office(person, terms)


def _without_household(person: KnownPerson, terms: "Terms") -> Reason:
    if person.gone_by == "move_out":
        text = f"{person.name}已于{person.gone_on}迁出，不在任何一户里。确已迁回的，请先登记到户，再交名册。"
        return Reason("MOVED_OUT", text, of_who_is_gone(terms.ruleset, "move_out"))
    text = f"{person.name}登记过，但现在不在任何一户里。请先查找此人，登记到户，再交名册。"
    return Reason("NO_HOUSEHOLD", text, terms.by_household)


def _of_office(person: KnownPerson, terms: "Terms") -> Iterator[Reason]:
    """A village's people belong to the office; pupils may live elsewhere under the same rules."""
    clause = in_rules(terms.ruleset, *OWN_OFFICE) or OWN_VILLAGE
    inside = (person.division_code or "").startswith(terms.office.division_code)
    if terms.channel == "village" and not inside:
        text = f"{person.name}登记在{person.office_name}的{person.household_number}号户，不归本机构。"
        text += "确已迁来的，请先办迁移；否则由那边办理。"
        yield Reason("OTHER_OFFICE", text, clause)
    elif person.ruleset_code != terms.office.ruleset_code:
        text = f"{person.name}登记在{person.office_name}，那里用的是另一份文件，本名册不能替他核定。请到那边办理。"
        yield Reason("OTHER_OFFICE", text, clause)
