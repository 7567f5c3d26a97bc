"""顶班: a synchronous standby takes over by itself when its primary is gone. `python -m upkeep.stand_by --help`.

It may, because the primary waits for it: what a clerk was told is on the standby's disk, and a primary that is cut off
from its only synchronous standby can acknowledge nothing more. So two servers never both acknowledge, without a third
that judges. Three things must hold: the standby was in step when the two last spoke, its receiver of WAL has stopped,
and nobody answered under the primary's address for so many seconds without a break.
The primary that comes back is not to be used: `pg_rewind` it, and let it follow.

CANBAO_PRIMARY_URL (a role with pg_monitor) and CANBAO_STANDBY_URL (a role that may execute pg_promote) say where
both are.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

PATIENCE = 2  # seconds in which a server answers
IN_STEP = """
    SELECT EXISTS (SELECT FROM pg_stat_replication WHERE application_name = %s AND sync_state IN ('sync', 'quorum'))
       AND NOT pg_is_in_recovery()
"""
RECEIVES = "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
IS_STANDBY = "SELECT pg_is_in_recovery()"
PROMOTE = "SELECT pg_promote(true, 60)"

Say = Callable[[str], None]


def stand_by(*, primary: str, own: str, name: str, after: float, say: Say, every: float = 1.0) -> None:
    """Watch until the primary is gone, then promote; returns when this server takes writes. `name`: as it is followed.

    Raises RuntimeError where this server is no standby to begin with.
    """
    if not _ask(own, IS_STANDBY):
        raise RuntimeError("this server is no standby")
    in_step, silent_since, told = False, None, ""
    while True:
        heard = _ask(primary, IN_STEP, name)
        if heard is not None:
            in_step, silent_since = bool(heard), None
        else:
            silent_since = silent_since or time.monotonic()
            if time.monotonic() - silent_since >= after and in_step and _ask(own, RECEIVES) is False:
                break
        now = _state(in_step=in_step, heard=heard is not None)
        if now != told:
            say(now)
        told = now
        time.sleep(every)
    say("the primary has not answered: promoting")
    if not _ask(own, PROMOTE, patience=70):
        raise RuntimeError("the promotion did not come to an end; look into the server's log")
    say("this server takes writes")


def _state(*, in_step: bool, heard: bool) -> str:
    if not heard:
        return "the primary does not answer" + ("" if in_step else "; not in step, will not promote")
    return "in step with the primary" if in_step else "the primary answers; not in step (yet), would not promote"


def _ask(url: str, sql: str, *values: str, patience: int = PATIENCE) -> object | None:
    """One value; None where nobody answers."""
    options = f"-c statement_timeout={patience}s"
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE, options=options, autocommit=True) as connection:
            row = connection.execute(sql, values).fetchone()
            return row[0] if row else None
    except psycopg.Error:
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m upkeep.stand_by", description=__doc__)
    parser.add_argument("--name", required=True, help="the standby's application_name in synchronous_standby_names")
    parser.add_argument("--after", type=float, default=10.0, help="seconds of silence (10)")
    asked = parser.parse_args()
    primary, own = os.environ.get("CANBAO_PRIMARY_URL"), os.environ.get("CANBAO_STANDBY_URL")
    if not primary or not own:
        parser.error("CANBAO_PRIMARY_URL and CANBAO_STANDBY_URL must be set")

    def say(text: str) -> None:
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}", flush=True)

    try:
        stand_by(primary=primary, own=own, name=asked.name, after=asked.after, say=say)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
