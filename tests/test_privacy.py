"""个人信息: no page of the application shows a whole ID number, telephone or certificate to anybody unasked."""

import re

import pytest
from django.test import Client

from households.models import Certification, Household, Person
from offices.models import Staff
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.conftest import book, pay, rulesets  # noqa: F401 - fixtures
from tests.test_access import PAGES, address, arguments, cast, savepoint  # noqa: F401 - fixtures among them

CERTIFICATE = "32070519880304000142"


@pytest.mark.parametrize("who", ["主管", "管理员", "审计员"])
def test_no_page_shows_a_whole_number(who: str, arguments: dict[str, object], cast: dict[str, Staff], settings):  # noqa: F811
    settings.DEMO = True
    Certification.objects.update(number=CERTIFICATE)
    Household.objects.update(phone="13912345678")
    numbers = [each for person in Person.objects.all() for each in (person.id_no, person.phone, person.mother_id_no)]
    secrets = {each for each in [*numbers, CERTIFICATE, "13912345678"] if each}
    client, found, seen = Client(), [], 0
    client.force_login(cast[who])

    for name, page in PAGES.items():
        if page.method == "get" and cast[who].role in page.roles:
            with savepoint():
                answer = client.get(address(name, arguments))
            if answer["Content-Type"].startswith("text/html") and answer.status_code == 200:
                seen += 1
                text = re.sub(r"<[^>]*>", "", answer.content.decode())
                found += [(name, secret) for secret in secrets if secret in answer.content.decode() or secret in text]

    assert seen > 60
    assert found == []
