"""The persons as an application keeps them that thinks of neither keys nor indexes, for the search to be compared with.

One table, numbers and telephones as they are, no index but the primary key; a search is what Django's admin makes of
`search_fields`: `icontains` on each of the columns, cut to the clerk's division, in the order of the names, the count
and the first page of it. Without an index every row of the county is read.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models


class PlainPerson(models.Model):
    """A person in plain columns; `initials` are written with commas."""

    name = models.CharField(max_length=60)
    spelled = models.CharField(max_length=400)
    initials = models.CharField(max_length=400)
    id_no = models.CharField(max_length=18)
    phone = models.CharField(max_length=20)
    household_number = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_plain_person"

    def __str__(self) -> str:
        return self.name


COLUMNS = ("pk", "name", "spelled", "initials", "id_no", "phone", "memberships__household__number", "division_code")


def make_plain() -> None:
    """The table with every person of the database, for the application's role to read."""
    from households.models import Person
    from tests.acting import as_owner

    with as_owner(), connection.cursor() as cursor:
        with connection.schema_editor() as editor:
            editor.create_model(PlainPerson)
        people = Person.objects.filter(memberships__ends_on=None).values_list(*COLUMNS)
        rows = [tuple(_plain(row)) for row in people.iterator(chunk_size=20_000)]
        cursor.execute(f"GRANT SELECT ON {PlainPerson._meta.db_table} TO PUBLIC")
        with cursor.copy(f"COPY {PlainPerson._meta.db_table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"VACUUM ANALYZE {PlainPerson._meta.db_table}")


def _plain(row: tuple[Any, ...]) -> Iterator[Any]:
    for value in row:
        yield ",".join(value) if isinstance(value, list) else value or ""
