"""查找: each kind of query, by a clerk of one town against a look-up by primary key, by a reader of the whole county
against icontains over all its persons.

Ours is one box that takes every kind. So is the peer's, the search of Django's own admin: it asks `icontains` of each
of its columns, counts what it found and shows a page.
"""

from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest

from bench.plain_persons import PlainPerson, make_plain
from bench.result import Result, Size
from bench.timing import each, ms, p95

QUERIES = {"small": 100, "full": 400}
SLOW = 3  # icontains reads the whole table each time
PAGE = 31


class PlainAdmin(ModelAdmin):
    """The box of the peer."""

    search_fields = ("name", "spelled", "initials", "id_no", "phone", "household_number")


def measure(size: Size) -> list[Result]:
    """p95 of each kind; what icontains finds in the scope and fits the shape of the query must be what we find."""
    from households.models import Person
    from households.search import search
    from offices.models import Staff

    rng = Random(1)
    clerk = Staff.objects.filter(role="clerk", office__code__startswith="SM-530127201").select_related("office").first()
    reader = Staff(role="administrator", division_scope=clerk.division_scope[:6])
    make_plain()
    people = list(PlainPerson.objects.filter(division_code__startswith=clerk.division_scope).order_by("pk"))
    chosen = rng.choices(people, k=QUERIES[size])
    everybody = list(Person.objects.values_list("pk", flat=True)[:50_000])
    keys = rng.choices(everybody, k=QUERIES[size])
    each(lambda pk: Person.objects.get(pk=pk), keys[:50])
    found = []
    for name, column, typed_of in KINDS:
        typed = [text for person in chosen if (text := typed_of(person))]
        each(lambda text: search(text, staff=clerk), typed[:20])
        ours = p95(each(lambda text: search(text, staff=clerk), typed))
        by_key = p95(each(lambda pk: Person.objects.get(pk=pk), keys))
        each(lambda text: search(text, staff=reader), typed[:20])
        whole = p95(each(lambda text: search(text, staff=reader), typed))
        sample = typed[:SLOW]
        peer = median(each(lambda text: _page(text, reader), sample))
        for text in sample:
            for staff in (clerk, reader):
                _same(text, staff, _plain(column, text))
        job, county = f"search by {name}, p95", f"search by {name}, whole county, p95"
        told = (200, 1000) if size == "full" else (None, None)
        note = f"{len(typed)} queries; Django admin's search of plain columns: count and page"
        found += [
            Result(job, ms(ours), f"by primary key {ms(by_key)}", ours / by_key, 10, 3, at_most=True),
            Result(county, ms(whole), f"icontains {ms(peer)}", peer / whole, *told, note=note),
        ]
    return found


# Name, the plain column, and what is typed for a person.
KINDS: tuple[tuple[str, str, Callable[[PlainPerson], str]], ...] = (
    ("name", "name", lambda person: person.name),
    ("the beginning of a name", "name", lambda person: person.name[:2]),
    ("pinyin", "spelled", lambda person: person.spelled),
    ("initials", "initials", lambda person: max(person.initials.split(","), key=len)),
    ("whole ID number", "id_no", lambda person: person.id_no),
    ("last 6 of the ID number", "id_no", lambda person: person.id_no[-6:]),
    ("last 4 of the ID number", "id_no", lambda person: person.id_no[-4:]),
    ("telephone", "phone", lambda person: person.phone),
    ("household number", "household_number", lambda person: person.household_number),
)


def _plain(column: str, text: str) -> Any:
    """Who has it in this column."""
    return PlainPerson.objects.filter(**{f"{column}__icontains": text})


def _page(text: str, staff: Any) -> tuple[int, list[PlainPerson]]:
    """What the admin's list shows: how many of those that the staff may see, and the first of them."""
    theirs = PlainPerson.objects.filter(division_code__startswith=staff.division_scope).order_by("name", "pk")
    found, _ = PlainAdmin(PlainPerson, AdminSite()).get_search_results(HttpRequest(), theirs, text)
    return found.count(), list(found[:PAGE])


def _same(text: str, staff: Any, plain: Any) -> None:
    """Whom we show the plain way finds, too; where all were shown, nobody of the town whose shape fits is missing."""
    from households.search import search

    found = search(text, staff=staff)
    shown = {hit.person_id for hit in found.hits}
    fits = {person.pk for person in plain.filter(division_code__startswith=staff.division_scope) if _fits(text, person)}
    # A household is found by its head; a telephone finds the head of the household, too.
    if text.count("-") or found.more or not shown:
        if not shown or not (shown <= fits or found.more):
            raise SystemExit(f"search {text!r}: nobody, or others than icontains finds")
    elif not fits <= shown:
        raise SystemExit(f"search {text!r}: {len(fits - shown)} are missing")


def _fits(text: str, person: PlainPerson) -> bool:
    if text.isascii() and text.isalpha():
        return person.spelled.startswith(text) or text in person.initials.split(",")
    return person.name.startswith(text) or person.id_no.endswith(text) or person.phone == text or "-" in text
