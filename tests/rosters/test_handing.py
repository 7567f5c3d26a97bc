"""交表: a file into rows with verdicts, its replacement, its columns, and what is refused and not kept."""

from decimal import Decimal
from pathlib import Path

import pytest

from common.decision import Refusal
from offices import jobs
from offices.models import Act, Job
from rosters.models import ColumnChoice, Roster, RosterFile, RosterRow
from rosters.services import check_again, correct_columns, handing, open_roster, set_aside, withdraw_roster
from rosters.services.opening import RosterDraft
from rosters.stage import stage_of, steps_of, with_steps
from tests.common.workbooks_made import xlsx
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.rosters.made import LI, LIU, csv_of, number, village_rows
from tests.rosters.roster_builders import MOMENT, VILLAGE, WRONG, a_roster, a_village, agreed, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def roster(miss_yang) -> Roster:
    """An empty roster of 东村."""
    a_village()
    return a_roster(miss_yang)


def kept_bytes(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_every_row_is_kept_with_its_verdict_and_the_sums_are_of_the_accepted(roster, miss_yang):
    file = handed_in(roster, miss_yang, xlsx(*[row or [""] for row in village_rows()]))

    rows = list(file.rows.all())
    assert [(row.row_number, row.name, row.accepted) for row in rows] == [
        (4, "李大山", True),
        (5, "王秀", True),
        (7, "刘利", True),
    ]
    assert (file.persons, file.accepted, file.households) == (3, 3, 2)
    assert (file.payable, file.sponsored) == (Decimal("450.00"), Decimal("0.00"))
    assert {row.household for row in rows[:2]} != {rows[2].household}
    assert Act.objects.get(verb="hand_in_roster").subject_id == roster.pk


def test_a_mended_file_replaces_the_one_before(roster, miss_yang):
    first = handed_in(roster, miss_yang, WRONG)
    wrong = steps_of(roster).stage.code

    second = handed_in(roster, miss_yang)

    first.refresh_from_db()
    assert (first.accepted, first.households_refused) == (1, 1)
    assert wrong == "wrong"
    assert first.superseded_at is not None
    assert (second.number, second.handed_in) == (2, 2)
    assert steps_of(roster).stage.code == "checked"


def test_the_list_and_the_page_tell_the_same_stage(roster, miss_yang):
    for rows, code in ((None, "checked"), (WRONG, "wrong"), (None, "checked")):
        handed_in(roster, miss_yang, rows)

        assert stage_of(with_steps(Roster.objects.all()).get()).code == steps_of(roster).stage.code == code

    agreed(roster, miss_yang)
    assert stage_of(with_steps(Roster.objects.all()).get()).code == steps_of(roster).stage.code == "agreed"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"%PDF-1.7 roster", "FILE_KIND", id="不是表格"),
        pytest.param(b"", "FILE_EMPTY", id="空文件"),
        pytest.param(b"PK\x03\x04 broken", "FILE_UNREADABLE", id="坏压缩包"),
        pytest.param("姓名,身份证号\r\n".encode(), "ROSTER_EMPTY", id="没有人"),
    ],
)
def test_what_is_no_roster_is_refused_and_nothing_is_kept(roster, miss_yang, files_folder, data, code):  # noqa: F811
    with pytest.raises(Refusal) as refused:
        handed_in(roster, miss_yang, data)

    assert refused.value.code == code
    assert not RosterFile.objects.exists()
    assert not kept_bytes(files_folder)


def test_a_refusal_after_reading_leaves_no_bytes_behind(roster, miss_yang, files_folder):  # noqa: F811
    handed_in(roster, miss_yang)
    agreed(roster, miss_yang)
    before = len(kept_bytes(files_folder))

    with pytest.raises(Refusal, match="先撤回核对"):
        handed_in(roster, miss_yang, WRONG)

    assert len(kept_bytes(files_folder)) == before


