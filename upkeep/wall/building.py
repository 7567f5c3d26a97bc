"""立墙: policies, grants and the owner's functions, put up anew after each migration by the owner of the tables.

Everything is taken from the lists (`tables.py`, `grants.py`), so that the database says what they say, whatever it
said before. Only the owner can do this, and the owner is bound by none of it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from offices.migration_operations import AS_OWNER
from upkeep.wall.grants import grant_on
from upkeep.wall.rows import FUNCTIONS, Guarded, PartOf, Rows, Unguarded, sees
from upkeep.wall.tables import OWNERS_FUNCTIONS, ROWS, SEARCHED

# The role gives up whatever it had, and has what is granted next and nothing more.
_BARE = """
    GRANT USAGE ON SCHEMA public TO {role};
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""
_POLICIES = """
    SELECT tablename, policyname FROM pg_policies
    WHERE schemaname = 'public' AND starts_with(policyname, 'canbao_')
"""
_CHILD_TRIGGERS = """
    SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'canbao_part_of' AND NOT tgisinternal
"""
# What a policy asks of another table. Its plan is kept for the session, and the settings are read when it runs.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}(wanted bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS ({asks});
END
$$
"""
# A row may be written in one statement with the row that it hangs on: so the question is asked at the statement's end,
# with the rights of whoever wrote it, who does not see the whole outside his divisions. One for each table, so that the
# session keeps its plan.
_PART_OF = """
CREATE FUNCTION canbao_part_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh f WHERE f.{column} IS NOT NULL
               AND NOT EXISTS (SELECT FROM {parent} whole WHERE whole.id = f.{column})) THEN
        RAISE EXCEPTION 'new row of % hangs on a row outside the divisions', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER canbao_part_of AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION canbao_part_of_{table}()
"""
_PART_OF_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND starts_with(p.proname, 'canbao_part_of')
"""
# Triggers work with the owner's rights; why, `offices/migration_operations.py` tells.
_TRIGGER_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
      AND p.proowner = current_user::regrole AND NOT starts_with(p.proname, 'canbao_part_of')
      AND NOT starts_with(p.proname, 'procrastinate_')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
# Each trigger of pgtrigger asks whether it is put aside. pgtrigger's own function catches an error where nobody has set
# anything: that costs each of a payment's dozen triggers, and the end of the block goes through all triggers that wait
# for the commit, so that in a roster ten times the rows would take a hundred times as long. This one says the same, and
# the server works it into whatever asks it.
_NOT_PUT_ASIDE = """
CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT trigger_name = ANY (NULLIF(current_setting('pgtrigger.ignore', true), '')::text[])
$$
"""
# Taken down with the others and built after them: it says what it was built from.
_LAST_BUILT = tuple(SEARCHED)[-1]


def take_down() -> None:
    """Remove the views, which would hold fast the columns that they name while a migration changes tables."""
    with connection.cursor() as cursor:
        for view in SEARCHED:
            cursor.execute(f"DROP VIEW IF EXISTS {view}")


def put_up_views(role: str) -> None:
    """Put the views up again, for the application's role."""
    with connection.cursor() as cursor:
        for view, shown in SEARCHED.items():
            cursor.execute(f"CREATE VIEW {view} AS {shown}")
            if role:
                cursor.execute(f"GRANT SELECT ON {view} TO {connection.ops.quote_name(role)}")


def stands(role: str) -> bool:
    """Whether the wall in the database is the one that these lists make for the role, and is up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [_LAST_BUILT])
        return cursor.fetchone()[0] == _digest(role)


def _digest(role: str) -> str:
    found = hashlib.sha256(role.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def build(role: str) -> None:
    """Put the whole wall up, for the application's role; without one only the policies, which bind nobody then."""
    with transaction.atomic(), connection.cursor() as cursor:
        take_down()
        cursor.execute(_NOT_PUT_ASIDE)
        tables = [name for (name,) in _rows(cursor, _TABLES)]
        _policies(cursor, {name: ROWS[name] for name in tables if name in ROWS})
        for function in (*(name for (name,) in _rows(cursor, _TRIGGER_FUNCTIONS)), *OWNERS_FUNCTIONS):
            cursor.execute(AS_OWNER.format(function=function))
        if role:
            _grants(cursor, connection.ops.quote_name(role), [name for name in tables if name in ROWS])
        put_up_views(role)
        cursor.execute(f"COMMENT ON VIEW {_LAST_BUILT} IS '{_digest(role)}'")


def _policies(cursor: Any, tables: Mapping[str, Rows]) -> None:
    for table, policy in _rows(cursor, _POLICIES):
        cursor.execute(f"DROP POLICY {policy} ON {table}")
    for (table,) in _rows(cursor, _CHILD_TRIGGERS):
        cursor.execute(f"DROP TRIGGER canbao_part_of ON {table}")
    for (function,) in _rows(cursor, _PART_OF_FUNCTIONS):
        cursor.execute(f"DROP FUNCTION {function}")
    for name, asks in _functions(tables):
        cursor.execute(_FUNCTION.format(name=name, asks=asks))
    for table, rows in tables.items():
        guarded = not isinstance(rows, Unguarded)
        cursor.execute(f"ALTER TABLE {table} {'ENABLE' if guarded else 'DISABLE'} ROW LEVEL SECURITY")
        if guarded:
            for statement in _policies_of(table, rows):
                cursor.execute(statement)


def _functions(tables: Mapping[str, Rows]) -> Iterator[tuple[str, str]]:
    """Those that are fixed, and one for each table that others hang on."""
    yield from FUNCTIONS.items()
    hung_on = {rows.parent for rows in tables.values() if isinstance(rows, PartOf)} | {"households_household"}
    for table in sorted(hung_on):
        rows = tables[table]
        if not isinstance(rows, Unguarded):
            yield sees(table), f"SELECT FROM {table} WHERE id = wanted AND ({rows.seen})"


def _policies_of(table: str, rows: Guarded) -> Iterator[str]:
    changed = rows.seen if isinstance(rows, PartOf) else rows.written
    yield f"CREATE POLICY canbao_seen ON {table} FOR SELECT USING ({rows.seen})"
    yield f"CREATE POLICY canbao_added ON {table} FOR INSERT WITH CHECK ({rows.written})"
    yield f"CREATE POLICY canbao_changed ON {table} FOR UPDATE USING ({changed}) WITH CHECK ({changed})"
    yield f"CREATE POLICY canbao_deleted ON {table} FOR DELETE USING ({changed})"
    if isinstance(rows, PartOf):
        yield _PART_OF.format(table=table, parent=rows.parent, column=rows.column)


def _grants(cursor: Any, role: str, tables: list[str]) -> None:
    cursor.execute(_BARE.format(role=role))
    for table in tables:
        cursor.execute(f"GRANT {grant_on(table).privileges} ON {table} TO {role}")


def _rows(cursor: Any, statement: str) -> list[Any]:
    cursor.execute(statement)
    return list(cursor.fetchall())
