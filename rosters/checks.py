"""名册的核对: every row of a roster with a verdict in words; whatever a policy decides is decided by `assess`.

All or nothing per household: one row that cannot be taken keeps its household back, and the others say why.
Papers were checked by who collected (S-8-2), so none is asked for again; the proof of a category is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from common.decision import Clause, Reason
from common.listing import listed
from common.relations import HEAD, SELF, label
from enrollment.facts import HouseholdFacts
from enrollment.rules.alike import Alike
from enrollment.rules.category import named_by
from enrollment.rules.decision import Charge, HouseholdDecision, MemberDecision
from enrollment.rules.facts import Certification, Household, Hukou, Member
from enrollment.rules.ruleset import Category, RuleSet
from offices.models import Office
from rosters.clauses import AGREE, BY_HOUSEHOLD, in_rules
from rosters.heads import heads_of
from rosters.known import Known, KnownPerson
from rosters.outgoing.stamp import changed_since
from rosters.persons import of_agency, of_person, of_row, once_in_file
from rosters.reading.cells import same_name
from rosters.reading.sheet import RosterRow
from rosters.reading.sources import ONE_HEAD, WHOLE
from rosters.twice import refused, warned

COLLECTIVE = ("village", "school", "department")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a roster is checked: rule set, year, moment, channel and office.

    `verified_at` is when what agreed was checked, the verification 核定 of whoever has none of his own; None before it
    agrees: then it would be verified now. `by_household` is on what it rests that a household is taken as a whole: its
    clause, else the form's own rule.
    """

    ruleset: RuleSet
    coverage_year: int
    at: datetime
    channel: str
    office: Office
    verified_at: datetime | None = None
    usual_hukou: str = field(init=False)
    by_household: Clause = field(init=False)

    def __post_init__(self) -> None:
        kinds = {kind for each in self.ruleset.admissions if each.way == "hukou" for kind in each.hukou_kinds}
        usual = "rural" if self.channel != "school" and (not kinds or "rural" in kinds) else "urban"
        object.__setattr__(self, "usual_hukou", usual)
        object.__setattr__(self, "by_household", in_rules(self.ruleset, *BY_HOUSEHOLD) or WHOLE)

    def rate(self, category: Category) -> Decimal:
        """What somebody of the category pays in the year."""
        return self.ruleset.periods[self.coverage_year].rates[category.code].payable

    def claimed(self, row: RosterRow) -> Category | None:
        """The category that the row claims, where it would cost less than the general rate."""
        found = next((c for c in self.ruleset.categories if row.category and named_by(row.category, c)), None)
        return found if found and self.rate(found) < self.rate(self.ruleset.general) else None

    def hukou(self, row: RosterRow) -> Hukou:
        """Of somebody new: the county of the office; the kind as written, else what the channel is for."""
        return Hukou(self.office.division_code[:6], row.hukou_kind or self.usual_hukou)


@dataclass(slots=True)
class Verdict:
    """A row and why it cannot be taken; the decisions, over the person and over all of the household, where it can."""

    row: RosterRow
    reasons: list[Reason] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    decision: MemberDecision | None = None
    household: HouseholdDecision | None = None

    @property
    def accepted(self) -> bool:
        return not self.reasons


def check(rows: Sequence[RosterRow], *, known: Known, terms: Terms) -> list[list[Verdict]]:
    """The verdicts, household by household, in the order of the file."""
    twice = once_in_file(rows, terms.ruleset.once_a_year)
    alike = Alike(ruleset=terms.ruleset, coverage_year=terms.coverage_year, at=terms.at, channel=terms.channel)
    return [_household(group, known, terms, twice, alike) for group in by_household(rows, known=known, terms=terms)]


def by_household(rows: Sequence[RosterRow], *, known: Known, terms: Terms) -> list[list[RosterRow]]:
    """Rows of one household: as the file says, else as the database knows it, else everybody alone."""
    groups: dict[object, list[RosterRow]] = defaultdict(list)
    for position, row in enumerate(rows):
        person = known.persons.get(str(row.id_no))
        by_file = row.household if terms.channel == "village" else None
        of_person = person.household_id if person else None
        groups[by_file or of_person or ("alone", position)].append(row)
    return list(groups.values())


