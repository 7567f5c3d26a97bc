"""退回与遗失的服务: a book goes back with its unused numbers, or is lost and its unused numbers are blocked."""

from datetime import datetime

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.models import BookLoss, BookReturn, ReceiptBook
from payments.paper.legible import refuse_undrawable
from payments.services.book_holdings import end_use, locked_book

Role = Staff.Role


@accountable
def return_book(*, book_id: int, returned_to: str, document: str = "", by: Staff, at: datetime) -> BookReturn:
    """退回 a book with unused numbers to the district or the finance office; the numbers leave the stock for good."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    _refuse_ended(book, "退回")
    if book.left == 0:
        raise Refusal(Reason("BOOK_EMPTY", f"票据 {book} 已经用完，没有未用的号码可退。请直接核销。"))
    returned_to, document = returned_to.strip(), document.strip()
    _refuse_length(BookReturn, "returned_to", returned_to, "请写明退回给哪个单位")
    _refuse_length(BookReturn, "document", document, "退票单号", least=0)
    end_use(book, by, at)
    given = BookReturn.objects.create(book=book, returned_to=returned_to, document=document, returned_at=at, by=by)
    detail = {"next": book.next_number, "unused": book.left, "to_whom": returned_to, "document": document}
    record(by=by, at=at, verb="return_book", subject=book, detail=detail)
    return given


@accountable
def report_lost_book(
    *, book_id: int, place: str, lost_at: datetime, circumstances: str, reporter_id: int, by: Staff, at: datetime
) -> BookLoss:
    """报告遗失: none of the book's unused numbers is ever given out. A payment that was faster keeps its number."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    book = locked_book(book_id, by)
    _refuse_ended(book, "报告遗失")
    place, circumstances = place.strip(), circumstances.strip()
    _refuse_length(BookLoss, "place", place, "请写明在哪里遗失")
    _refuse_length(BookLoss, "circumstances", circumstances, "请写明遗失的经过")
    refuse_undrawable({"遗失地点": place, "遗失经过": circumstances}, undone="没有登记")
    if lost_at > at:
        raise Refusal(Reason("LOST_AT", f"遗失时间不能晚于现在（{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}），请核对。"))
    if local_day(lost_at) < local_day(book.received_at):
        text = f"遗失时间不能早于票据入库的日期（{local_day(book.received_at)}），请核对年份。"
        raise Refusal(Reason("LOST_AT", text))
    reporter = Staff.objects.filter(pk=reporter_id, office=book.office_id).first()
    if reporter is None:
        raise Refusal(Reason("REPORTER", "报告人应是本机构的工作人员，请重新选择。"))
    end_use(book, by, at)
    loss = BookLoss.objects.create(
        book=book,
        place=place,
        lost_at=lost_at,
        circumstances=circumstances,
        reporter=reporter,
        reported_at=at,
        by=by,
    )
    detail = {"next": book.next_number, "unused": book.left, "place": place, "reason": circumstances.rstrip("。")}
    record(by=by, at=at, verb="report_lost_book", subject=book, detail=detail)
    return loss


def _refuse_ended(book: ReceiptBook, what: str) -> None:
    if hasattr(book, "verification"):
        raise Refusal(Reason("BOOK_VERIFIED", f"票据 {book} 已经核销，不能再{what}。"))
    if hasattr(book, "loss"):
        raise Refusal(
            Reason("BOOK_LOST", f"票据 {book} 已于{local_day(book.loss.reported_at)}报告遗失，不能再{what}。")
        )
    if hasattr(book, "returned"):
        text = f"票据 {book} 已于{local_day(book.returned.returned_at)}退回，不能再{what}。"
        raise Refusal(Reason("BOOK_RETURNED", text))


def _refuse_length(model: type[BookReturn | BookLoss], name: str, typed: str, text: str, *, least: int = 1) -> None:
    most = model._meta.get_field(name).max_length
    if not least <= len(typed) <= most:
        raise Refusal(Reason(name.upper(), f"{text}，最多{most}个字。"))
