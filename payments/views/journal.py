"""日记账: choose an office and a span of days, take the file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.decision import Refusal
from common.tables import CSV, XLSX
from offices.access import for_overseers
from offices.clock import moment
from payments.money.flow import offices_seen
from payments.money.journal_forms import JournalForm
from payments.services import export_journal

TYPES = {"xlsx": XLSX, "csv": CSV}


@never_cache
@require_safe
@for_overseers
def journal(request: HttpRequest) -> HttpResponse:
    """The form; this month up to today is filled in."""
    today = moment(request.user.office).date()
    form = JournalForm(offices=offices_seen(request.user), initial={"first": today.replace(day=1), "last": today})
    return _page(request, form)


@never_cache
@require_POST
@for_overseers
def file(request: HttpRequest) -> HttpResponse:
    """The file that was asked for; taking it is an act."""
    offices = offices_seen(request.user)
    form = JournalForm(request.POST, offices=offices)
    if not form.is_valid():
        return _page(request, form)
    try:
        made = export_journal(**form.values(), by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)
    response = HttpResponse(made, content_type=TYPES[form.cleaned_data["file"].partition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{form.name()}"'
    return response


def _page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    return render(request, "payments/journal.html", context, status=422 if form.errors else 200)
