"""入账的行: what each household and person of a plan becomes in the tables, as the lines that COPY takes.

What many have in common (a decision's reasons, an amount in capitals, the articles) is put into words once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from common.dates import SHANGHAI, local_day
from common.decision import Reason
from common.json_text import json_text
from common.money import capitals
from common.sealing import ID_NUMBER, PHONE, Kind
from enrollment.frozen import member_json, reason_json
from enrollment.rules.decision import Benefit, Charge, MemberDecision
from households.spelling import initial_keys, pinyin_of
from offices.keys import sealer
from offices.models import Staff
from payments.counter.bill import articles, title_of
from rosters.checks import Terms
from rosters.taking.plan import Entered, Entry, Newcomer

NULL = "\\N"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
KEYS = UUID("6f6c9d0e-4b0b-4d0e-9a5f-2d1b7c3f0a53")  # the name space of the keys of rosters' payments
REF = "{ref}"  # stands for a person's id in a decision's text

PERSON = (
    "id, name, pinyin, initials, id_no, birth_certificate_no, mother_id_no, sex, birth_date, ethnicity, phone,"
    " hukou_division, hukou_kind, division_code, exemption, parent_unit, parent_unit_level, in_employee_scope,"
    " student_kind, school_name, school_in_area, residence_holder, residence_kind, residence_number, photos,"
    " admission_reason"
)
HOUSEHOLD = "id, office_id, division_code, number, hukou_book_no, address, phone, registered_at, registered_by_id"
MEMBERSHIP = "id, household_id, person_id, relation, starts_on"
ASSESSMENT = (
    "id, household_id, period_id, edition_id, office_id, division_code, decided_at, by_id, channel, standard, payable,"
    " sponsored, decision"
)
ENROLLMENT = (
    "id, person_id, household_id, period_id, coverage_year, office_id, division_code, assessment_id, category,"
    " category_name, standard, payable, sponsored, funder, benefit_starts_on, benefit_ends_on, usable_from,"
    " account_credit, account_credit_due_by, continuous_years, reasons, registered_at, enrolled_at"
)
PAYMENT = (
    "id, idempotency_key, household_id, period_id, assessment_id, office_id, division_code, clerk_id, channel, means,"
    " amount, tendered, change, paid_at, entered_at, entry_reason"
)
RECEIPT = (
    "id, book_id, book_code, number, printed_number, payment_id, office_id, division_code, amount, capitals, means,"
    " payer, household_number, address, coverage_year, title, office_name, clerk_name, clause_line, issued_at, demo,"
    " void_reason"
)
LINE = (
    "receipt_id, position, enrollment_id, name, id_no, category_name, standard, payable, sponsored, funder,"
    " benefit_starts_on, benefit_ends_on"
)
ACT = "by_id, at, verb, subject_type, subject_id, office_id, division_code, detail, ip, agent, request_id"


def text(value: str) -> str:
    """As COPY takes it."""
    return value.translate(ESCAPED)


def _bytes(value: bytes) -> str:
    return f"\\\\x{value.hex()}" if value else ""


def _sealed_once(kind: Kind) -> Callable[[str], str]:
    """What seals texts of a kind, each of them once."""
    seal = sealer(kind).seal
    return cache(lambda number: _bytes(seal(number)))


def known(value: Any) -> str:
    """A value without signs of COPY's own, or nothing."""
    return NULL if value is None else str(value)


class Once:
    """Puts each object into words once; the objects are kept, so that none takes another's place."""

    def __init__(self, words: Callable[..., str]) -> None:
        self._words, self._told = words, {}  # type: ignore[var-annotated]

    def __call__(self, *of: Any) -> str:
        key = tuple(map(id, of))
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = (self._words(*of), of)
        return str(found[0])


