"""操作日志 of 200,000 lines: whatever it is searched by, an index answers, and a page comes at once."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from households.models import Household
from offices.acts_log import acts_within
from offices.models import Office, Staff
from tests.acting import as_owner

LINES = 200_000
# One clerk of forty, one verb of twenty, 500 days; every thousandth line is of a file that somebody took.
FILL = """
    INSERT INTO offices_act
        (by_id, at, verb, subject_type, subject_id, office_id, division_code, detail, agent, request_id)
    SELECT %(first)s + n %% 40, timestamptz '2007-01-01' + n * interval '3.6 minutes', 'verb_' || n %% 20,
           'households.household', n %% 5000 + 1, %(office)s, '320705001',
           CASE WHEN n %% 1000 = 0 THEN jsonb_build_object('copy_no', upper(to_hex(268435456 + n))) ELSE '{}' END,
           '', gen_random_uuid()
    FROM generate_series(1, %(lines)s) n
"""


@pytest.fixture
def long_log(xinpu: Office, zhang_household: Household) -> Office:
    people = [
        Staff(username=f"s{n}", name=f"员{n}", role="clerk", office=xinpu, division_scope="320705001")
        for n in range(40)
    ]
    Staff.objects.bulk_create(people)
    first = min(each.pk for each in people)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"first": first, "office": xinpu.pk, "lines": LINES})
    with as_owner(), connection.cursor() as cursor:  # PostgreSQL passes over the tables of another with a mere warning
        cursor.execute("ANALYZE offices_act")
    return xinpu


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        pytest.param({}, "act_by_time", id="全部"),
        pytest.param({"day": date(2007, 6, 1)}, "act_by_time", id="一天"),
        pytest.param({"day": date(2007, 6, 1), "last": date(2007, 6, 30)}, "act_by_time", id="一月"),
        pytest.param({"who": "s7"}, "act_by_staff", id="操作人"),
        pytest.param({"verb": "verb_3"}, "act_by_verb", id="操作"),
        pytest.param({"copy_no": "100003E8"}, "act_of_copy", id="份号"),
        pytest.param({"request_id": "4cba0e34-0000-4000-8000-000000000000"}, "act_of_request", id="请求编号"),
        pytest.param({"subject": "0001-0001"}, "act_of_subject", id="户号"),
    ],
)
def test_the_overseer_is_answered_from_an_index(long_log: Office, mrs_wu: Staff, asked: dict[str, Any], index: str):
    plan = acts_within(mrs_wu, **asked)[:41].explain()

    assert index in plan
    assert "Seq Scan on offices_act" not in plan


def test_a_supervisor_is_answered_from_the_index_of_the_office(long_log: Office, mr_chen: Staff):
    plan = acts_within(mr_chen)[:41].explain()

    assert "Seq Scan on offices_act" not in plan
    assert "act_of_office" in plan or "act_by_time" in plan


def test_a_file_is_found_by_the_number_on_it(long_log: Office, mrs_wu: Staff):
    assert acts_within(mrs_wu, copy_no="100003e8").count() == 1
