"""导出: every workbook and CSV of the application, read back, with people whose names would be formulas.

The list of exports is made from the URL map: one that is new and stands in no row here fails.
"""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from common.relations import HEAD
from households import job_files
from households.models import Household, Person
from offices.jobs import run_next
from offices.models import Act, Job, Office, Staff
from payments.models import ReceiptBook
from rosters import exporting
from tests.builders import OTHER, WHY, make_household, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import claim_on, confirmed, listed, pay_for, songming_book
from tests.rosters.lists_made import NOVEMBER, THREE, TWO, took_in
from tests.rosters.roster_builders import WRONG, a_roster, a_village, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]

NAMES = ["=cmd|' /C calc'!A0", "+1", "@x", "-1+2", "\t=1"]
HOSTILE = ("=", "+", "-", "@", "\t", "\r")
# What makes a table for others to open, and who may have it: clerk, supervisor, administrator or auditor.
TABLES = {
    "roster-template": ("boss", {"village": "530127001001"}),
    "roster-template-school": ("boss", {"school": "=1+1学校"}),
    "roster-template-department": ("boss", {"funder": "civil_affairs"}),
    "roster-marked": ("boss", {}),
    "listed-missing-file": ("boss", {}),
    "omissions-file": ("boss", {}),
    "renewal-list": ("boss", {}),
    "funding-claim-file": ("admin", {}),
    "journal-file": ("boss", {}),
    "progress-file": ("boss", {}),
    "weekly-reports-file": ("boss", {}),
    "book-workbook": ("boss", {}),
    "acts-file": ("auditor", {}),
}
# Files that are none of ours to write, and those that a job made, which are the same by another way.
NOT_TABLES = {
    "roster-original": "the file as it came",
    "roster-file": "takes a file",
    "statement-file": "the bank's file as it came",
    "ruleset-file": "a text that the application reads",
    "funding-claim-sheet": "asks for the job of funding-claim-file",
    "job-file": "what a job has made",
    "print-run-file": "a PDF",
    "file": "a picture or a PDF",
    "file-remove": "a form",
    "household-files": "a page",
    "funding-claim-paper": "a PDF",
}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def test_every_export_is_walked_over():
    looks = {
        each.name for each in patterns() if each.name and ("file" in each.name or str(each.pattern).endswith(".xlsx"))
    }

    assert looks <= TABLES.keys() | NOT_TABLES.keys()
    assert TABLES.keys() <= {each.name for each in patterns()}


@pytest.fixture
def world(settings, songyang: Office, miss_yang: Staff, mr_zhou: Staff, mrs_wu: Staff) -> dict[str, object]:
    """嵩阳街道 in November 2016, where everybody's name, address and school would be a formula."""
    settings.DEMO = True
    a_village()
    boss = songming_book(songyang)
    homes: list[Household] = []
    for name in NAMES:
        people = (listed("普一", "", HEAD), listed("普二", "", OTHER))
        home = make_household(miss_yang, *people, moment="2016-09-20 09:00")
        persons = Person.objects.filter(memberships__household=home)
        persons.update(name=name, school_name="=1+1学校", student_kind="小学", phone="13812348888")
        Household.objects.filter(pk=home.pk).update(address=f"{name}东村3组")
        homes.append(home)
    took_in(boss, (NAMES[1], TWO, "低保"), (NAMES[2], THREE, "低保"))
    for home in homes[1:3]:
        pay_for(home, miss_yang, total=300)
    sponsored = make_household(miss_yang, listed("普三", "dibao", HEAD), moment="2016-09-20 09:00")
    Person.objects.filter(memberships__household=sponsored).update(name=NAMES[0])
    pay_for(sponsored, miss_yang)
    roster = a_roster(miss_yang)
    handed_in(roster, miss_yang, [[name, *row[1:]] for name, row in zip(NAMES, WRONG, strict=False)])
    claim = confirmed(claim_on("民政", mr_zhou), make_staff(None, "second", role="administrator"))
    office = Office.objects.get(pk=songyang.pk)
    office.demo_moment, office.demo_set_at = NOVEMBER, timezone.now()
    office.save()
    return {
        "staff": {"boss": boss, "admin": mr_zhou, "auditor": mrs_wu},
        "arguments": {
            "roster-marked": [roster.pk],
            "funding-claim-file": [claim.pk],
            "book-workbook": [ReceiptBook.objects.get(office=songyang).pk],
        },
    }


def taken(world: dict[str, object], name: str, **more: str) -> bytes:
    who, query = TABLES[name]
    client = Client()
    client.force_login(world["staff"][who])
    address = reverse(name, args=world["arguments"].get(name, []), query=query)
    answer = client.post(address, WHY | more)
    answer = client.get(address) if answer.status_code == 405 else answer
    assert answer.status_code == 200, (name, answer.status_code, answer.get("Location"))
    assert "attachment" in answer["Content-Disposition"]
    return answer.content


