"""日志里的个人信息: what an exception says of a row stays out of the server's log."""

import io
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from config.scrubbing import ScrubbedFormatter, scrubbed
from households.models import Household, Person


@pytest.mark.parametrize(
    ("said", "kept", "gone"),
    [
        pytest.param("DETAIL:  Key (id_no)=(320705196001010014) already exists.", "DETAIL", "320705", id="键"),
        pytest.param("DETAIL:  Failing row contains (1, 张三, 320705).", "DETAIL", "张三", id="整行"),
        pytest.param(
            "Key (name, phone)=(张三, 13812348888) is not present", "Key (name, phone)", "张三", id="无DETAIL"
        ),
        pytest.param("ValueError: 32070519600101001X", "ValueError", "32070519600101001X", id="身份证号"),
        pytest.param("残疾人证 32070519600101001442 不符", "不符", "32070519600101001442", id="残疾人证号"),
        pytest.param("phone=13812348888", "phone=", "13812348888", id="手机"),
        pytest.param("phone 0518-85412345", "phone", "85412345", id="座机"),
        pytest.param('invalid input syntax for type bigint: "张三"', "invalid input syntax", "张三", id="类型"),
    ],
)
def test_values_go_and_the_rest_stays(said: str, kept: str, gone: str):
    assert kept in scrubbed(said)
    assert gone not in scrubbed(said)


@pytest.mark.parametrize(
    "said",
    [
        "job 1234567 failed",
        "GET /receipts/1234567890/ 200",
        "took 0.123456 s",
        "户号 0001-0001",
        "2026-11-29 00:00:00,123",
    ],
)
def test_what_is_no_personal_number_stays(said: str):
    assert scrubbed(said) == said


def test_a_refused_row_is_logged_without_its_values(zhang_household: Household):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ScrubbedFormatter("%(message)s"))
    log = logging.getLogger("test.scrubbing")
    log.addHandler(handler)
    one, two = Person.objects.order_by("pk")[:2]

    try:
        with transaction.atomic():
            Person.objects.filter(pk=two.pk).update(id_no=one.id_no)
    except IntegrityError:
        log.exception("%s twice", one.id_no)

    assert "IntegrityError" in out.getvalue()
    assert "person_id_no_once" in out.getvalue()
    assert one.id_no not in out.getvalue()


def test_every_handler_of_the_application_writes_scrubbed_lines():
    lines = settings.LOGGING["formatters"]
    used = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}

    assert {lines[name]["()"] for name in used} == {"config.scrubbing.ScrubbedFormatter"}
