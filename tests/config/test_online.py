"""开着柜台升级: what a migration may do while people work, and that it gives way to them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.core.management import call_command
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from psycopg import connect

from bench.next_release import LAST
from config import online, run
from offices.migration_operations import AddTrigger
from payments.models import Payment
from tests.acting import as_owner
from upkeep.wall import building
from upkeep.wall.tables import SEARCHED

INDEX = models.Index(fields=["birth_date"], name="try_birth")
CHECK = models.CheckConstraint(condition=~Q(name=""), name="try_named")
FEW = models.CharField("姓名", max_length=10)


def column(**more) -> migrations.AddField:
    return migrations.AddField("person", "tried", models.CharField(max_length=10, **more))


@contextmanager
def holding(table: str) -> Iterator[Callable[[], None]]:
    """Another session that reads the table in a transaction that is open, until it is told to end."""
    wanted = connection.get_connection_params()
    with connect(
        **{name: wanted[name] for name in ("dbname", "user", "password", "host", "port") if name in wanted}
    ) as held:
        held.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        yield held.rollback


def lock() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE households_person IN ACCESS EXCLUSIVE MODE")


def told(*steps) -> list[str]:
    """What is said against these steps, after all migrations there are."""
    migration = Migration("9001_try", "households")
    migration.operations = list(steps)
    return list(online.disturbing(MigrationLoader(None).project_state(), [migration]))


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([column(null=True)], id="可空的列"),
        pytest.param([column(db_default="x", default="x")], id="有默认值的列"),
        pytest.param([AddIndexConcurrently("person", INDEX)], id="并行建索引"),
        pytest.param([AddConstraintNotValid("person", CHECK)], id="先不核对的约束"),
        pytest.param([ValidateConstraint("person", "try_named")], id="核对约束"),
        pytest.param(
            [
                migrations.CreateModel("Tried", [("id", models.BigAutoField(primary_key=True)), ("name", FEW)]),
                migrations.AddIndex("tried", models.Index(fields=["name"], name="try_name")),
            ],
            id="新表和它的索引",
        ),
    ],
)
def test_steps_that_take_moments_are_allowed(steps):
    assert told(*steps) == []


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        pytest.param(column(default="x"), "db_default", id="要改写的列"),
        pytest.param(column(null=True, db_index=True), "AddIndexConcurrently", id="列上的索引"),
        pytest.param(column(null=True, unique=True), "唯一", id="唯一的列"),
        pytest.param(migrations.AddIndex("person", INDEX), "AddIndexConcurrently", id="锁表的索引"),
        pytest.param(migrations.AddConstraint("person", CHECK), "AddConstraintNotValid", id="通读全表的约束"),
        pytest.param(migrations.RemoveField("person", "name"), "上一版程序", id="删列"),
        pytest.param(migrations.DeleteModel("Person"), "上一版程序", id="删表"),
        pytest.param(migrations.RunSQL("SELECT 1"), "online = True", id="不知锁多久的SQL"),
        pytest.param(migrations.RunPython(migrations.RunPython.noop), "atomic = False", id="一个事务里改数据"),
        pytest.param(
            migrations.AlterField("person", "birth_date", models.CharField(max_length=10)), "加新列", id="改类型"
        ),
    ],
)
def test_steps_that_keep_the_counter_waiting_are_named_with_what_to_write_instead(step, sentence: str):
    (said,) = told(step)

    assert "households.9001_try" in said
    assert sentence in said


def test_a_field_that_only_reads_otherwise_is_no_change_of_the_table():
    before = MigrationLoader(None).project_state().models["households", "person"].fields["name"]
    after = before.clone()
    after.verbose_name = "姓名（全名）"

    assert told(migrations.AlterField("person", "name", after)) == []


def test_a_text_may_get_more_room_but_not_less():
    before = MigrationLoader(None).project_state().models["households", "person"].fields["name"]
    wider, narrower = before.clone(), before.clone()
    wider.max_length, narrower.max_length = before.max_length + 1, before.max_length - 1

    assert told(migrations.AlterField("person", "name", wider)) == []
    assert told(migrations.AlterField("person", "name", narrower)) != []


@pytest.mark.django_db(transaction=True)
def test_what_needs_a_lock_gives_way_and_gets_it_later():
    asked, said = [], []
    with holding("households_person") as let_go:

        def alter() -> None:
            asked.append(time.monotonic())
            if len(asked) == 2:
                let_go()
            lock()

        online.gently(alter, say=said.append)

    assert len(asked) == 2
    assert "柜台正在使用" in said[0]


@pytest.mark.django_db(transaction=True)
def test_who_queues_up_behind_it_waits_no_longer_than_its_patience():
    def alter() -> None:
        with suppress(OperationalError):
            online.gently(lock, say=lambda _: None, tries=1)
        connection.close()

    with holding("households_person"):
        altering = threading.Thread(target=alter)
        altering.start()
        time.sleep(0.2)
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM households_person")
        waited = time.monotonic() - started
        altering.join()

    assert waited < online.LOCK_TIMEOUT / 1000 + 1


@pytest.mark.django_db(transaction=True)
def test_it_gives_up_in_the_end():
    with holding("households_person"), pytest.raises(OperationalError):
        online.gently(lock, say=lambda _: None, tries=1)


@pytest.fixture
def owner(transactional_db: None) -> Iterator[None]:
    """Whoever upgrades is the owner, in each session that is opened on the way."""
    options = connection.settings_dict["OPTIONS"]
    as_application = options.pop("options")
    connection.close()
    yield
    options["options"] = as_application
    connection.close()


@contextmanager
def released() -> Iterator[list[Migration]]:
    """A release with a wider column, which the views show, and a new one; taken back at the end."""
    first, second = Migration("9001_try", "households"), Migration("9002_try", "households")
    first.dependencies, second.dependencies = [("households", LAST)], [("households", "9001_try")]
    wider = MigrationLoader(None).project_state().models["households", "person"].fields["school_name"].clone()
    wider.max_length += 1
    first.operations = [migrations.AlterField("person", "school_name", wider)]
    second.operations = [column(null=True)]
    build_graph = MigrationLoader.build_graph

    def with_them(loader: MigrationLoader) -> None:
        load = loader.load_disk
        loader.load_disk = lambda: (load(), loader.disk_migrations.update({(m.app_label, m.name): m for m in both}))
        build_graph(loader)

    both = [first, second]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MigrationLoader, "build_graph", with_them)
        try:
            yield both
        finally:
            call_command("migrate", "households", LAST, verbosity=0)
    call_command("migrate", verbosity=0)


def test_the_views_stand_after_each_step_and_the_wall_after_the_last(owner: None):
    seen = []

    with released() as plan:
        assert list(online.disturbing(MigrationLoader(None).project_state(), plan)) == []
        with CaptureQueriesContext(connection) as queries:
            for step in plan:
                call_command("migrate", step.app_label, step.name, keep_views=True, verbosity=0)
                seen.append(views())
        online.migrate([], say=print)

        assert seen == [set(SEARCHED)] * 2
        assert sum(query["sql"] == "COMMIT" for query in queries) == 2
        assert building.stands(settings.APP_ROLE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'households_membership_searched', 'SELECT')", [settings.APP_ROLE]
            )
            assert cursor.fetchone()[0]


def views() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}


def test_a_release_that_changes_nothing_but_the_wall_builds_it(owner: None):
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON VIEW households_membership_searched IS 'of another release'")
    assert not building.stands(settings.APP_ROLE)

    run._migrate()

    assert building.stands(settings.APP_ROLE)
    building.take_down()
    assert not building.stands(settings.APP_ROLE)
    run._migrate()
    assert views() == set(SEARCHED)


def test_an_office_with_nobody_in_it_may_be_changed_in_any_way(db: None, request):
    assert not online.is_filled()

    request.getfixturevalue("zhang_household")

    assert online.is_filled()


def test_a_trigger_has_its_owners_rights_before_the_wall_is_up_again(db: None):
    trigger = next(each for each in Payment._meta.triggers if each.name == "slip_is_what_was_paid").compile(Payment)
    rights = "SELECT prosecdef, proconfig FROM pg_proc WHERE proname = %s"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER FUNCTION {trigger.sql.pgid}() SECURITY INVOKER RESET ALL")
        with connection.schema_editor() as editor:
            now = SimpleNamespace(apps=apps)
            AddTrigger("payment", trigger).database_forwards("payments", editor, now, now)
        cursor.execute(rights, [trigger.sql.pgid])

        assert cursor.fetchone() == (True, ["search_path=public, pg_temp"])
