"""个人账户的服务: the yearly credit, the refund of a balance, the reversal of a mistake."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.module_loading import import_string

from common.dates import local_day
from common.decision import Clause, Reason, Refusal
from enrollment import library
from enrollment.accounts import account_of, balance_of, due_now, to_take_back, with_credit
from enrollment.models import AccountEntry
from households.models import Person
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff

Role = Staff.Role

# Refuses what the slip of a refund could not show. The papers stand above this application.
LEGIBLE = "payments.paper.legible.refuse_undrawable"
# One statement for however many persons; the unique constraint makes a second run, or one at the same time, do nothing.
_CREDIT = """
    INSERT INTO enrollment_accountentry
        (person_id, division_code, kind, amount, enrollment_id, payee, relation, text,
         ruleset_code, clause_key, at, by_id)
    SELECT n.person_id, n.division_code, 'credit', n.account_credit, n.id, '', '', %(text)s, %(ruleset)s, %(clause)s,
           %(at)s, %(by)s
    FROM enrollment_enrollment n WHERE n.id = ANY(%(ids)s)
    ORDER BY n.id
    ON CONFLICT DO NOTHING
    RETURNING amount
"""


# What was credited for an enrolment that was cancelled since goes back.
_TAKE_BACK = """
    INSERT INTO enrollment_accountentry
        (person_id, division_code, kind, amount, reverses_id, payee, relation, text,
         ruleset_code, clause_key, at, by_id)
    SELECT c.person_id, p.division_code, 'reversal', -c.amount, c.id, '', '', '参保已撤销，收回划入',
           '', '', %(at)s, %(by)s
    FROM enrollment_accountentry c JOIN households_person p ON p.id = c.person_id
    WHERE c.id = ANY(%(back)s)
    ORDER BY c.id
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Credited:
    """What a run came to: persons and yuan, and how many credits of cancelled enrolments were taken back."""

    persons: int
    amount: Decimal
    taken_back: int = 0


