"""不重 across rosters: who stands on a village's and on a school's list, registered or not, is told row by row."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from common.decision import Refusal
from offices.models import Staff
from rosters.models import Roster, RosterFile
from rosters.services import check_again, set_aside, withdraw_agreement, withdraw_roster
from tests.acting import as_owner
from tests.builders import make_office, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.rosters.made import LI, LIU, WANG, csv_of
from tests.rosters.roster_builders import HEADS, MOMENT, RIGHT, a_roster, a_village, agreed, handed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]

PUPIL = [["姓名", "身份证号", "缴费金额"], ["王秀", WANG, 150]]
ON_SCHOOL = "王秀已在嵩阳一小第1批名册（11月01日核对相符）上，一人一年只能参保一次。"


@pytest.fixture
def school(miss_yang) -> Roster:
    """The roster of a school, which names somebody whom nobody has registered."""
    a_village()
    made = a_roster(miss_yang, channel="school", village_code="", place="嵩阳一小")
    handed_in(made, miss_yang, csv_of(PUPIL))
    return made


def told(file: RosterFile) -> dict[str, list[tuple[str, str]]]:
    """By name: code and first words of what was refused and warned of because of another roster."""
    return {
        row.name: [(each["code"], each["text"][:30]) for each in (*row.reasons, *row.warnings)]
        for row in file.rows.order_by("position")
        if row.reasons or row.warnings
    }


def codes(file: RosterFile) -> dict[str, list[str]]:
    return {name: [code for code, _ in found] for name, found in told(file).items()}


def test_whom_nobody_has_registered_is_refused_while_a_schools_roster_agrees(school, miss_yang):
    agreed(school, miss_yang, "150.00", 1)

    file = handed_in(a_roster(miss_yang), miss_yang)

    assert codes(file) == {"李大山": ["HOUSEHOLD_HELD"], "王秀": ["DUPLICATE"]}
    (reason,) = file.rows.get(name="王秀").reasons
    assert reason["text"].startswith(ON_SCHOOL)
    assert reason["clause"]["key"] == "S-8-8"
    assert file.accepted == 1


def test_what_was_withdrawn_there_can_be_taken_here(school, miss_yang):
    agreed(school, miss_yang, "150.00", 1)
    village = a_roster(miss_yang)
    file = handed_in(village, miss_yang)
    assert file.accepted == 1

    withdraw_agreement(roster_id=school.pk, reason="在村里交了", by=miss_yang, at=MOMENT)
    open_ = check_again(file_id=file.pk, by=miss_yang, at=MOMENT)
    set_aside(row_id=school.files.get().rows.get().pk, reason="在村里交了", by=miss_yang, at=MOMENT)
    free = check_again(file_id=open_.pk, by=miss_yang, at=MOMENT)

    assert codes(open_) == {"王秀": ["TWO_ROSTERS"]}
    assert (codes(free), free.accepted) == ({}, 3)


def test_a_roster_that_is_only_handed_in_is_warned_of_and_the_first_to_agree_has_the_person(school, miss_yang):
    village = a_roster(miss_yang)
    file = handed_in(village, miss_yang)

    assert told(file) == {"王秀": [("TWO_ROSTERS", "王秀也在嵩阳一小第1批名册（11月01日交来）上，那份还没有"[:30])]}
    assert file.accepted == 3
    agreed(school, miss_yang, "150.00", 1)
    with pytest.raises(Refusal, match="第3行王秀在嵩阳一小第1批名册（11月01日核对相符）上已经有了"):
        agreed(village, miss_yang)


def test_a_withdrawn_roster_stands_for_nobody(school, miss_yang):
    withdraw_roster(roster_id=school.pk, reason="交错了", by=miss_yang, at=MOMENT)

    assert codes(handed_in(a_roster(miss_yang), miss_yang)) == {}


def test_a_file_that_is_handed_in_again_is_no_other_roster(miss_yang):
    a_village()
    village = a_roster(miss_yang)
    handed_in(village, miss_yang)

    assert codes(handed_in(village, miss_yang)) == {}


def test_the_second_batch_of_a_village_is_told_of_the_first(miss_yang):
    a_village()
    handed_in(a_roster(miss_yang), miss_yang)
    agreed(Roster.objects.get(), miss_yang)

    tomorrow = MOMENT + timedelta(days=1)
    second = handed_in(a_roster(miss_yang, moment=tomorrow), miss_yang, RIGHT[2:], moment=tomorrow)

    assert told(second) == {"刘利": [("DUPLICATE", "刘利已在东村第1批名册（11月01日核对相符）上，一人一年只能"[:30])]}


def test_another_offices_roster_is_told_with_its_office(school, miss_yang):
    agreed(school, miss_yang, "150.00", 1)
    there: Staff = make_staff(make_office("530127002", name="杨林镇社会保障所", ruleset_code="songming"), "lin")
    class_ = a_roster(there, channel="school", village_code="", place="杨林中学")

    file = handed_in(class_, there, csv_of([PUPIL[0], ["王秀", WANG, 150], ["李大山", LI, 150]]))

    (reason,) = file.rows.get(name="王秀").reasons
    assert reason["text"].startswith(f"王秀已在{miss_yang.office.name}嵩阳一小第1批名册（")
    assert file.rows.get(name="李大山").accepted


def test_check_roster_tells_it_too(school, miss_yang, tmp_path: Path):
    agreed(school, miss_yang, "150.00", 1)
    file, out = tmp_path / "东村.csv", StringIO()
    file.write_bytes(csv_of([HEADS, *RIGHT]))

    asked = ("--office", miss_yang.office.code, "--year", "2017", "--at", "2016-11-01T10:00")
    call_command("check_roster", str(file), *asked, stdout=out)

    found = json.loads(out.getvalue())
    assert found["codes"] == {"DUPLICATE": 1, "HOUSEHOLD_HELD": 1}
    assert any(each["sentence"].startswith(ON_SCHOOL) for each in found["refused"])


def test_rows_are_looked_for_by_their_number(school):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT FROM rosters_rosterrow r WHERE SUBSTRING(r.id_no, 5, 16) = %s AND r.set_aside_at IS NULL",
            [b"\0" * 16],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "roster_row_by_number" in plan
    assert LIU not in plan
