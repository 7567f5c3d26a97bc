"""名单的导出: whom nobody has enrolled, whom of the departments' lists, a roster with its remarks, as workbooks.

A short one is made while somebody waits, a long one by a worker, who asks once more what the reader may see.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from common.tables import XLSX, Cell, Column, Table, xlsx
from households import job_files
from offices.access import require_role
from offices.acts import accountable, record
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff
from offices.taking import Copy, was_logged
from rosters.lists.standing import Missing
from rosters.marked import marked
from rosters.models import FunderList
from rosters.omitted import STATES, Omitted, People, families_on_rosters
from rosters.place import Chosen, choose, village_told
from rosters.services.handing import kept

AT_ONCE = 5_000  # rows: about a second
SOME = 500
LEFT = Reason("OFFICE_LEFT", "要导出的范围已不归提交人，电子表没有生成。请由现在管辖的人重新导出。")
Role = Staff.Role
Asked = Mapping[str, Any]
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was made: its name, its bytes, how many rows it has."""

    name: str
    data: bytes
    rows: int


class Export(ABC):
    """A workbook as it was asked for; `asked` is plain JSON. Finding it may be a Refusal."""

    kind: ClassVar[str]
    verb: ClassVar[str]
    subject: Model  # what the acts log says was taken

    def __init__(self, asked: Asked, *, by: Staff) -> None:
        self.asked, self.by = asked, by

    @abstractmethod
    def is_long(self) -> bool:
        """Whether it is for a worker."""

    @abstractmethod
    def made(self, copy: Copy, progress: Progress | None = None) -> Workbook:
        """Make it."""


class _OfPlace(Export):
    """Persons of a division and year; `asked` is what the page was asked, `division` and `period` among it."""

    roles: ClassVar[tuple[str, ...]]
    stem: ClassVar[str]  # of the file's name
    sheet: ClassVar[str]
    columns: ClassVar[Sequence[Column]]

    def __init__(self, asked: Asked, *, by: Staff) -> None:
        super().__init__(asked, by=by)
        require_role(by, *self.roles)
        chosen = choose(asked, staff=by)
        if chosen is None or asked["division"] != chosen.division:
            raise Refusal(LEFT)
        self.chosen: Chosen = chosen

    @abstractmethod
    def persons(self) -> Sequence[Any]:
        """Who stands in it, to be sliced."""

    @abstractmethod
    def title(self, count: int) -> str:
        """The line above the headings."""

    def ask_about(self, persons: Sequence[Any]) -> None:
        """Ask once for all rows what they tell besides the person."""

    @abstractmethod
    def row(self, person: Any, names: Mapping[str, str]) -> Row:
        """The cells of a person; `names` of the divisions."""

    def is_long(self) -> bool:
        return bool(self.persons()[AT_ONCE : AT_ONCE + 1])

    def made(self, copy: Copy, progress: Progress | None = None) -> Workbook:
        names, persons = self.chosen.names(), self.persons()[:]
        count = len(persons)
        self.ask_about(persons)

        def rows() -> Iterator[Row]:
            for done, person in enumerate(persons):
                if progress and done % SOME == 0:
                    progress(done, count)
                yield self.row(person, names)

        data = xlsx(Table(self.sheet, self.columns, rows(), head=(self.title(count),)), mark=copy.line(count))
        return Workbook(f"{self.stem}-{self.chosen.division}-{self.chosen.year}.xlsx", data, count)


