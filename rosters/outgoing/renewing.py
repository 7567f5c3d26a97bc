"""续保的名册: who of a village or school is to pay for the year and how much, as `check` itself will judge it.

A row that `check` would refuse is not handed out; whom it would refuse is told with the reason.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import CharField, Func, Q, QuerySet, Value

from common.dates import local_day
from common.decision import Reason, Refusal
from common.idcard import parse_id_number
from common.relations import LABELS
from enrollment.facts import HouseholdFacts, MemberFacts
from households.models import Membership
from households.models.person import TOWN_DIGITS
from offices.models import Division
from rosters.checks import Terms, Verdict, check
from rosters.known import Known, read_known
from rosters.outgoing.pupils import pupils_of
from rosters.reading.cells import text_of
from rosters.reading.sheet import RosterRow
from rosters.reading.sources import FILLED

HELD = "HOUSEHOLD_HELD"
KINDS = {"urban": "城镇", "rural": "农业", "converted": "农转城"}
NUMERALS = "0123456789一二三四五六七八九十"
# 3组, 二社; but 第一社区 is a community. Python and PostgreSQL read it alike.
GROUP = re.compile(rf"[{NUMERALS}]{{1,3}}(?:村民小组|小组|组|社(?!区))")
NO_NUMBER = Reason("ID_EMPTY", "还没有身份证号，不能列入名册；请带出生医学证明到柜台办理。", FILLED)


@dataclass(frozen=True, slots=True)
class OutRow:
    """One line that is handed out: what `check` will read, what it will decide, and what a person wants to see."""

    row: RosterRow
    group: str
    relation: str
    hukou: str
    school_class: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody of the village who is not on the roster, and why."""

    household_no: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A roster to hand out, in the order of household numbers."""

    rows: Sequence[OutRow]
    left_out: Sequence[LeftOut]

    @property
    def households(self) -> int:
        return len({each.row.household_no for each in self.rows})


def of_village(village: Division, terms: Terms, *, group: str = "") -> Outgoing:
    """Everybody of a village (or of one group of it, as the addresses name it) who is not enrolled for the year yet."""
    return _outgoing(members_of(village, terms, group=group), terms)


def members_of(village: Division, terms: Terms, *, group: str = "") -> QuerySet[Membership]:
    """Who lives, or lived, in a village of the office or in one of its groups."""
    found = Membership.objects.filter(
        household__division_code=village.code, household__office=terms.office, household__closed_at=None
    )
    named = Func("household__address", Value(GROUP.pattern), function="substring", output_field=CharField())
    return found.alias(group=named).filter(group=group) if group else found


def of_school(school: str, terms: Terms) -> Outgoing:
    """The pupils of a school who live under the office and are not enrolled for the year yet, class by class."""
    classes = pupils_of(terms.office, terms.coverage_year).get(school, {})
    outgoing = _outgoing(_pupils(school, classes, terms), terms)
    rows = [replace(each, school_class=classes.get(str(each.row.id_no), "")) for each in outgoing.rows]
    rows.sort(key=lambda each: (not each.school_class, _natural(each.school_class)))
    return replace(outgoing, rows=[replace(x, row=replace(x.row, number=n)) for n, x in enumerate(rows, 1)])


def pupils_at(school: str, terms: Terms) -> QuerySet[Membership]:
    """Who goes, or went, to a school and lives, or lived, under the office."""
    return _pupils(school, pupils_of(terms.office, terms.coverage_year).get(school, {}), terms)


def _pupils(school: str, classes: Collection[str], terms: Terms) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(person__school_name=school) | Q(person__id_no__in=list(classes)),
        person__town=terms.office.division_code[:TOWN_DIGITS],
        person__division_code__startswith=terms.office.division_code,
    )


def in_window(terms: Terms) -> Terms:
    """The same, decided at the first moment of the window where it is not open yet; a Refusal where it is over."""
    window = terms.ruleset.window(terms.coverage_year)
    if window is None or terms.at > window.pay_until:
        text = f"{terms.coverage_year}年度的缴费期已经结束，没有可下发的名册。"
        raise Refusal(Reason("PAYMENT_CLOSED", text, window.pay_clause if window else None))
    return replace(terms, at=max(terms.at, window.opens))


def _outgoing(found: QuerySet[Membership], terms: Terms) -> Outgoing:
    day = local_day(terms.at)
    living = found.filter(starts_on__lte=day, person__died_on=None).exclude(ends_on__lte=day)
    people = dict(living.values_list("person_id", "person__id_no"))
    numbers = [number for number in people.values() if number]
    known = read_known(numbers, office=terms.office, coverage_year=terms.coverage_year, at=terms.at)
    households = sorted(known.households.values(), key=lambda each: (each.division_code, each.number))
    open_ones = [(each, _open(each, people, terms)) for each in households]
    rows = list(_numbered(open_ones, known, day))
    accepted, refused = _judged([each.row for each in rows], known, terms)
    kept = [replace(each, row=accepted[each.row.number]) for each in rows if each.row.number in accepted]
    kept = [replace(each, row=replace(each.row, number=place)) for place, each in enumerate(kept, 1)]
    left_out = [LeftOut(row.household_no, row.name, str(why)) for row, why in refused]
    return Outgoing(kept, [*left_out, *_without_number(living)])


def _open(facts: HouseholdFacts, people: dict[int, str | None], terms: Terms) -> list[MemberFacts]:
    """Who is asked for and not enrolled for the year."""
    due = [member for member in facts.members if member.id_no and not member.covered_in(terms.coverage_year)]
    return [member for member in due if member.person_id in people]


def _numbered(
    households: Iterable[tuple[HouseholdFacts, list[MemberFacts]]], known: Known, day: date
) -> Iterator[OutRow]:
    number = 0
    for facts, members in households:
        insured_before = any(member.covered for member in facts.members)
        for member in members:
            number += 1
            remark = "上年未参保" if insured_before and not member.covered_in(facts.coverage_year - 1) else ""
            yield OutRow(
                row=_row(number, facts, member, known, day),
                group=group_of(facts.address),
                relation=LABELS.get(member.relation, ""),
                hukou=KINDS.get(member.asked.hukou.kind, ""),
                remark=remark,
            )


def _row(number: int, facts: HouseholdFacts, member: MemberFacts, known: Known, day: date) -> RosterRow:
    head = facts.head
    return RosterRow(
        sheet="",
        number=number,
        household=("", "", "", facts.number),
        household_no=facts.number,
        head_name=head.name if head else "",
        name=member.name,
        id_no=parse_id_number(member.id_no, today=day),
        sex="",
        birth=None,
        relation=member.relation,
        hukou_kind=member.asked.hukou.kind,
        category="",
        amount=None,
        phone=member.phone or facts.phone,
        village=known.village_names.get(facts.division_code, ""),
        problems=(),
        notes=(),
    )


def _judged(
    rows: Sequence[RosterRow], known: Known, terms: Terms
) -> tuple[dict[int, RosterRow], list[tuple[RosterRow, Reason]]]:
    """Each row with its category and amount, by number; whoever cannot be taken is left out, the rest asked anew."""
    accepted: dict[int, RosterRow] = {}
    refused: list[tuple[RosterRow, Reason]] = []
    asked = list(rows)
    while asked:
        again: list[RosterRow] = []
        for household in check(asked, known=known, terms=terms):
            own = [v for v in household if any(reason.code != HELD for reason in v.reasons)]
            refused += [(v.row, v.reasons[0]) for v in own]
            if own:
                again += [v.row for v in household if v not in own]
            else:
                accepted |= {v.row.number: _decided(v, terms) for v in household}
        asked = again
    return accepted, refused


def _decided(verdict: Verdict, terms: Terms) -> RosterRow:
    charge = verdict.decision.charge if verdict.decision else None
    if charge is None:
        return verdict.row
    reduced = charge.category != terms.ruleset.general.code
    return replace(verdict.row, category=text_of(charge.category_name) if reduced else "", amount=charge.payable)


def _without_number(living: QuerySet[Membership]) -> Iterator[LeftOut]:
    rows = living.filter(person__id_no=None).order_by("household__number")
    for number, name in rows.values_list("household__number", "person__name"):
        yield LeftOut(number, name, str(NO_NUMBER))


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """For an order in which 2班 comes before 10班."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"([0-9]+)", name)]


def in_group(group: str) -> str:
    """A regular expression for addresses in a group, or with other words in them: 3组 is not 13组, 一社 not 一社区."""
    before = f"(^|[^{NUMERALS}])" if group[:1] in NUMERALS else ""
    after = "(?!区)" if GROUP.fullmatch(group) else ""
    return before + re.sub(r"([^0-9A-Za-z\u4e00-\u9fff])", r"\\\1", group) + after


def group_of(address: str) -> str:
    """The group that an address names, or empty: 东村3组12号 is of 3组."""
    match = GROUP.search(address)
    return match.group(0) if match else ""
