"""在线登录: who is in now, ended by an administrator or by oneself; addresses that failed too often."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from offices.access import for_administrators
from offices.clock import moment
from offices.doors import lockout, sessions
from offices.models import Staff
from offices.staffing import end_session, staff_under, unlock_address


@never_cache
@require_safe
@for_administrators
def session_list(request: HttpRequest) -> HttpResponse:
    """Everybody within the scope who is in now."""
    rows = sessions.shown(staff_under(request.user), own_key=request.session.session_key)
    context = {
        "rows": rows,
        "addresses": lockout.locked_addresses(),
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "offices/sessions.html", context)


@never_cache
@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where oneself is logged in."""
    rows = sessions.shown(Staff.objects.filter(pk=request.user.pk), own_key=request.session.session_key)
    return render(request, "offices/own_sessions.html", {"rows": rows})


@require_POST
def session_end(request: HttpRequest, handle: str) -> HttpResponse:
    """End one session."""
    staff = end_session(handle=handle, by=request.user, at=moment(request.user.office))
    if staff is None:
        messages.info(request, "这次登录已经结束了。")
    else:
        messages.success(request, f"{staff.name}的这次登录已结束，下一步操作会要求重新输入口令。")
    return redirect("own-sessions" if "own" in request.POST else "sessions")


@require_POST
@for_administrators
def address_unlock(request: HttpRequest) -> HttpResponse:
    """Let unknown browsers of an address try again at once."""
    address = request.POST.get("address", "")
    if address in lockout.locked_addresses():
        unlock_address(address=address, by=request.user, at=moment(request.user.office))
        messages.success(request, f"{address} 可以重新登录了。")
    return redirect("sessions")
