"""查找: each kind of query by a clerk of one town, against a look-up by primary key and against icontains."""

from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

from bench.result import Result, Size
from bench.timing import each, ms, p95

QUERIES = {"small": 100, "full": 400}
SLOW = 3  # icontains reads the whole table each time


def measure(size: Size) -> list[Result]:
    """p95 of each kind; what icontains finds in the town and fits the shape of the query must be what we find."""
    from households.models import Person
    from households.search import search
    from offices.models import Staff

    rng = Random(1)
    clerk = Staff.objects.filter(role="clerk", office__code__startswith="SM-530127201").select_related("office").first()
    people = list(Person.objects.filter(division_code__startswith=clerk.division_scope).order_by("pk"))
    chosen = rng.choices(people, k=QUERIES[size])
    everybody = list(Person.objects.values_list("pk", flat=True)[:50_000])
    keys = rng.choices(everybody, k=QUERIES[size])
    each(lambda pk: Person.objects.get(pk=pk), keys[:50])
    found = []
    for name, typed_of, slow in _kinds(people):
        typed = [text for person in chosen if (text := typed_of(person))]
        each(lambda text: search(text, staff=clerk), typed[:20])
        ours = p95(each(lambda text: search(text, staff=clerk), typed))
        by_key = p95(each(lambda pk: Person.objects.get(pk=pk), keys))
        sample = typed[:SLOW]
        peer = median(each(lambda text, slow=slow: list(_of_town(slow(text), clerk)[:31]), sample))
        for text in sample:
            _same(text, clerk, slow(text))
        large = size == "full"
        job = f"search by {name}, p95"
        key = Result(job, ms(ours), f"by primary key {ms(by_key)}", ours / by_key, 10, 3, at_most=True)
        told = (200, 1000) if large else (None, None)
        found += [key, Result(job, ms(ours), f"icontains {ms(peer)}", peer / ours, *told, note=f"{len(typed)} queries")]
    return found


def _kinds(people: list[Any]) -> list[tuple[str, Callable[[Any], str], Callable[[str], Any]]]:
    """Name, what is typed for a person, and the plain look-up of the same with icontains."""
    from households.models import Household, Person

    numbers = dict(
        Household.objects.filter(memberships__person__in=[person.pk for person in people]).values_list(
            "memberships__person", "number"
        )
    )

    def over(column: str) -> Callable[[str], Any]:
        return lambda text: Person.objects.filter(**{f"{column}__icontains": text}).order_by("pk")

    return [
        ("name", lambda person: person.name, over("name")),
        ("the beginning of a name", lambda person: person.name[:2], over("name")),
        ("pinyin", lambda person: person.pinyin.replace(" ", ""), _spelled),
        ("initials", lambda person: "".join(word[0] for word in person.pinyin.split()), _initials),
        ("whole ID number", lambda person: person.id_no, over("id_no")),
        ("last 6 of the ID number", lambda person: person.id_no[-6:], over("id_no")),
        ("last 4 of the ID number", lambda person: person.id_no[-4:], over("id_no")),
        ("telephone", lambda person: person.phone, over("phone")),
        ("household number", lambda person: numbers[person.pk], over("memberships__household__number")),
    ]


def _of_town(found: Any, clerk: Any) -> Any:
    """What the clerk may see, in the order in which it is shown."""
    return found.filter(division_code__startswith=clerk.division_scope).order_by("pinyin", "name", "pk")


def _spelled(text: str) -> Any:
    from django.db.models import Value
    from django.db.models.functions import Replace

    from households.models import Person

    spelled = Person.objects.alias(spelled=Replace("pinyin", Value(" ")))
    return spelled.filter(spelled__icontains=text).order_by("pk")


def _initials(text: str) -> Any:
    """The plain way keeps the initials as text."""
    from django.db.models import CharField
    from django.db.models.functions import Cast

    from households.models import Person

    return Person.objects.alias(keys=Cast("initials", CharField())).filter(keys__icontains=text).order_by("pk")


def _same(text: str, clerk: Any, plain: Any) -> None:
    """Whom we show the plain way finds, too; where all were shown, nobody of the town whose shape fits is missing."""
    from households.search import search

    found = search(text, staff=clerk)
    shown = {hit.person_id for hit in found.hits}
    fits = {person.pk for person in plain.filter(division_code__startswith=clerk.division_scope) if _fits(text, person)}
    # A household is found by its head; a telephone finds the head of the household, too.
    if text.count("-") or found.more or not shown:
        if not shown or not (shown <= fits or found.more):
            raise SystemExit(f"search {text!r}: nobody, or others than icontains finds")
    elif not fits <= shown:
        raise SystemExit(f"search {text!r}: {len(fits - shown)} are missing")


def _fits(text: str, person: Any) -> bool:
    spelled = person.pinyin.replace(" ", "")
    if text.isascii() and text.isalpha():
        return spelled.startswith(text) or text in person.initials
    return person.name.startswith(text) or (person.id_no or "").endswith(text) or person.phone == text or "-" in text
