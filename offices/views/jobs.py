"""后台任务: the list of them, one with how far it has come, the buttons that stop it and ask for it again."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.decision import Refusal
from offices import jobs
from offices.clock import moment
from offices.jobs_shown import jobs_of, may_act_on
from offices.models import Job, Staff
from offices.paging import page_of


def job_within(job_id: int, *, staff: Staff) -> Job:
    """A job that the member of staff may see; otherwise it does not exist."""
    return get_object_or_404(jobs_of(staff), pk=job_id)


def job_to_act_on(job_id: int, *, staff: Staff) -> Job:
    """A job that the member of staff may stop or ask for again."""
    found = job_within(job_id, staff=staff)
    if not may_act_on(found, staff):
        raise Http404
    return found


@never_cache
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own jobs, or those of one's divisions; it renews itself while one is open."""
    page = page_of(jobs_of(request.user).order_by("-pk"), request.GET.get("page"))
    rows = [(each, may_act_on(each, request.user)) for each in page.rows]
    context = {"page": page, "rows": rows, "is_open": any(each.finished_at is None for each in page.rows)}
    return _answered(request, "offices/_jobs.html", "offices/jobs.html", context)


@never_cache
@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: its bar, which renews itself, then its result."""
    found = job_within(job_id, staff=request.user)
    if request.headers.get("HX-Request") and found.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true", "Vary": "HX-Request, Cookie"})
    kept_days = settings.JOB_FILES_KEPT_DAYS
    context = {"job": found, "may_act": may_act_on(found, request.user), "kept_days": kept_days}
    return _answered(request, "offices/_job_progress.html", "offices/job.html", context)


def _answered(request: HttpRequest, part: str, whole: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, part if request.headers.get("HX-Request") else whole, context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@never_cache
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """The mark at the head of a page: how many of one's own jobs are open. It asks again only while there are any."""
    return render(request, "offices/_running.html", {"was_running": True})


@require_POST
def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job."""
    found = job_to_act_on(job_id, staff=request.user)
    jobs.cancel(job_id=found.pk, by=request.user, at=moment(request.user.office))
    return redirect("job", job_id=found.pk)


@require_POST
def job_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Have a job that came to nothing done again."""
    found = job_to_act_on(job_id, staff=request.user)
    try:
        jobs.ask_again(job_id=found.pk, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("job", job_id=found.pk)
