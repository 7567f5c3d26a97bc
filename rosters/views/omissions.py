"""未参保的页面: who is left, village by village, with telephones, and what was found when they were asked."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from households.models import Person
from offices.access import for_clerks, has_role, visible
from offices.models import Staff
from offices.paging import page_of
from offices.taking import Copy, asks_why
from rosters.exporting import Omissions
from rosters.following import note_follow_up
from rosters.lists.forms import FollowUpForm
from rosters.models import FollowUp
from rosters.omitted import STATES, People, counts_of, families_on_rosters
from rosters.place import Chosen, choose
from rosters.views.handed_out import handed_out

CLERKS = (Staff.Role.CLERK, Staff.Role.SUPERVISOR)


def _filter(request: HttpRequest) -> dict[str, str]:
    state = request.GET.get("state", "")
    return {
        "state": state if state in STATES else "open",
        "group": request.GET.get("group", "").strip()[:20],
        "last_year": "1" if request.GET.get("last_year") else "",
    }


@never_cache
@require_safe
def omissions(request: HttpRequest) -> HttpResponse:
    """Villages with their numbers, and the persons of one to-do list."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return render(request, "rosters/omissions.html", {"chosen": None})
    asked = _filter(request)
    more = {"group": asked["group"], "last_year": bool(asked["last_year"])}
    counts = counts_of(chosen, **more)
    names = chosen.names()
    page = page_of(People(chosen, asked["state"], **more), request.GET.get("page"))
    context = {
        "chosen": chosen,
        "asked": asked,
        "counts": counts,
        "states": [
            (state, label, sum(each.counts.get(state, 0) for each in counts)) for state, (label, _) in STATES.items()
        ],
        "whole": sum(each.whole for each in counts),
        "page": page,
        "phoned": [row.person_id for row in page.rows if row.phone],
        "families": families_on_rosters(page.rows, coverage_year=chosen.year),
        "names": names,
        "villages": chosen.villages(),
        "is_village": len(chosen.division) == 12,
        "may_note": has_role(request.user, *CLERKS),
        "query": f"{chosen.query}&{urlencode(asked)}",
    }
    return render(request, "rosters/omissions.html", context)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def omission_note(request: HttpRequest, person_id: int) -> HttpResponse:
    """What was found; the earlier findings stay to be read."""
    person = visible(Person.objects.all(), request.user).filter(pk=person_id).first()
    chosen = choose(request.GET, staff=request.user)
    if person is None or chosen is None:
        raise Http404
    back = f"{reverse('omissions')}?{_back(request, chosen)}"
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            note_follow_up(person_id=person_id, coverage_year=chosen.year, **said, by=request.user, at=chosen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{person.name}：{dict(FollowUp.Found.choices)[said['found']]}。")
            return redirect(back)
    earlier = person.follow_ups.filter(coverage_year=chosen.year).select_related("by")
    context = {"person": person, "form": form, "back": back, "earlier": earlier, "chosen": chosen}
    return render(request, "rosters/omission_note.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest, chosen: Chosen) -> str:
    return f"{chosen.query}&{urlencode(_filter(request))}"


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("导出未参保人员")
def omissions_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """One to-do list as a workbook, for whoever goes from door to door."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        raise Http404
    asked_for = Omissions({**chosen.asked, **_filter(request)}, by=request.user)
    return handed_out(asked_for, copy=copy, by=request.user, at=chosen.at)
