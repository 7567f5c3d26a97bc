"""A place of a province at work: `python -m tests.faults.place SEED [HOUSEHOLD …]` takes everybody's money once.

Works on DATABASE_URL and CANBAO_REGISTRY_URL. One line for each household: its id, and `paid` or the refusal's code.
"""

import random
import sys
from decimal import Decimal
from uuid import uuid4

import django


def take(seed: int, asked: list[int]) -> None:
    """The households asked for, or all, in an order of the seed's."""
    from common.decision import Refusal
    from households.models import Household
    from offices.models import Staff
    from payments.services import take_payment
    from tests.builders import at

    clerks = {each.office_id: each for each in Staff.objects.filter(role=Staff.Role.CLERK)}
    households = list(Household.objects.filter(pk__in=asked) if asked else Household.objects.order_by("pk"))
    random.Random(seed).shuffle(households)
    for household in households:
        given = {"means": "cash", "tendered": None, "by": clerks[household.office_id], "at": at("2007-10-25 10:00")}
        try:
            take_payment(
                household_id=household.pk, coverage_year=2008, key=uuid4(), expected_total=Decimal(240), **given
            )
            said = "paid"
        except Refusal as refusal:
            said = refusal.code
        print(household.pk, said, flush=True)  # noqa: T201 - a program that is listened to


if __name__ == "__main__":
    django.setup()
    take(int(sys.argv[1]), [int(each) for each in sys.argv[2:]])
