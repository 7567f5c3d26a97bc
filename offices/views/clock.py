"""演示时间: the clock of a demonstration office."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from offices.access import for_managers
from offices.clock import moment
from offices.forms import DemoClockForm
from offices.services import set_demo_clock
from offices.staffing import offices_under


@require_http_methods(["GET", "POST"])
@for_managers
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Set the moment in which a demonstration office lives; from there its clock runs on."""
    if not settings.DEMO:
        raise Http404
    form = DemoClockForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            office = set_demo_clock(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{office.name}的演示时间已设为 {moment(office):%Y-%m-%d %H:%M}，从此往下走。")
            return redirect("demo-clock")
    offices = [(office, moment(office)) for office in offices_under(request.user)]
    context = {"form": form, "offices": offices}
    return render(request, "offices/demo_clock.html", context, status=422 if form.is_bound else 200)
