"""户号: household numbers, running per village, without gaps: a number not used goes back with its transaction."""

from django.db import connection

from households.models import NumberSeries
from offices.models import Office


def take_number(*, office: Office, division_code: str) -> str:
    """The next household number of a village (0001-0237: first community, 237th household); locks its series."""
    return take_numbers(office=office, division_code=division_code, count=1)[0]


def take_numbers(*, office: Office, division_code: str, count: int) -> list[str]:
    """The next `count` numbers of a village in one statement."""
    prefix = division_code.removeprefix(office.division_code).rjust(4, "0")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {NumberSeries._meta.db_table} AS series (office_id, prefix, last_number)
                VALUES (%s, %s, %s)
                ON CONFLICT (office_id, prefix) DO UPDATE SET last_number = series.last_number + EXCLUDED.last_number
                RETURNING last_number""",  # noqa: S608 - the table's own name
            [office.pk, prefix, count],
        )
        last: int = cursor.fetchone()[0]
    return [f"{prefix}-{number:04d}" for number in range(last - count + 1, last + 1)]
