"""PostgreSQL as `deploy/install.sh` sets it up on a server of its own: what a county's office runs."""

import os
import re
from pathlib import Path

CONF = Path(__file__).parents[1] / "deploy/postgresql/canbao.conf"
MEMORY = ("shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem", "random_page_cost")


def as_deployed() -> dict[str, str | float]:
    """The settings of memory and plans, for this machine's memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    text = CONF.read_text(encoding="utf-8")
    text = text.replace("@SHARED@", str(min(memory // 4, 4096))).replace("@CACHE@", str(memory * 6 // 10))
    found = dict(re.findall(r"^(\w+) = '?([^'\n]+?)'?$", text, re.MULTILINE))
    return {name: found[name] for name in MEMORY}


def have_it() -> None:
    """Start the tests' cluster with them, where this process is the one that starts it."""
    from config import embedded

    embedded.SETTINGS.update(as_deployed())
