"""名册模板的任务: rosters of a large village or school, made in the background; a small one while somebody waits."""

from datetime import datetime
from typing import Any

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from common.tables import XLSX
from enrollment import library
from households import job_files
from offices.acts import accountable, record
from offices.jobs import Progress, ask_for
from offices.models import Division, Job, Staff
from offices.taking import Copy, was_logged
from payments.counter.reading import coverage_year
from payments.counter.renewal import villages_of
from rosters.checks import Terms
from rosters.outgoing.renewing import in_window, members_of, of_school, of_village, pupils_at
from rosters.outgoing.template import school_template, village_template

KIND = "roster_template"
VERB = "hand_out_roster"
AT_ONCE = 2_000  # persons: some two seconds
PUPILS_AT_ONCE = 500  # each of a household of its own, which is read and judged whole


def terms_for(by: Staff, channel: str, *, at: datetime) -> Terms:
    """Of the clerk's office and the year it is busy with; a Refusal outside the window."""
    office = by.office
    return in_window(Terms(library.current(office.ruleset_code), coverage_year(office, at=at), at, channel, office))


def is_large(village: Division, terms: Terms, *, group: str) -> bool:
    """Whether the roster of a village, or of a group of it, is for a job."""
    return members_of(village, terms, group=group)[: AT_ONCE + 1].count() > AT_ONCE


def ask_village(*, village: Division, group: str, copy: Copy, by: Staff, at: datetime) -> Job:
    """Have the roster of a large village made."""
    parameters = {"office": by.office_id, "village": village.code, "group": group, "copy": copy.kept()}
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def is_large_school(school: str, terms: Terms) -> bool:
    """Whether the class list of a school is for a job."""
    return pupils_at(school, terms)[: PUPILS_AT_ONCE + 1].count() > PUPILS_AT_ONCE


def ask_school(*, school: str, copy: Copy, by: Staff, at: datetime) -> Job:
    """Have the class list of a large school made."""
    parameters = {"office": by.office_id, "school": school, "copy": copy.kept()}
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def village_workbook(
    village: Division, terms: Terms, *, group: str, copy: Copy, progress: Progress | None = None
) -> tuple[bytes, int]:
    """The workbook and how many rows it has."""
    found = of_village(village, terms, group=group)
    rows = len(found.rows)
    if progress:
        progress(rows // 2, rows)
    place = f"{terms.office.name.removesuffix('社会事务保障所')}{village.name}{group}"
    return village_template(found, terms, place=place, mark=copy.line(rows)), rows


def school_workbook(school: str, terms: Terms, *, copy: Copy, progress: Progress | None = None) -> tuple[bytes, int]:
    """The workbook and how many rows it has."""
    found = of_school(school, terms)
    rows = len(found.rows)
    if progress:
        progress(rows // 2, rows)
    return school_template(found, terms, school=school, mark=copy.line(rows)), rows


@accountable
def note(*, name: str, rows: int, copy: Copy, by: Staff, at: datetime) -> None:
    """Log who took a roster along."""
    record(by=by, at=at, verb=VERB, subject=by.office, detail={"document": name} | copy.detail(rows))


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `roster_template`."""
    asked, by, at = job.parameters, job.by, job.asked_at.astimezone(SHANGHAI)
    if by.office_id != asked["office"]:
        raise _left()
    progress(0, 100)
    copy = Copy(**asked["copy"])
    if school := asked.get("school"):
        terms, name = terms_for(by, "school", at=at), f"pupils-{by.office.division_code}"
        data, rows = school_workbook(school, terms, copy=copy, progress=progress)
    else:
        village = next((each for each in villages_of(by, by.office) if each.code == asked["village"]), None)
        if village is None:
            raise _left()
        terms, name = terms_for(by, "village", at=at), f"roster-{village.code}"
        data, rows = village_workbook(village, terms, group=asked["group"], copy=copy, progress=progress)
    if not was_logged(copy, verb=VERB, by=by, at=at):  # by a worker that died
        note(name=name, rows=rows, copy=copy, by=by, at=at)
    return job_files.keep(job, name=f"{name}-{terms.coverage_year}.xlsx", content=XLSX, data=data)


def _left() -> Refusal:
    return Refusal(Reason("OFFICE_LEFT", "这个村（社区）或学校已不归提交人的机构，名册没有生成。"))
