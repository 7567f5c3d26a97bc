"""首页: where each role begins the day; and what happened to a household."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from households.access import household_within
from offices.clock import is_demo_time, moment
from offices.models import Staff
from payments.past import past_of
from payments.today import office_day, offices_overview


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A clerk's counter, a supervisor's day, an administrator's offices, an auditor's log."""
    staff = request.user
    if staff.role == Staff.Role.SUPERVISOR:
        at = moment(staff.office)
        return render(request, "payments/today.html", {"today": office_day(staff.office, at=at), "at": at})
    if staff.role == Staff.Role.ADMINISTRATOR:
        lines = [(line, moment(line.office), is_demo_time(line.office)) for line in offices_overview(staff)]
        return render(request, "payments/overview.html", {"lines": lines})
    return redirect("acts" if staff.role == Staff.Role.AUDITOR else "counter")


@never_cache
@require_safe
def history(request: HttpRequest, household_id: int) -> HttpResponse:
    """Who changed what of a household, and what it was before; its money too."""
    household = household_within(household_id, staff=request.user)
    return render(request, "payments/history.html", {"household": household, "acts": past_of(household)})
