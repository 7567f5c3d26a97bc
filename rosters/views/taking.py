"""入账的页面: a deposited roster into the tables, at once or, where it is large, by a worker."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common.decision import Refusal
from offices.access import for_clerks
from rosters.forms import TakeForm
from rosters.services.taking import ask_to_take
from rosters.stage import steps_of
from rosters.views.roster import at_of, page, roster_within


@for_clerks
@require_POST
def roster_take(request: HttpRequest, pk: int) -> HttpResponse:
    """入账."""
    found = roster_within(pk, staff=request.user)
    steps = steps_of(found)
    if steps.taking:
        messages.info(request, "这份名册已经入账，没有再收。")
        return redirect("roster", pk)
    form = TakeForm(request.POST, steps=steps, by=request.user)
    if form.is_valid():
        try:
            made = ask_to_take(
                roster_id=pk, book_id=form.cleaned_data["book"], by=request.user, at=at_of(request, found)
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if made:
                told = f"，收据{made.receipts}张" if made.receipts else ""
                messages.success(request, f"已入账：{made.households}户{made.persons}人，{made.amount}元{told}。")
            return redirect("roster", pk)
    return page(request, found, status=422, take_form=form)