@dataclass
class Columns:
    """Who takes a roster, where, at what `moment` and under what terms; `key` tells its payments from another's.

    `paid_at` and `entry_reason` are those of a deposit that was entered from its slip.
    """

    terms: Terms
    moment: datetime
    by: Staff
    key: str
    period_id: int
    edition_id: int
    channel: str
    means: str
    demo: bool
    source: tuple[str, str, str]
    paid_at: datetime | None = None
    entry_reason: str = ""

    def __post_init__(self) -> None:
        self.at = self.moment.isoformat()
        self.paid, self.banked = f"{self.at}\t{NULL}\t", dict[str, str]()
        if self.paid_at:
            self.paid = f"{self.paid_at.isoformat()}\t{self.at}\t{text(self.entry_reason)}"
            self.banked = {"moment": self.paid_at.astimezone(SHANGHAI).isoformat(timespec="minutes")}
        self.year = self.terms.coverage_year
        self.office = self.terms.office
        self.title = text(title_of(self.terms.ruleset))
        self.names = text(self.office.name), text(self.by.name)
        # Sealed once for the person and for the receipt, for the person and for the household.
        self._number, self._phone = _sealed_once(ID_NUMBER), _sealed_once(PHONE)
        self._reasons = Once(_reasons)
        self._member = Once(_member)
        self._enrolled, self._printed = Once(_enrolled), Once(_printed)
        self._articles = Once(lambda *decided: text(articles(decided, self.terms.ruleset)))
        self._pinyin: dict[str, str] = {}
        self._capitals: dict[Decimal, str] = {}

    def person(self, newcomer: Newcomer, pk: int) -> str:
        """参保人, new: what the roster says, and what the number says."""
        row = newcomer.row
        if row.id_no is None:
            raise ValueError("nobody is registered without a number")
        hukou = self.terms.hukou(row)
        return (
            f"{pk}\t{text(row.name)}\t{self._spelling(row.name)}\t{self._number(row.id_no.number)}\t\t\t"
            f"{row.id_no.sex}\t{row.id_no.birth_date}\t\t{self._phone(row.phone)}\t{hukou.division}\t{hukou.kind}\t"
            f"{newcomer.division_code}\t"
            f"\t\t\tf\t\t\tf\t\t\t\t0\t\n"
        )

    def _spelling(self, name: str) -> str:
        if name not in self._pinyin:
            keys = "{" + ",".join(f'"{key}"' for key in initial_keys(name)) + "}"
            self._pinyin[name] = f"{text(pinyin_of(name))}\t{text(keys)}"
        return self._pinyin[name]

    def household(self, entered: Entered) -> str:
        """户, new."""
        head = next(each for each in entered.entries if each.relation == "02")
        return (
            f"{entered.household_id}\t{self.office.pk}\t{entered.division_code}\t{entered.number}\t\t"
            f"{text(entered.address)}\t{self._phone(head.verdict.row.phone)}\t{self.at}\t{self.by.pk}\n"
        )

    def membership(self, entered: Entered, entry: Entry, pk: int) -> str:
        """家庭成员 from today on."""
        day = local_day(self.moment)
        return f"{pk}\t{entered.household_id}\t{entry.person_id}\t{entry.relation}\t{day}\n"

    def assessment(self, entered: Entered, pk: int) -> str:
        """缴费核定."""
        decision = entered.decision
        return (
            f"{pk}\t{entered.household_id}\t{self.period_id}\t{self.edition_id}\t{self.by.office_id}\t"
            f"{entered.division_code}\t{self.at}\t{self.by.pk}\t{self.channel}\t{decision.standard}\t"
            f"{decision.payable}\t{decision.sponsored}\t{self.decision(entered)}\n"
        )

    def decision(self, entered: Entered) -> str:
        """The decision as `enrollment.frozen` keeps it, with the persons' ids as refs; escaped part by part."""
        decision = entered.decision
        ids = {each.decision.ref: str(each.person_id) for each in entered.entries}
        members = ",".join(
            self._member(m.refusals, m.reasons, m.warnings, m.charge, m.benefit, *_plain(m)).replace(
                REF, ids.get(m.ref, m.ref), 1
            )
            for m in decision.members
        )
        refusals, warnings = (
            _reasons(reasons) if reasons else "[]" for reasons in (decision.refusals, decision.warnings)
        )
        return (
            f'{{"coverage_year": {decision.coverage_year}, "standard": "{decision.standard}",'
            f' "payable": "{decision.payable}", "sponsored": "{decision.sponsored}",'
            f' "refusals": {refusals}, "warnings": {warnings}, "members": [{members}]}}'
        )

    def enrollment(self, entered: Entered, entry: Entry, pk: int, assessment: int) -> str:
        """参保登记."""
        decided = entry.decision
        charge, benefit = decided.charge, decided.benefit
        if charge is None or benefit is None or entered.registered_at is None:
            raise ValueError("nobody is enrolled without a charge and a benefit")
        registered_at = self.at if entered.registered_at is self.moment else entered.registered_at.isoformat()
        return (
            f"{pk}\t{entry.person_id}\t{entered.household_id}\t{self.period_id}\t{self.year}\t{self.by.office_id}\t"
            f"{entered.division_code}\t{assessment}\t{self._enrolled(charge, benefit)}\t"
            f"{known(decided.continuous_years)}\t{self._reasons(decided.reasons)}\t{registered_at}\t{self.at}\n"
        )

    def payment(self, entered: Entered, pk: int, assessment: int) -> str:
        """缴费: exactly what is due, as the village paid it in at the bank."""
        row, amount = entered.entries[0].verdict.row, entered.decision.payable
        key = uuid5(KEYS, f"{self.key}\t{row.sheet}\t{row.number}")
        return (
            f"{pk}\t{key}\t{entered.household_id}\t{self.period_id}\t{assessment}\t{self.by.office_id}\t"
            f"{entered.division_code}\t{self.by.pk}\t{self.channel}\t{self.means}\t{amount}\t{amount}\t0.00\t{self.paid}\n"
        )

    def receipt(self, entered: Entered, pk: int, payment: int, numbered: tuple[int, str, int, str]) -> str:
        """收据 on a number: the book, its code, the number, and how it is printed."""
        book, code, number, printed = numbered
        amount, (office, clerk) = entered.decision.payable, self.names
        if amount not in self._capitals:
            self._capitals[amount] = capitals(amount)
        decided = [part for each in entered.entries for part in (each.decision.charge, each.decision.benefit)]
        return (
            f"{pk}\t{book}\t{text(code)}\t{number}\t{printed}\t{payment}\t{self.by.office_id}\t"
            f"{entered.division_code}\t{amount}\t{self._capitals[amount]}\t{self.means}\t{text(entered.payer)}\t"
            f"{entered.number}\t{text(entered.address)}\t{self.year}\t{self.title}\t{office}\t{clerk}\t"
            f"{self._articles(*decided)}\t{self.at}\t{'t' if self.demo else 'f'}\t\n"
        )

    def lines(self, entered: Entered, receipt: int, enrollments: Sequence[int]) -> Iterator[str]:
        """收据明细, one for each person, in the order of the decision."""
        for position, (entry, enrollment) in enumerate(zip(entered.entries, enrollments, strict=True), 1):
            row, charge, benefit = entry.verdict.row, entry.decision.charge, entry.decision.benefit
            if charge is None or benefit is None or row.id_no is None:
                raise ValueError("no line without a charge and a benefit")
            yield (
                f"{receipt}\t{position}\t{enrollment}\t{text(entry.decision.name)}\t{self._number(row.id_no.number)}\t"
                f"{self._printed(charge, benefit)}\n"
            )

    def act(self, verb: str, subject: str, pk: int, division_code: str, detail: dict[str, Any]) -> str:
        """操作日志."""
        ip, agent, request = self.source
        return (
            f"{self.by.pk}\t{self.at}\t{verb}\t{subject}\t{pk}\t{self.by.office_id}\t{division_code}\t"
            f"{text(json_text(detail))}\t{ip}\t{agent}\t{request}\n"
        )


