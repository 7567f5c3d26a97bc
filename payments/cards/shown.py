"""发放的样子: a household's cards and books, the register of issue, and who has not got any yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left

from common.dates import local_day
from enrollment.models import Enrollment
from households.models import Household
from households.models.person import TOWN_DIGITS
from offices.access import visible
from offices.models import Division, Staff
from offices.spans import on
from payments.cards.fees import ITEMS, Member
from payments.models import CardIssue
from payments.services import WantedCard


@dataclass(frozen=True, slots=True)
class Cell:
    """One item of one member: in hand (`issue`), or a field `name` to type its number into, with its fee in words."""

    item: str
    label: str
    issue: CardIssue | None
    name: str
    typed: str
    fee: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member with a cell for each item; none where the member is not covered."""

    member: Member
    cells: tuple[Cell, ...]


def member_rows(members: Mapping[int, Member], typed: Mapping[str, str]) -> list[MemberRow]:
    """The rows of the household's page; `typed` is what stood in the fields."""
    return [MemberRow(member, tuple(_cells(person, member, typed))) for person, member in members.items()]


def _cells(person: int, member: Member, typed: Mapping[str, str]) -> Iterable[Cell]:
    for item in ITEMS if member.cover or member.held else ():
        name = f"{item}-{person}"
        fee = member.fees.get(item)
        words = "" if fee is None else _words(fee.amount, fee.reason.code)
        yield Cell(
            item, CardIssue.Item(item).label, member.held.get(item), name if fee else "", typed.get(name, ""), words
        )


def _words(amount: Decimal | None, code: str) -> str:
    if amount is None:
        return "工本费未填写"
    return {"WORKMANSHIP_EXEMPT": "工本费免缴", "WORKMANSHIP_NONE": "不收工本费"}.get(code, f"工本费 {amount} 元")


def still_open(members: Mapping[int, Member], wanted: Iterable[WantedCard]) -> list[WantedCard]:
    """Those of them that can be handed out as things are: a covered member has not got one yet."""
    return [
        each
        for each in wanted
        if each.person_id in members
        and each.item in members[each.person_id].fees
        and each.item not in members[each.person_id].held
    ]


def total_of(members: Mapping[int, Member], wanted: Iterable[WantedCard]) -> Decimal:
    """What these would cost together; an amount that is not known counts nothing, and is refused at the issue."""
    fees = (members[each.person_id].fees[each.item].amount for each in wanted)
    return sum((fee for fee in fees if fee is not None), Decimal("0.00"))


def unknown_fee(members: Mapping[int, Member]) -> bool:
    """Whether the amount of a fee is not known for somebody here."""
    return any(fee.amount is None for member in members.values() for fee in member.fees.values())


def issues_of(household: Household) -> QuerySet[CardIssue]:
    """All that was ever handed out to a household, the latest first, with whether another took its place."""
    return _told(CardIssue.objects.filter(household=household))


def register(staff: Staff, *, village: str = "") -> QuerySet[CardIssue]:
    """发放登记 within the scope, the latest first."""
    return _told(CardIssue.objects.visible_to(staff).filter(division_code__startswith=village))


def _told(rows: QuerySet[CardIssue]) -> QuerySet[CardIssue]:
    replaced = CardIssue.objects.standing().filter(replaces=OuterRef("pk"))
    told = rows.select_related("household", "receipt", "by", "replaces", "cancelled_by")
    return told.annotate(replaced=Exists(replaced)).order_by("-issued_at", "-pk")


def unissued(staff: Staff, *, at: datetime, village: str = "") -> QuerySet[Enrollment]:
    """Who is covered and has no card or no book, by the village and household where they live now.

    `has_card`, `has_book` tell which is there; `home`, `number`, `address` and `place` (the division) are the
    household's. Since it paid it may have split, moved or merged: things are handed out to the members of today.
    """
    day = local_day(at)
    today = on(day, "person__memberships__starts_on", "person__memberships__ends_on")
    later = Enrollment.objects.in_force().filter(person=OuterRef("person"), coverage_year__gt=OuterRef("coverage_year"))
    rows = Enrollment.objects.standing_on(day).filter(~Exists(later))
    rows = rows.annotate(living=FilteredRelation("person__memberships", condition=today))
    # By the household and not by the person, whose division has no index; in one call, which joins once for both.
    home = "living__household__division_code__startswith"
    rows = rows.filter(Q((home, staff.division_scope)) & Q((home, village)))
    held = CardIssue.objects.valid().filter(person=OuterRef("person"))
    rows = rows.annotate(has_card=Exists(held.filter(item="card")), has_book=Exists(held.filter(item="book")))
    rows = rows.filter(Q(has_card=False) | Q(has_book=False))
    rows = rows.annotate(
        home=F("living__household"),
        number=F("living__household__number"),
        address=F("living__household__address"),
        place=F("living__household__division_code"),
    )
    return rows.select_related("person").order_by("place", "number", "pk")


def villages(staff: Staff) -> list[Division]:
    """The villages and communities within the scope, each with the name of its `town`."""
    code = Concat(Left(OuterRef("code"), TOWN_DIGITS), Value("000"))
    town = Division.objects.filter(level=Division.Level.TOWN, code=code).order_by("-starts_on").values("name")[:1]
    found = visible(Division.objects.filter(level=Division.Level.VILLAGE), staff, field="code")
    return list(found.annotate(town=Subquery(town)).order_by("code"))
