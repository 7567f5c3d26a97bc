"""发放的服务: handing out cards and record books with their fee, taking them back with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, QuerySet

from common.dates import local_day
from common.decision import Reason, Refusal
from common.money import capitals
from common.relations import HEAD
from enrollment import library
from enrollment.services import household_unknown
from households.models import Household
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff
from payments.cards.fees import Member, members_of
from payments.counter.tender import checked_tender
from payments.models import CardIssue, ReceiptBook, WorkmanshipPrint, WorkmanshipReceipt
from payments.paper import fonts
from payments.services.book_checks import refuse_void_of_verified

Role = Staff.Role
NUMBER = re.compile(r"[0-9A-Za-z-]{1,30}")
TRIES = 3


@dataclass(frozen=True, slots=True)
class WantedCard:
    """One card or book to hand out: `cause` lost or damaged where it replaces the one in hand."""

    person_id: int
    item: str
    number: str
    cause: str = CardIssue.Cause.FIRST


@dataclass(frozen=True, slots=True)
class IssuedCards:
    """What came of it; without a fee there is no receipt. `repeated`: the same submit had been done before."""

    issues: tuple[CardIssue, ...]
    receipt: WorkmanshipReceipt | None
    repeated: bool

    @property
    def sentence(self) -> str:
        """What to tell the clerk."""
        again = "这次提交此前已经办过，没有重复办理。" if self.repeated else ""
        given = f"已发放{len(self.issues)}件"
        if self.receipt is None:
            return f"{again}{given}，不收工本费。"
        change = f"，找零 {self.receipt.change} 元" if self.receipt.change else ""
        return f"{again}{given}，收工本费 {self.receipt.amount} 元{change}，收据 {self.receipt.full_number}。"


@accountable
def issue_cards(
    *,
    household_id: int,
    wanted: Sequence[WantedCard],
    receiver: str,
    key: UUID,
    expected_total: Decimal,
    tendered: Decimal | None,
    means: str,
    by: Staff,
    at: datetime,
) -> IssuedCards:
    """发放、补发 for members of one household, with one receipt for all that costs something; all or nothing.

    `expected_total` is what the page showed; another total is refused. The same `key` again gives the same result.
    """
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    household = _locked_household(household_id, key, by)
    done = _found_again(key, household)
    if done:
        return done
    members = members_of(household, at=at)
    receiver = receiver.strip()
    rows = [_row(each, members.get(each.person_id)) for each in wanted]
    _refuse_odd(rows, receiver)
    total = sum((row.fee for row in rows), Decimal("0.00"))
    if total != expected_total:
        text = f"应收工本费是{total}元（页面上是{expected_total}元），还没有发放。请核对金额后再办。"
        raise Refusal(Reason("TOTAL_CHANGED", text))
    receipt = None
    if total:
        handed = checked_tender(tendered=tendered, payable=total, means=means)
        receipt = _receipt(
            household=household,
            rows=rows,
            by=by,
            idempotency_key=key,
            amount=total,
            means=means,
            tendered=handed,
            change=handed - total,
            issued_at=at,
        )
    for row in rows:
        row.idempotency_key, row.household, row.office_id = key, household, by.office_id
        row.division_code, row.receiver, row.issued_at, row.by = household.division_code, receiver, at, by
        row.receipt = receipt if row.fee else None
    CardIssue.objects.bulk_create(rows)
    detail = {"household": household.number, "amount": str(total), "numbers": "、".join(str(row) for row in rows)}
    if receipt:
        detail["receipt"] = receipt.full_number
    record(by=by, at=at, verb="issue_cards", subject=household, detail=detail)
    return IssuedCards(tuple(rows), receipt, repeated=False)


def _locked_household(household_id: int, key: UUID, by: Staff) -> Household:
    """The household, locked, and with it the key: a second submit waits and then finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
    rows = Household.objects.select_for_update(of=["self"], no_key=True).select_related("office")
    household = visible(rows, by).filter(pk=household_id).first()
    if household is None:
        raise household_unknown()
    if household.closed_at:
        raise Refusal(Reason("HOUSEHOLD_CLOSED", f"户号{household.number}已销户，不能发放。请按现在的户办理。"))
    return household


def _found_again(key: UUID, household: Household) -> IssuedCards | None:
    issues = tuple(CardIssue.objects.filter(idempotency_key=key).select_related("receipt").order_by("pk"))
    if not issues:
        return None
    if issues[0].household_id != household.pk:
        raise Refusal(Reason("KEY_REUSED", "这次提交的编号已经用于另一户，没有发放。请刷新页面后重新办理。"))
    receipt = next((each.receipt for each in issues if each.receipt), None)
    return IssuedCards(issues, receipt, repeated=True)


