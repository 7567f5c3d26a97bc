"""交表: a file is handed in, read and checked; a mended one, other columns or the moment may ask for it once more."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from common.dates import local_day
from common.decision import Reason, Refusal
from common.sheets import Sheet, read_sheets
from households import vault
from offices.access import require_role
from offices.acts import accountable, record
from offices.jobs import ask_for
from offices.models import Staff
from rosters.checking import check_file
from rosters.columns import holds_numbers, remembered, signature
from rosters.models import ColumnChoice, Roster, RosterFile
from rosters.reading.rows import RosterRead, read_sheets_of_roster
from rosters.services.opening import AT_THE_COUNTER, roster_for

AT_ONCE = 3_000  # persons; a larger file is checked by a worker
KIND = "roster_check"
NO_HEAD = "ROSTER_HEAD"
VERB = {"handed_in": "hand_in_roster", "columns": "correct_roster_columns", "again": "check_roster_again"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it is to be read: its bytes, and the columns and the sheet that a person chose."""

    data: bytes
    filename: str
    why: str = RosterFile.Why.HANDED_IN
    mapping: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    name: UUID | None = None  # where the bytes lie already
    year: int | None = None  # that the roster is of


def hand_in(*, roster_id: int, data: bytes, filename: str, by: Staff, at: datetime) -> RosterFile:
    """交来 a file, the first or a mended one; it replaces the one before. What is no roster is refused, and not kept.

    A table without headings is kept, unchecked, for somebody to say which column is which.
    """
    roster = Roster.objects.visible_to(by).select_related("office").filter(pk=roster_id).first()
    sheets = read_sheets(data)
    mapping, sheet = remembered(roster.office, roster.place, signature(sheets)) if roster else ({}, "")
    year = roster.coverage_year if roster else None
    reading = Reading(data, filename, RosterFile.Why.HANDED_IN, mapping, sheet, year=year)
    return _receive(roster_id=roster_id, reading=reading, sheets=sheets, by=by, at=at)


def correct_columns(*, file_id: int, mapping: Mapping[str, str], sheet: str, by: Staff, at: datetime) -> RosterFile:
    """改正栏目: the same file read otherwise; the choice is remembered for the next file like it of the place."""
    file, data = kept(file_id, by=by)
    sheets = read_sheets(data)
    year = file.roster.coverage_year
    reading = Reading(data, file.filename, RosterFile.Why.COLUMNS, mapping, sheet, file.name, year)
    _read(sheets, reading, at)  # a choice that cannot be is refused before it is remembered
    received = _receive(roster_id=file.roster_id, reading=reading, sheets=sheets, by=by, at=at)
    ColumnChoice.objects.update_or_create(
        office=file.roster.office,
        place=file.roster.place,
        headings=signature(sheets),
        defaults={"mapping": dict(mapping), "sheet": sheet, "at": at, "by": by},
    )
    return received


def check_again(*, file_id: int, by: Staff, at: datetime) -> RosterFile:
    """重新核对: the same file against what is registered now; what was set aside stays so."""
    file, data = kept(file_id, by=by)
    year = file.roster.coverage_year
    reading = Reading(data, file.filename, RosterFile.Why.AGAIN, file.mapping, file.sheet, file.name, year)
    return _receive(roster_id=file.roster_id, reading=reading, sheets=read_sheets(data), by=by, at=at)


def kept(file_id: int, *, by: Staff) -> tuple[RosterFile, bytes]:
    """A file within the scope and its bytes."""
    files = RosterFile.objects.filter(roster__in=Roster.objects.visible_to(by)).select_related("roster__office")
    file = files.filter(pk=file_id).first()
    data = vault.get(file.name, sha256=file.sha256) if file else None
    if file is None or data is None:
        raise Refusal(Reason("ROSTER_FILE_GONE", "这份名册的原文件不在了，不能重新读取。请重新交一份。"))
    return file, data


def _read(sheets: tuple[Sheet, ...], reading: Reading, at: datetime) -> RosterRead:
    mapping, sheet = reading.mapping, reading.sheet
    return read_sheets_of_roster(sheets, today=local_day(at), mapping=mapping, sheet=sheet, year=reading.year)


def _receive(*, roster_id: int, reading: Reading, sheets: tuple[Sheet, ...], by: Staff, at: datetime) -> RosterFile:
    """Read first: what is refused leaves nothing behind, neither a row nor bytes."""
    try:
        read = _read(sheets, reading, at)
    except Refusal as refusal:
        may_be_told = refusal.code == NO_HEAD and reading.why == RosterFile.Why.HANDED_IN
        if not may_be_told or not holds_numbers(sheets):
            raise
        read = None
    name = reading.name or uuid4()
    digest = hashlib.sha256(reading.data).hexdigest() if reading.name else vault.put(name, reading.data)
    try:
        return receive(roster_id=roster_id, reading=reading, name=name, digest=digest, read=read, by=by, at=at)
    except BaseException:
        if reading.name is None:
            vault.drop(name)
        raise


@accountable
def receive(
    *,
    roster_id: int,
    reading: Reading,
    name: UUID,
    digest: str,
    read: RosterRead | None,
    by: Staff,
    at: datetime,
) -> RosterFile:
    """Write down what came, and check it: at once, or by a worker where it is large."""
    require_role(by, *AT_THE_COUNTER)
    roster = roster_for(roster_id, by=by)
    if roster.agreements.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_AGREED", "这份名册已经核对相符，不能再换文件。要换的，请先撤回核对。"))
    before = roster.files.filter(superseded_at=None).first()
    roster.files.filter(superseded_at=None).update(superseded_at=at)
    came = reading.why == RosterFile.Why.HANDED_IN
    file = RosterFile.objects.create(
        roster=roster,
        number=(before.number if before else 0) + 1,
        handed_in=(before.handed_in if before else 0) + int(came),
        why=reading.why,
        filename=reading.filename[-200:],
        name=name,
        size=len(reading.data),
        sha256=digest,
        mapping=dict(reading.mapping),
        sheet=reading.sheet[:60],
        received_at=at,
        received_by=by,
    )
    detail = {"file": file.number, "name": file.filename, "sha256": digest}
    record(by=by, at=at, verb=VERB[reading.why], subject=roster, detail=detail)
    if read and len(read.rows) <= AT_ONCE:
        check_file(file, read, data=reading.data, at=at)
    elif read:
        ask_for(kind=KIND, parameters={"file": file.pk}, by=by, at=at)
    return file
