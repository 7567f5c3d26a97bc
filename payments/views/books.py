"""票据号段的查阅: every book, the stock by holder, one book whole with its receipts and its papers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.tables import XLSX
from offices.access import for_overseers, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.books.loss_pdf import loss_report
from payments.books.pdf import verification_sheet, verification_workbook
from payments.books.shown import books_shown, shown, stock, verified_books
from payments.books.told import BookStory, book_story


def may_act(staff: Staff) -> bool:
    """Whether somebody looks after books, not only at them."""
    return has_role(staff, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)


@require_safe
@for_overseers
def book_list(request: HttpRequest) -> HttpResponse:
    """The books in use and those to be verified, of everybody or of one holder; the verified ones page by page."""
    office, clerk = (request.GET.get(name, "") for name in ("office", "clerk"))
    chosen = {"office": int(office) if office.isdecimal() else None, "clerk": clerk if clerk.isdecimal() else ""}
    page = page_of(verified_books(request.user, **chosen), request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "books": books_shown(request.user, **chosen),
        "page": page,
        "verified": shown(page.rows),
        "chosen": any(chosen.values()),
        "query": query.urlencode(),
        "may_act": may_act(request.user),
    }
    return render(request, "payments/books.html", context)


@require_safe
@for_overseers
def book_stock(request: HttpRequest) -> HttpResponse:
    """库存: stock, used, void, blocked and lost by office and holder."""
    return render(
        request, "payments/book_stock.html", {"offices": stock(request.user), "may_act": may_act(request.user)}
    )


@never_cache
@require_safe
@for_overseers
def book(request: HttpRequest, book_id: int) -> HttpResponse:
    """One book: counts, who held it, numbers by day, void receipts, how it ended and what is to do."""
    story = book_story(book_id, staff=request.user)
    context = {"story": story, "may_act": may_act(request.user)}
    return render(request, "payments/book.html", context)


@never_cache
@require_safe
@for_overseers
def book_receipts(request: HttpRequest, book_id: int) -> HttpResponse:
    """The receipts of a book in the order of their numbers."""
    story = book_story(book_id, staff=request.user)
    page = page_of(story.book.filled.order_by("number"), request.GET.get("page"))
    return render(request, "payments/book_receipts.html", {"story": story, "page": page})


@never_cache
@require_safe
@for_overseers
def sheet(request: HttpRequest, book_id: int) -> HttpResponse:
    """核销表 as a PDF."""
    story = book_story(book_id, staff=request.user)
    at = moment(request.user.office or story.book.office)
    response = HttpResponse(verification_sheet(story, drawn_at=at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_name(story)}.pdf"'
    return response


@never_cache
@require_safe
@for_overseers
def workbook(request: HttpRequest, book_id: int) -> HttpResponse:
    """核销表 as an xlsx."""
    story = book_story(book_id, staff=request.user)
    response = HttpResponse(verification_workbook(story), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_name(story)}.xlsx"'
    return response


@never_cache
@require_safe
@for_overseers
def loss_paper(request: HttpRequest, book_id: int) -> HttpResponse:
    """遗失报告与公告 of a lost book."""
    story = book_story(book_id, staff=request.user)
    if story.shown.state != "lost":
        raise Http404
    response = HttpResponse(loss_report(story.book.loss), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="loss-{book_id}.pdf"'
    return response


def _name(story: BookStory) -> str:
    return f"book-{story.book.pk}-{story.shown.first}-{story.shown.last}"
