"""导出: a list with names leaves the screen for a reason; each copy says who took it, when and why, and has a number.

`asks_why` stands before a view that makes a file. It asks, remembers the last choice, counts against the day's limit,
and hands the view a `Copy`: what is written on the file and into the acts log.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.decision import Refusal
from offices import limits
from offices.clock import moment
from offices.models import Act, Staff
from offices.purposes import EXPORTING, OTHER, PurposeForm

View = Callable[..., HttpResponse]
REMEMBERED = "export purpose"
OWN = frozenset({"purpose", "other", "csrfmiddlewaretoken"})


@dataclass(frozen=True, slots=True)
class Copy:
    """一份: who took it, when, why; `number` names it in the file and in the log."""

    by: str
    at: str
    reason: str
    number: str

    def line(self, rows: int) -> str:
        """What stands on the file: the watermark 水印."""
        return f"导出人 {self.by}　{self.at}　事由 {self.reason}　份号 {self.number}　共 {rows} 行"

    def detail(self, rows: int) -> dict[str, Any]:
        """What the acts log keeps of it."""
        return {"reason": self.reason, "copy_no": self.number, "rows": rows}

    def kept(self) -> dict[str, str]:
        """For the parameters of a job."""
        return asdict(self)


def copy_of(*, by: Staff, at: datetime, reason: str, what: str) -> Copy:
    """A copy of `what`. A double click makes the same one: its number comes from who, what, why and the minute."""
    minute = f"{at:%Y-%m-%d %H:%M}"
    digest = hashlib.sha256(f"{by.pk}|{minute}|{what}|{reason}".encode()).hexdigest()
    return Copy(by.name, minute, reason, digest[:8].upper())


def was_logged(copy: Copy, *, verb: str, by: Staff, at: datetime) -> bool:
    """Whether somebody who made this copy before, a worker that died since, has logged that it was taken."""
    return Act.objects.filter(verb=verb, by=by, at=at, detail__copy_no=copy.number).exists()


def asks_why(title: str, *, in_tab: bool = False) -> Callable[[View], View]:
    """Ask why before the view runs; `in_tab`: what it makes is shown in a tab of its own, not saved.

    The view is a POST with what was typed; a GET asks. It finds the copy as its argument `copy`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            form = why_form(request)
            if form.is_valid() and (copy := _copy(request, form)):
                return view(request, *args, copy=copy, **kwargs)
            return _ask(request, form, title, in_tab=in_tab)

        return asking

    return decorate


def why_form(request: HttpRequest) -> PurposeForm:
    """The choices, with the last one chosen."""
    remembered = request.session.get(REMEMBERED, {"purpose": EXPORTING[0][0]})
    return PurposeForm(request.POST if request.method == "POST" else None, choices=EXPORTING, initial=remembered)


def _copy(request: HttpRequest, form: PurposeForm) -> Copy | None:
    """The copy, counted; none where the limit refuses, which the form then says."""
    at = moment(request.user.office)
    try:
        limits.spend(limits.EXPORTS, by=request.user, at=at)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    request.session[REMEMBERED] = form.cleaned_data
    return copy_of(by=request.user, at=at, reason=form.words, what=request.get_full_path())


def _ask(request: HttpRequest, form: PurposeForm, title: str, *, in_tab: bool) -> HttpResponse:
    # What else was sent, by a form that chose what to take, comes along.
    more = [(name, text) for name, texts in request.POST.lists() if name not in OWN for text in texts]
    context = {
        "more": more,
        "form": form,
        "title": title,
        "action": request.get_full_path(),
        "in_tab": in_tab,
        "other": OTHER,
    }
    return render(request, "offices/taking.html", context, status=422 if form.errors else 200)