class Omissions(_OfPlace):
    """未参保: one to-do list, for whoever goes from door to door. Without ID numbers."""

    kind, verb, roles = "omissions", "export_omissions", (Role.CLERK, Role.SUPERVISOR)
    stem, sheet = "omissions", "未参保"
    columns = (
        Column("村（居）", 14),
        Column("户号", 14),
        Column("姓名", 12),
        Column("地址", 30),
        Column("电话", 16),
        Column("上年参保", 10),
        Column("已知情况", 18),
        Column("说明", 24),
        Column("本次联系结果", 24),
    )

    @property
    def subject(self) -> Model:
        return self.by

    def persons(self) -> People:
        state, group = self.asked["state"], self.asked["group"]
        return People(self.chosen, state, group=group, last_year=bool(self.asked["last_year"]))

    def title(self, count: int) -> str:
        return f"{self.chosen.year}年度未参保人员（{STATES[self.asked['state']][0]}，{count}人）"

    def ask_about(self, persons: Sequence[Omitted]) -> None:
        self.families = families_on_rosters(persons, coverage_year=self.chosen.year)

    def row(self, person: Omitted, names: Mapping[str, str]) -> Row:
        village = village_told(names, person.division_code)
        home = (village, person.household_number, person.name, person.address, person.phone)
        notes = [person.note] if person.note else []
        if roster := self.families.get(person.household_id):
            notes.append(f"同户在名册{roster.place}{roster.group}，先核对名册上的号码，不要再收钱。")
        return (*home, "是" if person.insured_before else "否", person.found_label, "；".join(notes), "")


class ListedMissing(_OfPlace):
    """Who is on a department's list and not enrolled, to be taken to the villages (S-9-4)."""

    kind, verb, roles = "listed_missing", "export_missing", (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
    stem, sheet = "listed-missing", "未参保资助对象"
    columns = (
        Column("村（居）", 16),
        Column("户号", 14),
        Column("姓名", 12),
        Column("部门", 10),
        Column("身份", 26),
        Column("电话", 16),
        Column("情况", 40),
    )

    @property
    def subject(self) -> Model:
        return FunderList.objects.visible_to(self.by).current().first() or self.by

    def persons(self) -> Missing:
        return Missing(self.chosen, **{each: self.asked.get(each, "") for each in ("funder", "category", "month")})

    def title(self, count: int) -> str:
        return f"{self.chosen.year}年度资助名单上尚未参保的人（{count}人）"

    def row(self, person: Any, names: Mapping[str, str]) -> Row:
        village = village_told(names, person.division_code) if person.division_code else person.village
        home = (village, person.household_number, person.name)
        return (*home, person.funder_name, person.label or person.said, person.phone, person.reason)


class Marked(Export):
    """核对意见: a roster's file with a remark behind each row, to be mended and handed in again."""

    kind, verb = "roster_marked", "fetch_roster_file"

    def __init__(self, asked: Asked, *, by: Staff) -> None:
        super().__init__(asked, by=by)
        self.file, self.data = kept(asked["file"], by=by)

    @property
    def subject(self) -> Model:
        return self.file.roster

    def is_long(self) -> bool:
        return self.file.rows.count() > AT_ONCE

    def made(self, copy: Copy, progress: Progress | None = None) -> Workbook:
        rows = self.file.rows.count()
        data = marked(self.file, self.data, mark=copy.line(rows), progress=progress)
        return Workbook(f"{self.file.roster.title} 核对意见.xlsx", data, rows)


EXPORTS = {each.kind: each for each in (Omissions, ListedMissing, Marked)}


def export(asked_for: Export, *, copy: Copy, by: Staff, at: datetime) -> Workbook | Job:
    """The workbook, or the job that will make it. Taking it is logged when it is made."""
    if asked_for.is_long():
        return ask_for(kind=asked_for.kind, parameters={**asked_for.asked, "copy": copy.kept()}, by=by, at=at)
    made = asked_for.made(copy)
    _note(asked_for, made.rows, copy=copy, by=by, at=at)
    return made


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of one of these kinds."""
    asked = {**job.parameters}
    copy, at = Copy(**asked.pop("copy")), job.asked_at.astimezone(SHANGHAI)
    progress(0, 0)
    asked_for = EXPORTS[job.kind](asked, by=job.by)
    made = asked_for.made(copy, progress)
    result = job_files.keep(job, name=made.name, content=XLSX, data=made.data)
    if not was_logged(copy, verb=asked_for.verb, by=job.by, at=at):
        _note(asked_for, made.rows, copy=copy, by=job.by, at=at)  # and not a second time after a worker that died
    return result


@accountable
def _note(asked_for: Export, rows: int, *, copy: Copy, by: Staff, at: datetime) -> None:
    record(by=by, at=at, verb=asked_for.verb, subject=asked_for.subject, detail=copy.detail(rows))
