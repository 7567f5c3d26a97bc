"""划解: what waits for the district's and the city's account, each transfer with its bank slip and its check."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from offices.access import for_administrators, for_overseers, has_role
from offices.clock import moment
from offices.models import Office, Staff
from offices.paging import page_of
from payments.bank.reconciled import matched
from payments.models import Transfer
from payments.money.forms import PartsForm, SlipForm
from payments.money.papers import transfer_slip
from payments.money.waiting import transferable
from payments.services import bank_transfer, confirm_transfer, make_transfer, withdraw_transfer
from payments.services.remitting import step_of
from payments.views.remitting import acted, withdrawn
from payments.views.settling import paper

Role = Staff.Role


def _office(division_code: str) -> Office | None:
    """An office of a district or city: what is done for it is done in its time, a demonstration's too."""
    return Office.objects.filter(division_code__startswith=division_code).first()


def _moment(request: HttpRequest, division_code: str) -> datetime:
    return moment(request.user.office or _office(division_code))


def transfer_within(pk: int, *, staff: Staff) -> Transfer:
    """A transfer within the scope; otherwise it does not exist."""
    rows = (
        Transfer.objects.visible_to(staff)
        .with_place()
        .select_related("period__ruleset", "made_by", "confirmed_by", "withdrawn_by", "slip__by", "forwarded_in")
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@for_administrators
@never_cache
@require_http_methods(["GET", "POST"])
def transfer_list(request: HttpRequest) -> HttpResponse:
    """What waits for the district's and the city's account, and every transfer; an administrator makes one here."""
    if request.method == "POST":
        return _make(request)
    rows = Transfer.objects.visible_to(request.user).with_place().select_related("period", "slip", "made_by")
    at = _moment(request, request.user.division_scope)
    context = {
        "waiting": transferable(request.user, at=at),
        "page": page_of(rows, request.GET.get("page")),
        "today": at.date(),
    }
    return render(request, "payments/transfers.html", context)


def _make(request: HttpRequest) -> HttpResponse:
    form = PartsForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有选中要划解的款项，或页面已经过时，没有制单。请重新选择。")
        return redirect("transfers")
    typed = form.cleaned_data
    try:
        made = make_transfer(
            level=request.POST.get("level", ""),
            division_code=request.POST.get("division", ""),
            period_id=typed["period"],
            part_ids=form.chosen(),
            previewed=typed["previewed"],
            by=request.user,
            at=_moment(request, request.POST.get("division", "")),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("transfers")
    messages.success(
        request, f"划解单 {made.number} 已制，{made.amount:,.2f} 元。划款后登记回单，再由另一位管理员复核。"
    )
    return redirect("transfer", made.pk)


@for_overseers
@never_cache
@require_safe
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer: what it holds, its bank slip, who did what, and what is next."""
    found = transfer_within(pk, staff=request.user)
    return render(request, "payments/transfer.html", _transfer_context(request, found))


def _transfer_context(request: HttpRequest, found: Transfer, form: SlipForm | None = None) -> dict[str, Any]:
    administrator = has_role(request.user, Role.ADMINISTRATOR)
    return {
        "transfer": found,
        "arrived": bool(matched([found.slip_id])),
        "place": found.place,
        "step": step_of(found.period, found.level),
        "remittances": found.remittances.visible_to(request.user).select_related("office", "slip").order_by("pk"),
        "parts": found.parts.with_place().select_related("slip").order_by("pk"),
        "form": form or SlipForm(initial={"amount": f"{found.amount:.2f}"}),
        "may_bank": administrator,
        "may_confirm": administrator and found.made_by_id != request.user.pk,
    }


@for_administrators
@require_POST
def transfer_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """登记银行回单; what was typed stays where it is refused."""
    found = transfer_within(pk, staff=request.user)
    form = SlipForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            bank_transfer(transfer_id=pk, slip=form.draft(), by=request.user, at=_moment(request, found.division_code))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "银行回单已登记，等待另一位管理员复核。")
            return redirect("transfer", pk)
    return render(request, "payments/transfer.html", _transfer_context(request, found, form), status=422)


@for_administrators
@require_POST
def transfer_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """复核."""
    found = transfer_within(pk, staff=request.user)
    acted(
        request,
        _office(found.division_code),
        lambda at: confirm_transfer(transfer_id=found.pk, by=request.user, at=at),
        "已复核，款已到专户。",
    )
    return redirect("transfer", pk)


@for_administrators
@require_http_methods(["GET", "POST"])
def transfer_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回."""
    found = transfer_within(pk, staff=request.user)

    def act(reason: str) -> object:
        at = _moment(request, found.division_code)
        return withdraw_transfer(transfer_id=pk, reason=reason, by=request.user, at=at)

    return withdrawn(request, found, word="撤回", act=act, back="transfer")


@for_overseers
@never_cache
@require_safe
def transfer_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """划解单 as a PDF."""
    found = transfer_within(pk, staff=request.user)
    step = step_of(found.period, found.level)
    name = step.name if step else str(Transfer.Level(found.level).label)
    return paper(transfer_slip(found, step=name, place=found.place), f"transfer-{pk}")
