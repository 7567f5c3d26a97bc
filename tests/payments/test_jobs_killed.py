"""后台任务 under blows: workers are killed, stopped and told to leave; what was asked for is done, and once."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from offices import jobs, queue
from offices.models import Act, Job
from payments.bank.job import ask_statement
from payments.models import BankStatement, PrintRun, Receipt, ReceiptPrint
from payments.services import cancel_run
from tests.builders import at
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.jobs_killed import workers
from tests.payments.bank_builders import csv
from tests.payments.test_printing import NOW, copies, folder, numbers_in, receipts, start  # noqa: F401 - fixtures
from tests.payments.together import in_thread, together
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

LATER = at("2007-11-01 09:00")


@pytest.fixture
def crew(folder):  # noqa: F811
    """Two workers; a receipt at a time, so that there are many moments."""
    with workers(2, files=folder, smaller={"payments.printing.job.AT_ONCE": 1}) as crew:
        yield crew


def printed_once(run: PrintRun, receipts: list[Receipt], *, copy: int = 1) -> None:  # noqa: F811
    run.refresh_from_db()
    assert run.job.failed == ""
    assert numbers_in(run) == Counter(each.printed_number for each in receipts)
    assert copies(run) == [copy] * len(receipts)


def begun(run: PrintRun) -> bool:
    return Job.objects.filter(pk=run.job_id, done__gt=0, finished_at=None).exists()


def ended(run: PrintRun) -> bool:
    return Job.objects.filter(pk=run.job_id, finished_at__isnull=False).exists()


def nothing_queued() -> bool:
    return not ProcrastinateJob.objects.exists()


def put_back() -> bool:
    return ProcrastinateJob.objects.filter(status="todo").exists()


def test_whatever_worker_is_killed_whenever_the_run_is_printed_and_each_number_once(receipts, mr_chen, crew):  # noqa: F811
    hits = 0
    for copy in (1, 2, 3):
        run = start(mr_chen, reprints=True)
        hits += crew.kill_until_done(kills=6, within=0.05)
        printed_once(run, receipts, copy=copy)

    assert hits >= 5
    assert ReceiptPrint.objects.count() == 3 * len(receipts)
    wait_for(nothing_queued, so_that="nothing is queued", seconds=20)


def test_a_large_statement_is_taken_in_once_whatever_worker_is_killed_whenever(mr_chen, crew):
    lines = [
        f"2007-10-{day:02},{day:02}{number:04},缴存,,{number}.00,某人" for day in (25, 26) for number in range(1, 1_500)
    ]
    job = ask_statement(data=csv(*lines), name="明细.csv", account="农行", step="office", by=mr_chen, at=LATER)

    assert crew.kill_until_done(kills=8, within=0.1) >= 1

    job.refresh_from_db()
    statement = BankStatement.objects.get()
    assert (job.failed, job.result) == ("", {"statement": statement.pk})
    assert statement.rows.count() == len(lines)
    assert Act.objects.filter(verb="take_statement").count() == 1


def test_a_run_that_is_cancelled_while_a_worker_is_at_it_stops_there(receipts, mr_chen, crew):  # noqa: F811
    run = start(mr_chen)
    wait_for(lambda: begun(run), so_that="the run has begun", seconds=20)

    cancel_run(run_id=run.pk, by=mr_chen, at=NOW)

    wait_for(lambda: ended(run), so_that="the run has ended", seconds=20)
    run.refresh_from_db()
    assert run.job.failed == "已取消。"
    assert 0 < run.prints.count() < len(receipts)
    wait_for(nothing_queued, so_that="nothing is queued", seconds=20)


def test_a_worker_that_is_told_to_end_hands_its_job_over_and_no_attempt_is_counted(receipts, mr_chen, crew):  # noqa: F811
    run = start(mr_chen)
    wait_for(lambda: begun(run), so_that="the run has begun", seconds=20)

    for pid in list(crew.pids):
        crew.end(pid, signal.SIGTERM)
    wait_for(put_back, so_that="the job is put back", seconds=20)
    assert Job.objects.get(pk=run.job_id).attempts == 0
    crew.start()

    wait_for(lambda: ended(run), so_that="the run has ended", seconds=20)
    printed_once(run, receipts)
    assert run.job.attempts == 1


def test_a_worker_that_only_stood_still_is_not_overtaken(receipts, mr_chen, crew):  # noqa: F811
    """Its signs of life are missed and its job is put back, but the lock is still its own."""
    run = start(mr_chen)
    wait_for(lambda: begun(run), so_that="the run has begun", seconds=20)
    for pid in crew.pids:
        os.kill(pid, signal.SIGSTOP)
    still = list(crew.pids)

    crew.start()
    wait_for(put_back, so_that="the job is put back", seconds=20)
    stood = Job.objects.get(pk=run.job_id)  # what they had sent before they stood still has arrived by now
    time.sleep(0.5)
    job = Job.objects.get(pk=run.job_id)
    assert (job.attempts, job.done) == (1, stood.done)
    for pid in still:
        os.kill(pid, signal.SIGCONT)

    wait_for(lambda: ended(run), so_that="the run has ended", seconds=20)
    printed_once(run, receipts)
    assert run.job.attempts == 1


at_work: list[int] = []
most = 0


def slow_steps(job: Job, progress: jobs.Progress) -> dict[str, int]:
    """A job that says how many are at it at once."""
    global most  # noqa: PLW0603 - seen by the test
    at_work.append(job.pk)
    most = max(most, len(at_work))
    for step in range(3):
        progress(step, 3)
        time.sleep(0.05)
    at_work.remove(job.pk)
    return {}


def test_one_job_is_never_done_by_two_at_once_even_if_the_queue_gives_it_twice(mr_zhou, monkeypatch):
    monkeypatch.setitem(jobs.WORK, "steps", f"{__name__}.slow_steps")
    job = jobs.ask_for(kind="steps", parameters={}, by=mr_zhou, at=NOW)

    def do() -> bool | str:
        try:
            return jobs.do(job.pk)
        except queue.Again:
            return "again"

    assert sorted(map(str, together(do, do, do))) in (["True", "again", "again"], ["False", "True", "again"])
    assert most == 1
    job.refresh_from_db()
    assert (job.attempts, job.result) == (1, {})


def test_a_job_that_is_not_asked_for_after_all_is_not_queued_either(mr_zhou):
    before = ProcrastinateJob.objects.count()

    with transaction.atomic():
        jobs.ask_for(kind="impact", parameters={}, by=mr_zhou, at=NOW)
        queued = ProcrastinateJob.objects.count() - before
        transaction.set_rollback(True)

    assert queued == 1
    assert ProcrastinateJob.objects.count() == before
    assert not Job.objects.exists()


def test_a_job_asked_for_again_before_its_dead_worker_was_missed_is_swept_all_the_same(mr_zhou):
    """Its old entry stands `doing` beside the new one; no sweep may stumble over the two."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        job = jobs.ask_for(kind="impact", parameters={}, by=mr_zhou, at=NOW)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    Job.objects.filter(pk=job.pk).update(finished_at=NOW, failed="处理中断了两次，已停止；请重新提交。")
    jobs.ask_again(job_id=job.pk, by=mr_zhou, at=NOW)
    assert ProcrastinateJob.objects.count() == 2

    queue.sweep()

    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["todo"]


def test_what_another_worker_is_just_putting_back_is_passed_over(mr_zhou):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        jobs.ask_for(kind="impact", parameters={}, by=mr_zhou, at=NOW)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        queue.sweep()
        assert pool.submit(in_thread, queue.sweep).result(timeout=20) is None

    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["todo"]
