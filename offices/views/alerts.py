"""用量提醒: who came to a limit, for the supervisor who may lift it and the administrator who looks into it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from offices.access import for_administrators, for_managers, for_overseers, has_role
from offices.clock import moment
from offices.limits import alerts_for, lift, see
from offices.models import Staff, UsageAlert
from offices.paging import page_of

TOLD = 5
REASON_LENGTH = 100


@never_cache
@require_safe
@for_overseers
def alerts(request: HttpRequest) -> HttpResponse:
    """All of them, the latest first."""
    context = {
        "page": page_of(alerts_for(request.user), request.GET.get("page")),
        "today": local_day(timezone.now()),
        "may_lift": has_role(request.user, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR),
        "may_see": has_role(request.user, Staff.Role.ADMINISTRATOR),
    }
    return render(request, "offices/alerts.html", context)


@never_cache
@require_safe
@for_overseers
def alerts_told(request: HttpRequest) -> HttpResponse:
    """What nobody has looked into yet, for the start page."""
    rows = alerts_for(request.user).filter(seen_at=None)
    if has_role(request.user, Staff.Role.SUPERVISOR):
        rows = rows.filter(lifted_at=None, day=local_day(timezone.now()))
    return render(request, "offices/_alerts_told.html", {"rows": rows[:TOLD]})


@require_POST
@for_administrators
def alert_see(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Looked into."""
    _within(alert_id, request.user)
    try:
        see(alert_id=alert_id, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("alerts")


@require_POST
@for_managers
def alert_lift(request: HttpRequest, alert_id: int) -> HttpResponse:
    """放开 for the rest of the day."""
    alert = _within(alert_id, request.user)
    reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    if len(reason) < 2:
        messages.error(request, "请写明放开的事由，例如：集中核对低保名单。")
        return redirect("alerts")
    try:
        lift(alert_id=alert_id, reason=reason, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已放开{alert.staff.name}今天{alert.get_kind_display()}的上限。")
    return redirect("alerts")


def _within(alert_id: int, staff: Staff) -> UsageAlert:
    found = alerts_for(staff).filter(pk=alert_id).first()
    if found is None:
        raise Http404
    return found