@accountable
def credit_accounts(*, ruleset_code: str, coverage_year: int, by: Staff, at: datetime) -> Credited:
    """每年划入个人账户: credit everyone whose cover has begun, once. Run again, it adds nothing.

    An early bird's 50 yuan are for all fifteen months: being made once per enrolment, January does not repeat them.
    """
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    ruleset = library.current(ruleset_code)
    found = account_of(ruleset, coverage_year)
    if not found:
        text = f"{ruleset.name}{coverage_year}年度没有个人账户，不划入。请核对所选的规则集和年度。"
        raise Refusal(Reason("NO_ACCOUNT", text, ruleset.clause))
    due = due_now(
        with_credit(by, ruleset_code=ruleset_code, coverage_year=coverage_year).select_for_update(of=["self"]),
        today=local_day(at),
    )
    back = to_take_back(by, ruleset_code=ruleset_code, coverage_year=coverage_year)
    parameters = {
        "ids": list(due.values_list("pk", flat=True)),
        "text": f"{coverage_year}年度划入",
        "ruleset": ruleset_code,
        "clause": found[0].clause.key,
        "at": at,
        "by": by.pk,
        "back": list(back.values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, parameters)
        taken_back = len(cursor.fetchall())
        cursor.execute(_CREDIT, parameters)
        amounts = [row[0] for row in cursor.fetchall()]
    credited = Credited(len(amounts), sum(amounts, Decimal("0.00")), taken_back)
    if amounts or taken_back:
        detail = {"ruleset": ruleset_code, "year": coverage_year, "persons": credited.persons}
        record(by=by, at=at, verb="credit_accounts", subject=by, detail=detail | {"amount": str(credited.amount)})
    return credited


@accountable
def refund_balance(
    *,
    person_id: int,
    payee: str,
    relation: str,
    cause: str,
    by: Staff,
    at: datetime,
    change_id: int | None = None,
    clause: Clause | None = None,
    ruleset_code: str = "",
) -> AccountEntry | None:
    """退还余额 to the person or an heir, the whole of it; None where the account is empty. `clause` is its ground."""
    require_role(by, Role.CLERK, Role.SUPERVISOR)
    person = _locked(person_id, by)
    balance = balance_of(person_id)
    if not balance:
        return None
    if not payee.strip():
        raise Refusal(Reason("PAYEE", "没有写明余额退给谁，无法存查。请填写收款人姓名。"))
    import_string(LEGIBLE)({"收款人": payee.strip(), "与参保人的关系": relation.strip()}, undone="余额没有退还")
    entry = AccountEntry.objects.create(
        person=person,
        division_code=person.division_code,
        kind=AccountEntry.Kind.REFUND,
        amount=-balance,
        payee=payee.strip(),
        relation=relation.strip(),
        text=cause[:200],
        ruleset_code=ruleset_code if clause else "",
        clause_key=clause.key if clause else "",
        at=at,
        by=by,
    )
    detail = {"amount": str(balance), "cause": cause} | ({"change": change_id} if change_id else {})
    record(by=by, at=at, verb="refund_balance", subject=entry, detail=detail)
    return entry


@accountable
def reverse_entry(*, entry_id: int, reason: str, by: Staff, at: datetime) -> AccountEntry:
    """冲正 an entry by its opposite, with a reason; a supervisor's act, once per entry."""
    require_role(by, Role.SUPERVISOR)
    entry = AccountEntry.objects.visible_to(by).filter(pk=entry_id).first()
    if entry is None:
        raise Refusal(Reason("ENTRY_UNKNOWN", "找不到这笔流水，或不在您的管辖范围内。请刷新页面后再办理。"))
    person = _locked(entry.person_id, by)
    if not reason.strip():
        raise Refusal(Reason("REVERSAL_REASON", "没有写冲正事由，无法存查。请写明为什么冲正。"))
    if entry.kind == AccountEntry.Kind.REVERSAL or AccountEntry.objects.filter(reverses=entry).exists():
        raise Refusal(Reason("REVERSED", "这笔流水已经冲正过，或本身就是冲正，不能再冲。请核对流水。"))
    if entry.amount > balance_of(entry.person_id):
        raise Refusal(Reason("OVERDRAWN", "划入的钱已经退还，冲正后余额会成负数。请先冲正退还的那一笔。"))
    found = AccountEntry.objects.create(
        person=person,
        division_code=person.division_code,
        kind=AccountEntry.Kind.REVERSAL,
        amount=-entry.amount,
        reverses=entry,
        text=reason.strip()[:200],
        at=at,
        by=by,
    )
    record(by=by, at=at, verb="reverse_entry", subject=found, detail={"entry": entry.pk, "reason": found.text})
    return found


@accountable
def credit_again(*, entry_id: int, by: Staff, at: datetime) -> AccountEntry:
    """重新划入 a credit that was reversed by mistake; a supervisor's act, once per reversal.

    The yearly run does not do it: a reversal has a reason, and the run must not overrule it unseen.
    """
    require_role(by, Role.SUPERVISOR)
    entry = AccountEntry.objects.visible_to(by).filter(pk=entry_id, kind=AccountEntry.Kind.CREDIT).first()
    if entry is None:
        raise Refusal(Reason("ENTRY_UNKNOWN", "找不到这笔划入，或不在您的管辖范围内。请刷新页面后再办理。"))
    person = _locked(entry.person_id, by)
    _refuse_again(entry)
    found = AccountEntry.objects.create(
        person=person,
        division_code=person.division_code,
        kind=AccountEntry.Kind.CREDIT,
        amount=entry.amount,
        enrollment=entry.enrollment,
        renews=entry,
        text=f"{entry.enrollment.coverage_year}年度划入（冲正后重新划入）",
        ruleset_code=entry.ruleset_code,
        clause_key=entry.clause_key,
        at=at,
        by=by,
    )
    record(by=by, at=at, verb="credit_again", subject=found, detail={"entry": entry.pk, "amount": str(found.amount)})
    return found


def _refuse_again(entry: AccountEntry) -> None:
    of_entry = AccountEntry.objects.filter(pk=entry.pk)
    if of_entry.filter(reversed_by__isnull=True).exists():
        raise Refusal(Reason("STANDS", "这笔划入没有冲正，不必重新划入。请核对流水。"))
    if of_entry.filter(renewed_by__isnull=False).exists():
        raise Refusal(Reason("AGAIN", "这笔划入冲正后已经重新划入过，不再重复。请核对流水。"))
    if entry.enrollment.cancelled_at:
        raise Refusal(Reason("CANCELLED", "这一年度的参保已撤销，不应划入。重新缴费后，由每年的划入另行划入。"))
    never = entry.enrollment.terminations.standing().filter(last_day__lt=entry.enrollment.benefit_starts_on)
    if never.exists():
        raise Refusal(Reason("NEVER_BEGAN", "这一年度的待遇因变更没有开始，不应划入。请核对此人的变更。"))


def _locked(person_id: int, by: Staff) -> Person:
    person = visible(Person.objects.select_for_update(no_key=True, of=["self"]), by).filter(pk=person_id).first()
    if person is None:
        raise Refusal(Reason("PERSON_UNKNOWN", "找不到此人，或不在您的管辖范围内。请重新查找。"))
    return person
