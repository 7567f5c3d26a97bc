"""入库批次: what the finance office issued, receiving a lot, giving a book of it to an office."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from offices.access import for_managers, for_overseers
from offices.clock import moment
from offices.models import Staff
from payments.books.forms import LotAllotForm, LotForm
from payments.books.lots import lots_shown
from payments.services import allot_from_lot, receive_lot


@require_safe
@for_overseers
def lot_list(request: HttpRequest) -> HttpResponse:
    """Every lot within the scope: what went out, what is left."""
    may_act = request.user.role != Staff.Role.AUDITOR
    return render(request, "payments/lots.html", {"lots": lots_shown(request.user), "may_act": may_act})


@require_http_methods(["GET", "POST"])
@for_managers
def receive(request: HttpRequest) -> HttpResponse:
    """批次入库: enter what one slip of the finance office brought."""
    form = LotForm(request.POST if request.method == "POST" else None, staff=request.user)
    if form.is_valid():
        try:
            lot = receive_lot(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"批次 {lot} 已入库，共 {lot.size} 份。")
            return redirect("lots")
    return render(request, "payments/lot_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def allot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """下发: a range of the lot becomes a book of an office, kept there until its supervisor gives it out."""
    shown = next(iter(lots_shown(request.user, lot_id=lot_id)), None)
    if shown is None:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    form = LotAllotForm(typed, staff=request.user, lot=shown.lot, initial=shown.proposal)
    if form.is_valid():
        at = moment(request.user.office or form.cleaned_data["office"])
        try:
            book = allot_from_lot(lot_id=lot_id, **form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"票据 {book} 已下发{book.office.name}，存库待分配。")
            return redirect("lots")
    context = {"form": form, "shown": shown}
    return render(request, "payments/lot_allot.html", context, status=422 if form.errors else 200)
