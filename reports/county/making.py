"""造县: an invented county of any size, with its households, people and three years of history, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from common.money import capitals
from common.sealing import ID_NUMBER, PHONE
from enrollment.models import Assessment, ContributionPeriod, Enrollment, RuleSet
from enrollment.rules.source import read_ruleset
from enrollment.services import load_ruleset
from households.models import (
    Certification,
    Household,
    Membership,
    OtherCover,
    Paper,
    Person,
)
from households.spelling import initial_keys, pinyin_of
from offices.acts import record
from offices.demo import create_demo_offices
from offices.models import Office, Staff
from payments.demo import earlier, names
from payments.demo.calendar import working_days
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine, Settlement, SettlementLine
from reports.auditing import refill
from reports.county import families, history_sql, people_sql
from reports.county.bulk import filled_in_bulk
from reports.county.places import COUNTY, FIRST_TOWN, NOW, Village, make_places
from reports.county.rates import rates
from reports.county.sealing import seal
from reports.county.sets import last, load, run

TODAY = NOW.date()
RULESETS = Path(settings.BASE_DIR) / "enrollment" / "rulesets"
PEOPLE = (Household, Person, Membership, Paper, Certification, OtherCover)
HISTORY = (Enrollment, Assessment, Payment, ReceiptBook, Settlement, SettlementLine, Receipt, ReceiptLine)
# The least that live in a hundred households, whatever is drawn.
PERSONS_A_HUNDRED_HOUSEHOLDS = 270
LEAST, MOST = 100, 5_000_000
BOOK_OF_THIS_YEAR = 5000
CLAUSES = "演示资料第1号第二条、第三条、第四条"

Tell = Callable[[str], None]


@transaction.atomic
def make_county(*, persons: int, seed: int, tell: Tell = lambda _: None) -> None:
    """Write the county 嵩明 with so many invented persons; a Refusal where real people are, or a made county."""
    if not LEAST <= persons <= MOST:
        raise Refusal(Reason("COUNTY_SIZE", f"人数应在{LEAST}至{MOST}之间。"))
    _refuse_real_people()
    create_demo_offices()
    villages = make_places(persons, Random(seed))
    tell(f"{len({village.office for village in villages})} 个镇（街道），{len(villages)} 个村（社区）")
    _have_ruleset("songming", (RULESETS / "songming.toml").read_text(encoding="utf-8"))
    source = earlier.SOURCE.read_text(encoding="utf-8")
    _have_ruleset("songming_earlier", source)
    with filled_in_bulk((*PEOPLE, *HISTORY)):
        _draw_up(persons, seed, villages, tell)
        first_person = _write_people(tell)
        load("made_rate", _RATE, list(rates(read_ruleset(source), COUNTY)))
        run(history_sql.LISTED)
        for period in ContributionPeriod.objects.filter(ruleset__code="songming_earlier").order_by("coverage_year"):
            _write_year(period, first_person, tell)
        tell("重建索引和约束，逐条核对 …")
    refill()
    _give_books(villages)
    _write_bases()
    office = Office.objects.get(pk=villages[0].office)
    record(by=None, at=NOW, verb="make_county", subject=office, detail={"persons": persons, "seed": seed})


def _refuse_real_people() -> None:
    if not settings.DEMO:
        raise Refusal(Reason("not_demo", "现在不是演示模式，不能造县：编造的人会混进真实的户中。"))
    if Household.objects.filter(office__demo_moment=None).exists():
        raise Refusal(Reason("REAL_PEOPLE", "数据库里有不是演示机构的户，不能造县。请换一个空的数据库。"))
    if Office.objects.filter(division_code__startswith=f"{COUNTY}{FIRST_TOWN}").exists():
        raise Refusal(Reason("COUNTY_MADE", "数据库里已经造过一个县，不能再造。请换一个空的数据库。"))


def _have_ruleset(code: str, text: str) -> None:
    if not RuleSet.objects.filter(code=code).exclude(current_edition=None).exists():
        load_ruleset(text=text, by=None, at=datetime(2013, 10, 1, 9, tzinfo=SHANGHAI))


_VILLAGE = "number int, code text, prefix text, name text, office bigint, clerks bigint[], is_town bool, urban int, "
_VILLAGE += "converted int"
_LOT = "is_town bool, lot int, kind int, youngest int, oldest int, men int"
_SLOT = "kind int, position int, man text, woman text, sex text, least int, most int, share int, own_surname bool, "
_SLOT += "child bool"
_RATE = "year int, category text, category_name text, standard numeric(12,2), payable numeric(12,2), "
_RATE += "sponsored numeric(12,2), funder text, benefit_starts_on date, benefit_ends_on date, usable_from date, "
_RATE += "reasons jsonb, member text"


def _draw_up(persons: int, seed: int, villages: Sequence[Village], tell: Tell) -> None:
    """Households and persons, with names and numbers, in temporary tables."""
    run(people_sql.DRAW.format(seed=int(seed)))
    load("made_village", _VILLAGE, [village.row() for village in villages])
    load("made_lot", _LOT, list(families.lots()))
    load("made_slot", _SLOT, list(families.slots()))
    surnames = _load_names()
    households = persons * 100 // PERSONS_A_HUNDRED_HOUSEHOLDS + 50
    asked = {"persons": persons, "households": households, "villages": len(villages), "today": TODAY}
    asked |= {"first_household": last(Household), "surnames": surnames}
    for statement in (people_sql.HOUSEHOLDS, people_sql.PERSONS):
        run(statement, asked)
    run("DELETE FROM made_household m WHERE m.h > (SELECT max(h) FROM made_person)")
    found = run("SELECT count(*) FROM made_person")
    if found != persons:
        raise ValueError(f"{found} persons in {households} households, {persons} were asked for")
    run("ANALYZE made_person; ANALYZE made_household; ANALYZE made_village")
    for statement in (people_sql.NAMES, people_sql.NUMBERS, people_sql.PHONES, people_sql.REGISTERED):
        run(statement, asked)
    seal("made_number", "id_no", ID_NUMBER)
    seal("made_phone", "phone", PHONE)
    _spell()
    run("ANALYZE made_called; ANALYZE made_number; ANALYZE made_name; ANALYZE made_dialled; ANALYZE made_phone")
    told = [run(f"SELECT count(*) FROM {table}") for table in ("made_household", "made_name")]  # noqa: S608 - these two
    tell(f"{told[0]} 户 {persons} 人，{told[1]} 个姓名")


def _load_names() -> int:
    """Surnames as often as they are borne and given names of each generation; how many surname lots there are."""
    rows = names.SURNAMES.split() + names.YUNNAN.split()
    borne = [row.rstrip("0123456789") for row in rows]
    lots = [name for name, row in zip(borne, rows, strict=True) for _ in range(int(row[len(name) :]))]
    load("made_surname", "lot int, name text", list(enumerate(lots)))
    eras, given, first_year = [], [], 1900
    for place, (before, men, women) in enumerate(names.GIVEN):
        for sex, text in (("M", men), ("F", women)):
            called = _given(text.split())
            era = place * 2 + (sex == "M")
            eras.append((era, sex, first_year, before - 1, len(called)))
            given += [(era, lot, name) for lot, name in enumerate(called)]
        first_year = before
    load("made_era", "era int, sex text, first_year int, last_year int, names int", eras)
    load("made_given", "era int, lot int, name text", given)
    return len(lots)


def _given(known: Sequence[str]) -> list[str]:
    """These names, and as many as their first and second characters make."""
    long = [name for name in known if len(name) == 2]
    made = {first[0] + second[1] for first, second in product(long, long) if first[0] != second[1]}
    return [*known, *sorted(made)]


def _spell() -> None:
    """Each name's pinyin and initials, by the function that the counter uses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name FROM made_called")
        found = [name for (name,) in cursor.fetchall()]
    load("made_name", "name text, pinyin text, initials text[]", [(n, pinyin_of(n), initial_keys(n)) for n in found])


