"""Who works with rosters and lists, and where their files lie."""

from typing import Any

import pytest

from offices.models import Office, Staff
from tests.builders import make_staff


@pytest.fixture
def boss(songyang: Office) -> Staff:
    """A supervisor of 嵩阳街道 who imports lists."""
    return make_staff(songyang, "fu", name="符主任", role="supervisor")


@pytest.fixture(autouse=True)
def kept_files(settings: Any, tmp_path: Any) -> None:
    """Files that come in lie in a folder of the test's own."""
    settings.FILES_DIR = tmp_path
