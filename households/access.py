"""户的可见范围: the household that a page is about, for whoever may see it."""

from django.http import Http404

from households.models import Household
from offices.access import visible
from offices.models import Staff


def household_within(household_id: int, *, staff: Staff) -> Household:
    """The household with its office, if it lies within the scope; otherwise it does not exist."""
    found = visible(Household.objects.select_related("office"), staff).filter(pk=household_id).first()
    if found is None:
        raise Http404
    return found


def handles(staff: Staff, household: Household) -> bool:
    """Whether it is the staff's own office that handles the household: its papers are open to it alone."""
    return staff.office_id == household.office_id
