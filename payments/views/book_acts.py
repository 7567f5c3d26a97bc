"""票据号段的办理: receiving, allotting, taking back, returning, reporting lost, closing, verifying a book."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from offices.access import for_managers
from offices.clock import moment
from offices.forms import RefusableForm
from offices.models import Staff
from payments.books.forms import AllotForm, BookForm, LossForm, ReturnForm, VerifyForm
from payments.books.told import book_story
from payments.models import ReceiptBook
from payments.services import (
    allot_book,
    close_book,
    receive_book,
    report_lost_book,
    return_book,
    take_back_book,
    verify_book,
)


def book_within(book_id: int, *, staff: Staff) -> ReceiptBook:
    """A book within the scope; otherwise it does not exist."""
    rows = ReceiptBook.objects.visible_to(staff).select_related("office", "clerk")
    return get_object_or_404(rows, pk=book_id)


def _now(request: HttpRequest, book: ReceiptBook) -> datetime:
    return moment(request.user.office or book.office)


@require_http_methods(["GET", "POST"])
@for_managers
def receive(request: HttpRequest) -> HttpResponse:
    """入库: enter a book as it is printed on its cover."""
    form = BookForm(request.POST or None, staff=request.user)
    if form.is_valid():
        at = moment(request.user.office or form.cleaned_data["office"])
        try:
            book = receive_book(**form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"票据 {book} 已入库，共 {book.left} 张。")
            return redirect("books")
    return render(request, "payments/book_form.html", {"form": form}, status=422 if form.errors else 200)


def _act(
    request: HttpRequest,
    book: ReceiptBook,
    form: RefusableForm,
    *,
    service: Callable[..., Any],
    done: Callable[[], str],
    **page: Any,
) -> HttpResponse:
    """Show a form on a book, do what it says, or say why not."""
    if form.is_valid():
        try:
            service(book_id=book.pk, **form.values(), by=request.user, at=_now(request, book))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            book = book_within(book.pk, staff=request.user)
            messages.success(request, f"票据 {book} {done()}")
            return redirect("book", book.pk)
    template = page.pop("template", "payments/book_act.html")
    return render(request, template, {"form": form, "book": book, **page}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def allot(request: HttpRequest, book_id: int) -> HttpResponse:
    """领用: give a book to a clerk, or to all clerks of the office."""
    book = book_within(book_id, staff=request.user)
    form = AllotForm(request.POST if request.method == "POST" else None, book=book)
    return _act(
        request,
        book,
        form,
        service=allot_book,
        done=lambda: f"已交{form.cleaned_data['clerk'] or '本机构经办员共用'}。",
        template="payments/book_allot.html",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def take_back(request: HttpRequest, book_id: int) -> HttpResponse:
    """交回: the book comes back into the cupboard; asked once more."""
    return _act(
        request,
        book_within(book_id, staff=request.user),
        RefusableForm(request.POST if request.method == "POST" else None),
        service=take_back_book,
        done=lambda: "已交回存库，再分配以前不会开出。",
        title="票据交回",
        text="交回以后存库，任何人都不能用；以后可以再分配。已用的号码不受影响。",
        go="交回存库",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def give_back(request: HttpRequest, book_id: int) -> HttpResponse:
    """退回: the book goes to the district or the finance office with its unused numbers."""
    return _act(
        request,
        book_within(book_id, staff=request.user),
        ReturnForm(request.POST if request.method == "POST" else None),
        service=return_book,
        done=lambda: "已退回，未用的号码不再属于库存。请接着核销。",
        title="退回票据",
        text="未用的号码退给区（县）或财政部门，从此离开库存，不能恢复。退回以后请核销。",
        go="退回",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def lost(request: HttpRequest, book_id: int) -> HttpResponse:
    """报告遗失: the unused numbers are blocked at once and for good."""
    book = book_within(book_id, staff=request.user)
    return _act(
        request,
        book,
        LossForm(request.POST if request.method == "POST" else None, book=book),
        service=report_lost_book,
        done=lambda: "已报告遗失，未用的号码全部封锁。请打印书面报告和公告，送财政部门。",
        title="报告票据遗失",
        text=f"从现在起，未用的 {book.left} 个号码全部封锁，不能恢复。随后可打印给财政部门的书面报告和公告。",
        go="报告遗失",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def close(request: HttpRequest, book_id: int) -> HttpResponse:
    """停用: no number of the book is given out any more; asked once more, for it cannot be undone."""
    book = book_within(book_id, staff=request.user)
    return _act(
        request,
        book,
        RefusableForm(request.POST if request.method == "POST" else None),
        service=close_book,
        done=lambda: f"已停用，剩余 {book.left} 张不再使用，请按规定缴销。",
        title="停用票据",
        text=f"剩余 {book.left} 张将不再使用，停用后不能恢复。未用的票据请按财政部门的规定缴销；停用以后请核销。",
        go=f"停用 {book.left} 张",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def verify(request: HttpRequest, book_id: int) -> HttpResponse:
    """核销: compare a finished book with its stubs, tick every void receipt whose copies are there."""
    story = book_story(book_id, staff=request.user)
    numbers = [void.number for void in story.voids]
    form = VerifyForm(request.POST if request.method == "POST" else None, numbers=numbers)
    return _act(
        request,
        story.book,
        form,
        service=verify_book,
        done=lambda: "已核销。可打印核销表，存根请照表上的日期保存。",
        template="payments/book_verify.html",
        story=story,
        ticked={int(typed) for typed in form["void_copies"].value() or () if typed.isdecimal()},
    )
