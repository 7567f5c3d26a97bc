"""开始使用: set up what is missing, then serve the application on this machine (`make run`).

Each step looks first whether there is anything to do, so that a second start is quick and keeps the data.
"""

import hashlib
import os
import re
import shutil
import signal
import socket
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from config.embedded import EmbeddedError
from config.local import environment
from config.places import BASE_DIR
from config.postgres_home import place_of_clusters
from config.serve import HOST, first_lines, serve, share_figures
from config.watch import watching

POLICY = BASE_DIR.parent / "shared" / "policy"

EMBEDDED = """\
内嵌数据库：供试用、培训和单个小型经办机构使用；正式使用请在 DATABASE_URL 中写自己的 PostgreSQL。数据在 {place}
Embedded PostgreSQL, for trial, training and a single small office; DATABASE_URL names a real server."""


ONE_ROLE = """\
注意：没有设 CANBAO_OWNER_URL，应用以数据表主人的身份连接数据库，第二道墙（按区划隔离、日志不可改）没有立起来。
正式使用请照 docs/operations.md“A database of your own”设两个角色。
CANBAO_OWNER_URL is not set: the application owns its tables, and row-level security does not bind it."""


class StartError(Exception):
    """The application cannot start; the text says why and what to do."""


def main(*, serves: bool = True) -> int:
    """Set up what is missing and, unless told otherwise, serve until stopped."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    os.environ.setdefault("CANBAO_DEMO", "1")
    embedded = not os.environ.get("DATABASE_URL")
    try:
        port = _free_port() if serves else 0
        if embedded:
            _say(EMBEDDED.format(place=place_of_clusters() / "main"))
        if serves:
            share_figures()
        with environment():
            _set_up()
            if serves:
                with watching("main") if embedded else nullcontext():
                    serve(port)
            else:
                _say_where_to_begin()
    except (EmbeddedError, StartError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"读写不了 {error.filename or BASE_DIR}：{error.strerror}。请确认当前用户对本目录有写权限，磁盘没有满。"
            " This folder must be writable for the user who starts the application, and the disk not full.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    """Go the ordinary way out, which stops the database too."""
    sys.exit(128 + number)


def _say(text: str) -> None:
    print(text, flush=True)


def _free_port() -> int:
    """The port to serve on, found free before anything is begun."""
    written = os.environ.get("CANBAO_PORT", "8000")
    if not re.fullmatch(r"[0-9]{1,5}", written) or not 1 <= int(written) <= 65535:
        raise StartError(f"CANBAO_PORT 应为 1 到 65535 的整数，现为 {written}。 CANBAO_PORT must be 1 to 65535.")
    port = int(written)
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError as error:
            raise StartError(
                f"端口 {port} 不能使用（{error.strerror}），也许参保已在运行；请打开 http://{HOST}:{port} 看看，"
                f"或换一个端口：CANBAO_PORT={port + 1} make run。"
                f" Port {port} cannot be used; name another in CANBAO_PORT."
            ) from error
    return port


def _set_up() -> None:
    """Do what has not been done yet; Django is ready from here on."""
    from django import setup
    from django.db import DatabaseError, OperationalError
    from django.db.migrations.exceptions import InconsistentMigrationHistory, MigrationSchemaMissing

    from config.roles import owning

    setup()
    try:
        with owning():
            for step in STEPS:
                step()
    except OperationalError as error:
        raise StartError(
            f"数据库不能连接或拒绝了请求：{error}\n请检查 DATABASE_URL 和数据库服务器。"
            " Check DATABASE_URL and its server."
        ) from error
    except (DatabaseError, InconsistentMigrationHistory, MigrationSchemaMissing) as error:
        raise StartError(
            f"数据表建不成，或与本程序的不符：{error}\n请用一个空的、只供参保使用的数据库，"
            "它的用户须有建表的权限（最好是数据库的所有者），数据库不能是只读的。"
            " Use an empty database that belongs to the user named in DATABASE_URL."
        ) from error


def _check() -> None:
    """Look at the application and the database server before anything is written."""
    from django.core.checks import ERROR, run_checks

    if errors := [found for found in run_checks(databases=["default"]) if found.is_serious(ERROR)]:
        raise StartError("\n".join(f"{error.msg}{error.hint or ''}" for error in errors))


def _say_if_one_role() -> None:
    """With one role the database cannot keep the application from anything, and the office should know."""
    from django.conf import settings

    if not settings.OWNER_DATABASE:
        _say(ONE_ROLE)


def _migrate() -> None:
    """Bring the tables up to this release; where people work on them meanwhile, without keeping them waiting."""
    from django.core.management import call_command

    from config import online

    state, plan = online.pending()
    if not plan:
        online.build_wall(say=_say, if_stale=True)  # a release may change who sees and does what, and no table
        return
    is_open = online.is_filled() and os.environ.get("CANBAO_OFFICE_CLOSED") != "1"
    if is_open:
        _refuse_to_disturb(list(online.disturbing(state, plan)))
    _say("正在建立或更新数据表…")
    if is_open:
        online.migrate(plan, say=_say)
    else:
        call_command("migrate", interactive=False, verbosity=0)


def _check_keys() -> None:
    """Make the data keys for an empty database; refuse a file that is not the one that sealed this one."""
    from offices.keys import check_keys

    check_keys()


def _refuse_to_disturb(steps: list[str]) -> None:
    if steps:
        said = "\n".join(steps)
        raise StartError(
            f"这些改动会让柜台等待，只能在停止办理时做：\n{said}\n请在下班后以 CANBAO_OFFICE_CLOSED=1 再运行。"
            " These migrations would lock the counter out: run them with the office closed, CANBAO_OFFICE_CLOSED=1."
        )


def _keep_demo_and_real_apart() -> None:
    """Refuse to show a demonstration database as real, or to write invented people into a real one."""
    from offices.models import Office, Staff

    is_demo = Staff.objects.filter(is_demo=True).exists()
    wants_demo = os.environ["CANBAO_DEMO"] == "1"
    if is_demo and not wants_demo:
        raise StartError(
            "这个数据库里有编造的演示数据，不能用于正式业务；请在 DATABASE_URL 中另写一个空的数据库，"
            "或用 make clean-data 清除后再启动。 This database holds demonstration data: name an empty one."
        )
    if wants_demo and not is_demo and Office.objects.exists():
        raise StartError(
            "这个数据库里有真实的机构，不能写入编造的演示数据；请以 CANBAO_DEMO=0 make run 启动。"
            " This database is in real use: start it with CANBAO_DEMO=0."
        )


def _load_rule_sets() -> None:
    """Load the rule sets that came with the application, unless the database has its own of that name."""
    from django.core.management import call_command

    from enrollment.models import RuleSet

    files = {path.stem: path for path in (BASE_DIR / "enrollment" / "rulesets").glob("*.toml")}
    present = RuleSet.objects.filter(code__in=files).values_list("code", flat=True)
    if absent := sorted(files.keys() - set(present)):
        call_command("load_ruleset", *(str(files[code]) for code in absent), if_absent=True)


def _load_policy_text() -> None:
    """Give the clauses the documents' own words, where those are at hand and were not given yet."""
    from django.core.management import call_command

    from enrollment.models import Clause

    if POLICY.is_dir() and not Clause.objects.exclude(full_text="").exists():
        try:
            call_command("load_policy_text", str(POLICY))
        except SystemExit:
            _say("条款原文没有全部载入，原因见上；不影响使用。 Not all texts of clauses were loaded; see above.")


