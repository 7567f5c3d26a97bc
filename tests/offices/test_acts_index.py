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
SELDOM = """
    INSERT INTO offices_act
        (by_id, at, verb, subject_type, office_id, division_code, detail, agent, request_id)
    VALUES (%s, timestamptz '2007-01-02', 'verb_seldom', '', %s, '320705001', '{}', '', gen_random_uuid())
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
        seldom = Staff.objects.create(
            username="seldom", name="少来", role="clerk", office=xinpu, division_scope="320705001"
        )
        cursor.execute(SELDOM, [seldom.pk, xinpu.pk])
    with as_owner(), connection.cursor() as cursor:  # PostgreSQL passes over the tables of another with a mere warning
        cursor.execute("ANALYZE offices_act")
    return xinpu


# What is asked for, and the indexes that answer well: who or what is frequent is soon met on the way back from now.
BY_TIME = ("act_by_time", "Index Scan Backward using offices_act_pkey")
ASKED: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({}, BY_TIME),
    ({"day": date(2007, 6, 1)}, ("act_by_time",)),
    ({"day": date(2007, 6, 1), "last": date(2007, 6, 30)}, BY_TIME),
    ({"who": "s7"}, ("act_by_staff", *BY_TIME)),
    ({"who": "seldom"}, ("act_by_staff",)),
    ({"verb": "verb_3"}, ("act_by_verb", *BY_TIME)),
    ({"verb": "verb_seldom"}, ("act_by_verb",)),
    ({"copy_no": "100003E8"}, ("act_of_copy",)),
    ({"request_id": "4cba0e34-0000-4000-8000-000000000000"}, ("act_of_request",)),
    ({"subject": "0001-0001"}, ("act_of_subject",)),
)


def test_the_overseer_is_answered_from_an_index(long_log: Office, mrs_wu: Staff):
    for asked, indexes in ASKED:
        plan = acts_within(mrs_wu, **asked)[:41].explain()

        assert any(index in plan for index in indexes), (asked, plan)
        assert "Seq Scan on offices_act" not in plan, asked


def test_a_supervisor_is_answered_from_the_index_of_the_office(long_log: Office, mr_chen: Staff):
    plan = acts_within(mr_chen)[:41].explain()

    assert "Seq Scan on offices_act" not in plan
    assert any(index in plan for index in ("act_of_office", *BY_TIME))


def test_a_file_is_found_by_the_number_on_it(long_log: Office, mrs_wu: Staff):
    assert acts_within(mrs_wu, copy_no="100003e8").count() == 1
