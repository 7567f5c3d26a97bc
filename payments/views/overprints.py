"""套打版式和打印机: the layouts as forms with their preview, the printers with their calibration page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households import vault
from households.serving import stored
from offices.access import for_managers
from offices.clock import moment
from offices.models import Staff
from payments.models import OverprintLayout, Printer
from payments.printing.overprint import DEFAULT, Layout, layout_of
from payments.printing.overprint_forms import FieldTable, OverprintForm, PrinterForm, data_of, table_of
from payments.printing.overprint_pdf import Offset, calibration_pdf, sample_pdf
from payments.printing.overprint_shown import preview
from payments.printing.trial_page import trial_page_pdf
from payments.services import save_overprint, save_printer, withdraw_overprint, withdraw_printer


def _layouts(staff: Staff) -> Any:
    return OverprintLayout.objects.visible_to(staff).in_use().select_related("office", "changed_by")


def _printers(staff: Staff) -> Any:
    return Printer.objects.visible_to(staff).in_use().select_related("office", "changed_by")


def _within(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@for_managers
def overview(request: HttpRequest) -> HttpResponse:
    """The office's layouts and printers."""
    staff = request.user
    context = {
        "layouts": [(row, layout_of(row.form)) for row in _layouts(staff).order_by("office__code", "name")],
        "printers": _printers(staff).order_by("office__code", "name"),
    }
    return render(request, "payments/overprints.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@for_managers
def edit(request: HttpRequest, layout_id: int | None = None) -> HttpResponse:
    """A layout as a form and a table, beside its preview; looked at before it is kept."""
    staff = request.user
    found = _within(_layouts(staff), layout_id) if layout_id else None
    layout = layout_of(found.form) if found else DEFAULT
    form, table = _forms(request, staff, found, layout)
    if request.method == "POST" and form.is_valid() and table.is_valid():
        try:
            layout = layout_of(data := data_of(form, table))
            if "save" in request.POST:
                return _kept(request, found, form, data)
        except Refusal as refusal:
            form.refuse(refusal)
    wrong = bool(form.errors or (table.is_bound and not table.is_valid()))
    context = {"form": form, "table": table, "found": found, "layout": layout, "shown": preview(layout)}
    return render(request, "payments/overprint.html", context, status=422 if wrong else 200)


def _forms(request: HttpRequest, staff: Staff, found: OverprintLayout | None, layout: Layout) -> tuple[Any, Any]:
    if request.method == "POST":
        form = OverprintForm(request.POST, request.FILES, staff=staff, is_new=found is None)
        return form, FieldTable(request.POST, prefix="field")
    initial = OverprintForm.initial_of(layout) | {"name": found.name if found else ""}
    form = OverprintForm(initial=initial, staff=staff, is_new=found is None)
    return form, FieldTable(initial=table_of(layout), prefix="field")


def _kept(request: HttpRequest, found: OverprintLayout | None, form: OverprintForm, data: Any) -> HttpResponse:
    kept = save_overprint(
        layout_id=found.pk if found else None,
        office_id=form.office_id,
        name=form.cleaned_data["name"],
        form=data,
        stock=form.cleaned_data["stock"],
        by=request.user,
        at=moment(request.user.office),
    )
    messages.success(request, f"套打版式“{kept.name}”已保存。")
    return redirect("overprint", kept.pk)


@require_POST
@for_managers
def withdraw(request: HttpRequest, layout_id: int) -> HttpResponse:
    """停用 a layout."""
    found = _within(_layouts(request.user), layout_id)
    withdraw_overprint(layout_id=found.pk, by=request.user, at=moment(request.user.office))
    messages.success(request, f"套打版式“{found.name}”已停用。")
    return redirect("overprints")


@never_cache
@require_safe
@for_managers
def sample(request: HttpRequest, layout_id: int) -> HttpResponse:
    """样张: an invented receipt, to lay over the stock."""
    found = _within(_layouts(request.user), layout_id)
    return _pdf(sample_pdf(layout_of(found.form)), "overprint-sample")


@never_cache
@require_safe
@for_managers
def stock(request: HttpRequest, layout_id: int) -> HttpResponse:
    """The picture of the stock."""
    found = _within(_layouts(request.user), layout_id)
    data = vault.get(found.stock, sha256=found.stock_sha256) if found.stock else None
    if data is None:
        raise Http404
    return stored(data, content=found.stock_content, name=f"stock-{found.pk}", shown=True)


@require_http_methods(["GET", "POST"])
@for_managers
def printer(request: HttpRequest, printer_id: int | None = None) -> HttpResponse:
    """A printer and its offset."""
    staff = request.user
    found = _within(_printers(staff), printer_id) if printer_id else None
    initial = {"name": found.name, "right": f"{found.right:g}", "down": f"{found.down:g}"} if found else {}
    form = PrinterForm(request.POST or None, initial=initial, staff=staff, is_new=found is None)
    if form.is_valid():
        try:
            kept = save_printer(printer_id=printer_id, **form.values(), by=staff, at=moment(staff.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"打印机“{kept.name}”已保存。请再打一张校准页核对。")
            return redirect("overprints")
    return render(request, "payments/printer.html", {"form": form, "found": found}, status=422 if form.errors else 200)


@require_POST
@for_managers
def printer_withdraw(request: HttpRequest, printer_id: int) -> HttpResponse:
    """停用 a printer."""
    found = _within(_printers(request.user), printer_id)
    withdraw_printer(printer_id=found.pk, by=request.user, at=moment(request.user.office))
    messages.success(request, f"打印机“{found.name}”已停用。")
    return redirect("overprints")


@never_cache
@require_safe
@for_managers
def calibration(request: HttpRequest, printer_id: int, layout_id: int) -> HttpResponse:
    """校准页: crosses and rulers on paper of the layout's size, with the printer's offset."""
    found, layout = _within(_printers(request.user), printer_id), _within(_layouts(request.user), layout_id)
    offset = Offset(float(found.right), float(found.down))
    return _pdf(calibration_pdf(layout_of(layout.form).paper, printer=found.name, offset=offset), "calibration")


@never_cache
@require_safe
def trial_page(request: HttpRequest) -> HttpResponse:
    """试打页: does this computer's printer keep the size?"""
    return _pdf(trial_page_pdf(printed_at=moment(request.user.office), demo=settings.DEMO), "printer-test")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