def _household(
    rows: list[RosterRow], known: Known, terms: Terms, twice: dict[tuple[str, int], Reason], alike: Alike
) -> list[Verdict]:
    verdicts = [Verdict(row, list(row.problems), list(row.notes)) for row in rows]
    for verdict in verdicts:
        row = verdict.row
        person = known.persons.get(str(row.id_no))
        verdict.reasons += [*of_row(row, known, twice), *(of_person(row, person, terms) if person else ())]
        verdict.reasons += of_agency(row, person, known, terms)
        verdict.reasons += refused(row, known.rosters, terms.ruleset)
        verdict.warnings += warned(row, known.rosters, terms.ruleset)
        verdict.warnings += changed_since(row, office=terms.office.code, coverage_year=terms.coverage_year)
    persons = {id(v): known.persons.get(str(v.row.id_no)) for v in verdicts}
    facts_id = _of_one_household(verdicts, persons, terms)
    facts = known.households.get(facts_id or 0)
    if facts is None:
        _head(verdicts, terms)
    else:
        _refuse_newborns_again([v for v in verdicts if persons[id(v)] is None], facts, terms.ruleset.once_a_year)
    _decide(verdicts, persons, facts, alike, known=known, terms=terms)
    _whole_or_nothing(verdicts, terms)
    return verdicts


def _of_one_household(verdicts: list[Verdict], persons: dict[int, KnownPerson | None], terms: Terms) -> int | None:
    """The registered household of the rows; those who are registered in another one are refused."""
    first: KnownPerson | None = None
    for verdict in verdicts:
        person = persons[id(verdict)]
        if person is None or person.household_id is None:
            continue
        first = first or person
        if person.household_id != first.household_id:
            text = (
                f"{person.name}登记在{person.household_number}号户，与名册中同户的{first.name}"
                f"（{first.household_number}号户）不是一户。确已分户、并户的，请先办变更；名册写错的，请改正户号。"
            )
            verdict.reasons.append(Reason("HOUSEHOLD_SPLIT", text, terms.by_household))
    return first.household_id if first else None


def _refuse_newborns_again(new: list[Verdict], facts: HouseholdFacts, clause: Clause | None) -> None:
    """A child that the household has without a number is given it, not registered again."""
    unnumbered = [each for each in facts.members if not each.sealed_id_no]
    for verdict in new:
        row, number = verdict.row, verdict.row.id_no
        if number and any(
            (each.birth_date, each.sex) == (number.birth_date, number.sex) and same_name(each.name, row.name)
            for each in unnumbered  # twins are two
        ):
            text = f"{row.name}已作为尚无号码的新生儿登记在{facts.number}号户。"
            text += "请先为其办理“新生儿补录身份证号”，再交名册。"
            verdict.reasons.append(Reason("NEWBORN_KNOWN", text, clause))


def _head(verdicts: list[Verdict], terms: Terms) -> None:
    """A new household needs its head, once; somebody alone, or of a school, is no household that the file names."""
    rows = [verdict.row for verdict in verdicts]
    if terms.channel != "village":
        return
    if rows[0].household is None:
        verdicts[0].reasons += _of_no_household(rows[0])
        return
    heads = heads_of(rows)
    if not heads:
        name = f"户主{rows[0].head_name}" if rows[0].head_name else "户主"
        text = f"这是新户，但{name}不在名册的这一户里。请补上户主一行，或在与户主关系一栏写明谁是户主。"
        verdicts[0].reasons.append(Reason("HEAD_MISSING", text, ONE_HEAD))
    too_many = {id(row) for row in heads[1:]}
    for verdict in verdicts:
        if id(verdict.row) in too_many:
            text = f"本户有两位户主（第{heads[0].number}行和本行），一户只能有一位。请核对与户主关系。"
            verdict.reasons.append(Reason("HEAD_TWICE", text, ONE_HEAD))


