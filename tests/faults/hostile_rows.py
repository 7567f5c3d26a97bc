"""Hostile strings in every text that somebody may have typed, of every row of every table: whatever way they came in.

Written as the owner of the tables, with the triggers put aside: a form may refuse a string today that another let in
yesterday. What the database itself refuses (a constraint, a length) is not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.acting import as_owner

APPS = ("offices", "households", "enrollment", "payments", "rosters", "reports", "upkeep")
# Tables of what nobody types: rule sets are texts of their own with a reader of their own, the others are machinery.
NOT_TYPED = frozenset(
    {
        *("RuleSet", "RuleSetEdition", "RuleSetDraft", "Clause", "SavedTrial", "LoginFailure", "LoginSession"),
        *("PastPassword", "SecondFactor", "RecoveryCode", "ActSeal", "ActArchive", "NumberSeries", "Usage"),
        *("RegistrationDraft", "PreparedOutcome", "PreparedAssessment", "Tally", "PlaceSum", "DaySum", "ColumnChoice"),
    }
)
# Fields that hold a code, a digest, a number that was checked, or what the program itself wrote.
CODES = frozenset(
    {
        *("code", "division_code", "division_scope", "ruleset_code", "division", "hukou_division", "key", "kind"),
        *("issued_by_division", "clause_key", "verb", "subject_type", "channel", "means", "category", "funder", "sex"),
        *("sha256", "stock_sha256", "headings", "password", "token", "capitals", "printed_number", "book_code"),
        *("household_number", "student_kind", "residence_kind", "hukou_kind", "state", "stock_content", "content"),
        *("pinyin", "id_no", "mother_id_no", "agent", "seat"),
        *(
            "Household.number",
            "CoverCertificate.number",
            "RosterRow.relation",
            "SubsidyClaimLine.town",
            "FundingClaim.payer",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A field that holds what somebody typed."""

    model: type[models.Model]
    name: str
    length: int | None

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.name}"

    def write(self, text: str) -> bool:
        """Into every row there is; whether the database took it."""
        try:
            with transaction.atomic():
                rows = self.model._base_manager.update(**{self.name: text.replace("\0", "")[: self.length]})
        except DatabaseError:
            return False
        return bool(rows)


def places() -> list[Place]:
    """Every such field of the application, as the models have it; a new one is found by itself."""
    return [
        Place(model, each.name, each.max_length)
        for model in apps.get_models()
        if model._meta.app_label in APPS and not model.__name__.endswith("Event") and model.__name__ not in NOT_TYPED
        for each in texts_of(model)
        if not {each.name, f"{model.__name__}.{each.name}"} & CODES
    ]


def texts_of(model: type[models.Model]) -> Iterator[models.Field]:
    for each in model._meta.concrete_fields:
        if isinstance(each, models.CharField | models.TextField) and not (each.choices or each.unique):
            yield each


def overwrite(strings: Sequence[str], *, turn: int) -> dict[str, str]:
    """Each field gets a string, the next one at the next turn; field → what stands there now. Within a transaction."""
    found = places()
    connection.check_constraints()  # what waits for the commit would hold the tables
    put_aside("DISABLE", found)
    with as_owner():
        written = {}
        for number, place in enumerate(found):
            text = strings[(turn + number * 7) % len(strings)]
            if place.write(text):
                written[str(place)] = text
    connection.check_constraints()
    put_aside("ENABLE", found)
    return written


def put_aside(what: str, found: Sequence[Place]) -> None:
    with as_owner(), connection.cursor() as cursor:
        for table in sorted({place.model._meta.db_table for place in found}):
            cursor.execute(f"ALTER TABLE {table} {what} TRIGGER USER")
