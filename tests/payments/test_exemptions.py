"""可暂不参保 on the member's page: what the office's rule set lists, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.services import load_ruleset
from households.models import Household, Membership, Person
from tests.builders import at
from tests.enrollment.rule_facts import RULESETS
from tests.payments.test_counter_views import counter, in_october_2007, text_of  # noqa: F401 - fixtures

ABROAD = """
[[together.exemptions]]
code = "abroad"
name = "出国（境）一年以上的人员"
clause = "L-2-4"
"""

pytestmark = pytest.mark.usefixtures("rulesets", "book", "in_october_2007")


@pytest.fixture
def abroad_is_exempt(rulesets: None) -> None:
    """An edition of 连云港 that exempts one group more, without asking for the parents' unit."""
    text = (RULESETS / "lianyungang.toml").read_text(encoding="utf-8")
    load_ruleset(text=text.replace("\n[once_a_year]", f"{ABROAD}\n[once_a_year]"), by=None, at=at("2007-10-01 09:00"))


def page_of(membership: Membership) -> str:
    return reverse("member-edit", args=[membership.household_id, membership.person_id])


def typed(membership: Membership, **more: str) -> dict[str, str]:
    person = membership.person
    facts = {name: getattr(person, name) for name in ("name", "hukou_kind", "hukou_division")}
    return facts | {"exemption": ""} | more


@pytest.fixture
def daughter(zhang_household: Household) -> Membership:
    return zhang_household.memberships.get(person__name="张小红")


def test_an_exemption_of_the_rules_is_offered_recorded_and_counts(
    counter: Client,  # noqa: F811
    daughter: Membership,
    abroad_is_exempt: None,
):
    page = text_of(counter.get(page_of(daughter)))
    assert "出国（境）一年以上的人员" in page
    assert "市级行政事业单位职工子女" in page

    saved = counter.post(page_of(daughter), typed(daughter, exemption="abroad"))

    assert saved.status_code == 302
    desk = text_of(counter.get(reverse("household", args=[daughter.household_id])))
    assert "出国（境）一年以上的人员，可暂不参保" in desk
    assert "360.00" in desk  # without her 60 of the 420


def test_the_childs_unit_is_asked_for_where_the_rules_ask(counter: Client, daughter: Membership):  # noqa: F811
    said = "市级行政事业单位职工子女可暂不参保的，须填父母工作单位及其级别。请补填后保存。"
    child = {"exemption": Person.STAFF_CHILD, "parent_unit": "市财政局"}

    assert said in text_of(counter.post(page_of(daughter), typed(daughter, **child)))
    saved = counter.post(page_of(daughter), typed(daughter, **child, parent_unit_level="municipal"))

    assert saved.status_code == 302
    daughter.person.refresh_from_db()
    assert daughter.person.exemption == Person.STAFF_CHILD


def test_what_the_rules_no_longer_list_is_kept_until_somebody_changes_it(
    counter: Client,  # noqa: F811
    daughter: Membership,
):
    Person.objects.filter(pk=daughter.person_id).update(exemption="abroad")

    assert "abroad（现行规则没有）" in text_of(counter.get(page_of(daughter)))
    assert counter.post(page_of(daughter), typed(daughter, exemption="abroad")).status_code == 302
    assert counter.post(page_of(daughter), typed(daughter, exemption="")).status_code == 302
    refused = counter.post(page_of(daughter), typed(daughter, exemption="abroad"))
    assert refused.status_code == 422
