"""收款 of a household of four: how many statements, ours and the plain ORM way's, with the same rows written."""

from typing import Any

from bench.at_the_counter import AT, YEAR, clerks, due, pay
from bench.result import Result, Size


def measure(size: Size) -> list[Result]:
    """Count both over the same household; what each wrote is compared before it is rolled back."""
    from bench.plain_payment import pay_plainly

    clerk = clerks()[0]
    ((household, total),) = due(clerk, 1)
    ours, written = _counted(lambda: pay(household, total, clerk))
    plain, plainly = _counted(lambda: pay_plainly(household_id=household, coverage_year=YEAR, by=clerk, at=AT))
    if written != plainly:
        raise SystemExit(f"the plain way writes otherwise: {written} {plainly}")
    job, note = "counter payment, household of 4: SQL statements", "without BEGIN and COMMIT; the same rows written"
    return [Result(job, str(ours), f"plain ORM {plain}", ours, 6, 4, at_most=True, note=note)]


def _counted(work: Any) -> tuple[int, list[Any]]:
    """Statements of the work, and the rows that it wrote; nothing stays."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from enrollment.models import Enrollment
    from payments.models import Receipt, ReceiptLine

    work_and_back = transaction.atomic()
    with work_and_back:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            work()
        receipt = Receipt.objects.order_by("-pk").values_list("amount", "capitals", "payer", "printed_number")[0]
        enrolled = Enrollment.objects.order_by("-pk").values_list(
            "person_id", "category", "standard", "payable", "sponsored", "funder", "benefit_starts_on", "reasons"
        )[:4]
        lines = ReceiptLine.objects.order_by("-pk").values_list("name", "id_no", "category_name", "payable")[:4]
        found = [receipt, *sorted(enrolled), *sorted(lines)]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    sql = [each["sql"] for each in seen.captured_queries]
    return sum(not each.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for each in sql), found
