"""影响: what a new rule set would change, by key and household by household."""

import random
from datetime import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from common.decision import Refusal
from common.relations import HEAD
from enrollment import library
from enrollment.facts import read_households
from enrollment.impact import Decider, Question, Tally
from enrollment.impact_job import impact, reference_moment, start_impact
from enrollment.rules.source import read_ruleset
from households.models import Household
from offices import jobs
from offices.models import Job
from tests.builders import at, make_household, member, newborn
from tests.payments.conftest import book, pay, rulesets  # noqa: F401 - fixtures

SOURCE = Path("enrollment/rulesets/lianyungang.toml").read_text()
NEW_SOURCE = SOURCE.replace("payable = 120", "payable = 130").replace("standard = 120", "standard = 130")
YEAR = 2008


@pytest.fixture
def district(rulesets, aunt_liu, zhang_household) -> list[int]:  # noqa: F811
    """The Zhangs and forty households by chance, some with children just born, some from elsewhere."""
    chance = random.Random(7)
    for _ in range(40):
        people = [member("王大力", HEAD, born=f"{chance.randint(1920, 1985)}-{chance.randint(1, 12):02d}-15")]
        for k in range(chance.randint(0, 3)):
            born = f"{chance.randint(1930, 2006)}-{chance.randint(1, 12):02d}-{chance.choice((1, 25, 26))}"
            more = {} if chance.random() < 0.8 else {"hukou_division": "110101", "hukou_kind": "rural"}
            people.append(member("王" + "甲乙丙"[k], born="-".join(f"{int(x):02d}" for x in born.split("-")), **more))
        if chance.random() < 0.2:
            people.append(newborn("王小宝"))
        make_household(aunt_liu, *people)
    return list(Household.objects.order_by("pk").values_list("pk", flat=True))


def question(moment: str = "2007-10-26 09:00") -> Question:
    return Question(library.current("lianyungang"), read_ruleset(NEW_SOURCE), YEAR, at(moment))


@pytest.mark.parametrize("moment", ["2007-10-26 09:00", "2008-03-02 09:00"])
def test_deciding_by_key_is_deciding_household_by_household(district, moment):
    asked = question(moment)
    decider, plain = Decider(asked), Tally()
    for facts in read_households(district, coverage_year=YEAR, at=asked.at, applying=()).values():
        one_by_one = asked.outcomes(facts)
        assert decider.outcomes(facts) == one_by_one
        plain.add(facts, one_by_one)
    found = impact(asked, district, lambda done, total: None)

    assert found.pop("keys") < len(district)
    examples = found.pop("examples"), plain.result().pop("examples")
    assert len(examples[0]) == len(examples[1])
    assert found == {key: value for key, value in plain.result().items() if key != "examples"}


def test_a_dearer_rate_is_told_with_persons_yuan_and_names(district, mr_zhou):
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    assert jobs.run_next()
    job.refresh_from_db()

    assert job.failed == ""
    changes = {row["code"]: row for row in job.result["changes"]}
    assert changes["more"]["persons"] > 0
    assert changes["less"]["persons"] == 0
    assert sum(row["persons"] for row in changes.values()) == job.result["persons"]
    assert any(each["change"] == "多缴" for each in job.result["examples"])
    assert job.done == job.total == len(district)


def test_the_page_shows_progress_and_then_the_result(client, district, mr_zhou):
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    client.force_login(mr_zhou)
    assert "正在排队" in client.get(reverse("job", args=[job.pk])).text
    jobs.run_next()
    assert "多缴" in client.get(reverse("job", args=[job.pk])).text


def test_a_cancelled_job_is_not_done(client, district, mr_zhou):
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    client.force_login(mr_zhou)
    client.post(reverse("job-cancel", args=[job.pk]))

    assert not jobs.run_next()
    assert Job.objects.get().failed == "已取消。"


def stopped_half_way(job: Job, progress: jobs.Progress) -> dict[str, int]:
    """A job that somebody stops between its steps."""
    progress(1, 3)
    jobs.cancel(job_id=job.pk, by=job.by, at=at("2007-10-26 09:01"))
    progress(2, 3)
    return {"steps": 3}


