"""名册文件的核对: the verdicts of `check` written down as rows, by COPY, with the sums that the page shows."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from common.dates import SHANGHAI, local_day
from common.decision import Reason, Refusal
from common.hidden import hidden_rows
from common.json_text import json_text
from common.sealing import ID_NUMBER, PHONE
from common.sheets import read_sheets
from enrollment import library
from enrollment.frozen import reason_json
from households import vault
from offices.copying import copying
from offices.jobs import Progress
from offices.keys import sealer
from offices.models import Job
from rosters.checks import Terms, Verdict, check
from rosters.known import Known, read_known
from rosters.models import RosterFile, RosterRow
from rosters.reading.rows import RosterRead, read_sheets_of_roster
from rosters.reading.sheet import SHEET_NAME
from rosters.sums import sums_of
from rosters.told import told
from rosters.twice import on_rosters

# What a check writes of its file; the rest stays as it was handed in.
CHECKED = ("persons", "accepted", "households", "households_refused", "payable", "sponsored", "told", "checked_at")
COLUMNS = (
    "file_id",
    "position",
    "sheet",
    "row_number",
    "household",
    "name",
    "id_no",
    "sex",
    "birth_date",
    "relation",
    "hukou_kind",
    "written_category",
    "amount",
    "phone",
    "village",
    "school_class",
    "person_id",
    "accepted",
    "category",
    "category_name",
    "payable",
    "sponsored",
    "funder",
    "benefit_starts_on",
    "reasons",
    "warnings",
    "set_aside_reason",
)
LEFT_OUT = 200  # rows without a person that are told one by one
ZERO = Decimal("0.00")
Seal = Callable[[str], bytes]


def terms_of(file: RosterFile, *, at: datetime) -> Terms:
    """By what the roster of a file is checked."""
    roster = file.roster
    return Terms(library.current(roster.office.ruleset_code), roster.coverage_year, at, roster.channel, roster.office)


def known_to(read: RosterRead, terms: Terms, *, roster_id: int | None = None) -> Known:
    """What is registered about the persons of a file, and which rosters besides this one name them."""
    numbers = {row.id_no.number for row in read.rows if row.id_no}
    known = read_known(numbers, office=terms.office, coverage_year=terms.coverage_year, at=terms.at)
    asked = {"office": terms.office, "coverage_year": terms.coverage_year, "roster_id": roster_id}
    return replace(known, rosters=on_rosters(numbers, **asked))


def check_file(file: RosterFile, read: RosterRead, *, data: bytes, at: datetime) -> None:
    """Write every row with its verdict; within the caller's transaction. What was set aside before stays so."""
    terms = terms_of(file, at=at)
    known = known_to(read, terms, roster_id=file.roster_id)
    households = check(read.rows, known=known, terms=terms)
    _write(file, read, households, known)
    _keep_set_aside(file)
    _sum_up(file, read, households, terms, hidden=_hidden(read, data))


def _write(file: RosterFile, read: RosterRead, households: list[list[Verdict]], known: Known) -> None:
    seals = sealer(ID_NUMBER).seal, sealer(PHONE).seal
    order = {(row.sheet, row.number): place for place, row in enumerate(read.rows)}
    with copying("rosters_rosterrow", ", ".join(COLUMNS)) as copy:
        for number, verdicts in enumerate(households):
            taken = all(verdict.accepted for verdict in verdicts)
            for verdict in verdicts:
                row = verdict.row
                place = order[row.sheet, row.number]
                copy.write_row(
                    (file.pk, place, *_told_of(verdict, number, known, *seals), *_decided(verdict, taken=taken))
                )


def _told_of(verdict: Verdict, number: int, known: Known, seal_number: Seal, seal_phone: Seal) -> Iterator[Any]:
    row = verdict.row
    person = known.persons.get(str(row.id_no))
    id_no = seal_number(row.id_no.number if row.id_no else row.written_id)
    yield from (row.sheet, row.number, number, row.name[:50], id_no, row.sex, row.birth, row.relation, row.hukou_kind)
    yield from (row.category[:60], row.amount, seal_phone(row.phone), row.village[:60], row.school_class[:60])
    yield person.id if person else None


