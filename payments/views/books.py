"""票据号段: what an office has, receiving a book, giving it to a clerk, taking it out of use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from offices.access import for_managers, for_overseers, has_role
from offices.clock import moment
from offices.models import Staff
from payments.books_shown import books_shown
from payments.models import ReceiptBook
from payments.office_forms import AllotForm, BookForm
from payments.services import allot_book, close_book, receive_book


def _may_act(staff: Staff) -> bool:
    return has_role(staff, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)


@require_safe
@for_overseers
def book_list(request: HttpRequest) -> HttpResponse:
    """Every book: used, voided, left, and whose it is."""
    return render(
        request, "payments/books.html", {"books": books_shown(request.user), "may_act": _may_act(request.user)}
    )


@require_http_methods(["GET", "POST"])
@for_managers
def receive(request: HttpRequest) -> HttpResponse:
    """入库: enter a book as it is printed on its cover."""
    form = BookForm(request.POST or None, staff=request.user)
    if form.is_valid():
        try:
            book = receive_book(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"票据 {book} 已入库，共 {book.left} 张。")
            return redirect("books")
    return render(request, "payments/book_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def allot(request: HttpRequest, book_id: int) -> HttpResponse:
    """领用: give a book to a clerk, or to all clerks of the office."""
    book = get_object_or_404(ReceiptBook.objects.visible_to(request.user).select_related("office", "clerk"), pk=book_id)
    form = AllotForm(request.POST if request.method == "POST" else None, book=book)
    if form.is_valid():
        try:
            book = allot_book(book_id=book_id, **form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"票据 {book} 已交{book.clerk or '本机构经办员共用'}。")
            return redirect("books")
    context = {"form": form, "book": book}
    return render(request, "payments/book_allot.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def close(request: HttpRequest, book_id: int) -> HttpResponse:
    """停用: no number of the book is given out any more; asked once more, for it cannot be undone."""
    book = get_object_or_404(ReceiptBook.objects.visible_to(request.user).select_related("office"), pk=book_id)
    if request.method == "GET":
        return render(request, "payments/book_close.html", {"book": book})
    try:
        book = close_book(book_id=book_id, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        return render(request, "payments/book_close.html", {"book": book, "refusal": str(refusal)}, status=422)
    messages.success(request, f"票据 {book} 已停用，剩余 {book.left} 张不再使用，请按规定缴销。")
    return redirect("books")
