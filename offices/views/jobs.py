"""后台任务: how far a job has come, and the button that stops it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from offices import jobs
from offices.access import for_managers, visible
from offices.clock import moment
from offices.models import Job


@require_safe
@for_managers
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: its bar, which renews itself, then its result."""
    found = get_object_or_404(visible(Job.objects.select_related("by"), request.user), pk=job_id)
    template = "offices/_job.html" if request.headers.get("HX-Request") else "offices/job.html"
    response = render(request, template, {"job": found})
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@for_managers
def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job."""
    found = get_object_or_404(visible(Job.objects.all(), request.user), pk=job_id)
    jobs.cancel(job_id=found.pk, by=request.user, at=moment(request.user.office))
    return redirect("job", job_id=found.pk)
