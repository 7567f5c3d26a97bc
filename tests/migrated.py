"""The test database as a copy: migrated once for each state of the migrations, which takes some seconds; a copy of what
came of it takes one.
"""

import hashlib
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier

from offices.keys import check_keys

ROOT = Path(__file__).parents[1]
LOCK = 530127320706  # one process makes the copy's original, the others wait for it


def copy_from() -> None:
    """Name the original in the connection's settings, from which Django then makes its test database."""
    own = connection.settings_dict["NAME"]
    with psycopg.connect(_url(), autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = session.execute("SELECT FROM pg_database WHERE datname = %s", [_name()]).fetchone()
        # Where the data keys are gone, what they sealed is of no use.
        if known is None or not settings.DATA_KEYS.exists():
            _make(session)
            connection.settings_dict["NAME"] = own
    connection.settings_dict["TEST"]["TEMPLATE"] = _name()


def _make(session: psycopg.Connection) -> None:
    """Under a name that is swept away when this process dies, until it is whole."""
    unfinished = f"{connection.settings_dict['TEST']['NAME']}_tables"
    for (old,) in session.execute("SELECT datname FROM pg_database WHERE datname LIKE 'canbao_tables_%'").fetchall():
        session.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(old)))
    session.execute(SQL("CREATE DATABASE {}").format(Identifier(unfinished)))
    connection.close()
    connection.settings_dict["NAME"] = unfinished
    call_command("migrate", verbosity=0)
    check_keys()
    connection.close()
    session.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(_name())))


def _name() -> str:
    """Of the original, by what the tables follow from, and by the data keys that it says it is sealed with."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    if settings.DATA_KEYS.exists():  # else they are made with it
        found.update(settings.DATA_KEYS.read_bytes())
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("upkeep/wall/*.py")]):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return f"canbao_tables_{found.hexdigest()[:16]}"


def _url() -> str:
    known = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=known["HOST"], port=known["PORT"], user=known["USER"], password=known["PASSWORD"], dbname=known["NAME"]
    )
