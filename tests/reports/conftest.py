"""The county of 嵩明 with one street, two villages, its supervisor and two administrators."""

from datetime import date

import pytest

from offices.models import Staff
from reports.models import BasePopulation
from reports.services import confirm_base_population, fill_base_population
from tests.builders import at, make_divisions, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import songming_book

TOWN = "530127001"


@pytest.fixture
def places(db: None) -> None:
    make_divisions(
        ("530127000000", "嵩明县", 6),
        ("530127001000", "嵩阳街道", 9),
        ("530127001001", "北门社区", 12),
        ("530127001002", "龙泉村", 12),
    )


@pytest.fixture
def boss(miss_yang: Staff, places: None) -> Staff:
    return songming_book(miss_yang.office)


@pytest.fixture
def second(db: None) -> Staff:
    return make_staff(None, "fu", role="administrator")


def a_base(code: str, persons: int, by: Staff, second: Staff, *, moment: str = "2016-10-01 09:00") -> BasePopulation:
    given = {"source": "县统计局2015年年报", "source_day": date(2016, 1, 20), "by": by, "at": at(moment)}
    made = fill_base_population(division=code, coverage_year=2017, persons=persons, **given)
    return confirm_base_population(base_id=made.pk, by=second, at=at(moment))
