"""An own state folder for the tests of the platform, and commands that run in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.places import BASE_DIR
from payments.paper import fonts


@dataclass(frozen=True)
class Station:
    """A place where nothing was ever started: its state folder, and commands that know only that one."""

    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", *arguments]

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            input=stdin,
            env=self.environment | environment,
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a command at the head of a process group, as a terminal does."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment | environment,
            cwd=BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A fresh station; at the end everything of it is deleted, databases included."""
    state = tmp_path_factory.mktemp("station") / "state of a test"
    ours = ("CANBAO_", "DATABASE_URL", "DJANGO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    station = Station(state, inherited | {"CANBAO_STATE_DIR": str(state)})
    yield station
    assert "永久删除" in station.run("config.clean", stdin="delete\n").stdout
    assert not state.exists()


@pytest.fixture(scope="module")
def furnished(station: Station) -> Station:
    """A station that need not make the fonts once more."""
    fonts.warm_up()
    station.state.mkdir(parents=True)
    (station.state / "fonts").symlink_to(fonts.folder())
    return station
