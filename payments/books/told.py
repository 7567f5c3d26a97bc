"""一本票据的经过: who held it, what was written on which day, what was voided, how it ended; on screen and on paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, Sum
from django.http import Http404
from django.urls import reverse

from common.dates import local_day
from offices.models import Staff
from payments.books.shown import BookShown, books_within, shown
from payments.models import BookHolding, BookVerification, ReceiptBook, Reversal
from payments.services.book_checks import remitted_of

ZERO = Decimal("0.00")
ENDS = {
    "lost": "遗失",
    "returned": "退回",
    "closed": "停用",
    "empty": "已用完",
    "stored": "在库",
    "low": "在用",
    "open": "在用",
}

# Numbers that follow one another on one day are a run; a book that several share in two clocks may have more of them.
RUNS = """
    SELECT day, min(number), max(number), count(*), count(voided_at),
           coalesce(sum(amount) FILTER (WHERE voided_at IS NULL), 0)
    FROM (SELECT day, number, voided_at, amount, number - row_number() OVER (PARTITION BY day ORDER BY number) AS run
          FROM (SELECT (issued_at AT TIME ZONE 'Asia/Shanghai')::date AS day, number, voided_at, amount
                FROM {table} WHERE book_id = %s) AS receipt) AS numbered
    GROUP BY day, run
    ORDER BY min(number)
"""
TABLES = {"contribution": "payments_receipt", "workmanship": "payments_workmanshipreceipt"}


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers used one after the other on one day; `amount` in yuan is that of the valid ones."""

    day: date
    first: str
    last: str
    count: int
    voided: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VoidShown:
    """A void receipt: who took the money, who voided it, when and why; `href` is its page."""

    number: int
    printed: str
    payer: str
    amount: Decimal
    clerk: str
    voided_at: datetime
    voided_by: str
    reason: str
    href: str


@dataclass(frozen=True, slots=True)
class BookStory:
    """One book whole. `remitted` of a verified book is as it was then; `reversed` yuan were given back later (冲正)."""

    shown: BookShown
    valid: int
    amount: Decimal
    remitted: Decimal | None
    reversals: int
    reversed: Decimal
    holdings: tuple[BookHolding, ...]
    runs: tuple[Run, ...]
    voids: tuple[VoidShown, ...]

    @property
    def book(self) -> ReceiptBook:
        return self.shown.book

    @property
    def state(self) -> str:
        """在用, 已用完, 遗失 …, and whether it was verified."""
        end = ENDS[self.shown.state]
        if self.shown.is_verified:
            return f"{end}，已核销"
        return f"{end}，尚未核销" if self.shown.is_finished else end

    @property
    def verification(self) -> BookVerification | None:
        return self.book.verification if self.shown.is_verified else None

    @property
    def holders(self) -> tuple[str, ...]:
        """Who held it, each once, in the order in which they did."""
        names = [each.clerk.name if each.clerk else "本机构共用" for each in self.holdings]
        return tuple(dict.fromkeys(names)) or (self.shown.holder,)

    @property
    def unused(self) -> str:
        """The unused numbers, first and last; empty where there is none."""
        if not self.book.left:
            return ""
        return f"{self.book.printed(self.book.next_number)}—{self.shown.last}"


def book_story(book_id: int, *, staff: Staff) -> BookStory:
    """A book within the scope, in a number of queries that does not grow with its receipts."""
    found = shown(books_within(staff).filter(pk=book_id))
    if not found:
        raise Http404
    book = found[0].book
    valid = Q(voided_at__isnull=True)
    sums = book.filled.aggregate(n=Count("pk", filter=valid), total=Sum("amount", filter=valid, default=ZERO))
    given_back = Reversal.objects.filter(Q(receipt__book=book) | Q(fee__book=book))
    back = given_back.aggregate(n=Count("pk"), total=Sum("amount", default=ZERO))
    return BookStory(
        shown=found[0],
        valid=sums["n"],
        amount=sums["total"],
        remitted=book.verification.remitted if found[0].is_verified else remitted_of(book),
        reversals=back["n"],
        reversed=back["total"],
        holdings=tuple(book.holdings.select_related("clerk", "given_by", "ended_by")),
        runs=tuple(_runs(book)),
        voids=tuple(_voids(book)),
    )


def _runs(book: ReceiptBook) -> Iterable[Run]:
    with connection.cursor() as cursor:
        cursor.execute(RUNS.format(table=TABLES[book.purpose]), [book.pk])
        for day, first, last, count, voided, amount in cursor.fetchall():
            yield Run(day, book.printed(first), book.printed(last), count, voided, amount)


def _voids(book: ReceiptBook) -> Iterable[VoidShown]:
    page = "workmanship-receipt" if book.purpose == ReceiptBook.Purpose.WORKMANSHIP else "receipt"
    for row in book.filled.filter(voided_at__isnull=False).select_related("voided_by").order_by("number"):
        yield VoidShown(
            number=row.number,
            printed=row.printed_number,
            payer=row.payer,
            amount=row.amount,
            clerk=row.clerk_name,
            voided_at=row.voided_at,
            voided_by=row.voided_by.name,
            reason=row.void_reason,
            href=reverse(page, args=[row.pk]),
        )


def stubs_line(story: BookStory) -> str:
    """存根保存至…: until when the stubs of a verified book are to be kept."""
    if story.verification is None:
        return "存根自核销之日起保存五年"
    until = story.verification.stubs_kept_until
    return f"{local_day(story.verification.verified_at):%Y-%m-%d}核销，存根保存至{until:%Y-%m-%d}"
