"""日记账: choose an office and a span of days, take the file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.decision import Refusal
from households.serving import made
from offices.access import for_overseers
from offices.clock import moment
from offices.purposes import OTHER
from offices.taking import Copy, asks_why, why_form
from payments.money.flow import offices_seen
from payments.money.journal_forms import JournalForm
from payments.services.exporting import TYPES, ask_if_long, export_journal, span_of


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
@asks_why("导出日记账")
def file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """The file that was asked for, a long one by way of a job; taking it is an act."""
    offices = offices_seen(request.user)
    form = JournalForm(request.POST, offices=offices)
    if not form.is_valid():
        return _page(request, form)
    name, values, at = form.name(copy.number), form.values(), moment(request.user.office)
    document = values.pop("file")
    try:
        span = span_of(**values, by=request.user)
        if job := ask_if_long(span=span, file=document, name=name, copy=copy, by=request.user, at=at):
            return redirect("job", job.pk)
        data = export_journal(**values, file=document, copy=copy, by=request.user, at=at)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)
    return made(data, content=TYPES[document.partition(".")[2]], name=name)


def _page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "why": why_form(request), "other": OTHER}
    return render(request, "payments/journal.html", context, status=422 if form.errors else 200)