def test_a_table_without_headings_waits_for_its_columns_and_they_are_remembered(roster, miss_yang):
    rows = [["1", "李大山", LI], ["2", "刘利", LIU]]
    file = handed_in(roster, miss_yang, csv_of(rows))
    assert file.checked_at is None

    fields = {"household_no": "A", "name": "B", "id_no": "C"}
    read = correct_columns(file_id=file.pk, mapping=fields, sheet="", by=miss_yang, at=MOMENT)
    assert (read.persons, read.why, read.handed_in, read.name) == (2, "columns", 1, file.name)

    again = handed_in(roster, miss_yang, csv_of(rows))
    assert ColumnChoice.objects.get().place == roster.place
    assert (again.persons, again.mapping) == (2, fields)


def test_a_choice_of_columns_that_cannot_be_is_refused_and_not_remembered(roster, miss_yang):
    file = handed_in(roster, miss_yang)

    with pytest.raises(Refusal):
        correct_columns(file_id=file.pk, mapping={"name": "", "id_no": ""}, sheet="", by=miss_yang, at=MOMENT)

    assert not ColumnChoice.objects.exists()
    assert steps_of(roster).file == file


def test_a_large_file_is_checked_by_a_worker_and_may_be_stopped(roster, miss_yang, monkeypatch):
    monkeypatch.setattr(handing, "AT_ONCE", 2)

    file = handed_in(roster, miss_yang)
    assert steps_of(roster).stage.code == "reading"
    jobs.run_next()
    file.refresh_from_db()
    assert (file.persons, Job.objects.get().result) == (3, {"file": file.pk, "persons": 3})

    second = handed_in(roster, miss_yang, WRONG)
    jobs.cancel(job_id=Job.objects.latest("pk").pk, by=miss_yang, at=MOMENT)
    jobs.run_next()
    second.refresh_from_db()
    assert second.checked_at is None
    assert not second.rows.exists()


def test_a_job_that_is_done_twice_writes_its_rows_once(roster, miss_yang, monkeypatch):
    monkeypatch.setattr(handing, "AT_ONCE", 2)
    file = handed_in(roster, miss_yang)
    jobs.run_next()
    Job.objects.update(finished_at=None, result=None, started_at=None)

    jobs.run_next()

    assert RosterRow.objects.filter(file=file).count() == 3


def test_what_was_set_aside_stays_so_when_the_same_file_is_checked_again(roster, miss_yang):
    file = handed_in(roster, miss_yang, WRONG)
    set_aside(row_id=file.rows.wrong().first().pk, reason="证件没有带来", by=miss_yang, at=MOMENT)

    again = check_again(file_id=file.pk, by=miss_yang, at=MOMENT)

    assert again.rows.filter(set_aside_at__isnull=False).count() == 2
    assert (again.number, again.handed_in, again.accepted) == (2, 1, 1)


def test_a_household_is_set_aside_as_a_whole_and_many_only_by_the_supervisor(roster, songyang, miss_yang):
    people = [[str(n), "李大", number(f"1960010{n}", 900 + n), "户主", "", 100] for n in range(1, 8)]
    file = handed_in(roster, miss_yang, people)
    rows = list(file.rows.wrong())

    for row in rows[:5]:
        set_aside(row_id=row.pk, reason="金额不对", by=miss_yang, at=MOMENT)

    with pytest.raises(Refusal, match="由主管办理"):
        set_aside(row_id=rows[5].pk, reason="金额不对", by=miss_yang, at=MOMENT)


def test_one_village_has_one_open_roster_a_day(roster, miss_yang):
    with pytest.raises(Refusal, match="接着办那一份"):
        a_roster(miss_yang)

    other = a_roster(miss_yang, group="3组")
    withdraw_roster(roster_id=roster.pk, reason="建错了", by=miss_yang, at=MOMENT)
    second = a_roster(miss_yang)

    assert other.serial == 1
    assert (second.serial, second.division_code) == (2, VILLAGE)


def test_a_roster_is_of_a_village_of_the_office(miss_yang):
    draft = RosterDraft("village", 2017, "赵六", village_code="320705001001")

    with pytest.raises(Refusal, match="本机构管辖"):
        open_roster(draft=draft, by=miss_yang, at=MOMENT)
