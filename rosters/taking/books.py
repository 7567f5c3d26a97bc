"""入账的票据: how many numbers a roster needs, and which of the clerk's books lasts for them in one run."""

from collections.abc import Sequence

from offices.models import Staff
from payments.models import ReceiptBook
from rosters.models import RosterFile
from rosters.taking.writing import short


def numbers_needed(file: RosterFile) -> int:
    """One for each household that pays something itself."""
    return file.rows.counted().filter(payable__gt=0).values("household").distinct().count()


def lasting(count: int, by: Staff) -> list[ReceiptBook]:
    """Those of the clerk's books that have so many numbers in one run, in the order in which they are used."""
    return [each for each in ReceiptBook.objects.for_clerk(by) if each.left >= count]


def book_for(count: int, book_id: int | None, by: Staff) -> ReceiptBook | None:
    """The book named, or the first that lasts; refused, with what is missing, before anything is written."""
    if not count:
        return None
    usable: Sequence[ReceiptBook] = list(ReceiptBook.objects.for_clerk(by))
    if book_id is not None:
        usable = [each for each in usable if each.pk == book_id]
    chosen = next((each for each in usable if each.left >= count), None)
    if chosen is None:
        raise short(max(usable, key=lambda each: each.left, default=None), count)
    return chosen
