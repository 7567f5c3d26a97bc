"""上缴: what is settled and waits to go up, the remittance with its bank slip, and its review."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households import vault
from households.serving import stored
from offices.access import for_administrators, for_managers, for_overseers, for_supervisors, has_role
from offices.asking import Asked, ask_why
from offices.clock import moment
from offices.models import Office, Staff
from offices.paging import page_of
from payments.bank.reconciled import matched
from payments.models import BankSlip, Payment, Remittance, Transfer
from payments.money.forms import PartsForm, SlipForm
from payments.money.papers import remittance_slip
from payments.money.waiting import remittable, told_of_mixed, with_means
from payments.services import (
    bank_remittance,
    make_remittance,
    review_remittance,
    withdraw_remittance,
)
from payments.services.remitting import step_of
from payments.views.settling import paper

Role = Staff.Role


def remittance_within(pk: int, *, staff: Staff) -> Remittance:
    """A remittance within the scope; otherwise it does not exist."""
    rows = Remittance.objects.visible_to(staff).select_related(
        "office", "period__ruleset", "made_by", "reviewed_by", "withdrawn_by", "slip__by", "transfer"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@for_overseers
@never_cache
@require_http_methods(["GET", "POST"])
def remittance_list(request: HttpRequest) -> HttpResponse:
    """What is settled and not sent up, and every remittance, the latest first; a supervisor makes one here."""
    supervisor = has_role(request.user, Role.SUPERVISOR)
    if request.method == "POST":
        return _make(request) if supervisor else _not_here()
    rows = Remittance.objects.visible_to(request.user).select_related("office", "period", "slip", "made_by")
    if request.user.office_id:
        rows = rows.filter(office=request.user.office_id)
    at = moment(request.user.office)
    context = {
        "waiting": remittable(request.user.office, at=at) if supervisor else (),
        "page": page_of(rows, request.GET.get("page")),
        "today": at.date(),
    }
    return render(request, "payments/remittances.html", context)


def _not_here() -> HttpResponse:
    raise Http404


def _make(request: HttpRequest) -> HttpResponse:
    form = PartsForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有选中要上缴的日结，或页面已经过时，没有制单。请重新选择。")
        return redirect("remittances")
    typed = form.cleaned_data
    try:
        made = make_remittance(
            office_id=request.user.office_id,
            period_id=typed["period"],
            line_ids=form.chosen(),
            previewed=typed["previewed"],
            by=request.user,
            at=moment(request.user.office),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("remittances")
    messages.success(request, f"上缴单 {made.number} 已制，{made.amount:,.2f} 元。打印后到银行缴存，再登记回单。")
    return redirect("remittance", made.pk)


@for_overseers
@never_cache
@require_safe
def remittance(request: HttpRequest, pk: int) -> HttpResponse:
    """One remittance: its settlements, its bank slip, who did what, and what is next."""
    found = remittance_within(pk, staff=request.user)
    return render(request, "payments/remittance.html", _context(request, found))


def _context(request: HttpRequest, found: Remittance, form: SlipForm | None = None) -> dict[str, Any]:
    lines = list(with_means(found.lines.select_related("settlement__clerk")).order_by("settlement__day", "pk"))
    return {
        "remittance": found,
        "step": step_of(found.period, "office"),
        "lines": lines,
        "mixed": told_of_mixed(lines, "请撤回这张单，把有转账的日结和其余的分开制单。"),
        "form": form or SlipForm(initial={"amount": f"{found.amount:.2f}"}),
        "arrived": bool(matched([found.slip_id])),
        "may_bank": has_role(request.user, Role.SUPERVISOR),
        "may_review": has_role(request.user, Role.ADMINISTRATOR) and found.made_by_id != request.user.pk,
    }


@for_supervisors
@require_POST
def remittance_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """登记银行回单; what was typed stays where it is refused."""
    found = remittance_within(pk, staff=request.user)
    form = SlipForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            bank_remittance(remittance_id=pk, slip=form.draft(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "银行回单已登记，等待经办机构审核。")
            return redirect("remittance", pk)
    return render(request, "payments/remittance.html", _context(request, found, form), status=422)


@for_administrators
@require_POST
def remittance_review(request: HttpRequest, pk: int) -> HttpResponse:
    """审核."""
    found = remittance_within(pk, staff=request.user)
    acted(
        request,
        found.office,
        lambda at: review_remittance(remittance_id=found.pk, by=request.user, at=at),
        "已审核，可以汇缴。",
    )
    return redirect("remittance", pk)


def acted(request: HttpRequest, office: Office | None, act: Callable[[datetime], object], done: str) -> None:
    """Do one step and say so, or say why not."""
    try:
        act(moment(request.user.office or office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)


@for_managers
@require_http_methods(["GET", "POST"])
def remittance_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 by the office, 退回 by the agency."""
    found = remittance_within(pk, staff=request.user)
    word = "退回" if has_role(request.user, Role.ADMINISTRATOR) else "撤回"

    def act(reason: str) -> object:
        at = moment(request.user.office or found.office)
        return withdraw_remittance(remittance_id=pk, reason=reason, by=request.user, at=at)

    return withdrawn(request, found, word=word, act=act, back="remittance")


def withdrawn(
    request: HttpRequest, found: Remittance | Transfer, *, word: str, act: Callable[[str], object], back: str
) -> HttpResponse:
    """Ask for the reason, and take the slip back."""
    asked = Asked(
        word=f"{word} {found.number}",
        what=f"{found.amount:,.2f} 元",
        then="所含款项可以重新制单，本单留存备查。",
        done=f"{found.number} 已{word}，所含款项可以重新制单。",
    )
    return ask_why(request, asked, act, back=reverse(back, args=[found.pk]))


@for_overseers
@never_cache
@require_safe
def remittance_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """上缴单 as a PDF."""
    return paper(remittance_slip(remittance_within(pk, staff=request.user)), f"remittance-{pk}")


@for_overseers
@never_cache
@require_safe
def slip_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a bank slip, as an attachment, to whoever may see what it belongs to."""
    slips = BankSlip.objects.filter(remittance__in=Remittance.objects.visible_to(request.user))
    slips |= BankSlip.objects.filter(transfer__in=Transfer.objects.visible_to(request.user))
    slips |= BankSlip.objects.filter(payments__in=Payment.objects.visible_to(request.user))
    found = slips.filter(pk=pk, name__isnull=False).first()
    data = vault.get(found.name, sha256=found.sha256) if found else None
    if found is None or data is None:
        raise Http404
    return stored(data, content=found.content, name=f"slip-{found.pk}")
