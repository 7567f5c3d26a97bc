"""核对 (S-8-6): paper, file and cash agree, or the difference is told; it can be taken back."""

from datetime import datetime
from decimal import Decimal

from common.dates import local_day
from common.decision import Clause, Reason, Refusal
from enrollment import library
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from rosters.clauses import AGREE, clause_of
from rosters.models import Roster, RosterAgreement, RosterFile
from rosters.services.opening import AT_THE_COUNTER, roster_for, why
from rosters.sums import Sums, sums_of
from rosters.twice import agreed_elsewhere

CHECK_ANEW = "请先重新核对，款不要缴存银行；不能再收的退还本人。"


@accountable
def agree(
    *, roster_id: int, paper_count: int, paper_total: Decimal, cash: Decimal, by: Staff, at: datetime
) -> RosterAgreement:
    """核对相符: as many persons and as much money on paper, in the file and in the hand."""
    require_role(by, *AT_THE_COUNTER)
    roster = roster_for(roster_id, by=by)
    if roster.agreements.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_AGREED", "这份名册已经核对相符，不必再核对。"))
    file = _file(roster)
    if stale := passed_too_early(roster, file, at, then=CHECK_ANEW):
        raise Refusal(stale)
    sums = sums_of(file)
    clause = clause_of(roster, AGREE)
    _refuse_open_rows(sums, clause)
    differences = compared(sums, clause, paper_count=paper_count, paper_total=paper_total, cash=cash)
    if differences := differences or agreed_elsewhere(file):
        raise Refusal(*differences)
    agreement = RosterAgreement.objects.create(
        roster=roster,
        file=file,
        paper_count=paper_count,
        paper_total=paper_total,
        cash=cash,
        rows=sums.persons,
        households=sums.households,
        payable=sums.payable,
        sponsored=sums.sponsored,
        at=at,
        by=by,
    )
    detail = {"rows": sums.persons, "payable": str(sums.payable), "sponsored": str(sums.sponsored)}
    record(by=by, at=at, verb="agree_roster", subject=roster, detail=detail)
    return agreement


def _file(roster: Roster) -> RosterFile:
    file = roster.files.filter(superseded_at=None).first()
    if file is None:
        raise Refusal(Reason("ROSTER_NO_FILE", "还没有交来电子名册，不能核对。"))
    if file.checked_at is None:
        raise Refusal(Reason("ROSTER_UNCHECKED", "电子名册还没有核对完。请稍候，或先指明栏目。"))
    return file


def passed_too_early(
    roster: Roster, file: RosterFile, at: datetime, *, then: str, verified_at: datetime | None = None
) -> Reason | None:
    """Why verdicts of an earlier day do not hold at `at`, by what the taking will ask for; `then` says what to do.

    What agreed, at `verified_at`, was verified in time (S-5-2). The taking asks for the moment at which the deposit is
    registered: it must be told before money goes to the bank.
    """
    ruleset, year = library.current(roster.office.ruleset_code), roster.coverage_year
    window, period, checked = ruleset.window(year), ruleset.periods.get(year), file.checked_at
    if window is None or period is None or checked is None:
        return None
    before, today = period.band(local_day(checked)), period.band(local_day(at))
    if checked <= window.pay_until < at:
        what, clause = f"{year}年度缴费已于{window.closing}截止", window.pay_clause
    elif window.verify_until and checked <= window.verify_until < (verified_at or at):
        what, clause = f"{year}年度参保核定已于{window.verify_until:%Y-%m-%d %H:%M}截止", window.verify_clause
    elif before and today is None:
        what, clause = f"{local_day(at)}不在{year}年度的任何缴费时段内", window.clause
    elif today and period.rates_on(local_day(checked)) != period.rates_on(local_day(at)):
        what, clause = f"{year}年度的缴费标准自{today.from_day}起不同", today.clause
    else:
        return None
    return Reason("ROSTER_STALE", f"{what}，这份名册是在那以前核对的。{then}", clause)


def _refuse_open_rows(sums: Sums, clause: Clause | None) -> None:
    if sums.wrong:
        text = f"还有{sums.wrong_households}户{sums.wrong}人有问题。请改好后重交，或逐户剔出，再核对金额。"
        raise Refusal(Reason("ROSTER_WRONG", text, clause))
    if not sums.persons:
        raise Refusal(Reason("ROSTER_NOBODY", "名册里没有一个可以收下的人，不能核对。", clause))


def compared(
    sums: Sums, clause: Clause | None, *, paper_count: int, paper_total: Decimal, cash: Decimal
) -> list[Reason]:
    """What differs, each difference with its size; nothing where all agree."""
    found = []
    if paper_count != sums.persons:
        text = f"纸质名册{paper_count}人，电子名册{sums.persons}人，{_more('纸质', paper_count - sums.persons, '人')}。"
        aside = f"已剔出的{sums.aside}人，应在纸质名册上划去。" if sums.aside else ""
        found.append(Reason("ROSTER_MISMATCH", f"{text}请逐行核对{'，' if aside else '。'}{aside}", clause))
    if paper_total != sums.payable:
        difference = _more("纸质", paper_total - sums.payable, "元")
        text = f"纸质合计{paper_total:,.2f}元，电子名册应缴{sums.payable:,.2f}元，{difference}。请逐户核对金额。"
        found.append(Reason("ROSTER_MISMATCH", text, clause))
    if cash != sums.payable:
        listed = f"，其中资助{sums.sponsored_persons}人、{sums.sponsored:,.2f}元" if sums.sponsored_persons else ""
        short = "多收" if cash > sums.payable else "少收"
        text = (
            f"收到{cash:,.2f}元，应收{sums.payable:,.2f}元（{sums.persons}人{listed}），"
            f"{short}{abs(cash - sums.payable):,.2f}元。"
        )
        what = "多收的请退还本人" if cash > sums.payable else "请补足"
        found.append(Reason("MONEY_MISMATCH", f"{text}{what}，或剔出没有缴费的户后再核对。", clause))
    return found


def _more(which: str, difference: int | Decimal, unit: str) -> str:
    amount = f"{abs(difference):,.2f}" if isinstance(difference, Decimal) else str(abs(difference))
    return f"{which}{'多' if difference > 0 else '少'}{amount}{unit}"


@accountable
def withdraw_agreement(*, roster_id: int, reason: str, by: Staff, at: datetime) -> RosterAgreement:
    """撤回核对, while nothing was deposited on it."""
    require_role(by, *AT_THE_COUNTER)
    roster = roster_for(roster_id, by=by)
    agreement = roster.agreements.filter(withdrawn_at=None).first()
    if agreement is None:
        raise Refusal(Reason("ROSTER_NOT_AGREED", "这份名册没有核对相符，或核对已撤回。请刷新页面。"))
    if agreement.deposits.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_DEPOSITED", "已登记缴存，不能撤回核对。请先撤回缴存。"))
    agreement.withdrawn_at, agreement.withdrawn_by, agreement.withdraw_reason = at, by, why(reason)
    agreement.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    record(by=by, at=at, verb="withdraw_roster_agreement", subject=roster, detail={"reason": why(reason)})
    return agreement
