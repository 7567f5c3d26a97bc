"""The clock of a machine, wrong for the processes that are told so, and moved while they run (Debian's libfaketime)."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

LIBRARY = "lib/*/faketime/libfaketime.so.1"


@dataclass(slots=True)
class FalseClock:
    """What processes are started with, and by how much their clock is wrong."""

    library: Path
    file: Path
    wrong_by: timedelta = timedelta()

    @property
    def environment(self) -> dict[str, str]:
        own = {"FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1"}
        # Waiting goes by the monotonic clock, which no hand moves.
        return own | {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "LD_PRELOAD": str(self.library)}

    def set(self, wrong_by: timedelta) -> None:
        self.wrong_by = wrong_by
        fresh = self.file.with_suffix(".fresh")
        fresh.write_text(f"{wrong_by.total_seconds():+.0f}\n")
        fresh.replace(self.file)

    def jump(self, jumps: Sequence[str]) -> None:
        """One after the other, as `-1 hour` or `2 days`, a second apart."""
        for each in jumps:
            time.sleep(1)
            number, unit = each.split()
            self.set(self.wrong_by + timedelta(**{unit.rstrip("s") + "s": int(number)}))
        time.sleep(1)


def false_clock(folder: Path) -> FalseClock:
    """A clock that is right at first. Where the library cannot be had, the test is skipped."""
    library = _find() or _install()
    if library is None:
        pytest.skip("wants Debian's libfaketime")
    clock = FalseClock(library, folder / "clock")
    clock.set(timedelta())
    return clock


def _find() -> Path | None:
    return next(iter(sorted(Path("/usr").glob(LIBRARY))), None)


def _install() -> Path | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "libfaketime"]
        subprocess.run(
            command, stdout=subprocess.DEVNULL, check=False, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        )
    return _find()
