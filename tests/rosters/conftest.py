"""Who works with rosters and lists, and where their files lie."""

from typing import Any

import pytest

from offices.models import Office, Staff
from rosters.models import Roster
from tests.builders import make_staff
from tests.payments.conftest import a_book
from tests.rosters.roster_builders import a_roster, a_village, agreed, handed_in


@pytest.fixture
def boss(songyang: Office) -> Staff:
    """A supervisor of 嵩阳街道 who imports lists."""
    return make_staff(songyang, "fu", name="符主任", role="supervisor")


@pytest.fixture(autouse=True)
def kept_files(settings: Any, tmp_path: Any) -> None:
    """Files that come in lie in a folder of the test's own."""
    settings.FILES_DIR = tmp_path


@pytest.fixture
def roster(miss_yang: Staff) -> Roster:
    """A roster of 东村 with three people of two households, agreed in November."""
    a_village()
    made = a_roster(miss_yang)
    handed_in(made, miss_yang)
    agreed(made, miss_yang)
    return made


@pytest.fixture
def duan(songyang) -> Staff:
    """The supervisor of 嵩阳街道 with a book of 10."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16R", first=1, count=10)
    return boss
