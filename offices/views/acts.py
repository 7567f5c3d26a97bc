"""操作日志: who did what, when, on what, from where; for supervisors of their office, for overseers of their scope."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offices.access import for_overseers, has_role
from offices.acts_log import acts_within, described
from offices.forms import ActFilter
from offices.models import Staff
from offices.paging import page_of


@require_safe
@for_overseers
def acts(request: HttpRequest) -> HttpResponse:
    """The log, newest first, a page at a time."""
    form = ActFilter(request.GET or None, by=request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = acts_within(request.user, **wanted)
    if form.errors:
        found = found.none()  # the whole log below a mistake would look as if it had been asked for
    page = page_of(found, request.GET.get("page"))
    context = {"form": form, "page": page, "rows": described(page.rows, reader=request.user), "query": form.query()}
    context["may_take"] = has_role(request.user, Staff.Role.AUDITOR)
    return render(request, "offices/acts.html", context)
