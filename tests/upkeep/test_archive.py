"""日志归档: old lines leave for a sealed file, the chain of seals stays whole, and the file proves itself."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common.decision import Refusal
from offices.acts import record
from offices.models import Act, Staff
from tests.acting import as_owner
from upkeep.log.archive import archive_acts, read_archive
from upkeep.log.audit import Archives, LogAudit, audit_acts
from upkeep.log.chain import seal_acts
from upkeep.models import ActArchive, ActSeal

KEY = b"k" * 32
LATER = timezone.now() + timedelta(days=400)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seals of five lines."""
    monkeypatch.setattr("upkeep.log.chain.ACTS_IN_A_SEAL", 5)


pytestmark = pytest.mark.django_db(transaction=True)


def acts(by: Staff, count: int) -> None:
    for number in range(count):
        record(by=by, at=timezone.now(), verb="login", subject=by, detail={"number": number, "词": "中文"})


def archived(folder: Path, *, months: int = 6) -> ActArchive | None:
    with as_owner():
        return archive_acts(months=months, folder=folder, key=KEY, at=LATER)


def audited(archives: Archives | None = None) -> LogAudit:
    return audit_acts(key=KEY, at=timezone.now(), archives=archives)


def test_sealed_lines_leave_and_the_chain_stays_whole(aunt_liu: Staff, tmp_path: Path):
    acts(aunt_liu, 12)
    seal_acts(key=KEY, at=timezone.now())
    acts(aunt_liu, 3)

    made = archived(tmp_path)
    acts(aunt_liu, 4)
    seal_acts(key=KEY, at=timezone.now())

    assert made
    assert made.acts == 12
    assert Act.objects.count() == 7
    assert len(list(read_archive(tmp_path / made.name, key=KEY))) == 12
    without, with_files = audited(), audited(Archives(tmp_path, KEY))
    assert (without.faults, without.archived) == ([], 12)
    assert (with_files.faults, with_files.acts) == ([], 19)


def test_younger_lines_stay(aunt_liu: Staff, tmp_path: Path):
    acts(aunt_liu, 6)
    seal_acts(key=KEY, at=timezone.now())

    with as_owner():
        assert archive_acts(months=6, folder=tmp_path, key=KEY, at=timezone.now()) is None
    assert Act.objects.count() == 6


def test_less_than_six_months_is_refused(aunt_liu: Staff, tmp_path: Path):
    with pytest.raises(Refusal, match="至少保留6个月"):
        archived(tmp_path, months=5)


def test_a_file_that_is_gone_or_another_is_missed(aunt_liu: Staff, tmp_path: Path):
    acts(aunt_liu, 6)
    seal_acts(key=KEY, at=timezone.now())
    made = archived(tmp_path)
    assert made
    (tmp_path / made.name).rename(tmp_path / "elsewhere")

    found = audited(Archives(tmp_path, KEY))

    assert ["少了5条" in found.faults[0], "少了1条" in found.faults[1]] == [True, True]


def test_a_seal_of_archived_lines_is_still_missed(aunt_liu: Staff, tmp_path: Path):
    acts(aunt_liu, 12)
    seal_acts(key=KEY, at=timezone.now())
    archived(tmp_path)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE upkeep_actseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM upkeep_actseal WHERE id = (SELECT max(id) - 1 FROM upkeep_actseal)")
        cursor.execute("ALTER TABLE upkeep_actseal ENABLE TRIGGER USER")

    assert any("接不上前一号" in each for each in audited().faults)


def test_the_application_cannot_archive(aunt_liu: Staff, tmp_path: Path):
    acts(aunt_liu, 6)
    seal_acts(key=KEY, at=timezone.now())

    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
        archive_acts(months=6, folder=tmp_path, key=KEY, at=LATER)

    assert (Act.objects.count(), ActArchive.objects.count()) == (6, 0)


def test_the_command_wants_the_setting_and_a_folder(aunt_liu: Staff, settings, tmp_path: Path):
    settings.BACKUP_KEY, settings.LOG_MONTHS = tmp_path / "key", None
    with pytest.raises(CommandError, match="没有设置 CANBAO_LOG_MONTHS"):
        call_command("archive_log", to=tmp_path)
    settings.LOG_MONTHS = 6
    with pytest.raises(CommandError, match="--to"):
        call_command("archive_log")

    out = io.StringIO()
    call_command("archive_log", to=tmp_path, stdout=out)

    assert "没有超过 6 个月" in out.getvalue()
    assert ActSeal.objects.count() == 0
