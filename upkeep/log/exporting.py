"""操作日志的导出: the lines that an auditor asked for, as a workbook, read and written some at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from common.tables import XLSX, Cell, Column, Table, xlsx
from households import job_files
from offices.access import require_role
from offices.acts import accountable, record
from offices.acts_log import ActRow, acts_within, described
from offices.forms import ActFilter
from offices.jobs import Progress, ask_for
from offices.models import Act, Job, Staff
from offices.taking import Copy

KIND = "acts"
AT_ONCE_ROWS = 5_000  # some seconds; what is longer is for a job
MOST_ROWS = 1_000_000  # what one sheet of a workbook holds, but for its head
SOME = 500
COLUMNS = (
    Column("编号", 10),
    Column("业务时间", 20),
    Column("记录时间", 20),
    Column("操作人", 12),
    Column("操作", 18),
    Column("对象", 14),
    Column("对象名称", 24),
    Column("内容", 60),
    Column("机构", 26),
    Column("来源地址", 16),
    Column("请求编号", 38),
)


def rows_of(asked: str, *, by: Staff) -> QuerySet[Act]:
    """What the filter asks for, within the auditor's divisions."""
    form = ActFilter(QueryDict(asked) or None, by=by)
    return acts_within(by, **(form.cleaned_data if form.is_valid() else {}))


def ask_if_long(*, asked: str, copy: Copy, by: Staff, at: datetime) -> Job | None:
    """Have a long export made in the background; None where one may wait for it. Asking is logged as taking."""
    require_role(by, Staff.Role.AUDITOR)
    count = rows_of(asked, by=by).count()
    if count > MOST_ROWS:
        text = f"符合条件的日志有{count:,}条，一个电子表放不下。请缩小日期范围，分几次导出。"
        raise Refusal(Reason("ACTS_TOO_MANY", text))
    if count <= AT_ONCE_ROWS:
        return None
    _note(copy=copy, rows=count, by=by, at=at)
    # Up to now: the line that tells of this export is not a part of it.
    parameters = {"asked": asked, "copy": copy.kept(), "until": timezone.now().isoformat()}
    return ask_for(kind=KIND, parameters=parameters, by=by, at=at)


def export_acts(*, asked: str, copy: Copy, by: Staff, at: datetime) -> bytes:
    """The workbook, for who waits for it."""
    require_role(by, Staff.Role.AUDITOR)
    rows = rows_of(asked, by=by)
    count = rows.count()
    data = workbook(rows, count, copy=copy, by=by)
    _note(copy=copy, rows=count, by=by, at=at)
    return data


def workbook(rows: QuerySet[Act], count: int, *, copy: Copy, by: Staff, progress: Progress | None = None) -> bytes:
    """The lines in words."""

    def lines() -> Iterator[Sequence[Cell]]:
        found, done = rows.iterator(chunk_size=SOME), 0
        while some := list(islice(found, SOME)):
            if progress:
                progress(done, count)
            yield from map(_line, described(some, reader=by))
            done += len(some)

    return xlsx(Table("操作日志", COLUMNS, lines()), mark=copy.line(count))


def _line(row: ActRow) -> tuple[Cell, ...]:
    act = row.act
    times = (f"{each.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" for each in (act.at, act.recorded_at))
    who, office = act.by.name if act.by else "系统", act.office.name if act.office else ""
    return (act.pk, *times, who, row.verb, row.kind, row.subject, row.detail, office, act.ip, str(act.request_id or ""))


@accountable
def _note(*, copy: Copy, rows: int, by: Staff, at: datetime) -> None:
    record(by=by, at=at, verb="export_acts", subject=by, detail=copy.detail(rows))


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `acts`."""
    asked, copy = job.parameters, Copy(**job.parameters["copy"])
    require_role(job.by, Staff.Role.AUDITOR)
    rows = rows_of(asked["asked"], by=job.by).filter(recorded_at__lte=datetime.fromisoformat(asked["until"]))
    data = workbook(rows, rows.count(), copy=copy, by=job.by, progress=progress)
    return job_files.keep(job, name=f"acts-{copy.number}.xlsx", content=XLSX, data=data)
