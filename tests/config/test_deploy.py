"""部署: the files of `deploy/` name what there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.places import BASE_DIR

DEPLOY = BASE_DIR / "deploy"
UNITS = sorted((DEPLOY / "units").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_a_script_can_be_read_by_its_shell(script: Path):
    shell = "sh" if script.read_text().startswith("#!/bin/sh") else "bash"

    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("script", ["install.sh", "upgrade.sh", "rollback.sh", "try-in-nspawn.sh"])
def test_a_script_tells_of_every_option_it_takes(script: str):
    done = subprocess.run(["bash", str(DEPLOY / script), "--help"], capture_output=True, text=True, check=True)

    options = re.findall(r"^    (--[a-z-]+)\)", (DEPLOY / script).read_text(), re.MULTILINE)
    assert options
    assert [option for option in options if option not in done.stdout] == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_runs_commands_that_there_are(unit: Path):
    text = unit.read_text()
    loops = re.findall(r"for each in ([a-z_ ]+);", text)
    named = [*re.findall(r"manage\.py ([a-z_]+)", text), *" ".join(loops).split()]

    assert [name for name in named if name not in get_commands()] == []


@pytest.mark.parametrize("unit", [unit for unit in SERVICES if "alert" not in unit.name], ids=lambda unit: unit.name)
def test_a_unit_of_the_application_has_few_rights(unit: Path):
    lines = set(unit.read_text().splitlines())

    assert {"User=canbao", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict"} <= lines


def test_only_what_works_as_the_owner_of_the_tables_is_given_the_owners_login():
    given = {unit.name for unit in SERVICES if "owner.env" in unit.read_text()}

    assert given == {"canbao-backup.service", "canbao-audit.service", "canbao-drill.service"}


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".timer"], ids=lambda unit: unit.name)
def test_a_timer_means_the_office_s_night_wherever_the_server_s_clock_stands(unit: Path):
    assert re.search(r"^OnCalendar=.* Asia/Shanghai$", unit.read_text(), re.MULTILINE)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_units():
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)

    said = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert [line for line in said if "canbao" in line] == []