def _write_people(tell: Tell) -> int:
    """Households, persons and what is known about them; the id before the first person's."""
    asked = {"first_person": last(Person), "first_membership": last(Membership), "county": COUNTY, "today": TODAY}
    for statement in (
        people_sql.WRITE_HOUSEHOLDS,
        people_sql.WRITE_SERIES,
        people_sql.WRITE_PERSONS,
        people_sql.WRITE_MEMBERSHIPS,
        people_sql.WRITE_PAPERS,
        people_sql.CERTIFIED,
        people_sql.WRITE_CERTIFICATIONS,
        people_sql.EMPLOYED,
        people_sql.WRITE_COVERS,
    ):
        run(statement, asked)
    run("ANALYZE made_certified; ANALYZE made_employed")
    run(
        "CREATE TEMP TABLE made_head ON COMMIT DROP AS SELECT h, name FROM made_person JOIN made_called USING (n) "
        "WHERE position = 1"
    )
    tell("户、人、家庭成员、材料、名单、职工医保已写入")
    return asked["first_person"]


def _write_year(period: ContributionPeriod, first_person: int, tell: Tell) -> None:
    """Enrolments, assessments, payments, day-ends, books, receipts and their lines of one year."""
    year = period.coverage_year
    asked = {
        "year": year,
        "period": period.pk,
        "edition": period.ruleset.current_edition_id,
        "days": working_days(date(year - 1, 10, 8), date(year - 1, 12, 24)),
        "county": COUNTY,
        "title": f"{period.ruleset.name}缴费收据",
        "clause_line": CLAUSES,
        "first_enrollment": last(Enrollment),
        "first_assessment": last(Assessment),
        "first_payment": last(Payment),
        "first_receipt": last(Receipt),
        "first_receipt_line": last(ReceiptLine),
        "first_settlement": last(Settlement),
        "first_line": last(SettlementLine),
        "first_book": last(ReceiptBook),
        "first_person": first_person,
    }
    run(history_sql.PAYING, asked)
    run("ANALYZE made_paying; ANALYZE made_listed")
    run(history_sql.ENROL, asked)
    run("ANALYZE enrollment_enrollment")
    run(history_sql.ASSESS, asked)
    run(history_sql.PAY, asked)
    run(history_sql.SETTLE, asked)
    _load_words(asked)
    run("ANALYZE made_day; ANALYZE payments_payment")
    for statement in (
        history_sql.WRITE_SETTLEMENTS,
        history_sql.WRITE_SETTLEMENT_LINES,
        history_sql.WRITE_BOOKS,
        "ANALYZE payments_receiptbook",
        history_sql.WRITE_RECEIPTS,
        "ANALYZE payments_receipt",
        history_sql.WRITE_LINES,
        "DROP TABLE made_paying, made_day, made_words",
    ):
        run(statement, asked)
    receipts = run("SELECT count(*) FROM payments_payment WHERE amount > 0 AND period_id = %(period)s", asked)
    tell(f"{year} 年度：{receipts} 张收据")


def _load_words(asked: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT amount FROM payments_payment WHERE period_id = %(period)s", asked)
        amounts = [amount for (amount,) in cursor.fetchall()]
    load("made_words", "amount numeric(12,2), words text", [(amount, capitals(amount)) for amount in amounts])


def _give_books(villages: Iterable[Village]) -> None:
    """A book of this year's receipts for each clerk."""
    ReceiptBook.objects.bulk_create(
        ReceiptBook(
            code=f"{COUNTY}-16-{clerk}",
            first_number=1,
            last_number=BOOK_OF_THIS_YEAR,
            next_number=1,
            width=8,
            office_id=office,
            clerk_id=clerk,
            received_at=datetime(2016, 9, 29, 9, tzinfo=SHANGHAI),
        )
        for office, clerk in sorted({(village.office, clerk) for village in villages for clerk in village.clerks})
    )


def _write_bases() -> None:
    first, second = (Staff.objects.get(username=name).pk for name in ("admin", "fu"))
    asked = {"now": datetime(2016, 9, 30, 9, tzinfo=SHANGHAI), "first_administrator": first}
    run(people_sql.WRITE_BASES, asked | {"second_administrator": second})
