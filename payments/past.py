"""一户的历史: changes of its files and what was done about its money, in one row per act, the latest first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q

from common.dates import SHANGHAI
from common.decision import Refusal
from enrollment import library
from households.history import HistoryRow, history_of
from households.models import Household
from offices.models import Act
from payments.models import Payment, Receipt, ReceiptLine

MANY, REGISTERED = 6, "登记本户"
PAYMENT, RECEIPT = "payments.payment", "payments.receipt"
VERIFICATION, OVERRIDE = "enrollment.verification", "enrollment.override"
WORKMANSHIP, CARD, CERTIFICATE = "payments.workmanshipreceipt", "payments.cardissue", "payments.covercertificate"
HOUSEHOLD, CHANGE = "households.household", "enrollment.change"
ON_HOUSEHOLD = ("cancel_sponsored", "issue_cards", "issue_certificate")
SAID = {
    "verify_papers": ("核定材料齐全", "{year}年度。"),
    "lift_refusal": ("主管特批", "{year}年度，事由：{reason}。"),
    "issue_cards": ("发放医保卡和病历", "{numbers}，工本费 {amount} 元。"),
    "print_workmanship": ("打印工本费收据", "第{copy}次打印。"),
    "void_workmanship": ("作废工本费收据", "{receipt}，事由：{reason}。{amount} 元退还，收回{numbers}。"),
    "take_back_card": ("收回医保卡或病历", "{numbers}，事由：{reason}。"),
    "revoke_certificate": ("撤销参保证明", "{numbers}，事由：{reason}。"),
    "issue_certificate": ("开具参保证明", "{numbers}，{year}年度。"),
    "register_change": ("办理变更", "{change}。"),
    "undo_change": ("撤销变更", "{change}，事由：{reason}。"),
    "cancel_sponsored": ("撤销资助参保", "{coverage_year}年度{persons}人，事由：{reason}。"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed: of whom, what, from what to what. A whole row that came or went has no `field`."""

    subject: str
    done: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PastAct:
    """One act: when (at the office, and by the server's clock), by whom, what."""

    at: datetime
    recorded_at: datetime
    by: str
    title: str
    changes: tuple[Change, ...] = ()
    text: str = ""
    receipt_id: int | None = None

    @property
    def is_long(self) -> bool:
        """Too much to read at a glance."""
        return len(self.changes) > MANY


def past_of(household: Household) -> list[PastAct]:
    """Everything that was done to a household, in a number of queries that does not grow with it."""
    acts = [*_of_files(history_of(household, words=_words(household))), *_of_money(household)]
    return sorted(acts, key=lambda act: act.recorded_at, reverse=True)


def _words(household: Household) -> dict[str, str]:
    """What the office's rule set calls its categories and papers."""
    try:
        ruleset = library.current(household.office.ruleset_code)
    except Refusal:
        return {}
    return {each.code: each.name for each in (*ruleset.categories, *ruleset.papers)}


def _of_files(rows: Iterable[HistoryRow]) -> Iterable[PastAct]:
    """Rows of one transaction are one act."""
    for (recorded_at, at, by), group in groupby(rows, key=lambda row: (row.recorded_at, row.at, row.by)):
        changes = tuple(Change(row.subject, row.done, row.field, row.before, row.after) for row in group)
        title = _title(changes)
        yield PastAct(at, recorded_at, by, title, changes, text=_members(changes) if title == REGISTERED else "")


def _members(changes: tuple[Change, ...]) -> str:
    """Whom a household was registered with."""
    persons = (each.subject for each in changes if each.subject != "本户" and " " not in each.subject)
    return "、".join(dict.fromkeys(persons))


def _title(changes: tuple[Change, ...]) -> str:
    if any(change.subject == "本户" and change.done == "新增" for change in changes):
        return REGISTERED
    done = {change.done for change in changes}
    return f"{done.pop()}资料" if len(done) == 1 else "更改资料"


