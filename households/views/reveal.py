"""显示号码: the small panel beside a hidden number, and the number in its place for a minute."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from households.revealing import AT_ONCE, WHAT, readable, reveal
from offices.clock import moment
from offices.purposes import OTHER, PurposeForm

SHOWN_SECONDS = 60


@never_cache
@require_http_methods(["GET", "POST"])
def revealed(request: HttpRequest, kind: str, pks: str) -> HttpResponse:
    """Ask why; then tell the numbers of these rows, as far as they lie within the scope."""
    keys = [int(each) for each in pks.split("-") if each.isascii() and each.isdigit() and len(each) < 19]
    if kind not in WHAT or not 0 < len(keys) <= AT_ONCE:
        raise Http404
    found = readable(kind, keys, by=request.user)
    if not found:
        raise Http404
    form = PurposeForm.asked(request)
    context = {"form": form, "kind": kind, "what": WHAT[kind], "count": len(found), "other": OTHER}
    if form.is_valid():
        try:
            at = moment(request.user.office)
            rows = reveal(kind=kind, found=found, reason=form.words, by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            part = "households/_revealed.html" if request.htmx else "households/revealed.html"
            return render(request, part, context | {"rows": rows, "seconds": SHOWN_SECONDS})
    part = "households/_reveal.html" if request.htmx else "households/reveal.html"
    return render(request, part, context, status=422 if form.errors else 200)
