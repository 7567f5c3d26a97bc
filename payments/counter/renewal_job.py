"""续保名单: every household of last year in all villages, decided for this one, as a workbook; a long one by a job."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from common.decision import Reason, Refusal
from common.tables import XLSX, Cell, Column, Table, xlsx
from households import job_files
from offices.access import require_role
from offices.acts import accountable, record
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff
from offices.taking import Copy
from payments.counter.renewal import RenewalRow, in_all_villages, rows_of, villages_of

KIND = "renewal_list"
AT_ONCE_HOUSEHOLDS = 500  # some seconds; what is longer is for a job
SOME = 200
COLUMNS = (
    Column("村（社区）", 24),
    Column("户号", 14),
    Column("户主", 12),
    Column("人数", 7),
    Column("去年个人缴（元）", 16),
    Column("今年个人缴（元）", 16),
    Column("状态", 12),
    Column("须核对", 60),
)


def count_of(*, year: int, by: Staff) -> int:
    """How many households the list has."""
    return in_all_villages(by.office, staff=by, year=year, state="").count()


@accountable
def note_list(*, year: int, households: int, copy: Copy, by: Staff, at: datetime) -> None:
    """Log who takes the list."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    detail = {"year": year} | copy.detail(households)
    record(by=by, at=at, verb="export_renewal", subject=by.office, detail=detail)


@accountable
def ask_list(*, year: int, households: int, copy: Copy, by: Staff, at: datetime) -> Job:
    """Have a long list made in the background."""
    note_list(year=year, households=households, copy=copy, by=by, at=at)
    parameters = {"office": by.office_id, "year": year, "copy": copy.kept()}
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def name_of(year: int) -> str:
    """What the file is called."""
    return f"renewal-{year}.xlsx"


def list_file(*, year: int, copy: Copy, by: Staff, at: datetime, progress: Progress | None = None) -> bytes:
    """The list as it stands: village by village, what each household would pay and what is to be looked at first."""
    households = list(in_all_villages(by.office, staff=by, year=year, state=""))
    names = {each.code: each.name for each in villages_of(by, by.office)}

    def lines() -> Iterator[Sequence[Cell]]:
        for start in range(0, len(households), SOME):
            if progress:
                progress(start, len(households))
            for row in rows_of(households[start : start + SOME], year=year, at=at):
                yield _line(row, names)

    head = [f"{by.office.name}　{year}年度续保名单　{at:%Y-%m-%d %H:%M}"]
    made = xlsx(Table("续保名单", COLUMNS, lines(), head=head), mark=copy.line(len(households)))
    if progress:
        progress(len(households), len(households))
    return made


def _line(row: RenewalRow, names: dict[str, str]) -> list[Cell]:
    marks = "；".join(each.text for each in row.marks)
    village = names.get(row.division_code, "")
    return [village, row.number, row.head, row.persons, row.last_payable, row.payable, row.word, marks]


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `renewal_list`."""
    asked = job.parameters
    if job.by.office_id != asked["office"]:
        raise Refusal(Reason("OFFICE_LEFT", "提交人已不在这个机构，名单没有生成。"))
    given = {"copy": Copy(**asked["copy"]), "by": job.by, "at": job.asked_at}
    data = list_file(year=asked["year"], **given, progress=progress)
    return job_files.keep(job, name=name_of(asked["year"]), content=XLSX, data=data)