def _enrolled(charge: Charge, benefit: Benefit) -> str:
    """From the category to the account's last day."""
    return (
        f"{text(charge.category)}\t{text(charge.category_name)}\t{charge.standard}\t{charge.payable}\t{charge.sponsored}\t"
        f"{text(charge.funder)}\t{benefit.starts_on}\t{benefit.ends_on}\t{benefit.usable_from}\t"
        f"{known(benefit.account_credit)}\t{known(benefit.account_credit_due_by)}"
    )


def _printed(charge: Charge, benefit: Benefit) -> str:
    """From the name of the category to the last day."""
    return (
        f"{text(charge.category_name)}\t{charge.standard}\t{charge.payable}\t{charge.sponsored}\t{text(charge.funder)}\t"
        f"{benefit.starts_on}\t{benefit.ends_on}"
    )


def _reasons(reasons: Sequence[Reason]) -> str:
    return text(json_text([reason_json(each) for each in reasons]))


def _plain(member: MemberDecision) -> tuple[Any, ...]:
    """What tells two members of one decision apart besides what they share with others."""
    return member.applying, member.due, member.continuous_years, member.workmanship_fee_exempt


def _member(*parts: Any) -> str:
    refusals, reasons, warnings, charge, benefit, applying, due, years, exempt = parts
    return json_text(
        member_json(MemberDecision(REF, "", applying, due, refusals, reasons, warnings, charge, benefit, years, exempt))
    )
