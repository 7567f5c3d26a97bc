"""A roster through django-import-export with `use_bulk`, as its documentation advises: one resource for each table.

The plain way that the bench compares with. It is spared what it would find hard: ids are looked up by the table, the
numbers of the book are passed at once, and no diff is made.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import tablib
from import_export import resources

from common.dates import local_day
from common.idcard import parse_id_number
from common.money import capitals
from common.names import parse_name
from common.phone import parse_phone
from common.relations import HEAD, parse_relation
from enrollment.frozen import decision_json, reason_json
from enrollment.models import Assessment, ContributionPeriod, Enrollment
from enrollment.rules.assess import assess
from enrollment.rules.facts import Household as Asked
from enrollment.rules.facts import Hukou, Member
from enrollment.rules.ruleset import RuleSet
from households.models import Household, Membership, Person
from households.numbering import take_numbers
from households.spelling import initial_keys, pinyin_of
from offices.models import Staff
from payments.counter.bill import articles, title_of
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine

HEADS = ("serial", "number", "head", "name", "sex", "id_no", "relation", "category", "amount", "phone")


def read(data: bytes) -> list[dict[str, Any]]:
    """The rows below the headings with openpyxl, read-only."""
    sheet = openpyxl.load_workbook(BytesIO(data), read_only=True).worksheets[0]
    rows = (dict(zip(HEADS, row, strict=False)) for row in sheet.iter_rows(min_row=3, values_only=True))
    return [row for row in rows if row["id_no"]]


def resource(table: Any, key: Sequence[str]) -> Any:
    """A resource for a model; `key` tells its rows apart."""
    meta = {"model": table, "use_bulk": True, "skip_diff": True, "import_id_fields": tuple(key)}
    return type(f"{table.__name__}Resource", (resources.ModelResource,), {"Meta": type("Meta", (), meta)})()


class CheckedPersons(resources.ModelResource):
    """Persons, each looked at before it is imported."""

    class Meta:
        model = Person
        use_bulk = True
        skip_diff = True
        import_id_fields = ("id_no",)

    def before_import_row(self, row: dict[str, Any], **_: Any) -> None:
        """What can be wrong with a row; who is enrolled already."""
        number = parse_id_number(row["id_no"], today=row["today"])
        row["name"], row["phone"] = parse_name(row["name"]), parse_phone(row["phone"])
        row["sex"], row["birth_date"] = number.sex, number.birth_date
        row["pinyin"], row["initials"] = pinyin_of(row["name"]), ",".join(initial_keys(row["name"]))
        if Enrollment.objects.in_force().filter(person__id_no=row["id_no"], coverage_year=2017).exists():
            raise ValueError("enrolled already")


def put(table: Any, key: Sequence[str], rows: Iterable[Mapping[str, Any]], *, by: Any = None) -> None:
    """Import the rows into a table."""
    content = tablib.Dataset()
    content.dict = [dict(row) for row in rows]
    (by or resource(table, key)).import_data(content, raise_errors=True)


@dataclass(frozen=True)
class Office:
    """Who takes the roster, when, under what, and with which receipts."""

    ruleset: RuleSet
    period: ContributionPeriod
    book: ReceiptBook
    by: Staff
    at: datetime


def take(rows: list[dict[str, Any]], office: Office) -> None:
    """All tables, one after the other; the caller holds the transaction."""
    by, at = office.by, office.at
    village = f"{by.office.division_code}001"
    hukou = {"hukou_division": village[:6], "hukou_kind": "rural", "division_code": village}
    put(Person, ("id_no",), ({**row, **hukou, "today": local_day(at)} for row in rows), by=CheckedPersons())
    persons = dict(Person.objects.values_list("id_no", "pk"))
    homes: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        homes.setdefault(row["number"], []).append(row)
    given = dict(zip(homes, take_numbers(office=by.office, division_code=village, count=len(homes)), strict=True))
    common = {"office": by.office_id, "division_code": village}
    put(
        Household,
        ("number",),
        ({**common, "number": given[each], "phone": "", "registered_at": at, "registered_by": by.pk} for each in homes),
    )
    households = dict(Household.objects.values_list("number", "pk"))
    put(
        Membership,
        ("person",),
        (
            {
                "household": households[given[row["number"]]],
                "person": persons[row["id_no"]],
                "relation": HEAD if row["relation"] == "户主" else parse_relation(row["relation"]),
                "starts_on": local_day(at),
            }
            for row in rows
        ),
    )
    _money(homes, given, households, persons, office)


def _money(homes: Any, given: Any, households: Any, persons: Any, office: Office) -> None:
    by, at, period, ruleset = office.by, office.at, office.period, office.ruleset
    common = {"office": by.office_id, "division_code": f"{by.office.division_code}001", "period": period.pk}
    decisions = {}
    for number, people in homes.items():
        asked = tuple(
            Member(
                str(persons[each["id_no"]]),
                Hukou(common["division_code"][:6], "rural"),
                each["name"],
                birth_date=parse_id_number(each["id_no"], today=None).birth_date,
            )
            for each in people
        )
        decided = assess(Asked(asked), ruleset=ruleset, coverage_year=2017, at=at, registered_at=at, channel="village")
        if not decided.eligible or decided.payable != sum(each["amount"] for each in people):
            raise ValueError(decided.refusals)
        decisions[number] = decided
    put(
        Assessment,
        ("household",),
        (
            {
                **common,
                "household": households[given[number]],
                "edition": period.ruleset.current_edition_id,
                "decided_at": at,
                "by": by.pk,
                "channel": "village",
                "standard": each.standard,
                "payable": each.payable,
                "sponsored": each.sponsored,
                "decision": json.dumps(decision_json(each)),
            }
            for number, each in decisions.items()
        ),
    )
    assessments = dict(Assessment.objects.values_list("household__number", "pk"))
    put(
        Enrollment,
        ("person",),
        (
            {
                **common,
                "person": member.ref,
                "household": households[given[number]],
                "coverage_year": 2017,
                "assessment": assessments[given[number]],
                "category": member.charge.category,
                "category_name": member.charge.category_name,
                "standard": member.charge.standard,
                "payable": member.charge.payable,
                "sponsored": member.charge.sponsored,
                "benefit_starts_on": member.benefit.starts_on,
                "benefit_ends_on": member.benefit.ends_on,
                "usable_from": member.benefit.usable_from,
                "reasons": json.dumps([reason_json(reason) for reason in member.reasons]),
                "registered_at": at,
                "enrolled_at": at,
            }
            for number, each in decisions.items()
            for member in each.applicants
        ),
    )
    put(
        Payment,
        ("assessment",),
        (
            {
                **common,
                "idempotency_key": str(uuid4()),
                "household": households[given[number]],
                "assessment": assessments[given[number]],
                "clerk": by.pk,
                "channel": "village",
                "means": "transfer",
                "amount": each.payable,
                "tendered": each.payable,
                "change": 0,
                "paid_at": at,
            }
            for number, each in decisions.items()
        ),
    )
    _receipts(homes, given, persons, decisions, office)


def _receipts(homes: Any, given: Any, persons: Any, decisions: Any, office: Office) -> None:
    by, at, book, ruleset = office.by, office.at, office.book, office.ruleset
    payments = dict(Payment.objects.values_list("household__number", "pk"))
    first = book.next_number
    book.next_number += len(homes)
    book.save(update_fields=["next_number"])
    put(
        Receipt,
        ("payment",),
        (
            {
                "book": book.pk,
                "book_code": book.code,
                "number": number,
                "printed_number": book.printed(number),
                "payment": payments[given[home]],
                "office": by.office_id,
                "division_code": f"{by.office.division_code}001",
                "amount": decisions[home].payable,
                "capitals": capitals(decisions[home].payable),
                "means": "transfer",
                "payer": people[0]["name"],
                "household_number": given[home],
                "coverage_year": 2017,
                "title": title_of(ruleset),
                "office_name": by.office.name,
                "clerk_name": by.name,
                "clause_line": articles(
                    [part for m in decisions[home].applicants for part in (m.charge, m.benefit)], ruleset
                ),
                "issued_at": at,
            }
            for number, (home, people) in enumerate(homes.items(), first)
        ),
    )
    receipts = dict(Receipt.objects.values_list("household_number", "pk"))
    enrollments = dict(Enrollment.objects.values_list("person", "pk"))
    put(
        ReceiptLine,
        ("enrollment",),
        (
            {
                "receipt": receipts[given[home]],
                "position": position,
                "enrollment": enrollments[persons[row["id_no"]]],
                "name": row["name"],
                "id_no": row["id_no"],
                "category_name": member.charge.category_name,
                "standard": member.charge.standard,
                "payable": member.charge.payable,
                "sponsored": member.charge.sponsored,
                "benefit_starts_on": member.benefit.starts_on,
                "benefit_ends_on": member.benefit.ends_on,
            }
            for home, people in homes.items()
            for position, (row, member) in enumerate(zip(people, decisions[home].applicants, strict=True), 1)
        ),
    )