def _seed() -> None:
    """Fill the demonstration district, once."""
    from django.core.management import call_command

    from households.models import Household

    if os.environ["CANBAO_DEMO"] == "1":
        if not Household.objects.exists():
            _say("正在编造演示用的居民户…")
        call_command("seed_demo")


def _build_fonts() -> None:
    from payments.paper import fontbuild, fonts

    fontbuild.build(fonts.folder(), say=_say)


def _collect_static() -> None:
    """Gather scripts and styles under names that carry their content, when any of them has changed."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.DEBUG:
        return
    stamp = settings.STATIC_ROOT / ".stamp"
    state = _state_of_static_files()
    if not stamp.exists() or stamp.read_text() != state:
        _say("正在汇集网页的样式和脚本…")
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state)


def _state_of_static_files() -> str:
    """A digest of all static files' places, sizes and times."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{storage.path(path)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _offer_set_up() -> None:
    """On a real installation without an administrator, have a token ready that opens the first page of the set-up."""
    from offices import founding

    if os.environ["CANBAO_DEMO"] == "1" or not founding.wants_founding():
        founding.withdraw_token()
    else:
        founding.offer_token()


def _say_where_to_begin() -> None:
    from django.conf import settings

    for line in first_lines(settings.PUBLIC_URL):
        _say(line)


STEPS = (
    _check,
    _say_if_one_role,
    _migrate,
    _check_keys,
    _keep_demo_and_real_apart,
    _load_rule_sets,
    _load_policy_text,
    _build_fonts,
    _seed,
    _collect_static,
    _offer_set_up,
)


def furnish() -> None:
    """Give an empty database its tables and rule sets, so that a command has something to work on (`manage.py`).

    Whatever is said on the way goes to standard error: standard output belongs to the command. Tables and
    rule sets that are there already stay as they are.
    """
    from django import setup
    from django.db import connection

    from config.roles import owning

    setup()
    with redirect_stdout(sys.stderr), owning():
        if not connection.introspection.table_names():
            _check()
            _migrate()
        if not _has_rule_sets():
            _load_rule_sets()
            _load_policy_text()


def _has_rule_sets() -> bool:
    """Whether there is one; a database whose tables are of another version is left to `make run`."""
    from django.db import ProgrammingError

    from enrollment.models import RuleSet

    try:
        return RuleSet.objects.exists()
    except ProgrammingError:
        return True


if __name__ == "__main__":
    sys.exit(main(serves="--set-up-only" not in sys.argv[1:]))
