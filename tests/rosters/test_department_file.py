"""资助对象名单: the list that goes to a department tells since when somebody is on it, and when was paid."""

from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.builders import OTHER, WHY, at, make_household, make_staff
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.payments.entry_builders import enter, paper
from tests.payments.funding_builders import listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


def test_what_was_paid_at_the_bank_was_paid_on_the_day_of_its_slip(songyang, miss_yang):
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16", first=1, count=50)
    home = make_household(miss_yang, listed("普一", ""), listed("普二", "dibao", OTHER), moment="2016-10-20 09:00")
    banked, entered = at("2016-11-09 16:40"), at("2016-11-15 10:00")
    slip = paper("150.00", moment=banked)
    enter(home, boss, coverage_year=2017, slip=slip, paid_at=banked, at=entered)
    client = Client()
    client.force_login(boss)

    with time_machine.travel(entered, tick=False):
        made = client.post(reverse("roster-template-department", query={"funder": "civil_affairs"}), WHY)

    sheet = openpyxl.load_workbook(BytesIO(made.content)).active
    (row,) = (row for row in sheet.iter_rows(values_only=True) if "普二" in row)
    assert str(row[-1]).startswith("2016-11-09")