def _row(wanted: WantedCard, member: Member | None) -> CardIssue:
    """What is to be written of one item; a refusal that says why not."""
    item = CardIssue.Item(wanted.item)
    if member is None:
        raise Refusal(Reason("MEMBER_UNKNOWN", "此人已不是本户成员，没有发放。请刷新后核对。"))
    name = member.person.name
    if member.cover is None:
        raise Refusal(Reason("NOT_COVERED", f"{name}没有有效的参保，不能发放{item.label}。请先办理参保缴费。"))
    held, fee = member.held.get(item), member.fees[item]
    if held and wanted.cause == CardIssue.Cause.FIRST:
        text = f"{name}已于{local_day(held.issued_at)}领过{item.label} {held.number}。遗失或损坏的请办理补发。"
        raise Refusal(Reason("HELD", text))
    if held is None and wanted.cause != CardIssue.Cause.FIRST:
        raise Refusal(Reason("NOT_HELD", f"{name}还没有领过{item.label}，不用补发，请按首发办理。"))
    if not NUMBER.fullmatch(wanted.number):
        text = f"{name}的{item.label}编号只能有数字、字母和短横，最多30位，请照实物录入。"
        raise Refusal(Reason("CARD_NUMBER", text))
    if fee.amount is None:
        raise Refusal(fee.reason)
    return CardIssue(
        person=member.person,
        item=item,
        number=wanted.number.upper(),
        cause=wanted.cause,
        replaces=held,
        name=name,
        id_no=member.person.id_no or "",
        fee=fee.amount,
        fee_reason=str(fee.reason)[:200],
    )


def _refuse_odd(rows: Sequence[CardIssue], receiver: str) -> None:
    if not rows:
        raise Refusal(Reason("NOTHING", "没有录入任何编号，没有发放。请照实物录入卡号或病历编号。"))
    if not 1 <= len(receiver) <= CardIssue._meta.get_field("receiver").max_length:
        raise Refusal(Reason("RECEIVER", "请填写领取人姓名，最多60个字。"))
    typed = [(row.item, row.number) for row in rows]
    twice = next((row for row in rows if typed.count((row.item, row.number)) > 1), None)
    if twice:
        raise Refusal(Reason("TWICE", f"{twice}录了两次，请照实物逐件核对。"))


def _receipt(*, household: Household, rows: Sequence[CardIssue], by: Staff, **money: Any) -> WorkmanshipReceipt:
    """The receipt, its number taken from the locked row of a book of its own kind; the lock is the last one taken.

    A day-end under way is waited for before it: who waits with the book in hand keeps a void waiting, and that void the
    day-end.
    """
    fee = library.current(household.office.ruleset_code).workmanship_fee
    payer = _payer(household, rows)
    _refuse_undrawable([payer, *(row.name for row in rows), by.office.name, by.name])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('day-end ' || %s, 0))", [by.pk])
    book = _next_number(by)
    return WorkmanshipReceipt.objects.create(
        book=book,
        book_code=book.code,
        number=book.next_number,
        printed_number=book.printed(book.next_number),
        household=household,
        office_id=by.office_id,
        division_code=household.division_code,
        clerk=by,
        capitals=capitals(money["amount"]),
        payer=payer,
        household_number=household.number,
        title="医疗保险卡、病历工本费收据",
        office_name=by.office.name,
        clerk_name=by.name,
        clause_line=str(fee.clause) if fee else "",
        demo=by.office.demo_moment is not None or by.is_demo,
        **money,
    )


def _payer(household: Household, rows: Sequence[CardIssue]) -> str:
    """交款人: the head of the household, or the first who gets something where there is none."""
    head = household.memberships.filter(relation=HEAD, ends_on__isnull=True).select_related("person").first()
    return head.person.name if head else rows[0].name


def _refuse_undrawable(texts: Sequence[str]) -> None:
    for text in texts:
        lacking = fonts.undrawable(text)
        if lacking:
            raise Refusal(Reason("UNDRAWABLE", f"“{text}”打印不出来，没有发放。{fonts.Undrawable(lacking)}"))


def _next_number(by: Staff) -> ReceiptBook:
    """The clerk's next book, locked, one number gone from it; `next_number` of what is returned is that number."""
    books = ReceiptBook.objects.for_clerk(by, purpose=ReceiptBook.Purpose.WORKMANSHIP)
    for _ in range(TRIES):  # another clerk may take the last number of a book while we wait for it
        book = books.select_for_update(of=["self"], no_key=True).first()
        if book:
            ReceiptBook.objects.filter(pk=book.pk).update(next_number=F("next_number") + 1)
            return book
    text = "您没有可用的工本费票据号段，没有发放。工本费不能用医保缴费的收据，请主管分配“工本费”用途的票据后再办。"
    raise Refusal(Reason("BOOK_MISSING", text))


