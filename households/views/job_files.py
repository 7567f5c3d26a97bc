"""任务的文件: taking what one's own job has made."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households.job_files import file_of
from households.serving import made
from offices.access import visible
from offices.acts import record
from offices.clock import moment
from offices.models import Job


@never_cache
@require_safe
def job_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """The file, for who asked for it and still works there; taking it is an act."""
    found = visible(Job.objects.filter(by=request.user), request.user).filter(pk=job_id).first()
    data = file_of(found) if found else None
    if found is None or data is None:
        raise Http404
    at = moment(request.user.office)
    record(by=request.user, at=at, verb="fetch_job_file", subject=found, detail={"document": found.result["name"]})
    return made(data, content=found.result["content"], name=found.result["name"])