def test_a_job_that_is_stopped_while_it_works_leaves_no_answer(mr_zhou, monkeypatch):
    monkeypatch.setitem(jobs.WORK, "steps", f"{__name__}.stopped_half_way")
    job = jobs.ask_for(kind="steps", parameters={}, by=mr_zhou, at=at("2007-10-26 09:00"))

    assert jobs.run_next()

    job.refresh_from_db()
    assert (job.failed, job.result, job.done) == ("已取消。", None, 1)
    assert job.finished_at
    assert not jobs.run_next()


def test_a_job_that_is_asked_for_twice_is_done_once(mr_zhou, monkeypatch):
    monkeypatch.setitem(jobs.WORK, "steps", f"{__name__}.stopped_half_way")
    asked = {"kind": "steps", "parameters": {"year": 2008}, "by": mr_zhou, "at": at("2007-10-26 09:00")}

    first, second = jobs.ask_for(**asked), jobs.ask_for(**asked)
    jobs.run_next()

    assert first == second
    assert jobs.ask_for(**asked) != first


def test_a_finished_job_is_not_stopped_any_more(district, mr_zhou):
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    jobs.run_next()

    job = jobs.cancel(job_id=job.pk, by=mr_zhou, at=at("2007-10-26 09:05"))

    assert (job.cancel_asked_at, job.failed) == (None, "")
    assert job.result


def test_the_impact_says_how_many_have_paid_already(pay, book, zhang_household, aunt_liu, mr_zhou, client):  # noqa: F811
    pay(zhang_household, aunt_liu, "420.00")
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    jobs.run_next()

    client.force_login(mr_zhou)
    assert "其中 4 人本年度已经缴费" in client.get(reverse("job", args=[job.pk])).text


def test_a_job_whose_worker_was_killed_is_taken_again_and_fails_the_second_time(district, mr_zhou):
    job = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    long_ago = datetime.fromisoformat("2007-01-01T00:00:00+08:00")
    Job.objects.update(attempts=1, started_at=long_ago, heartbeat_at=long_ago)
    assert jobs.run_next()
    job.refresh_from_db()
    assert job.result
    again = start_impact(
        ruleset_code="lianyungang", source=NEW_SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    Job.objects.filter(pk=again.pk).update(attempts=2, started_at=long_ago, heartbeat_at=long_ago)
    assert not jobs.run_next()
    again.refresh_from_db()
    assert "中断" in again.failed


def test_a_year_that_the_new_text_lacks_is_refused(rulesets, mr_zhou):  # noqa: F811
    with pytest.raises(Refusal, match="1999"):
        start_impact(
            ruleset_code="lianyungang", source=SOURCE, coverage_year=1999, by=mr_zhou, at=at("2007-10-26 09:00")
        )


def test_a_clerk_may_not_ask(rulesets, aunt_liu):  # noqa: F811
    with pytest.raises(Refusal, match="管理员"):
        start_impact(
            ruleset_code="lianyungang", source=SOURCE, coverage_year=YEAR, by=aunt_liu, at=at("2007-10-26 09:00")
        )


def test_a_job_of_another_scope_does_not_exist(client, rulesets, mr_zhou, mr_chen):  # noqa: F811
    job = start_impact(
        ruleset_code="lianyungang", source=SOURCE, coverage_year=YEAR, by=mr_zhou, at=at("2007-10-26 09:00")
    )
    client.force_login(mr_chen)
    assert client.get(reverse("job", args=[job.pk])).status_code == 404


@pytest.mark.parametrize(
    ("asked_at", "moment"),
    [
        pytest.param("2016-09-30 09:00", "2016-10-09 00:00", id="缴费期以前"),
        pytest.param("2016-12-01 09:00", "2016-12-01 09:00", id="缴费期内"),
        pytest.param("2017-02-23 09:00", "2016-10-09 00:00", id="核定已截止"),
        pytest.param("2026-11-28 09:00", "2016-10-09 00:00", id="多年以后"),
    ],
)
def test_the_impact_is_asked_for_a_moment_at_which_people_can_pay(asked_at: str, moment: str):
    songming = read_ruleset((Path(__file__).parents[2] / "enrollment" / "rulesets" / "songming.toml").read_text())

    assert reference_moment(songming, 2017, at(asked_at)) == at(moment)
