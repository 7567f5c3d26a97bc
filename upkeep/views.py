"""备份和核对的页面: when the data were last saved and when that was last proved, for whoever answers for them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from common.tables import XLSX
from households.serving import made
from offices.access import for_administrators, for_administrators_and_auditors, for_auditors, has_role
from offices.clock import moment
from offices.forms import ActFilter
from offices.models import Staff
from offices.paging import page_of
from offices.taking import Copy, asks_why
from upkeep import audits as night
from upkeep.log.exporting import ask_if_long, export_acts
from upkeep.models import NightAudit
from upkeep.standing import standing

SHOWN = 60


@never_cache
@require_safe
@for_administrators_and_auditors
def backups(request: HttpRequest) -> HttpResponse:
    """Every backup that was made, newest first, and what its proof saw."""
    now = standing()
    return render(request, "upkeep/backups.html", {"now": now, "rows": now.rows(SHOWN)})


@never_cache
@require_safe
@for_administrators_and_auditors
def backups_told(request: HttpRequest) -> HttpResponse:
    """The one line of it for the start page."""
    return render(request, "upkeep/_told.html", {"now": standing()})


@never_cache
@require_safe
@for_administrators_and_auditors
def audits(request: HttpRequest) -> HttpResponse:
    """Every run with what it found; what stands is acknowledged here."""
    context = {
        "page": page_of(night.audits(), request.GET.get("page")),
        "standing": night.standing_faults(),
        "what_to_do": night.WHAT_TO_DO,
        "may_acknowledge": has_role(request.user, Staff.Role.ADMINISTRATOR),
    }
    return render(request, "upkeep/audits.html", context)


@never_cache
@require_safe
@for_administrators_and_auditors
def audits_told(request: HttpRequest) -> HttpResponse:
    """The red lines of the start page, with what to do."""
    found = [(each, night.WHAT_TO_DO[each.kind]) for each in night.standing_faults()]
    return render(request, "upkeep/_audits_told.html", {"found": found})


@require_POST
@for_administrators
def audit_acknowledge(request: HttpRequest, audit_id: int) -> HttpResponse:
    """确认, with a reason."""
    found = get_object_or_404(NightAudit, pk=audit_id)
    given = {"reason": request.POST.get("reason", "")[:200], "by": request.user, "at": moment(request.user.office)}
    try:
        night.acknowledge(audit_id=found.pk, **given)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("audits")


@never_cache
@require_http_methods(["GET", "POST"])
@for_auditors
@asks_why("导出操作日志")
def acts_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """The lines of the log that the address asks for, as a workbook; many of them by way of a job."""
    form = ActFilter(request.GET or None, by=request.user)
    if form.is_bound and not form.is_valid():
        messages.error(request, "筛选条件有误，没有导出。请改正筛选条件，再导出。")
        return redirect(f"{reverse('acts')}?{form.query()}")
    given = {"asked": form.query(), "copy": copy, "by": request.user, "at": moment(request.user.office)}
    try:
        if job := ask_if_long(**given):
            return redirect("job", job.pk)
        return made(export_acts(**given), content=XLSX, name=f"acts-{copy.number}.xlsx")
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("acts")
