"""工本费收据: the list, one receipt, printing and voiding it."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.cards.workmanship_pdf import workmanship_document, workmanship_pdf
from payments.counter.reading import moment_at
from payments.forms import VoidForm
from payments.models import WorkmanshipReceipt
from payments.money.forms import ReversalForm
from payments.services import is_being_printed, record_workmanship_print, reverse_workmanship, void_workmanship


def receipt_within(workmanship_id: int, *, staff: Staff) -> WorkmanshipReceipt:
    """A receipt within the scope; otherwise it does not exist."""
    rows = WorkmanshipReceipt.objects.visible_to(staff).select_related(
        "office", "voided_by", "household", "reversal__by"
    )
    found = rows.filter(pk=workmanship_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Workmanship receipts, the latest first."""
    rows = (
        WorkmanshipReceipt.objects.visible_to(request.user).annotate(pieces=Count("issues")).select_related("reversal")
    )
    page = page_of(rows.order_by("-issued_at", "-pk"), request.GET.get("page"))
    return render(request, "payments/workmanship_list.html", {"page": page})


@never_cache
@require_safe
def receipt(request: HttpRequest, workmanship_id: int) -> HttpResponse:
    """One receipt: what it was for, when it was printed, whether it was voided."""
    found = receipt_within(workmanship_id, staff=request.user)
    context = {
        "receipt": found,
        "issues": found.issues.order_by("pk"),
        "prints": found.prints.select_related("by").order_by("copy"),
        "may_act": has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR),
    }
    return render(request, "payments/workmanship_receipt.html", context)


@for_clerks
@require_POST
def print_(request: HttpRequest, workmanship_id: int) -> HttpResponse:
    """Note one more print, and say where its paper is: by a redirect, or to a script in JSON."""
    found = receipt_within(workmanship_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    printed = record_workmanship_print(receipt_id=found.pk, by=request.user, at=at)
    address = reverse("workmanship-paper", args=[found.pk, printed.copy])
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"paper": address, "copy": printed.copy})
    return redirect(address)


@never_cache
@require_safe
def paper(request: HttpRequest, workmanship_id: int, copy: int) -> HttpResponse:
    """The paper of one print as a PDF; but for whoever prints it, now, it says 查阅."""
    found = receipt_within(workmanship_id, staff=request.user)
    printed = found.prints.filter(copy=copy).first()
    if printed is None:
        raise Http404
    looked_at = not is_being_printed(printed, by=request.user, at=moment_at(found.office, staff=request.user))
    drawn = workmanship_pdf(workmanship_document(found, copy=copy, looked_at=looked_at))
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="workmanship-{found.book_code}-{found.printed_number}.pdf"'
    return response


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, workmanship_id: int) -> HttpResponse:
    """作废 by a supervisor, at the own screen or by name and password at the clerk's."""
    found = receipt_within(workmanship_id, staff=request.user)
    form = VoidForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        at = moment(request.user.office or found.office)
        try:
            void_workmanship(receipt_id=found.pk, reason=form.cleaned_data["reason"], by=form.supervisor, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"收据 {found.full_number} 已作废，所发的卡和病历同时收回。")
            return redirect("workmanship-receipt", found.pk)
    context = {"form": form, "receipt": found, "about": _about(found)}
    return render(request, "payments/workmanship_void.html", context, status=422 if form.errors else 200)


def _about(found: WorkmanshipReceipt) -> str:
    return f"{found.payer}，户号 {found.household_number}，{found.issues.count()}件，{found.amount} 元。"


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reverse_(request: HttpRequest, workmanship_id: int) -> HttpResponse:
    """冲正: give back fees whose day is closed and take back what was handed out; a supervisor approves."""
    found = receipt_within(workmanship_id, staff=request.user)
    form = ReversalForm(request.POST or None, request=request)
    form.fields["payee"].initial = found.payer
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("reason", "payee", "means")}
        at = moment_at(found.office, staff=request.user)
        try:
            reverse_workmanship(receipt_id=found.pk, clerk=request.user, by=form.supervisor, at=at, **values)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            told = f"收据 {found.full_number} 已冲正，请退还 {found.amount:,.2f} 元，收回所发的卡和病历。"
            messages.success(request, f"{told}请打印退费单，请收款人签字。")
            return redirect("workmanship-receipt", found.pk)
    context = {"form": form, "receipt": found, "about": _about(found)}
    return render(request, "payments/workmanship_reverse.html", context, status=422 if form.errors else 200)
