"""Fill empty tables: rule sets, two offices that live in 2007, their clerks, books of receipts, households.

`python -m tests.faults.furnish CLERKS HOUSEHOLDS` works on DATABASE_URL, with so many households for each clerk, and
prints as JSON who serves whom: login → the ID numbers of the heads.
"""

import json
import sys
from pathlib import Path

import django

OFFICES = (("320705001", "新浦街道劳动保障所"), ("320706001", "海州街道劳动保障所"))
RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
BOOKS, NUMBERS = 2, 10_000
MOMENT = "2007-10-25 09:00"


def furnish(clerks: int, households: int) -> dict[str, list[str]]:
    """Make it all; who serves whom."""
    from django.utils import timezone

    from enrollment.services import load_ruleset
    from tests.builders import at, make_office

    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))
    queues: dict[str, list[str]] = {}
    for number, (code, name) in enumerate(OFFICES, start=1):
        office = make_office(code, name=name, demo_moment=at(MOMENT), demo_set_at=timezone.now())
        queues |= _staffed(office, number, clerks // len(OFFICES), households)
    return queues


def _staffed(office: object, number: int, clerks: int, households: int) -> dict[str, list[str]]:
    from households.models import Person
    from tests.builders import make_staff
    from tests.payments.conftest import a_book
    from tests.payments.many import make_couples

    supervisor = make_staff(office, f"zhuguan{number}", role="supervisor")
    for book in range(BOOKS):
        a_book(supervisor, code=f"3207010{number}", first=1 + book * NUMBERS, count=NUMBERS)
    made = make_couples(supervisor, clerks * households)
    heads = list(Person.objects.filter(memberships__household__in=made, sex="M").values_list("id_no", flat=True))
    logins = [make_staff(office, f"clerk{number}-{place}").username for place in range(clerks)]
    return {login: heads[place::clerks] for place, login in enumerate(logins)}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(furnish(int(sys.argv[1]), int(sys.argv[2]))))
