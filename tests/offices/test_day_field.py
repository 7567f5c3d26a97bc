"""日期的录入: a day in each of the ways in which an office writes it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from offices.forms import DayField

DAY = date(2016, 11, 8)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        pytest.param("2016-11-08", DAY, id="横线"),
        pytest.param("20161108", DAY, id="八位"),
        pytest.param("2016年11月8日", DAY, id="年月日"),
        pytest.param("２０１６－１１－０８", DAY, id="全角"),
        pytest.param("２０１６．１１．８", DAY, id="全角点"),
        pytest.param("", None, id="空"),
    ],
)
def test_a_day_is_read_as_an_office_writes_it(typed, day):
    assert DayField().clean(typed) == day


@pytest.mark.parametrize("typed", ["2016-13-01", "2016-11-31", "昨天", "1"])
def test_what_is_no_day_is_told_how_to_write_one(typed):
    with pytest.raises(ValidationError, match="请按年月日录入"):
        DayField().clean(typed)
