"""A backup and a seal each night without anybody's thinking of it; none in a demonstration."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from common.dates import SHANGHAI
from offices.acts import record
from offices.jobs import tidy
from offices.models import Staff
from upkeep.models import ActSeal, Backup
from upkeep.nightly import is_due

NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=SHANGHAI)
DAY = datetime(2026, 11, 28, 14, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        pytest.param(None, DAY, True, id="从未做过"),
        pytest.param(timedelta(hours=24), NIGHT, True, id="昨晚做过，又到夜里"),
        pytest.param(timedelta(hours=2), NIGHT, False, id="今晚已做过"),
        pytest.param(timedelta(hours=30), DAY, False, id="白天不做"),
        pytest.param(timedelta(hours=50), DAY, True, id="错过了两晚"),
    ],
)
def test_it_is_due_at_night_or_when_nights_were_missed(settings, last, now, due):
    settings.DEMO, settings.NIGHTLY = False, True
    assert is_due(now - last if last else None, now) is due


@pytest.mark.parametrize(("demo", "nightly"), [(True, True), (False, False)])
def test_it_is_never_due_in_a_demonstration_or_where_the_server_has_a_timer(settings, demo, nightly):
    settings.DEMO, settings.NIGHTLY = demo, nightly
    assert not is_due(None, NIGHT)


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_both_once(settings, tmp_path: Path, aunt_liu: Staff):
    settings.DEMO, settings.NIGHTLY = False, True
    settings.BACKUP_DIR, settings.BACKUP_KEY, settings.LOG_KEY = (tmp_path / each for each in ("b", "bk", "lk"))
    settings.FILES_DIR = tmp_path / "files"
    record(by=aunt_liu, at=DAY, verb="login", subject=aunt_liu)

    tidy()
    tidy()

    assert Backup.objects.count() == 1
    assert ActSeal.objects.get().acts == 1
    assert [each.name for each in (tmp_path / "b").iterdir()] == [Path(Backup.objects.get().place).name]
