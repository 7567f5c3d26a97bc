"""个人账户的查阅: balances, who is due a credit and until when, one person's ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from enrollment.models import AccountEntry, Enrollment, Termination
from enrollment.rules.ruleset import AccountCredit, RuleSet
from offices.access import visible
from offices.models import Staff

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Credits:
    """How the credits of one coverage year stand: persons and yuan."""

    due: int
    due_amount: Decimal
    overdue: int
    made: int
    made_amount: Decimal
    later: int
    reversed: int


def balance_of(person_id: int) -> Decimal:
    """The balance of a person's individual account, in yuan."""
    entries = AccountEntry.objects.filter(person_id=person_id)
    return entries.aggregate(balance=Sum("amount", default=ZERO))["balance"]


def account_of(ruleset: RuleSet, coverage_year: int) -> tuple[AccountCredit, ...]:
    """What the rule set says of the accounts of a year; nothing where it knows none."""
    period = ruleset.periods.get(coverage_year)
    if period is None:
        return ()
    found = [period.account, *(band.account for band in period.bands)]
    return tuple(each for each in found if each and each.amount)


def with_credit(staff: Staff, *, ruleset_code: str, coverage_year: int) -> QuerySet[Enrollment]:
    """The enrolments in force of a year that bring a credit, within the scope, with the day by which it is due.

    Without a day of its own a credit is due with the first day of cover.
    """
    rows = visible(Enrollment.objects.in_force(), staff).filter(
        period__ruleset__code=ruleset_code, coverage_year=coverage_year, account_credit__isnull=False
    )
    # A cover that a change ended before its first day never began: nothing is credited for it.
    never = Termination.objects.standing().filter(enrollment=OuterRef("pk"), last_day__lt=OuterRef("benefit_starts_on"))
    rows = rows.exclude(Exists(never))
    due_by = Coalesce(F("account_credit_due_by"), F("benefit_starts_on"), output_field=DateField())
    made = AccountEntry.objects.filter(enrollment=OuterRef("pk"), kind=AccountEntry.Kind.CREDIT)
    stands = made.filter(reversed_by__isnull=True)
    return rows.annotate(due_by=due_by, is_made=Exists(stands), is_tried=Exists(made))


def due_now(rows: QuerySet[Enrollment], *, today: date) -> QuerySet[Enrollment]:
    """Those whose cover has begun and whose credit was never made."""
    return rows.filter(is_tried=False, benefit_starts_on__lte=today)


def to_take_back(staff: Staff, *, ruleset_code: str, coverage_year: int) -> QuerySet[AccountEntry]:
    """Credits of a year whose enrolment was cancelled since, as far as they have not been paid out.

    Of who lives within the scope now: only there the whole account is seen.
    """
    rows = visible(AccountEntry.objects.all(), staff, field="person__division_code")
    rows = rows.filter(kind=AccountEntry.Kind.CREDIT, ruleset_code=ruleset_code, reversed_by__isnull=True)
    rows = rows.filter(enrollment__coverage_year=coverage_year, enrollment__cancelled_at__isnull=False)
    whole = AccountEntry.objects.filter(person=OuterRef("person")).order_by().values("person")
    balance = Subquery(whole.annotate(balance=Sum("amount")).values("balance"))
    return rows.annotate(balance=balance).filter(balance__gte=F("amount"))


def reversed_of(rows: QuerySet[Enrollment], *, staff: Staff) -> QuerySet[AccountEntry]:
    """The reversals by which those of `with_credit` stand without their credit, the newest first.

    Somebody decided so, with a reason: the yearly run leaves them alone, only a supervisor credits them again.
    """
    uncredited = rows.filter(is_tried=True, is_made=False).values("pk")
    found = AccountEntry.objects.visible_to(staff).filter(reverses__enrollment__in=uncredited)
    last = found.filter(reverses__renewed_by__isnull=True).select_related(
        "person", "by", "reverses__enrollment__household"
    )
    return last.order_by("-pk")


def credits_of(rows: QuerySet[Enrollment], *, today: date) -> Credits:
    """Counts and sums over `with_credit`, in one query."""
    due = Q(is_tried=False, benefit_starts_on__lte=today)
    found = rows.aggregate(
        due=Count("pk", filter=due),
        due_amount=Sum("account_credit", filter=due, default=ZERO),
        overdue=Count("pk", filter=due & Q(due_by__lt=today)),
        made=Count("pk", filter=Q(is_made=True)),
        made_amount=Sum("account_credit", filter=Q(is_made=True), default=ZERO),
        later=Count("pk", filter=Q(is_tried=False, benefit_starts_on__gt=today)),
        reversed=Count("pk", filter=Q(is_tried=True, is_made=False)),
    )
    return Credits(**found)


def ledger_of(person_id: int, *, staff: Staff) -> list[tuple[AccountEntry, Decimal]]:
    """A person's entries within the scope, the oldest first, each with the balance after it."""
    rows: Iterable[AccountEntry] = (
        AccountEntry.objects.visible_to(staff)
        .filter(person_id=person_id)
        .select_related("by", "enrollment", "reversed_by", "renewed_by")
    )
    balance, found = ZERO, []
    for row in rows:
        balance += row.amount
        found.append((row, balance))
    return found
