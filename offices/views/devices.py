"""设备: card reader, camera, printer and browser of this computer, each tried in place."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from offices.workstation import card_reader, keep_card_reader
from offices.workstation_forms import CardReaderForm


@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """Try what stands at this computer, and say which reader it has."""
    form = CardReaderForm(request.POST or None, initial=asdict(card_reader(request)))
    if form.is_valid():
        response = redirect("devices")
        keep_card_reader(response, form.reader())
        messages.success(request, "本机的读卡方式已记下。请放一张证件试一试。")
        return response
    context = {"form": form, "now": timezone.now()}
    return render(request, "offices/devices.html", context, status=422 if form.is_bound else 200)