def _of_no_household(row: RosterRow) -> Iterator[Reason]:
    """Somebody's child or wife is no household of one; nor who stands with others between blank rows."""
    if row.relation and row.relation not in (SELF, HEAD):
        said = label(row.relation)
        text = f"与户主关系一栏是“{said}”，却看不出是哪一户的。请写上户号，或把本行移到户主之下、合计之上。"
        yield Reason("HEAD_MISSING", text, ONE_HEAD)
    elif row.is_unclear:
        text = "看不出哪些人是一户：名册没有户号、户主，也没有与户主关系，只用空行或序号隔开。"
        text += "请加上“户号”和“与户主关系”两列，再交一次。"
        yield Reason("HOUSEHOLD_UNCLEAR", text, ONE_HEAD)


def _decide(
    verdicts: list[Verdict],
    persons: dict[int, KnownPerson | None],
    facts: HouseholdFacts | None,
    alike: Alike,
    *,
    known: Known,
    terms: Terms,
) -> None:
    """Ask `assess` about those who have no slip of their own."""
    asked = [verdict for verdict in verdicts if verdict.accepted]
    if not asked:
        return
    members = {member.ref: member for member in (facts.asked.members if facts else ())}
    by_ref: dict[str, Verdict] = {}
    for number, verdict in enumerate(asked):
        person = persons[id(verdict)]
        ref = str(person.id) if person else f"new{number}"
        by_ref[ref] = verdict
        members[ref] = members[ref] if ref in members else _new(ref, verdict.row, known, terms)
    if facts is None:
        household = Household(tuple(members.values()))
    else:
        plain = tuple([replace(m, applying=m.ref in by_ref, papers=None, photos=9) for m in members.values()])
        household = replace(facts.asked, members=plain, papers=None)
    decision = alike.decide(
        household,
        registered_at=facts.registered_at if facts else terms.at,
        verified_at=(facts.verified_at if facts else None) or terms.verified_at,
    )
    _tell(decision, by_ref, whole=len(asked) == len(verdicts))
    _compare_money([v for v in asked if v.accepted], verdicts, terms)


def _new(ref: str, row: RosterRow, known: Known, terms: Terms) -> Member:
    """Somebody who is not registered: on a department's list, if the list came before the person."""
    listed = known.listed.get(str(row.id_no), ())
    return Member(
        ref=ref,
        name=row.name,
        hukou=terms.hukou(row),
        birth_date=row.id_no.birth_date if row.id_no else None,
        photos=9,
        certifications=tuple(
            Certification(category=category, on_funder_list=True)
            for name, category in listed
            if same_name(name, row.name)
        ),
    )


def _tell(decision: HouseholdDecision, by_ref: dict[str, Verdict], *, whole: bool) -> None:
    """Each member's own refusals; those of the household as a whole to all, where nobody was kept out before."""
    of_members = set()
    for member in decision.applicants:
        verdict = by_ref[member.ref]
        verdict.decision, verdict.household = member, decision
        verdict.reasons += member.refusals
        verdict.warnings += member.warnings
        of_members |= set(member.refusals)
    if whole:
        for reason in decision.refusals:
            if reason not in of_members:
                for verdict in by_ref.values():
                    verdict.reasons.append(reason)


def _compare_money(asked: list[Verdict], whole: list[Verdict], terms: Terms) -> None:
    """人款相符: each row's amount equals the decision; where only some rows have one, the household's sum does."""
    stated = [v.row.amount is not None for v in whole]
    if any(stated) and not all(stated):
        if len(asked) == len(whole):
            _compare_sums(whole, in_rules(terms.ruleset, AGREE) or terms.ruleset.general.clause)
        return
    for verdict in asked:
        verdict.reasons += _money(verdict, terms)