def _decided(verdict: Verdict, *, taken: bool) -> Iterator[Any]:
    decided = verdict.decision
    charge, benefit = (decided.charge, decided.benefit) if decided else (None, None)
    yield verdict.accepted
    yield charge.category if charge else ""
    yield charge.category_name if charge else ""
    yield from (charge.payable, charge.sponsored) if charge and taken else (ZERO, ZERO)
    yield charge.funder if charge and charge.sponsored else ""
    yield benefit.starts_on if benefit else None
    yield _reasons(dict.fromkeys(verdict.reasons))
    yield _reasons(dict.fromkeys(verdict.warnings))
    yield ""


def _reasons(reasons: dict[Reason, None]) -> str:
    return json_text([reason_json(each) for each in reasons]) if reasons else "[]"


def _hidden(read: RosterRead, data: bytes) -> list[str]:
    """Where the persons stand whose rows nobody sees in the file; they were read like others."""
    rows = {name[:SHEET_NAME]: set(numbers) for name, numbers in hidden_rows(data).items()}
    many = len(read.sheets) > 1
    found = [row for row in read.rows if row.number in rows.get(row.sheet, ())]
    return [f"{row.sheet} 第{row.number}行" if many else f"第{row.number}行" for row in found]


def _sum_up(
    file: RosterFile, read: RosterRead, households: list[list[Verdict]], terms: Terms, *, hidden: list[str]
) -> None:
    answer = told(read, households, terms)
    sums = sums_of(file)
    file.persons, file.accepted = answer["rows_read"], sums.persons
    file.households, file.households_refused = sums.households, answer["households_refused"]
    file.payable, file.sponsored = sums.payable, sums.sponsored
    kept = ("ruleset", "at", "sheets", "columns", "codes")
    file.told = {key: answer[key] for key in kept} | {
        "left_out": answer["left_out"][:LEFT_OUT],
        "left_out_count": len(answer["left_out"]),
        "hidden": hidden[:LEFT_OUT],
        "hidden_count": len(hidden),
        "warnings": dict(Counter(each["code"] for each in answer["warnings"])),
    }
    file.checked_at = terms.at
    file.save(update_fields=CHECKED)


def _keep_set_aside(file: RosterFile) -> None:
    """A household that was set aside in the reading before, of the same bytes, is so in this one."""
    before = RosterFile.objects.filter(roster=file.roster_id, number=file.number - 1, name=file.name).first()
    if before is None:
        return
    for old in before.rows.filter(set_aside_at__isnull=False).distinct("household").order_by("household"):
        same = file.rows.filter(sheet=old.sheet, row_number=old.row_number).first()
        if same:
            file.rows.filter(household=same.household).update(
                set_aside_at=old.set_aside_at, set_aside_by=old.set_aside_by, set_aside_reason=old.set_aside_reason
            )


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `roster_check`: read the kept bytes once more and check them, or find it done."""
    file = RosterFile.objects.select_related("roster__office").get(pk=job.parameters["file"])
    data = vault.get(file.name, sha256=file.sha256)
    if data is None:
        raise Refusal(Reason("ROSTER_FILE_GONE", "这份名册的原文件不在了，请重新交一份。"))
    at = job.asked_at.astimezone(SHANGHAI)
    progress(0, 100)
    sheets, year = read_sheets(data), file.roster.coverage_year
    read = read_sheets_of_roster(sheets, today=local_day(at), mapping=file.mapping, sheet=file.sheet, year=year)
    progress(30, 100)
    with transaction.atomic():
        file = RosterFile.objects.select_for_update().select_related("roster__office").get(pk=file.pk)
        if file.checked_at is None and file.superseded_at is None:
            check_file(file, read, data=data, at=at)
    return {"file": file.pk, "persons": RosterRow.objects.filter(file=file.pk).count()}
