"""入账: everybody of a deposited roster registered, enrolled, paid for and receipted, in one transaction (S-8-8).

What was agreed days ago is checked once more under the locks of all its households, by the very check that it passed
then: somebody may have paid at the counter meanwhile. Then nothing is taken and the rows are named: the money lies in
the account, so the deposit and the agreement are taken back, those households are set aside, their money is returned,
and what is left is agreed and deposited anew. Windows and bands ask for the moment of the deposit: then the money was
paid, however long the office took; what is written down bears the moment of the taking. Of a deposit that a supervisor
entered from its slip it is the slip's moment that counts, and the payments tell both.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from common.dates import SHANGHAI, local_day
from common.decision import Clause, Reason, Refusal
from common.listing import listed
from common.memory import uncollected
from enrollment import library, registry
from enrollment.change_services import note_new_member
from enrollment.models import RuleSet
from households import vault
from offices import jobs, origin, scope
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Job, Staff
from payments.models import Payment, ReceiptBook, Settlement
from payments.paper import fonts
from rosters.checks import Terms, Verdict, check
from rosters.clauses import DEPOSIT, ONCE, clause_of, in_rules
from rosters.known import Known, read_known
from rosters.models import Roster, RosterDeposit, RosterFile, RosterRow, RosterTaking
from rosters.reading.rows import read_roster
from rosters.reading.sheet import RosterRow as ReadRow
from rosters.taking.books import book_for, numbers_needed
from rosters.taking.columns import NULL, Columns
from rosters.taking.plan import Place, Plan, newcomers, planned
from rosters.taking.writing import Written, lock_households, writing

KIND = "roster_taking"
AT_ONCE = 3_000  # persons; a larger roster is taken by a worker
NAMED = 5  # rows that a refusal names
# What another transaction may break for us between our reading and our writing: read once more, and it has a name.
OVERTAKEN = {"person_id_no_once", "person_in_one_household_at_a_time", "enrollment_once_a_year_anywhere"}


@uncollected()
def take_roster(*, roster_id: int, book_id: int | None = None, by: Staff, at: datetime) -> RosterTaking:
    """Take a deposited roster into the tables, all of it or nothing; a roster that was taken already is found again.

    Without `book_id` the numbers come from the first of the clerk's books that has enough of them in one run.
    """
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    rows = _read(_deposit(roster_id, by), at)
    with scope.everywhere("pupils, and those whom a department pays for, may live in another office's divisions"):
        try:
            return _taken(roster_id=roster_id, book_id=book_id, rows=rows, by=by, at=at)
        except Refusal as refusal:
            if refusal.code not in OVERTAKEN:
                raise
        return _taken(roster_id=roster_id, book_id=book_id, rows=rows, by=by, at=at)


def ask_to_take(*, roster_id: int, book_id: int | None, by: Staff, at: datetime) -> RosterTaking | None:
    """Take the roster at once; a large one by a worker, and then the answer is None. Too short a book is told now."""
    deposit = _deposit(roster_id, by)
    book_for(numbers_needed(deposit.agreement.file), book_id, by)
    if deposit.agreement.rows <= AT_ONCE:
        return take_roster(roster_id=roster_id, book_id=book_id, by=by, at=at)
    jobs.ask_for(kind=KIND, parameters={"roster": roster_id, "book": book_id}, by=by, at=at)
    return None


def work(job: Job, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """The job: it can be stopped until the writing begins, and done again after a worker has died."""
    rows = _deposit(job.parameters["roster"], job.by).agreement.rows
    progress(0, rows)
    taking = take_roster(
        roster_id=job.parameters["roster"], book_id=job.parameters.get("book"), by=job.by, at=job.asked_at
    )
    return {
        "roster": job.parameters["roster"],
        "taking": taking.pk,
        "persons": taking.persons,
        "households": taking.households,
        "receipts": taking.receipts,
        "amount": str(taking.amount),
    }


def _deposit(roster_id: int, by: Staff) -> RosterDeposit:
    """The standing deposit of a roster of the office."""
    roster = Roster.objects.standing().visible_to(by).select_related("office").filter(pk=roster_id).first()
    if roster is None:
        raise Refusal(Reason("ROSTER_UNKNOWN", "找不到这份名册，或者它已撤销、不归您的机构。请刷新页面后再看。"))
    found = RosterDeposit.objects.filter(
        agreement__roster=roster, withdrawn_at__isnull=True, agreement__withdrawn_at__isnull=True
    )
    deposit = found.select_related("agreement__file", "agreement__roster__office").first()
    if deposit is None:
        text = "这份名册还没有核对相符并缴存，不能入账。请先核对，再缴存，然后入账。"
        raise Refusal(Reason("CHECK_FIRST", text, clause_of(roster, DEPOSIT)))
    return deposit


def _read(deposit: RosterDeposit, at: datetime) -> Sequence[ReadRow]:
    """The rows that were agreed, read from the file as it was read then; without those that were set aside."""
    file: RosterFile = deposit.agreement.file
    data = vault.get(file.name, sha256=file.sha256)
    if data is None:
        raise Refusal(Reason("FILE_GONE", "名册的原文件已不在或被改动，不能入账。请联系系统维护人员从备份中找回。"))
    year = deposit.agreement.roster.coverage_year
    read = read_roster(data, today=local_day(at), mapping=file.mapping, sheet=file.sheet, year=year)
    aside = RosterRow.objects.filter(file=file, set_aside_at__isnull=False)
    places = set(aside.values_list("sheet", "row_number"))
    return [row for row in read.rows if (row.sheet, row.number) not in places]


@accountable
def _taken(*, roster_id: int, book_id: int | None, rows: Sequence[ReadRow], by: Staff, at: datetime) -> RosterTaking:
    roster = Roster.objects.select_for_update(no_key=True, of=["self"]).select_related("office").get(pk=roster_id)
    deposit = _deposit(roster_id, by)
    before = RosterTaking.objects.filter(deposit=deposit).first()
    if before:
        return before
    _refuse_settled_day(by, at)
    ruleset = library.current(roster.office.ruleset_code)
    checked = deposit.agreement.file.checked_at
    terms = Terms(ruleset, roster.coverage_year, deposit.decides_at, roster.channel, roster.office, verified_at=checked)
    place = Place(roster.division_code.ljust(12, "0"), roster.group)
    known = _known(rows, terms, at)
    with writing(_columns(deposit, terms, by, at)) as tables:
        tables.register(newcomers(rows, known=known, terms=terms, place=place))
        plan = _planned(rows, deposit, known=known, terms=terms, place=place)  # while the database registers them
        tables.done()
        book = book_for(plan.receipts, book_id, by)
        written = tables.write(plan, book)
    registry.reserve(
        person_ids=[each.person_id for home in plan.households for each in home.entries if each.person_id],
        coverage_year=roster.coverage_year,
        clause=ruleset.once_a_year,
    )
    for membership in written.joined:
        note_new_member(membership_id=membership, by=by, at=at)
    return _recorded(deposit, plan, book, written, by=by, at=at)


def _known(rows: Sequence[ReadRow], terms: Terms, at: datetime) -> Known:
    """What is known under the locks of every household that is known."""
    numbers = {row.id_no.number for row in rows if row.id_no}
    asked: dict[str, Any] = {"office": terms.office, "coverage_year": terms.coverage_year, "at": at}
    known, locked = read_known(numbers, **asked), set[int]()
    while not locked >= known.households.keys():  # once; more often only where somebody moves to another household
        locked |= known.households.keys()
        lock_households(locked)
        known = read_known(numbers, **asked)
    return known


def _planned(rows: Sequence[ReadRow], deposit: RosterDeposit, *, known: Known, terms: Terms, place: Place) -> Plan:
    """Checked once more, and what will be written where nothing changed. No statement is sent meanwhile."""
    households = check(rows, known=known, terms=terms)
    _refuse_what_changed(households, deposit, in_rules(terms.ruleset, ONCE))
    plan = planned(households, known=known, terms=terms, place=place)
    _refuse_what_cannot_be_printed(plan)
    return plan


def _refuse_what_changed(
    households: Sequence[Sequence[Verdict]], deposit: RosterDeposit, clause: Clause | None
) -> None:
    """The roster must still be what was agreed and paid in."""
    refused = [each for verdicts in households for each in verdicts if not each.accepted]
    rest = [verdicts for verdicts in households if all(each.accepted for each in verdicts)]
    payable = sum((verdicts[0].household.payable for verdicts in rest if verdicts[0].household), Decimal("0.00"))
    mend = "请撤回缴存和核对，剔出（或改正）这些户，重新核对、缴存。"
    if refused:
        named = listed([_place(each) for each in refused[: NAMED + 1]], most=NAMED, between="；")
        homes = sum(1 for verdicts in households if not all(each.accepted for each in verdicts))
        text = f"核对以后情况有变，{homes}户（{len(refused)}行）不能再收，整份名册没有入账：{named}。"
        text += f"{mend}这些户已缴的{deposit.amount - payable}元应退还本人。"
        raise Refusal(Reason("ROSTER_CHANGED", text, clause))
    agreement = deposit.agreement
    persons = sum(len(verdicts) for verdicts in rest)
    if (persons, payable) != (agreement.rows, deposit.amount):
        text = f"核对以后标准或资助有变：核对时{agreement.rows}人、{deposit.amount}元，现在{persons}人、{payable}元，"
        raise Refusal(Reason("ROSTER_CHANGED", f"{text}整份名册没有入账。请撤回缴存和核对，重新核对。", clause))


def _place(verdict: Verdict) -> str:
    row, reason = verdict.row, verdict.reasons[0]
    return f"第{row.number}行{row.name}（{reason.text.rstrip('。')}）"


def _refuse_settled_day(by: Staff, at: datetime) -> None:
    day = at.astimezone(SHANGHAI).date()
    if Settlement.objects.filter(office=by.office_id, clerk=by, day__gte=day).exists():
        text = f"您{day}已经日结，这一天不能再入账。请由其他经办员入账，或改日再办。"
        raise Refusal(Reason("DAY_SETTLED", text))


def _refuse_what_cannot_be_printed(plan: Plan) -> None:
    """Refuse, before a number is used, a name for which no font has a character."""
    printed = [
        (each.verdict.row.number, text)
        for home in plan.households
        if home.decision.payable
        for each in home.entries
        for text in (each.decision.name, home.payer, home.address)
    ]
    lacking = set(fonts.undrawable("".join(sorted(set().union(*(text for _, text in printed))))))
    for number, text in printed if lacking else ():
        if wanting := tuple(char for char in text if char in lacking):
            raise Refusal(
                Reason("UNDRAWABLE", f"第{number}行“{text}”打印不出来，没有入账。{fonts.Undrawable(wanting)}")
            )


def _columns(deposit: RosterDeposit, terms: Terms, by: Staff, at: datetime) -> Columns:
    roster = deposit.agreement.roster
    source = origin.current.get()
    edition = RuleSet.objects.values_list("current_edition_id", flat=True).get(code=roster.office.ruleset_code)
    return Columns(
        terms=terms,
        moment=at,
        by=by,
        key=f"roster {roster.pk}",
        period_id=roster.period_id,
        edition_id=edition,
        channel=roster.channel,
        means=Payment.Means.TRANSFER,
        demo=roster.office.demo_moment is not None or by.is_demo,
        source=(source.ip or NULL, source.agent, str(source.request_id or NULL)),
        paid_at=deposit.paid_at,
        entry_reason=deposit.entry_reason,
    )


def _recorded(
    deposit: RosterDeposit, plan: Plan, book: ReceiptBook | None, written: Written, *, by: Staff, at: datetime
) -> RosterTaking:
    taking = RosterTaking.objects.create(
        deposit=deposit,
        book=book,
        first=written.first,
        last=written.last,
        households=len(plan.households),
        persons=plan.persons,
        receipts=plan.receipts,
        amount=plan.payable,
        at=at,
        by=by,
    )
    office = deposit.agreement.roster.office
    detail = {"persons": plan.persons, "receipts": plan.receipts, "amount": str(plan.payable)}
    if book and written.first and written.last:
        detail |= {"code": book.code, "first": book.printed(written.first), "last": book.printed(written.last)}
    if deposit.paid_at:
        detail["moment"] = deposit.paid_at.astimezone(SHANGHAI).isoformat(timespec="minutes")
    record(by=by, at=at, verb="take_roster", subject=taking, office=office, detail=detail)
    return taking
