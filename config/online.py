"""开着柜台升级: which steps of a migration leave the counter open, and migrating so that nobody waits for long.

A step that rewrites a table, reads all of it under a lock that writers feel, or takes away what the last release still
uses is refused: an upgrade meets it only with the office closed. What is left needs its locks for moments; it gives up
when it does not get them within LOCK_TIMEOUT, lets those pass who queued up behind it, and tries again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangosMigrate
from django.db import OperationalError, connection
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Field
from psycopg.errors import LockNotAvailable

LOCK_TIMEOUT = 800  # milliseconds
TRIES = 60
PAUSE = 1.0

# Steps that touch no table that is in use, or only its catalogue entry, for a moment.
BRIEF = frozenset(
    {
        *("CreateModel", "AlterModelOptions", "AlterModelManagers", "AlterModelTableComment"),
        *("AddIndexConcurrently", "RemoveIndexConcurrently", "AddConstraintNotValid", "ValidateConstraint"),
        *("AddTrigger", "RemoveTrigger", "RenameIndex"),
    }
)
WHY = {
    "AddIndex": "建索引时不能写入；请用 AddIndexConcurrently（单独的迁移，atomic = False）",
    "RemoveIndex": "请用 RemoveIndexConcurrently",
    "AddConstraint": "加约束时要通读全表；请先 AddConstraintNotValid，再在下一个迁移里 ValidateConstraint",
    "RemoveField": "上一版程序还在用这一列；请先在一版中停用，再在下一版中删除",
    "DeleteModel": "上一版程序还在用这张表；请先在一版中停用，再在下一版中删除",
    "RenameField": "上一版程序还在用旧列名",
    "RenameModel": "上一版程序还在用旧表名",
    "AlterField": "会改写全表或通读全表；请加新列，分批填写，再改用",
    "RunSQL": "看不出会锁多久；确认不会后，在该步骤上写 online = True",
    "RunPython": "数据分批改，每批一个事务：迁移写 atomic = False，步骤写 online = True",
}


def is_filled() -> bool:
    """Whether there is anybody to keep waiting: a database without households may be changed in any way."""
    with connection.cursor() as cursor:
        if "households_household" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM households_household)")
        return cursor.fetchone()[0]


def pending() -> tuple[ProjectState, list[Migration]]:
    """The models as the database has them, and the migrations that it lacks."""
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    applied = [key for key in executor.loader.applied_migrations if key in executor.loader.graph.nodes]
    return executor.loader.project_state(applied), plan


def disturbing(state: ProjectState, migrations: list[Migration]) -> Iterator[str]:
    """Name each step that would keep the counter waiting, and what to write in its place."""
    new: set[tuple[str, str]] = set()
    for migration in migrations:
        for step in _database_steps(migration.operations):
            if isinstance(step, operations.CreateModel):
                new.add((migration.app_label, step.name_lower))
            is_new = (migration.app_label, getattr(step, "model_name", "").lower()) in new
            if not is_new and (why := _why_not(step, migration, state)):
                yield f"{migration}：{step.describe()}。{why}。"
        state = migration.mutate_state(state, preserve=True)


def _database_steps(steps: list[Operation]) -> Iterator[Operation]:
    for step in steps:
        if isinstance(step, operations.SeparateDatabaseAndState):
            yield from _database_steps(step.database_operations)
        else:
            yield step


def _why_not(step: Operation, migration: Migration, state: ProjectState) -> str:
    name = type(step).__name__
    if name in BRIEF or getattr(step, "online", False):
        return ""
    if isinstance(step, operations.AddField):
        return _why_no_column(step.field)
    if isinstance(step, operations.AlterField):
        before = state.models[migration.app_label, step.model_name_lower].fields[step.name]
        return "" if _is_same_column(before, step.field) else WHY[name]
    return WHY.get(name, "不在允许的步骤之列（config/online.py）")


def _why_no_column(field: Field) -> str:
    """A column that is empty or has the database's own default is an entry in the catalogue."""
    if field.unique or field.db_index or (field.remote_field and getattr(field, "db_constraint", True)):
        return "新列上的索引、唯一或外键要另外加：db_index=False、db_constraint=False，再 AddIndexConcurrently 等"
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        return "新列须可空，或有 db_default，否则上一版程序写不进新行"
    return ""


def _is_same_column(before: Field, after: Field) -> bool:
    """Whether the database sees no difference, or only more room in a text."""
    _, path, _, had = before.deconstruct()
    _, new_path, _, has = after.deconstruct()
    for attributes in (had, has):
        for name in (*before.non_db_attrs, "default"):
            attributes.pop(name, None)
    room, more_room = had.pop("max_length", None), has.pop("max_length", None)
    wider = room == more_room or (room is not None and (more_room is None or more_room > room))
    return path == new_path and had == has and wider


def migrate(plan: list[Migration], *, say: Callable[[str], None]) -> None:
    """Apply one migration after the other, each gently, and bring the wall up to this release."""
    for migration in plan:
        there = migration.app_label, migration.name
        if migration.atomic:
            # Whoever searches meanwhile finds the views there, or waits for them.
            step = partial(call_command, "migrate", *there, keep_views=True, interactive=False, verbosity=0)
            gently(step, say=say)
        else:  # an index made CONCURRENTLY waits long for others, and nobody for it; no view minds
            _drop_left_behind(migration)
            call_command(DjangosMigrate(), *there, interactive=False, verbosity=0)
    build_wall(say=say)


def build_wall(*, say: Callable[[str], None], if_stale: bool = False) -> None:
    """Put up the wall that belongs to this release (upkeep/wall), gently."""
    gently(partial(call_command, "build_wall", if_stale=if_stale), say=say)


def _drop_left_behind(migration: Migration) -> None:
    """An index that was not finished the last time is in the way of its own making."""
    names = [step.index.name for step in migration.operations if type(step).__name__ == "AddIndexConcurrently"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE NOT i.indisvalid AND c.relname = ANY(%s)",
            [names],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")


def gently(act: Callable[[], None], *, say: Callable[[str], None], tries: int = TRIES) -> None:
    """Do what needs locks; where one is not had in time, let the others pass and try again."""
    for attempt in range(1, tries + 1):
        try:
            with _short_of_patience():
                act()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or attempt == tries:
                raise
            say(f"柜台正在使用要改的表，{PAUSE:.0f} 秒后再试（第 {attempt} 次）。")
            time.sleep(PAUSE)
        else:
            return


@contextmanager
def _short_of_patience() -> Iterator[None]:
    """Sessions that are opened while the block runs wait only so long for a lock."""
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    options["options"] = f"{options.get('options', '')} -c lock_timeout={LOCK_TIMEOUT}".strip()
    try:
        yield
    finally:
        connection.close()
        options.clear()
        options.update(before)
