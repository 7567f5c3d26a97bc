"""后台任务的页面: whose are listed, stopping one, asking for one again, the mark on every page, the file."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.decision import Reason, Refusal
from households import job_files
from households.vault import path_of
from offices import jobs
from offices.models import Act, Job, Staff
from tests.builders import at, make_staff
from tests.households.pictures import files_folder  # noqa: F401 - fixture

NOW = at("2007-10-25 10:00")
refusing = True


def steps(job: Job, progress: jobs.Progress) -> dict[str, object]:
    """A job of two steps that is refused until it is not, and makes a file."""
    progress(1, 2)
    if refusing:
        raise Refusal(Reason("STEPS", "还缺一样东西，补上后请重新提交。"))
    progress(2, 2)
    return job_files.keep(job, name="steps-2007.csv", content="text/csv", data="一，二".encode())


@pytest.fixture(autouse=True)
def work(monkeypatch, files_folder):  # noqa: F811
    monkeypatch.setitem(jobs.WORK, "steps", f"{__name__}.steps")
    monkeypatch.setitem(globals(), "refusing", False)


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def ask(by: Staff, **parameters: object) -> Job:
    return jobs.ask_for(kind="steps", parameters=parameters, by=by, at=NOW)


def text(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.text


def test_a_clerk_lists_her_own_and_a_supervisor_those_of_the_office(aunt_liu, mr_chen, mr_zhou, miss_yang):
    own, whole, elsewhere = ask(aunt_liu), ask(mr_zhou), ask(miss_yang)

    def listed(staff: Staff) -> set[int]:
        shown = text(logged_in(staff), "jobs")
        return {job.pk for job in (own, whole, elsewhere) if reverse("job", args=[job.pk]) in shown}

    assert listed(aunt_liu) == {own.pk}
    assert listed(mr_chen) == {own.pk}
    assert listed(mr_zhou) == {own.pk, whole.pk, elsewhere.pk}
    assert listed(make_staff(aunt_liu.office, "sun", name="孙晓梅")) == set()


def test_the_list_renews_itself_only_while_a_job_is_open(aunt_liu):
    client = logged_in(aunt_liu)
    ask(aunt_liu)
    assert 'hx-trigger="every 5s"' in text(client, "jobs")

    jobs.run_next()

    shown = text(client, "jobs")
    assert 'hx-trigger="every 5s"' not in shown
    assert "已完成" in shown
    assert "下载 steps-2007.csv" in shown


def test_the_bar_renews_itself_and_at_the_end_the_page(aunt_liu):
    job, client = ask(aunt_liu), logged_in(aunt_liu)
    address, by_script = reverse("job", args=[job.pk]), {"HX-Request": "true"}

    bar = client.get(address, headers=by_script).text
    assert "正在排队" in bar
    assert "<button" not in bar  # what somebody is about to press is not taken from under the pointer

    jobs.run_next()
    assert client.get(address, headers=by_script)["HX-Refresh"] == "true"


def test_the_mark_at_the_head_is_there_while_a_job_is_open_and_asks_no_more_after_that(aunt_liu, mr_chen):
    client = logged_in(aunt_liu)
    assert 'id="running"' not in text(client, "rulesets")

    ask(aunt_liu)
    assert "任务 1…" in text(client, "rulesets")
    assert "hx-trigger" in text(client, "jobs-running")
    assert 'id="running"' not in text(logged_in(mr_chen), "rulesets")

    jobs.run_next()
    assert "任务已结束" in text(client, "jobs-running")
    assert "hx-trigger" not in text(client, "jobs-running")


def test_the_mark_costs_one_query(aunt_liu, django_assert_num_queries):
    from offices.jobs_shown import under_way

    ask(aunt_liu)

    with django_assert_num_queries(1):
        assert under_way(aunt_liu)["count"] == 1


def test_a_job_is_stopped_by_its_owner_or_a_supervisor_and_by_nobody_else(aunt_liu, mr_chen, mrs_wu):
    first = ask(aunt_liu)

    assert logged_in(mrs_wu).post(reverse("job-cancel", args=[first.pk])).status_code == 404
    logged_in(mr_chen).post(reverse("job-cancel", args=[first.pk]))

    first.refresh_from_db()
    assert first.is_cancelled
    assert "已取消" in text(logged_in(aunt_liu), "jobs")
    assert not jobs.run_next()


def test_a_refused_job_says_why_and_is_done_when_it_is_asked_for_again(aunt_liu, monkeypatch):
    monkeypatch.setitem(globals(), "refusing", True)
    job, client = ask(aunt_liu), logged_in(aunt_liu)
    jobs.run_next()
    assert "还缺一样东西" in text(client, "job", job.pk)

    monkeypatch.setitem(globals(), "refusing", False)
    client.post(reverse("job-again", args=[job.pk]))
    client.post(reverse("job-again", args=[job.pk]))
    assert jobs.run_next()
    assert not jobs.run_next()

    job.refresh_from_db()
    assert (job.failed, job.result["name"]) == ("", "steps-2007.csv")
    assert [act.detail["failed"][:2] for act in Act.objects.filter(verb="ask_again_for_job")] == ["还缺"]


@pytest.mark.parametrize("state", ["open", "done"])
def test_a_job_that_waits_or_is_done_is_not_asked_for_again(aunt_liu, state):
    job = ask(aunt_liu)
    if state == "done":
        jobs.run_next()

    with pytest.raises(Refusal, match="不必重新提交"):
        jobs.ask_again(job_id=job.pk, by=aunt_liu, at=NOW)


def test_only_who_asked_takes_the_file_and_taking_it_is_logged(aunt_liu, mr_chen, mr_zhou):
    job = ask(aunt_liu)
    jobs.run_next()

    taken = logged_in(aunt_liu).get(reverse("job-file", args=[job.pk]))

    assert taken.content.decode() == "一，二"
    assert taken["Content-Disposition"] == 'attachment; filename="steps-2007.csv"'
    assert taken["X-Content-Type-Options"] == "nosniff"
    assert Act.objects.get(verb="fetch_job_file").by == aunt_liu
    for other in (mr_chen, mr_zhou):
        assert logged_in(other).get(reverse("job-file", args=[job.pk])).status_code == 404
    assert "文件由提交人取" in text(logged_in(mr_chen), "job", job.pk)


def test_who_has_moved_to_another_office_takes_no_file_of_the_old_one(aunt_liu, songyang):
    job = ask(aunt_liu)
    jobs.run_next()

    Staff.objects.filter(pk=aunt_liu.pk).update(office=songyang, division_scope=songyang.division_code)

    assert logged_in(aunt_liu).get(reverse("job-file", args=[job.pk])).status_code == 404


def test_a_file_is_destroyed_when_it_has_had_its_days_and_the_list_says_so(aunt_liu, settings):
    old, fresh = ask(aunt_liu, n=1), ask(aunt_liu, n=2)
    while jobs.run_next():
        pass
    old.refresh_from_db()
    place = path_of(job_files.UUID(old.result["stored"]))
    assert place.exists()
    long_ago = timezone.now() - timedelta(days=settings.JOB_FILES_KEPT_DAYS, seconds=1)
    Job.objects.filter(pk=old.pk).update(finished_at=long_ago)

    jobs.tidy()

    assert not place.exists()
    assert "已过保存期" in text(logged_in(aunt_liu), "job", old.pk)
    assert logged_in(aunt_liu).get(reverse("job-file", args=[old.pk])).status_code == 404
    assert logged_in(aunt_liu).get(reverse("job-file", args=[fresh.pk])).status_code == 200


def test_a_file_that_is_made_twice_lies_there_once(aunt_liu, files_folder):  # noqa: F811
    job = ask(aunt_liu)
    for _ in range(2):
        kept = job_files.keep(job, name="a.csv", content="text/csv", data=b"1")

    assert [path.name for path in files_folder.rglob("*") if path.is_file()] == [kept["stored"]]


def test_a_job_of_somebody_who_was_dismissed_is_not_done(aunt_liu: Staff):
    job = ask(aunt_liu)
    Staff.objects.filter(pk=aunt_liu.pk).update(is_active=False)

    assert not jobs.do(job.pk)

    job.refresh_from_db()
    assert job.failed == "提交人已停用，没有办理；需要的请由别人重新提交。"
    assert job.result is None
