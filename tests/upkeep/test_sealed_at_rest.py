"""Nothing that the database or the files folder holds shows an ID number or a telephone: all tables, all columns."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from common.sealing import SUITES, new_keys
from enrollment.facts import read_household
from households import vault
from households.drafts import CertificationDraft
from households.models import Household, Person
from households.search import search
from households.services import update_person
from households.services.drafts import draft_of, save_draft
from offices import keys as key_file
from offices.models import DataKey
from offices.resealing import sealed_tables, stale_rows
from payments.models import CoverCertificate, ReceiptLine
from payments.services.certificates import issue_certificate
from rosters.following import note_follow_up
from rosters.models import FollowUp, RosterRow
from tests.acting import as_owner
from tests.builders import OTHER, SON, id_number, make_household, newborn
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import CLAIMED, PAID, claim_on, listed, pay_for, songming_book
from tests.rosters.lists_made import OCTOBER, took_in
from tests.rosters.made import csv_of
from tests.rosters.roster_builders import HEADS, MOMENT, a_roster, a_village, handed_in

NUMBERS = {
    name: id_number(born, sex=sex)
    for name, born, sex in (
        ("head", "1961-02-03", "M"),
        ("corrected", "1962-02-03", "M"),
        ("second", "1983-04-05", "F"),
        ("mother", "1984-04-05", "F"),
        ("roster", "1964-05-06", "M"),
        ("list", "1965-06-07", "F"),
        ("draft", "1966-07-08", "M"),
    )
}
PHONES = {name: f"1381234{1000 + place}" for place, name in enumerate(("home", "own", "roster", "away", "collector"))}
EVERY_TABLE = """
    SELECT format('%I', c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> Path:
    """A key file and a files folder of this test alone."""
    settings.DATA_KEYS, settings.FILES_DIR = tmp_path / "data-keys", tmp_path / "files"
    return settings.DATA_KEYS


@pytest.fixture
def home(own_keys: Path, rulesets: None, songyang: Any, miss_yang: Any, mr_zhou: Any) -> Household:  # noqa: F811
    """Whatever a number or a telephone can pass through: counter, change, claim, certificate, roster, list, draft."""
    with as_owner():
        DataKey.objects.all().delete()
    boss = songming_book(songyang)
    a_village()
    card = CertificationDraft(
        disability_kind="肢体",
        disability_grade=2,
        kind="残疾人证",
        number=f"{NUMBERS['head']}42",
        funder_list="残联名单",
    )
    household = make_household(
        miss_yang,
        replace(listed("普一", id_no=NUMBERS["head"], phone=PHONES["own"]), certifications=(card,)),
        listed("普二", "", OTHER, id_no=NUMBERS["second"]),
        newborn("普小", SON, born="2016-09-01", mother_id_no=NUMBERS["mother"]),
        phone=PHONES["home"],
        division_code="530127001001",
        moment="2016-10-20 09:00",
    )
    head = Person.objects.get(id_no=NUMBERS["head"])
    facts = read_household(household.pk, coverage_year=2017, at=PAID)
    pay_for(household, miss_yang, total=int(facts.decide(at=PAID).payable))
    claim_on("残联", mr_zhou)
    issue_certificate(household_id=household.pk, coverage_year=2017, person_id=None, key=uuid4(), by=miss_yang, at=PAID)
    update_person(person_id=head.pk, changes={"id_no": NUMBERS["corrected"]}, by=boss, at=CLAIMED)
    roster = a_roster(miss_yang, collector_phone=PHONES["collector"])
    row = ["9", "李大山", NUMBERS["roster"], "户主", "", 150, PHONES["roster"]]
    handed_in(roster, miss_yang, csv_of([[*HEADS, "联系电话"], row]))
    took_in(boss, ("李小山", NUMBERS["list"], "低保"), moment=OCTOBER)
    save_draft(payload={"rows-0-id_no": NUMBERS["draft"]}, by=miss_yang, at=MOMENT)
    note_follow_up(person_id=head.pk, coverage_year=2018, found="away", phone=PHONES["away"], by=miss_yang, at=MOMENT)
    return household


def everything() -> str:
    """All rows of all tables as text; bytes as hexadecimal digits."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - from the catalogue
            rows += [f"{table}: {text}" for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def shows(row: str, text: str) -> bool:
    """As text, or as bytes are written."""
    return text in row or text.encode().hex() in row


def test_no_table_and_no_file_shows_a_number_or_a_telephone(home: Household, settings: Any):
    rows = everything()

    secrets = {**NUMBERS, **PHONES}
    masks = {name: f"{number[:6]}********{number[14:]}" for name, number in NUMBERS.items()}
    found = [(name, row[:300]) for row in rows.split("\n") for name, secret in secrets.items() if shows(row, secret)]
    assert found == []
    assert not [name for name, mask in masks.items() if mask in rows]
    assert "普一" in rows  # the rows are read, and names stand in them
    files = [path.read_bytes() for path in settings.FILES_DIR.glob("*/*")]
    assert len(files) == 2
    assert not [name for name, secret in secrets.items() for data in files if secret.encode() in data]


def test_what_is_sealed_is_read_found_and_printed_as_before(home: Household, miss_yang: Any):
    for text in (
        NUMBERS["corrected"],
        NUMBERS["corrected"][-6:],
        NUMBERS["corrected"][-5:],
        PHONES["own"],
        PHONES["home"][-4:],
    ):
        assert [hit.name for hit in search(text, staff=miss_yang).hits] == ["普一"], text
    line = ReceiptLine.objects.get(name="普一")
    assert line.masked_id == f"{NUMBERS['head'][:6]}********{NUMBERS['head'][14:]}"
    assert CoverCertificate.objects.get().content["members"][0]["masked_id"] == line.masked_id
    assert RosterRow.objects.get().phone == PHONES["roster"]
    assert FollowUp.objects.get().phone == PHONES["away"]
    assert draft_of(staff=miss_yang).payload == {"rows-0-id_no": NUMBERS["draft"]}


@pytest.mark.parametrize("cipher", ["aes-gcm", "sm4-gcm"])
def test_rotation_seals_everything_anew_and_changes_nothing_else(
    home: Household, settings: Any, own_keys: Path, miss_yang: Any, cipher: str
):
    settings.CIPHER = cipher
    with as_owner():
        call_command("rotate_keys")  # under the cipher of now; where it is the same, under a new key
    history = Person.pgh_event_model.objects.count()
    before = everything()

    with as_owner():
        call_command("rotate_keys")

    versions = {each.version for each in DataKey.objects.filter(purpose="data")}
    assert versions == set(key_file.keys().data)
    for table in sealed_tables(apps):
        assert stale_rows(table) == 0
    suite, version = SUITES[cipher], max(versions)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT substring(id_no, 1, 3) FROM households_person WHERE id_no IS NOT NULL")
        assert [bytes(head) for (head,) in cursor.fetchall()] == [bytes([suite, 0, version])]
    assert Person.pgh_event_model.objects.count() == history
    assert everything() != before
    assert search(NUMBERS["corrected"], staff=miss_yang).hits[0].name == "普一"
    assert all(key_file.file_sealer().is_current(path.read_bytes()) for path in vault.kept())


def test_a_rotation_that_was_interrupted_is_gone_on_with(home: Household, own_keys: Path):
    key_file.write_keys(key_file.keys().with_data_key())
    (person,) = [table for table in sealed_tables(apps) if table.name == "households_person"]
    assert stale_rows(person) == 3

    with as_owner():
        call_command("rotate_keys")

    assert stale_rows(person) == 0
    assert max(key_file.keys().data) == 2


def test_another_index_key_finds_the_same(home: Household, miss_yang: Any):
    before = key_file.keys().index_version

    with as_owner():
        call_command("rotate_keys", "--index")

    assert key_file.keys().index_version == before + 1
    assert set(key_file.keys().indexes) == {before + 1}
    assert search(NUMBERS["corrected"][-6:], staff=miss_yang).hits[0].name == "普一"
    assert Person.objects.get(id_no=NUMBERS["corrected"]).phone == PHONES["own"]
    assert sum(map(stale_rows, sealed_tables(apps))) == 0


def test_another_key_file_is_refused_and_a_missing_one_is_not_made_anew(home: Household, own_keys: Path):
    kept = own_keys.read_text()
    own_keys.unlink()
    key_file.forget()
    with pytest.raises(key_file.KeysUnusable, match="找不到数据钥匙文件"):
        key_file.check_keys()
    assert not own_keys.exists()

    own_keys.write_text(new_keys(digest="blake2b").text())
    with pytest.raises(key_file.KeysUnusable, match="不是封存这个数据库的那一份"):
        key_file.check_keys()

    own_keys.write_text("正文")
    with pytest.raises(key_file.KeysUnusable, match="内容不对"):
        key_file.check_keys()

    own_keys.write_text(kept)
    key_file.check_keys()
    assert Person.objects.get(id_no=NUMBERS["corrected"]).name == "普一"


def test_the_first_keys_are_for_their_owner_only(home: Household, own_keys: Path):
    assert own_keys.stat().st_mode & 0o077 == 0


def test_a_sealed_column_is_compared_by_digest_or_not_at_all(home: Household):
    assert Person.objects.filter(id_no__in=[NUMBERS["corrected"], NUMBERS["list"]]).count() == 1
    assert Household.objects.get(phone=PHONES["home"]) == home
    assert Person.objects.filter(phone="").count() == 2
    with pytest.raises(FieldError):
        Person.objects.filter(id_no__startswith="53")
    with pytest.raises(FieldError):
        Person.objects.filter(phone=F("residence_number")).count()
