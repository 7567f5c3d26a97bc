"""Households of four that owe something, and clerks with books to take it: what the benches of the counter share."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from common.dates import SHANGHAI

YEAR = 2017
AT = datetime(2016, 11, 8, 9, 30, tzinfo=SHANGHAI)
BOOKS = 100
OF_FOUR = """
    SELECT h.id FROM households_household h JOIN households_membership m ON m.household_id = h.id
    WHERE NOT EXISTS (SELECT FROM enrollment_assessment a WHERE a.household_id = h.id AND a.decided_at >= %(from)s)
      AND NOT EXISTS (SELECT FROM households_othercover v JOIN households_membership n ON n.person_id = v.person_id
                      WHERE n.household_id = h.id)
      AND h.division_code LIKE '530127%%' AND h.office_id = ANY(%(offices)s)
    GROUP BY h.id HAVING count(*) = 4 ORDER BY h.id LIMIT %(most)s
"""


def clerks() -> list[Any]:
    """A hundred clerks with a book of their own each, spread over the offices of the county."""
    from offices.models import Office, Staff
    from payments.models import ReceiptBook

    if not Staff.objects.filter(username="bench000").exists():
        offices = list(Office.objects.filter(code__startswith="SM-530127").order_by("pk"))
        for place in range(BOOKS):
            office = offices[place % len(offices)]
            clerk = Staff.objects.create(
                username=f"bench{place:03d}",
                name="刘阿姨",
                role="clerk",
                office=office,
                division_scope=office.division_code,
                is_demo=True,
            )
            ReceiptBook.objects.create(
                code=f"BENCH-{place}", first_number=1, last_number=10**7, next_number=1, width=8, office=office,
                clerk=clerk, received_at=AT,
            )  # fmt: skip
    return list(Staff.objects.filter(username__startswith="bench").select_related("office").order_by("pk"))


def due(clerk: Any, most: int) -> list[tuple[int, Decimal]]:
    """Households of four of the clerk's office in which all four take part and money is owed, with how much."""
    from django.db import connection

    from enrollment.facts import read_households

    with connection.cursor() as cursor:
        cursor.execute(
            OF_FOUR,
            {"offices": [clerk.office_id], "most": most * 2 + 20, "from": datetime(2016, 9, 1, tzinfo=SHANGHAI)},
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    found = []
    for pk, facts in sorted(read_households(ids, coverage_year=YEAR, at=AT).items()):
        decision = facts.decide(at=AT)
        if decision.eligible and len(decision.applicants) == 4 and decision.payable:
            found.append((pk, decision.payable))
    return found[:most]


def pay(household: int, total: Decimal, clerk: Any) -> Any:
    """As the counter's page does it."""
    from payments.services import take_payment

    return take_payment(
        household_id=household, coverage_year=YEAR, key=uuid4(), expected_total=total, tendered=None, means="cash",
        by=clerk, at=AT,
    )  # fmt: skip


def refuse_gaps(code: str) -> None:
    """Stop where a book whose code begins so has passed a number without a receipt."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM payments_receiptbook b WHERE starts_with(b.code, %s)
            AND b.next_number - b.first_number <> (SELECT count(*) FROM payments_receipt r WHERE r.book_id = b.id)
            """,
            [code],
        )
        if cursor.fetchone()[0]:
            raise SystemExit("a book has a gap")
