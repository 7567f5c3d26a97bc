"""A key is made once, is its owner's alone, and is refused where it is not a key."""

from pathlib import Path

import pytest

from upkeep.keys import KeyUnusable, key_of


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "keys" / "key"

    assert key_of(path) == key_of(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("short\n")
    with pytest.raises(KeyUnusable, match="64"):
        key_of(path)
