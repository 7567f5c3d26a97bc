"""The small named cast: two offices, who works in them, and one family; how property tests run."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings

from households.models import Household
from offices.models import Office, Staff
from tests import emptying, migrated
from tests.acting import OPTIONS
from tests.builders import PaperDraft, make_household, make_office, make_staff, zhang_family

# Properties are about values, not about speed. A check that must repeat tries the same values each time.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ours")


# Begun first, so that no worker is left with a long one at the end of a run.
LONG = ("tests/faults", "tests/rosters/test_jobs_killed.py", "tests/offices/test_acts_index.py", "tests/browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few and long tests first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """Let the test database be a copy."""
    with django_db_blocker.unblock():
        migrated.copy_from()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, made by the owner of its tables and used as the application's role."""
    options = connection.settings_dict["OPTIONS"]
    with django_db_blocker.unblock():
        emptying.without_autovacuum()
    connection.close()
    options["options"] = OPTIONS
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(TransactionTestCase, "_fixture_teardown", emptying.by_the_owner)
        yield
    del options["options"]
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def xinpu(db: None) -> Office:
    """新浦街道: an office of 连云港 that lives under the rule set of 2007."""
    return make_office("320705001", name="新浦街道劳动保障所", ruleset_code="lianyungang")


@pytest.fixture
def songyang(db: None) -> Office:
    """嵩阳街道: an office of 嵩明 that lives under the rule set of 2016."""
    return make_office("530127001", name="嵩阳街道社会事务保障所", ruleset_code="songming")


@pytest.fixture
def aunt_liu(xinpu: Office) -> Staff:
    """The clerk of 新浦街道."""
    return make_staff(xinpu, "liu", name="刘阿姨")


@pytest.fixture
def mr_chen(xinpu: Office) -> Staff:
    """The supervisor of 新浦街道."""
    return make_staff(xinpu, "chen", name="陈主任", role="supervisor")


@pytest.fixture
def miss_yang(songyang: Office) -> Staff:
    """A clerk of another office, in another province."""
    return make_staff(songyang, "yang", name="杨燕")


@pytest.fixture
def mr_zhou(db: None) -> Staff:
    """The administrator, who sees everything."""
    return make_staff(None, "admin", name="周管理", role="administrator")


@pytest.fixture
def mrs_wu(db: None) -> Staff:
    """The auditor, who sees everything and changes nothing."""
    return make_staff(None, "audit", name="吴审计", role="auditor")


@pytest.fixture
def zhang_household(aunt_liu: Staff) -> Household:
    """张建国户 of 东村, three generations, all papers seen, registered on 2007-10-25."""
    return make_household(
        aunt_liu,
        *zhang_family(),
        hukou_book_no="0098",
        address="新浦街道东村3组12号",
        phone="13812348888",
        papers=(PaperDraft("hukou_book"),),
    )
