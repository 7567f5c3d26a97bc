"""事由: an act that takes something back is asked about on a page of its own, and done with the reason given."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.decision import Refusal
from offices.forms import RefusableForm


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page says: the act, what it is about, what follows; `done` is told where 已… is too little."""

    word: str
    what: str
    then: str
    label: str = "事由"
    done: str = ""


class ReasonForm(RefusableForm):
    """Why. Whatever a service refuses of a reason is shown at it."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": "请写明事由，审计时要查。", "max_length": "事由最多200个字，请写得简短些。"},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def refuse(self, refusal: Refusal) -> None:
        self.places = {each.code: "reason" for each in refusal.reasons if each.code.endswith("_REASON")}
        super().refuse(refusal)


def ask_why(request: HttpRequest, asked: Asked, act: Callable[[str], object], *, back: str) -> HttpResponse:
    """Ask for the reason, do it, and lead to the address `back`, which is also the way out."""
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = asked.label
    if form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, asked.done or f"已{asked.word}。")
            return redirect(back)
    context = {"form": form, "asked": asked, "back": back}
    return render(request, "offices/reason.html", context, status=422 if form.errors else 200)
