"""今天: what stands in the corner of every page: office, moment, period and days left, receipt numbers left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from common.dates import local_day
from common.decision import Refusal
from enrollment import library
from enrollment.rules.on_sale import year_on_sale
from offices.access import has_role
from offices.clock import is_demo_time, moment
from offices.models import Office, Staff
from payments.models import ReceiptBook
from payments.models.book import FEW_NUMBERS

WEEKDAYS = "一二三四五六日"
FEW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """The day in the corner."""

    office: Office | None
    moment: datetime
    is_demo: bool
    period: str = ""
    is_urgent: bool = False
    wants_book: bool = False
    book_number: str = ""
    book_left: int = 0
    own_left: int | None = None
    shared_left: int = 0

    @property
    def weekday(self) -> str:
        """周四."""
        return f"周{WEEKDAYS[self.moment.weekday()]}"

    @property
    def book(self) -> bool:
        """There is a number for the next receipt."""
        return bool(self.book_number)

    @property
    def is_book_low(self) -> bool:
        """Time to ask for a new book."""
        return self.book_left <= FEW_NUMBERS

    @property
    def few_numbers(self) -> str:
        """What the clerk is told when the numbers she works from run low; empty while there are enough."""
        if not self.book or (self.own_left if self.own_left is not None else self.shared_left) > FEW_NUMBERS:
            return ""
        if self.own_left is None:
            return f"本机构共用的收据只剩 {self.shared_left} 张，请告诉主管。"
        then = f"，用完接着用共用的（余 {self.shared_left} 张）" if self.shared_left else ""
        return f"您的收据只剩 {self.own_left} 张，请向主管领新票{then}。"


def day(request: HttpRequest) -> dict[str, Any]:
    """`day` for the templates, read only by pages that show it."""
    staff = request.user
    if not isinstance(staff, Staff):
        return {}
    return {"day": SimpleLazyObject(lambda: day_of(staff))}


def day_of(staff: Staff) -> Day:
    """The day of a member of staff; whoever has no office sees the server's clock and no period."""
    office = staff.office
    at = moment(office)
    if office is None:
        return Day(None, at, is_demo=False)
    period, is_urgent = _period(office, at)
    takes_money = has_role(staff, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    books = list(ReceiptBook.objects.for_clerk(staff)) if takes_money else []
    book = books[0] if books else None
    own = [each.left for each in books if each.clerk_id]
    return Day(
        office=office,
        moment=at,
        is_demo=is_demo_time(office),
        period=period,
        is_urgent=is_urgent,
        wants_book=takes_money,
        book_number=book.printed(book.next_number) if book else "",
        book_left=book.left if book else 0,
        own_left=sum(own) if own else None,
        shared_left=sum(each.left for each in books if each.clerk_id is None),
    )


def _period(office: Office, at: datetime) -> tuple[str, bool]:
    """2008年度缴费期余46天, or when it opens or that it is over."""
    try:
        ruleset = library.current(office.ruleset_code)
    except Refusal:
        return "规则集尚未载入", True
    year = year_on_sale(ruleset, at)
    window = ruleset.window(year) if year else None
    if window is None:
        return "", False
    if at < window.opens:
        return f"{year}年度 {window.opening[5:]} 开始缴费", False
    if at > window.pay_until:
        return f"{year}年度缴费已截止", True
    left = (local_day(window.pay_until) - local_day(at)).days
    return (f"{year}年度缴费期余{left}天" if left else f"{year}年度缴费今天截止"), left <= FEW_DAYS
