"""谁连数据库: as whom this process speaks to the database, and what its sessions see from the start (decision 0019).

Everyday work is the application's role, which owns nothing and sees what it is told to. Set-up, migrations and backups
are the owner's. With one URL there is one role, and none of this makes a difference.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections

# Commands that change tables, read all of them, or put triggers aside.
OF_THE_OWNER = frozenset(
    {"archive_log", "audit_reports", "backup", "build_wall", "make_county", "migrate", "restore_drill", "rotate_keys"}
)
# Commands that are told for each piece of work what it sees; the others are a person at the machine, who sees all.
TOLD_BY_THEMSELVES = frozenset({"run_jobs"})
LOGIN = ("USER", "PASSWORD", "HOST", "PORT")
EVERYTHING = "-c canbao.divisions_from= -c canbao.divisions_before=:"


@contextmanager
def owning() -> Iterator[None]:
    """Speak as the owner of the tables while the block runs, where it is known who that is; no session is left open."""
    before = dict(connections["default"].settings_dict)
    become_owner()
    try:
        yield
    finally:
        _speak_as(before)


def become_owner() -> None:
    """From here on speak as the owner of the tables."""
    _speak_as(settings.OWNER_DATABASE or connections["default"].settings_dict)


def forget_owner() -> None:
    """Have nothing in this process, and in those that it starts, with which to become the owner."""
    os.environ.pop("CANBAO_OWNER_URL", None)
    settings.OWNER_DATABASE = None


def see_everything() -> None:
    """Let sessions that are opened from here on see all divisions unless they are told otherwise."""
    connections.close_all()
    options = connections["default"].settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} {EVERYTHING}".strip()


def _speak_as(wanted: Mapping[str, Any]) -> None:
    connections.close_all()
    connections["default"].settings_dict.update({key: wanted[key] for key in LOGIN})


def for_command(name: str) -> None:
    """Speak as a command of `manage.py` does."""
    if name in OF_THE_OWNER:
        become_owner()
    elif name not in TOLD_BY_THEMSELVES:
        see_everything()