@accountable
def void_workmanship(*, receipt_id: int, reason: str, by: Staff, at: datetime) -> WorkmanshipReceipt:
    """作废 a workmanship receipt and take back what was handed out with it; by a second person, as every void."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    lock_household_of(WorkmanshipReceipt.objects.filter(pk=receipt_id))
    receipt = locked_receipt(receipt_id, by)
    number = receipt.full_number
    if receipt.voided_at:
        raise Refusal(Reason("VOIDED", f"收据 {number} 已于{local_day(receipt.voided_at)}作废，不必再作废。"))
    if receipt.settlement_line_id:
        raise Refusal(Reason("SETTLED", f"收据 {number} 已经日结，不能作废；确须退工本费的，请冲正。"))
    if receipt.clerk_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", f"收据 {number} 是您本人收的款，作废须由另一位主管办理。"))
    refuse_void_of_verified(receipt)
    reason = _checked_reason(reason)
    issues = list(receipt.issues.select_for_update(no_key=True).order_by("pk"))
    refuse_replaced(issues)
    receipt.voided_at, receipt.voided_by, receipt.void_reason = at, by, reason
    receipt.save(update_fields=["voided_at", "voided_by", "void_reason"])
    receipt.issues.update(cancelled_at=at, cancelled_by=by, cancel_reason=reason)
    detail = {"receipt": number, "amount": str(receipt.amount), "reason": reason}
    detail["numbers"] = "、".join(str(each) for each in issues)
    record(by=by, at=at, verb="void_workmanship", subject=receipt, detail=detail)
    return receipt


@accountable
def take_back_card(*, issue_id: int, reason: str, by: Staff, at: datetime) -> CardIssue:
    """收回 a card or book that cost nothing (entered by mistake); one that was paid for goes with its receipt."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    lock_household_of(CardIssue.objects.filter(pk=issue_id))
    rows = CardIssue.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    issue = rows.filter(pk=issue_id).first()
    if issue is None:
        raise Refusal(Reason("ISSUE_UNKNOWN", "找不到这次发放，或不在您的管辖范围内。请刷新后重新选择。"))
    if issue.cancelled_at:
        raise Refusal(Reason("TAKEN_BACK", f"{issue}已于{local_day(issue.cancelled_at)}收回，不必再收。"))
    if issue.receipt_id:
        raise Refusal(Reason("PAID", f"{issue}收过工本费，请作废它的收据，发放随之收回。"))
    if issue.by_id == by.pk:
        raise Refusal(Reason("SECOND_PERSON", f"{issue}是您本人发放的，收回须由另一位主管办理。"))
    refuse_replaced([issue])
    issue.cancelled_at, issue.cancelled_by, issue.cancel_reason = at, by, _checked_reason(reason)
    issue.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    detail = {"numbers": str(issue), "reason": issue.cancel_reason, "person": issue.person_id}
    record(by=by, at=at, verb="take_back_card", subject=issue, detail=detail)
    return issue


@accountable
def record_workmanship_print(*, receipt_id: int, by: Staff, at: datetime) -> WorkmanshipPrint:
    """Note that a workmanship receipt is printed now: copy 1 is the original, from 2 on it says 补打."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    receipt = locked_receipt(receipt_id, by)
    last = receipt.prints.aggregate(Max("copy"))["copy__max"] or 0
    printed = WorkmanshipPrint.objects.create(receipt=receipt, copy=last + 1, at=at, by=by)
    record(by=by, at=at, verb="print_workmanship", subject=receipt, detail={"copy": printed.copy})
    return printed


def lock_household_of(rows: QuerySet[Any]) -> None:
    """First of all, as issuing does: nothing is reissued while its original is taken back."""
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=rows.values("household")).values_list("pk"))


def locked_receipt(receipt_id: int, by: Staff) -> WorkmanshipReceipt:
    rows = WorkmanshipReceipt.objects.select_for_update(of=["self"], no_key=True).visible_to(by)
    receipt = rows.filter(pk=receipt_id).first()
    if receipt is None:
        raise Refusal(Reason("RECEIPT_UNKNOWN", "找不到这张收据，或不在您的管辖范围内。请核对票据号码后重新查找。"))
    return receipt


def refuse_replaced(issues: Sequence[CardIssue]) -> None:
    replaced = CardIssue.objects.standing().filter(replaces__in=issues).select_related("replaces").first()
    if replaced:
        text = f"{replaced.replaces}已经补发为 {replaced.number}，不能单独收回。请先收回补发的那一件。"
        raise Refusal(Reason("REPLACED", text))


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= CardIssue._meta.get_field("cancel_reason").max_length:
        raise Refusal(Reason("VOID_REASON", "请写明事由（最多200个字），审计时要查。"))
    return reason
