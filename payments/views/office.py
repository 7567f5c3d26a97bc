"""收据的查阅: the list, and one receipt whole."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from offices.access import has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.filed import receipt_shown, receipts_of, sum_of
from payments.office_forms import ReceiptFilter

KEPT = "receipt-filter"


@never_cache
@require_http_methods(["GET", "POST"])
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Receipts, newest first. What to look for is sent by POST and kept in the session, out of the address."""
    if request.method == "POST":
        request.session[KEPT] = {name: request.POST.get(name, "") for name in ReceiptFilter.base_fields}
        return redirect(f"{reverse('receipts')}?f=1")
    form = ReceiptFilter(_wanted(request), staff=request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = receipts_of(request.user, **wanted)
    if form.errors:
        rows = rows.none()  # all receipts below a mistake would look as if they had been asked for
    page = page_of(rows.select_related("office", "payment", "reversal"), request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "filtered": any(wanted.values()) or bool(form.errors),
        "sum": sum_of(rows) if wanted.get("day") else None,
        "today": moment(request.user.office),
        "query": _address(request),
    }
    return render(request, "payments/receipts.html", context, status=422 if form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    if "f" in request.GET:
        return request.session.get(KEPT, {})
    return {name: request.GET[name] for name in ("day", "clerk") if name in request.GET}


def _address(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@never_cache
@require_safe
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """One receipt: what was printed, why each figure is as it is, when it was printed, whether it was voided."""
    shown = receipt_shown(receipt_id, staff=request.user)
    may_act = has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    return render(request, "payments/receipt.html", {"shown": shown, "may_act": may_act})