def test_no_cell_of_any_workbook_is_a_formula(world):
    days = {"first": "2016-09-01", "last": "2016-11-30", "office": "", "file": "journal.xlsx"}
    texts: dict[str, set[str]] = {}

    for name in TABLES:
        data = taken(world, name, **(days if name == "journal-file" else {}))
        with ZipFile(BytesIO(data)) as archive:
            sheets = [each for each in archive.namelist() if each.startswith("xl/worksheets/")]
            assert not any(b"<f>" in archive.read(each) for each in sheets), name
            assert not any("externalLink" in each for each in archive.namelist()), name
        cells = [cell for sheet in openpyxl.load_workbook(BytesIO(data)) for row in sheet.iter_rows() for cell in row]
        assert not any(cell.data_type == "f" for cell in cells), name
        texts[name] = {str(cell.value) for cell in cells if cell.value is not None}

    with_names = ("roster-template", "roster-marked", "omissions-file", "funding-claim-file", "journal-file")
    for name in with_names:
        assert any(text.strip().startswith(tuple(each.strip() for each in NAMES)) for text in texts[name]), name


def test_no_cell_of_a_csv_begins_like_a_formula(world):
    for file in ("journal.csv", "totals.csv"):
        data = taken(world, "journal-file", first="2016-09-01", last="2016-11-30", office="", file=file)

        lines = data.decode("utf-8-sig").splitlines()
        assert len(lines) > 1
        for line in lines:
            for cell in line.split(","):
                assert not cell.strip('"').startswith(HOSTILE) or _is_number(cell), (file, cell)


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def test_each_list_with_names_says_whose_copy_it_is_and_the_log_how_many_rows(world):
    marked = {"listed-missing-file": 2, "omissions-file": None, "funding-claim-file": 1}
    for name, rows in marked.items():
        data = taken(world, name)

        act = Act.objects.latest("pk")
        first = [
            cell.value for row in openpyxl.load_workbook(BytesIO(data)).active.iter_rows(max_row=8) for cell in row
        ]
        line = next(str(text) for text in first if str(text).startswith("导出人 "))
        assert act.detail["copy_no"] in line
        assert f"共 {act.detail['rows']} 行" in line
        assert act.detail["reason"] == "本机构办理业务"
        assert rows in (None, act.detail["rows"])


def test_without_a_reason_there_is_no_file(world):
    client = Client()
    client.force_login(world["staff"]["boss"])

    asked = client.get(reverse("omissions-file"))
    refused = client.post(reverse("omissions-file"), {"purpose": "other"})

    assert "事由" in asked.content.decode()
    assert refused.status_code == 422
    assert not Act.objects.filter(verb="export_omissions").exists()


def test_over_the_limit_of_a_day_no_more_lists_are_taken(world, settings):
    settings.EXPORTS_PER_DAY = 1
    client = Client()
    client.force_login(world["staff"]["boss"])

    first = client.post(reverse("omissions-file"), WHY)
    second = client.post(reverse("omissions-file"), WHY)

    assert first.status_code == 200
    assert second.status_code == 422
    assert "导出名单已超过1份的上限" in second.content.decode()


LONG = ("roster-marked", "listed-missing-file", "omissions-file")


def by_a_worker(world, name: str) -> Job:
    """What becomes of a long export, once it was asked for."""
    who, query = TABLES[name]
    client = Client()
    client.force_login(world["staff"][who])
    answer = client.post(reverse(name, args=world["arguments"].get(name, []), query=query), WHY)
    job = Job.objects.latest("pk")
    assert answer.url == reverse("job", args=[job.pk])
    return job


def rows_but_the_mark(data: bytes) -> list[tuple]:
    """Whose copy it is tells the minute."""
    rows = openpyxl.load_workbook(BytesIO(data)).active.iter_rows(values_only=True)
    return [row for row in rows if not str(row[0]).startswith("导出人 ")]


@pytest.mark.parametrize("name", LONG)
def test_a_long_list_is_the_same_one_made_by_a_worker(world, monkeypatch, name):
    at_once = rows_but_the_mark(taken(world, name))
    verb, detail = Act.objects.values_list("verb", "detail").latest("pk")
    monkeypatch.setattr(exporting, "AT_ONCE", 1)

    job = by_a_worker(world, name)
    assert run_next()

    job.refresh_from_db()
    assert job.failed == ""
    assert rows_but_the_mark(job_files.file_of(job)) == at_once
    assert len(at_once) > 3
    last = Act.objects.filter(verb=verb).latest("pk")
    assert last.by == job.by
    assert last.detail["rows"] == detail["rows"]
    assert Act.objects.filter(verb=verb).count() == 2


def test_whoever_moved_meanwhile_gets_no_list(world, monkeypatch, xinpu):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    jobs = [by_a_worker(world, name) for name in LONG]
    boss = world["staff"]["boss"]
    Staff.objects.filter(pk=boss.pk).update(office=xinpu, division_scope=xinpu.division_code)

    while run_next():
        pass

    for job in jobs:
        job.refresh_from_db()
        assert job.failed
        assert not job.result