def _compare_sums(whole: list[Verdict], clause: Clause) -> None:
    stated = sum((v.row.amount or ZERO for v in whole), ZERO)
    payable = sum((v.decision.payable for v in whole if v.decision), ZERO)
    if stated != payable:
        difference = _yuan(abs(stated - payable))
        text = f"名册上本户共{_yuan(stated)}，核定应缴共{_yuan(payable)}，相差{difference}。请核对各人的金额和类别。"
        first = next(v for v in whole if v.row.amount is not None)
        first.reasons.append(Reason("MONEY_MISMATCH", text, clause))


def _money(verdict: Verdict, terms: Terms) -> Iterator[Reason]:
    row, decision = verdict.row, verdict.decision
    charge = decision.charge if decision else None
    if charge is None:
        return
    claimed = terms.claimed(row)
    too_little = row.amount is not None and row.amount < charge.payable
    if too_little or (row.amount is None and claimed and terms.rate(claimed) < charge.payable):
        yield _sponsored_without_ground(verdict, claimed, terms)
    elif row.amount is not None and row.amount > charge.payable:
        who = f"（{charge.category_name}，{charge.funder}资助{_yuan(charge.sponsored)}）" if charge.sponsored else ""
        text = f"{row.name}核定应缴{_yuan(charge.payable)}{who}，名册上是{_yuan(row.amount)}。"
        text += "请改正金额；多收的请退还本人。"
        yield Reason("MONEY_MISMATCH", text, _rate_clause(charge))


def _rate_clause(charge: Charge) -> Clause | None:
    """Where the amount is laid down."""
    return next((each.clause for each in charge.reasons if each.clause), None)


def _sponsored_without_ground(verdict: Verdict, claimed: Category | None, terms: Terms) -> Reason:
    """严禁超范围资助: less than the decision, and no list or certificate says so, or its condition fails."""
    row, charge = verdict.row, verdict.decision.charge if verdict.decision else None
    if charge is None:
        raise ValueError("nothing was decided")
    should = f"应缴{_yuan(charge.payable)}"
    stated = f"名册上是{_yuan(row.amount)}" if row.amount is not None else f"名册上写的是{row.category[:20]}"
    if charge.mismatches:
        why = "；".join(each.text.rstrip("。") for each in charge.mismatches)
        text = f"{stated}，{should}：{row.name}在资助名单上，但不符合条件（{why}）。请按此收取，或与资助部门核对。"
        return Reason("SPONSOR_CONDITION", text, charge.mismatches[0].clause)
    if row.amount and claimed is None:
        text = f"{row.name}核定{should}，{stated}。请补足差额，或改正金额。"
        return Reason("MONEY_MISMATCH", text, _rate_clause(charge))
    if claimed and claimed.proof != "funder_list":
        text = f"{stated}，但{row.name}没有登记{claimed.name}的证件，{should}。请先登记并查验证件，或按全额收取。"
        return Reason("CERTIFICATE_MISSING", text, claimed.proof_clause or claimed.clause)
    listed = [each for each in terms.ruleset.categories if each.proof == "funder_list"]
    clause = (claimed.proof_clause if claimed else listed[0].proof_clause if listed else None) or terms.ruleset.clause
    name = f"{claimed.name}的" if claimed else "任何资助部门的"
    text = f"{stated}，但{row.name}不在{name}名单上，{should}。确属资助对象的，请资助部门列入名单；否则按全额收取。"
    return Reason("SPONSOR_UNLISTED", text, clause)


def _whole_or_nothing(verdicts: list[Verdict], terms: Terms) -> None:
    wrong = [verdict for verdict in verdicts if verdict.reasons]
    if not wrong:
        return
    places = listed([f"第{each.row.number}行" for each in wrong], most=5, unit="行")
    for verdict in verdicts:
        if verdict.accepted:
            text = f"本行无误，但同户的{places}有问题；一户要么整户收下，要么整户退回。请改正后一并重交。"
            verdict.reasons.append(Reason("HOUSEHOLD_HELD", text, terms.by_household))


def _yuan(amount: Decimal | None) -> str:
    text = f"{amount or ZERO:.2f}"
    return f"{text.removesuffix('.00')}元"
