"""批量打印的选择: which receipts somebody asks for, what they come to, and which of them cannot be printed."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from offices.models import Staff
from payments.models import Receipt, ReceiptLine, ReceiptPrint
from payments.paper import fonts

LIMIT = 20_000
AT_ONCE = 1000
# Every text that comes onto paper from the rows.
RECEIPT_TEXTS = (
    "title",
    "book_code",
    "printed_number",
    "office_name",
    "payer",
    "household_number",
    "address",
    "capitals",
    "clerk_name",
    "clause_line",
)
# What is chosen → what of a receipt must be like it.
BY = {
    "village": "division_code",
    "clerk": "payment__clerk",
    "book": "book_code",
    "first": "number__gte",
    "last": "number__lte",
    "numbers": "number__in",
    "run": "prints__run",
}
LINE_TEXTS = ("name", "category_name", "funder")


@dataclass(frozen=True, slots=True)
class Unprintable:
    """A receipt that is left out, and why; kept with the run."""

    receipt: int
    number: str
    payer: str
    why: str


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last number of one book among those chosen."""

    book: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice comes to: receipts in the order of printing, those left out, numbers that were not found."""

    ids: tuple[int, ...]
    amount: Decimal
    spans: tuple[Span, ...]
    repeats: int  # printed before; they will say 补打
    printed_before: int  # left out for that
    unprintable: tuple[Unprintable, ...]
    unknown: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def first(self) -> str:
        return self.spans[0].first if self.spans else ""

    @property
    def last(self) -> str:
        return self.spans[-1].last if self.spans else ""

    @property
    def seal(self) -> str:
        """Tells whether the same receipts would be printed."""
        return f"{self.count}-{zlib.crc32(repr(self.ids).encode()):08x}"


def receipts_chosen(staff: Staff, chosen: Mapping[str, Any]) -> QuerySet[Receipt]:
    """The receipts of the choice that stand, neither voided nor reversed; a clerk may print those that she issued."""
    rows = Receipt.objects.visible_to(staff).valid().filter(office=staff.office_id, reversal=None)
    if staff.role == Staff.Role.CLERK:
        rows = rows.filter(payment__clerk=staff)
    if first_day := chosen.get("first_day"):
        rows = rows.filter(issued_at__gte=_day(first_day, time.min))
    if last_day := chosen.get("last_day"):
        rows = rows.filter(issued_at__lte=_day(last_day, time.max))
    rows = rows.filter(
        **{BY[name]: value for name, value in chosen.items() if name in BY and value not in ("", [], None)}
    )
    return rows.order_by("book_code", "number")


def _spans(numbers: Iterable[tuple[str, str]]) -> tuple[Span, ...]:
    """Numbers of different books say nothing as one range."""
    books = [(book, [number for _, number in each]) for book, each in groupby(numbers, itemgetter(0))]
    return tuple(Span(book, printed[0], printed[-1]) for book, printed in books)


def _day(text: str, moment: time) -> datetime:
    return datetime.combine(date.fromisoformat(text), moment, SHANGHAI)


def choice_of(staff: Staff, chosen: Mapping[str, Any], *, reprints: bool, most_lines: int | None = None) -> Choice:
    """Look at a choice. Refuses more than LIMIT. `most_lines`: how many members the layout has room for."""
    printed = Exists(ReceiptPrint.objects.filter(receipt=OuterRef("pk")))
    rows = list(
        receipts_chosen(staff, chosen)
        .annotate(printed=printed)
        .values_list("pk", "number", "printed_number", "amount", "printed", "payer", "book_code")[: LIMIT + 1]
    )
    if len(rows) > LIMIT:
        text = f"选中的收据超过{LIMIT}张，一批打不下。请按村、日期或号码分成几批。"
        raise Refusal(Reason("TOO_MANY", text))
    wanted = [row for row in rows if reprints or not row[4]]
    out = _left_out([row[0] for row in wanted], most_lines)
    lacking = tuple(Unprintable(row[0], row[2], row[5], out[row[0]]) for row in wanted if row[0] in out)
    kept = [row for row in wanted if row[0] not in out]
    known = {row[1] for row in rows}
    return Choice(
        ids=tuple(row[0] for row in kept),
        amount=sum((row[3] for row in kept), Decimal("0.00")),
        spans=_spans([(row[6], row[2]) for row in kept]),
        repeats=sum(row[4] for row in kept),
        printed_before=len(rows) - len(wanted),
        unprintable=lacking,
        unknown=tuple(str(number) for number in chosen.get("numbers") or () if number not in known),
    )


def _left_out(ids: Sequence[int], most_lines: int | None) -> dict[int, str]:
    """Why each of those that cannot be printed cannot."""
    out: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        if most_lines is not None:
            out |= _too_long(some, most_lines)
        out |= {receipt: f"现有字体不能打印{_named(chars)}" for receipt, chars in _undrawable(some).items()}
    return out


def _too_long(ids: Sequence[int], most: int) -> Iterable[tuple[int, str]]:
    counted = ReceiptLine.objects.filter(receipt__in=ids).order_by().values("receipt").annotate(n=Count("pk"))
    rows = counted.filter(n__gt=most).values_list("receipt", "n")
    return [(pk, f"{count}人，本套打版式最多印{most}人，请用A4打印") for pk, count in rows]


def _undrawable(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The characters of each receipt that no font draws; receipts without such are not named."""
    texts = list(_texts(ids))
    lacking_alone = {char for char in set().union(*(text for _, text in texts)) if fonts.face_for(char) is None}
    found: dict[int, list[str]] = {}
    for receipt, text in texts:
        # An accent alone has no face, and may have one with its letter.
        if not lacking_alone.isdisjoint(text) and (lacking := fonts.undrawable(text)):
            found.setdefault(receipt, []).extend(lacking)
    return {receipt: tuple(dict.fromkeys(chars)) for receipt, chars in found.items()}


def _texts(ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    for receipt, *texts in Receipt.objects.filter(pk__in=ids).values_list("pk", *RECEIPT_TEXTS):
        yield receipt, " ".join(texts)
    for receipt, *texts in ReceiptLine.objects.filter(receipt__in=ids).values_list("receipt", *LINE_TEXTS):
        yield receipt, " ".join(texts)


def _named(chars: Iterable[str]) -> str:
    return "、".join(f"“{char}”（U+{ord(char):04X}）" for char in chars)
