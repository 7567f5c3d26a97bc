"""批量打印: choosing, looking, starting; a run with its bar, its file and what it left out; the runs so far."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households import vault
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.models import OverprintLayout, PrintRun
from payments.printing.choice import Choice, choice_of
from payments.printing.forms import BatchForm
from payments.printing.overprint import layout_of
from payments.printing.sample import sample_of
from payments.printing.shown import chosen_in_words, not_printed, runs_of, takings_of
from payments.services import cancel_run, continue_run, print_run_again, start_run, take_run_file


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Choose receipts; see how many, for how much, and which are left out; start."""
    staff, posted = request.user, request.method == "POST"
    form = BatchForm(request.POST if posted else None, staff=staff)
    choice = None
    if form.is_valid():
        try:
            if "start" in request.POST:
                given = form.values() | {"expected": form.cleaned_data["seal"]}
                return redirect("print-run", start_run(**given, by=staff, at=moment(staff.office)).pk)
            choice = _looked_at(form, staff)
        except Refusal as refusal:
            form.refuse(refusal)
            choice = _looked_at_again(form, staff, refusal)
    context = {"form": form, "choice": choice, "is_clerk": has_role(staff, Staff.Role.CLERK)}
    return render(request, "payments/print_batch.html", context, status=422 if form.errors else 200)


@for_clerks
@never_cache
@require_POST
def batch_sample(request: HttpRequest) -> HttpResponse:
    """The first sheet of what was chosen, marked 样张; nothing is claimed or printed."""
    form = BatchForm(request.POST, staff=request.user)
    if form.is_valid():
        try:
            return _pdf(sample_of(request.user, form.values()), "sample.pdf")
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"form": form, "choice": None, "is_clerk": has_role(request.user, Staff.Role.CLERK)}
    return render(request, "payments/print_batch.html", context, status=422)


def _looked_at(form: BatchForm, staff: Staff) -> Choice:
    given = form.values()
    most = None
    if given["layout_id"]:
        most = layout_of(OverprintLayout.objects.visible_to(staff).get(pk=given["layout_id"]).form).most_lines
    return choice_of(staff, given["chosen"], reprints=given["reprints"], most_lines=most)


def _looked_at_again(form: BatchForm, staff: Staff, refusal: Refusal) -> Choice | None:
    """What the choice comes to now, where that is what was refused."""
    return _looked_at(form, staff) if refusal.code == "CHANGED" else None


@never_cache
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs so far: who printed what when."""
    page = page_of(runs_of(request.user), request.GET.get("page"))
    rows = [(run, chosen_in_words(run.chosen)) for run in page.rows]
    return render(request, "payments/print_runs.html", {"page": page, "rows": rows})


@never_cache
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its bar, which renews itself, then its file and what it left out."""
    found = run_within(run_id, staff=request.user)
    if request.headers.get("HX-Request") and not found.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "run": found,
        "may_take": has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR),
        "may_act": has_role(request.user, Staff.Role.SUPERVISOR) or found.by_id == request.user.pk,
        "kept_days": settings.PRINTS_KEPT_DAYS,
        "drawn": 0 if found.finished_at else found.prints.count(),
        "chosen": chosen_in_words(found.chosen),
        "not_printed": not_printed(found),
        "takings": takings_of(found) if found.has_file else [],
    }
    template = "payments/_print_progress.html" if request.headers.get("HX-Request") else "payments/print_run.html"
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def run_within(run_id: int, *, staff: Staff) -> PrintRun:
    """A run that the member of staff may see; otherwise it does not exist."""
    found = runs_of(staff).filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


@for_clerks
@require_POST
def run_cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop at the next part; what is drawn is kept."""
    found = run_within(run_id, staff=request.user)
    try:
        cancel_run(run_id=found.pk, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("print-run", found.pk)


@for_clerks
@require_POST
def run_continue(request: HttpRequest, run_id: int) -> HttpResponse:
    """Go on where the run stopped, or end it with what is drawn."""
    found = run_within(run_id, staff=request.user)
    try:
        continue_run(run_id=found.pk, close="close" in request.POST, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("print-run", found.pk)


@for_clerks
@require_POST
def run_again(request: HttpRequest, run_id: int) -> HttpResponse:
    """The same receipts once more, as 补打."""
    found = run_within(run_id, staff=request.user)
    try:
        found = print_run_again(run_id=found.pk, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("print-run", found.pk)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def run_file(request: HttpRequest, run_id: int) -> HttpResponse:
    """The run's PDF; who took it stands in the log. Taken once, it is given again for a reason only, by POST."""
    found = run_within(run_id, staff=request.user)
    data = vault.get(found.file, sha256=found.sha256) if found.has_file else None
    if data is None:
        raise Http404
    try:
        reason = request.POST.get("reason", "")[:100]
        take_run_file(run_id=found.pk, reason=reason, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("print-run", found.pk)
    kind = "attachment" if "save" in request.GET else "inline"
    return _pdf(data, f"receipts-run-{found.pk}.pdf", kind)


def _pdf(data: bytes, name: str, kind: str = "inline") -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