def _of_money(household: Household) -> Iterable[PastAct]:
    receipts = {row.pk: row for row in Receipt.objects.filter(payment__household=household)}
    by_payment = {row.payment_id: row for row in receipts.values()}
    persons = _persons(receipts)
    for act in _acts(household):
        known = by_payment if act.subject_type == PAYMENT else receipts
        receipt = known.get(act.subject_id or 0) if act.subject_type in (PAYMENT, RECEIPT) else None
        title, text = _said(act, persons.get(receipt.pk, "") if receipt else "")
        yield PastAct(
            at=act.at.astimezone(SHANGHAI),
            recorded_at=act.recorded_at.astimezone(SHANGHAI),
            by=act.by.name if act.by else "",
            title=title,
            text=text,
            receipt_id=receipt.pk if receipt else None,
        )


def _acts(household: Household) -> Iterable[Act]:
    """What was done to the household's payments, receipts, verifications and overrides."""
    subjects = (
        Q(subject_type=PAYMENT, subject_id__in=Payment.objects.filter(household=household).values("pk"))
        | Q(subject_type=RECEIPT, subject_id__in=Receipt.objects.filter(payment__household=household).values("pk"))
        | Q(subject_type=VERIFICATION, subject_id__in=household.verifications.values("pk"))
        | Q(subject_type=OVERRIDE, subject_id__in=household.overrides.values("pk"))
        | Q(subject_type=WORKMANSHIP, subject_id__in=household.workmanship_receipts.values("pk"))
        | Q(subject_type=CARD, subject_id__in=household.card_issues.values("pk"))
        | Q(subject_type=CERTIFICATE, subject_id__in=household.certificates.values("pk"))
        | Q(subject_type=CHANGE, subject_id__in=household.changes.values("pk"))
        | Q(subject_type=HOUSEHOLD, subject_id=household.pk, verb__in=ON_HOUSEHOLD)
    )
    return Act.objects.filter(subjects).select_related("by").order_by("pk")


def _persons(receipts: Iterable[int]) -> dict[int, str]:
    """For each receipt 张建国 120.00、李秀英 120.00."""
    found: dict[int, list[str]] = {}
    for line in ReceiptLine.objects.filter(receipt__in=receipts).order_by("receipt", "position"):
        found.setdefault(line.receipt_id, []).append(f"{line.name} {line.payable}")
    return {receipt: "、".join(parts) for receipt, parts in found.items()}


def _said(act: Act, persons: str) -> tuple[str, str]:
    """Title and sentence of an act about money."""
    told: dict[str, Any] = act.detail
    if act.verb == "take_payment":
        number = f"，收据 {told['receipt']}" if told.get("receipt") else "，由资助部门全额缴纳"
        paid = f"{told.get('year', '')}年度 {told.get('amount', '')} 元{number}。{persons}"
        bank = f"。{_moment(told)} 随花名册缴入银行，按那一刻核定。" if told.get("moment") else ""
        return "收款", f"{paid}{bank}"
    if act.verb == "enter_slip":
        bank = f"{_moment(told)} 在银行缴纳，回单号 {told.get('slip', '')}"
        paid = f"{told.get('year', '')}年度 {told.get('amount', '')} 元，收据 {told.get('receipt', '')}。{persons}"
        return "补录银行缴费", f"{paid}。{bank}，事由：{told.get('reason', '')}。"
    if act.verb == "print_receipt":
        copy = told.get("copy", 1)
        return ("打印收据", "") if copy == 1 else ("补打收据", f"第{copy}次打印。")
    if act.verb == "void_receipt":
        cancelled = f"此前有效；{told.get('persons', 0)}人的参保同时撤销，{told.get('amount', '')} 元退还。"
        return "作废收据", f"{told.get('receipt', '')}，事由：{told.get('reason', '')}。{cancelled}"
    if act.verb == "reverse_receipt":
        cancelled = f"{told.get('persons', 0)}人的参保同时撤销，{told.get('amount', '')} 元退还。"
        return "冲正收据", f"{told.get('receipt', '')}，事由：{told.get('reason', '')}。{cancelled}"
    title, sentence = SAID.get(act.verb, (act.verb, ""))
    return title, sentence.format_map(defaultdict(str, told))


def _moment(told: dict[str, Any]) -> str:
    """When the bank took the money."""
    return str(told.get("moment", ""))[:16].replace("T", " ")
