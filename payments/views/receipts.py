"""收据: printing and voiding one."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households.access import household_within
from offices.access import for_clerks
from offices.clock import moment
from offices.models import Staff
from payments.counter.reading import moment_at
from payments.forms import VoidForm
from payments.models import Receipt, ReceiptPrint
from payments.paper.receipt import document, printable
from payments.paper.receipt_pdf import receipt_pdf
from payments.services import is_being_printed, record_print, void_receipt
from payments.views.counter import changed


def receipt_within(receipt_id: int, *, staff: Staff) -> Receipt:
    """A receipt within the scope; otherwise it does not exist."""
    found = Receipt.objects.visible_to(staff).select_related("payment", "office").filter(pk=receipt_id).first()
    if found is None:
        raise Http404
    return found


@for_clerks
@require_POST
def print_(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Note one more print, and say where its paper is: by a redirect, or to a script in JSON."""
    found = receipt_within(receipt_id, staff=request.user)
    printed = record_print(receipt_id=found.pk, by=request.user, at=moment_at(found.office, staff=request.user))
    paper = reverse("receipt-paper", args=[found.pk, printed.copy])
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"paper": paper, "copy": printed.copy})
    return redirect(paper)


@never_cache
@require_safe
def paper(request: HttpRequest, receipt_id: int, copy: int) -> HttpResponse:
    """The paper of one print as a PDF; the second and later ones say 补打.

    It is a receipt for whoever prints it, now. For others, and later, it says 查阅: no second original.
    """
    receipt_within(receipt_id, staff=request.user)
    printed = ReceiptPrint.objects.filter(receipt=receipt_id, copy=copy).first()
    if printed is None:
        raise Http404
    found = printable(receipt_id)
    at = moment_at(found.office, staff=request.user)
    drawn = replace(document(found, copy=copy), looked_at=not is_being_printed(printed, by=request.user, at=at))
    response = HttpResponse(receipt_pdf(drawn), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{found.book_code}-{found.printed_number}.pdf"'
    return response


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """作废 by a supervisor, at the own screen or by name and password at the clerk's."""
    found = receipt_within(receipt_id, staff=request.user)
    at = moment(request.user.office or found.office)
    form = VoidForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            void_receipt(receipt_id=found.pk, reason=form.cleaned_data["reason"], by=form.supervisor, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return changed(request, household_within(found.payment.household_id, staff=request.user), at=at)
    context = {"form": form, "receipt": found}
    return render(request, "payments/void.html", context, status=422 if form.errors else 200)
