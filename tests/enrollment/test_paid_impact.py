"""修订对已缴费的人的影响: assessed again one by one, in bulk, never applied."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from time_machine import travel

from common.relations import HEAD
from enrollment.amending import effective_day, touched_years
from enrollment.draft_impact import ask_paid_impacts, paid_impacts_of
from enrollment.drafting import Amendment, save_draft, start_draft, submit_draft
from enrollment.facts import read_household
from enrollment.impact import Decider, Question
from enrollment.models import Enrollment, RuleSetDraft
from enrollment.paid_impact import Paid, with_payers
from enrollment.rules.source import read_ruleset
from households.models import Household
from offices.jobs import run_next
from offices.models import Staff
from tests.builders import at, make_household, make_staff, member
from tests.enrollment.test_drafting import CODE, NOW, amended
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures


@pytest.fixture
def payers(pay: Pay, zhang_household: Household, aunt_liu: Staff, book: object) -> None:  # noqa: F811
    """张建国户 (four of them, one with 肢体二级) have paid for 2008; 赵一 has not."""
    pay(zhang_household, aunt_liu, "420.00")
    make_household(aunt_liu, member("赵一", HEAD, born="1951-01-01"))


def drafted(by: Staff, edit: Callable[[str], str]) -> RuleSetDraft:
    draft = start_draft(code=CODE, next_year=False, by=by, at=NOW)
    return save_draft(code=CODE, text=edit(draft.source), by=by, at=NOW)


def severe_no_more(source: str) -> str:
    """肢体二级 is no severe disability any more: a change that stands in no year."""
    text = source.replace("grades = [1, 2]", "grades = [1]")
    assert text != source
    return text


def result(draft: RuleSetDraft, by: Staff) -> dict:
    (job,) = ask_paid_impacts(draft=draft, by=by, at=NOW)
    assert run_next()
    job.refresh_from_db()
    assert job.failed == ""
    return job.result


def persons(found: dict) -> dict[str, int]:
    return {row["code"]: row["persons"] for row in found["changes"] if row["persons"]}


def test_who_paid_the_old_price_would_pay_the_new_one(payers: None, mr_zhou: Staff):
    before = list(Enrollment.objects.order_by("pk").values())

    found = result(drafted(mr_zhou, amended), mr_zhou)

    assert persons(found) == {"more": 3, "same": 1}
    assert found["day"] == "2007-11-01"
    (payable, _) = found["sums"]
    assert payable["rows"][-1]["difference"] == "+30.00"
    assert {each["name"] for each in found["examples"]} == {"张建国", "李秀英", "王桂兰"}
    assert list(Enrollment.objects.order_by("pk").values()) == before


def test_a_category_that_is_drawn_otherwise_is_seen_though_no_price_changes(payers: None, mr_zhou: Staff):
    found = result(drafted(mr_zhou, severe_no_more), mr_zhou)

    assert persons(found) == {"more": 1, "same": 3}
    (example,) = found["examples"]
    assert (example["name"], example["before"], example["after"]) == ("张小红", "60.00", "120.00")


def test_who_has_not_paid_or_whose_payment_was_cancelled_is_not_asked(payers: None, mr_zhou: Staff):
    gone = Enrollment.objects.order_by("pk").last()
    Enrollment.objects.filter(pk=gone.pk).update(cancelled_at=NOW, cancelled_by=mr_zhou)

    assert result(drafted(mr_zhou, amended), mr_zhou)["persons"] == 3


def test_in_bulk_is_one_by_one(payers: None, mr_zhou: Staff):
    draft = drafted(mr_zhou, amended)
    question = Question(
        read_ruleset(draft.based_on.source), read_ruleset(draft.source), 2008, at("2007-11-01 09:00"), paid=True
    )
    found = result(draft, mr_zhou)

    names = ["enrolled_at" if name == "paid_at" else name for name in Paid._fields]
    rows = [Paid(*row) for row in Enrollment.objects.values_list(*names)]
    asked = Decimal("0.00")
    for row in rows:
        facts = read_household(row.household_id, coverage_year=2008, at=row.paid_at, applying=())
        one, _ = with_payers(facts, [each for each in rows if each.household_id == row.household_id])
        places = [m.ref for m in one.asked.members]
        assert Decider(question).outcomes(one) == question.outcomes(one)
        asked += question.outcomes(one)[places.index(str(row.person_id))][1].payable

    assert Decimal(found["sums"][0]["rows"][-1]["after"]) == asked


def test_a_certificate_that_came_after_the_payment_does_not_count(payers: None, mr_zhou: Staff):
    """The facts are those of the day of the payment."""
    person = Enrollment.objects.get(payable=60).person
    person.certifications.update(ended_on=date(2007, 10, 30))

    assert persons(result(drafted(mr_zhou, amended), mr_zhou)) == {"more": 3, "same": 1}


def test_the_year_and_the_day_are_found_where_none_is_given(payers: None, mr_zhou: Staff):
    draft = drafted(mr_zhou, amended)
    old, new = read_ruleset(draft.based_on.source), read_ruleset(draft.source)
    given = {"old": old, "new": new, "coverage_year": 2008}

    assert touched_years(ruleset=draft.ruleset, old=old, new=new, on=NOW.date()) == [2008]
    assert effective_day(**given, amends_from=None, on=NOW.date()) == date(2007, 11, 1)
    assert effective_day(**given, amends_from=date(2007, 11, 5), on=NOW.date()) == date(2007, 11, 5)
    assert effective_day(**given, amends_from=date(2009, 1, 1), on=NOW.date()) == date(2007, 12, 10)


def test_submitting_has_it_computed_for_the_second_administrator(client, payers: None, mr_zhou: Staff):
    drafted(mr_zhou, amended)
    client.force_login(mr_zhou)
    typed = {"starts_on": "2007-11-01", "clause": "L-8-1", "note": "调整一般居民标准"}

    with travel(NOW):
        client.post(reverse("draft-submit", args=[CODE]), typed)
    assert run_next()

    client.force_login(make_staff(None, "he2", role="administrator"))
    page = client.get(reverse("draft-publish", args=[CODE])).content.decode()
    assert "若在 2007-11-01 按草稿缴费" in page
    assert "张建国" in page
    assert "对已缴费的人的影响尚未核算" not in page


def test_an_answer_about_another_day_is_not_shown(payers: None, mr_zhou: Staff):
    draft = drafted(mr_zhou, amended)
    result(draft, mr_zhou)
    amendment = Amendment(date(2007, 11, 1), "L-8-1", "调整")

    sent = submit_draft(code=CODE, amendment=amendment, by=mr_zhou, at=NOW)

    assert paid_impacts_of(draft, mr_zhou)
    assert not paid_impacts_of(sent, mr_zhou)


def test_an_administrator_of_another_area_is_shown_no_names(payers: None, mr_zhou: Staff):
    draft = drafted(mr_zhou, amended)
    result(draft, mr_zhou)

    assert not paid_impacts_of(draft, make_staff(None, "far", role="administrator", division_scope="53"))
