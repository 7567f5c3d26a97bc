"""批量打印: each number once in a run, never two originals, whatever two runs, a kill or a cancel come to."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from common.decision import Refusal
from common.relations import HEAD
from households import vault
from households.drafts import PaperDraft
from households.models import Household
from offices import jobs
from offices.models import Act, Job, Staff
from payments.models import PrintRun, Receipt, ReceiptBook, ReceiptPrint
from payments.paper import fonts
from payments.printing import job as printing_job
from payments.printing import spool
from payments.printing.choice import Span, choice_of
from payments.printing.shown import not_printed
from payments.services import cancel_run, continue_run, record_print, start_run, void_receipt
from payments.services.printing import claim
from tests.acting import as_owner
from tests.builders import at, make_household, make_staff, member
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.jobs_killed import leave_behind
from tests.payments.conftest import Pay, a_book
from tests.payments.many import make_couples
from tests.payments.money_builders import give_back, settle
from tests.payments.test_kill import KILLED, PROJECT, database_url
from tests.payments.test_races import in_thread, together, wait_until, waiting_for_locks
from tests.payments.test_receipt_pdf import pages_of

NOW = at("2007-10-26 09:00")


@pytest.fixture(autouse=True)
def folder(files_folder):  # noqa: F811
    """Files go into a folder of the test's own."""
    return files_folder


@pytest.fixture
def receipts(pay: Pay, aunt_liu: Staff, book: ReceiptBook) -> list[Receipt]:
    """Twenty-three receipts of 刘阿姨, from 00012346 on."""
    for household in make_couples(aunt_liu, 23):
        pay(Household(pk=household), aunt_liu, "240.00")
    return list(Receipt.objects.order_by("number"))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five receipts to a part, so that a few make several."""
    monkeypatch.setattr(printing_job, "AT_ONCE", 5)


def start(by: Staff, *, reprints: bool = False, form: str = "half", **chosen: Any) -> PrintRun:
    """A run of what was chosen, as shown a moment ago."""
    given = {"chosen": chosen, "reprints": reprints, "form": form, "layout_id": None, "printer_id": None}
    return start_run(**given, expected=choice_of(by, chosen, reprints=reprints).seal, by=by, at=NOW)


def colleague(supervisor: Staff) -> Staff:
    """Another supervisor of the same office."""
    return make_staff(supervisor.office, "qian", name="钱主任", role="supervisor")


def finished(run: PrintRun) -> PrintRun:
    """The run when no job waits any more."""
    while jobs.run_next():
        pass
    run.refresh_from_db()
    return run


def numbers_in(run: PrintRun) -> Counter[str]:
    """How often each number stands in the run's file."""
    text = "".join(pages_of(vault.get(run.file, sha256=run.sha256)))
    return Counter(re.findall(r"No\. (\d{8})", text))


def copies(run: PrintRun) -> list[int]:
    return list(run.prints.order_by("receipt__number").values_list("copy", flat=True))


def test_a_run_prints_each_receipt_once_in_the_order_of_numbers(receipts, aunt_liu, mr_chen):
    run = finished(start(mr_chen))

    assert run.job.failed == ""
    assert (run.printed, run.pages, run.amount) == (23, 23, Decimal("5520.00"))
    assert list(numbers_in(run)) == [each.printed_number for each in receipts]
    assert set(numbers_in(run).values()) == {1}
    assert copies(run) == [1] * 23
    assert set(run.prints.values_list("by", flat=True)) == {mr_chen.pk}
    assert not spool.folder(run.file).exists()


def test_a_run_says_who_printed_what_when(receipts, mr_chen):
    run = finished(start(mr_chen, first=12346, last=12350))

    acts = Act.objects.filter(subject_type="payments.printrun", subject_id=run.pk).order_by("pk")
    assert [(act.verb, act.by) for act in acts] == [("start_print_run", mr_chen), ("finish_print_run", mr_chen)]
    assert acts[0].detail == {"numbers": ["00012346", "00012350"], "receipts": 5, "amount": "1200.00"}


def test_what_was_printed_is_left_out_unless_it_is_asked_for_and_then_says_so(receipts, aunt_liu, mr_chen):
    record_print(receipt_id=receipts[0].pk, by=aunt_liu, at=NOW)

    fresh = finished(start(mr_chen, first=12346, last=12348))
    again = finished(start(mr_chen, first=12346, last=12348, reprints=True))

    assert copies(fresh) == [1, 1]
    assert copies(again) == [2, 2, 2]
    texts = pages_of(vault.get(again.file, sha256=again.sha256))
    assert all("补打 第2次" in text for text in texts)


def test_a_void_receipt_is_not_chosen_and_one_voided_meanwhile_is_left_out(receipts, aunt_liu, mr_chen):
    void_receipt(receipt_id=receipts[0].pk, reason="收错", by=mr_chen, at=NOW)
    run = start(mr_chen, first=12346, last=12348)
    void_receipt(receipt_id=receipts[1].pk, reason="收错", by=mr_chen, at=NOW)

    run = finished(run)

    assert (run.receipts, run.printed) == (2, 1)
    assert list(numbers_in(run)) == ["00012348"]


def test_a_reversed_receipt_is_not_chosen_and_one_reversed_meanwhile_is_left_out(receipts, aunt_liu, mr_chen):
    settle(aunt_liu)
    give_back(receipts[0], aunt_liu, mr_chen)
    run = start(mr_chen, first=12346, last=12348)
    give_back(receipts[1], aunt_liu, mr_chen)

    run = finished(run)

    assert list(numbers_in(run)) == ["00012348"]
    assert [each.why for each in not_printed(run)] == ["打印前已作废或冲正"]


def test_a_double_click_starts_one_run(receipts, mr_chen):
    assert start(mr_chen, reprints=True) == start(mr_chen, reprints=True)

    assert PrintRun.objects.count() == Job.objects.count() == 1
    finished(PrintRun.objects.get())
    assert start(mr_chen, reprints=True) != PrintRun.objects.earliest("pk")


def test_a_clerk_prints_her_own_receipts_only(receipts, pay, xinpu, aunt_liu, book):
    sun = make_staff(xinpu, "sun")
    pay(Household(pk=make_couples(aunt_liu, 1)[0]), sun, "240.00")

    run = finished(start(sun))

    assert list(numbers_in(run)) == ["00012369"]


def test_another_offices_receipts_are_out_of_reach(receipts, miss_yang):
    with pytest.raises(Refusal, match="没有可打印的收据"):
        start(miss_yang)


def test_what_changed_since_it_was_shown_is_shown_again(receipts, aunt_liu, mr_chen):
    seal = choice_of(mr_chen, {}, reprints=False).seal
    record_print(receipt_id=receipts[3].pk, by=aunt_liu, at=NOW)

    with pytest.raises(Refusal, match="已有变化"):
        start_run(
            chosen={}, reprints=False, form="half", layout_id=None, printer_id=None, expected=seal, by=mr_chen, at=NOW
        )
    assert not PrintRun.objects.exists()
    assert not Job.objects.exists()


def test_a_name_that_no_font_draws_is_told_before_the_run_and_left_out_of_it(pay, aunt_liu, mr_chen, book):
    """The counter takes no money under such a name: the receipt is of a time when a font that is gone was there."""
    lacking = next(chr(code) for code in range(0x323AF, 0x31350, -1) if fonts.undrawable(chr(code)))
    for name in ("王大力", "赵五", "𬱖春"):
        head = member(name, HEAD, papers=(PaperDraft("id_card"),), photos=2)
        pay(make_household(aunt_liu, head, papers=(PaperDraft("hukou_book"),)), aunt_liu, "120.00")
    with as_owner(), pgtrigger.ignore("payments.Receipt:only_voided"):
        Receipt.objects.filter(payer="赵五").update(payer=f"赵{lacking}")

    choice = choice_of(mr_chen, {}, reprints=False)
    run = finished(start(mr_chen))

    (left_out,) = choice.unprintable
    assert (left_out.number, left_out.payer) == ("00012347", f"赵{lacking}")
    assert f"U+{ord(lacking):04X}" in left_out.why
    assert choice.count == 2
    assert run.left_out == [asdict(left_out)]
    assert list(numbers_in(run)) == ["00012346", "00012348"]
    assert "𬱖春" in "".join(pages_of(vault.get(run.file, sha256=run.sha256)))
    assert not ReceiptPrint.objects.filter(receipt=left_out.receipt).exists()


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        pytest.param({"village": "320705001001"}, 23, id="按村"),
        pytest.param({"village": "320705001002"}, 0, id="别的村"),
        pytest.param({"first_day": "2007-10-25", "last_day": "2007-10-25"}, 23, id="按日"),
        pytest.param({"first_day": "2007-10-26"}, 0, id="别的日"),
        pytest.param({"first": 12350, "last": 12352}, 3, id="按号段"),
        pytest.param({"numbers": [12346, 12368, 99999]}, 2, id="按名单"),
        pytest.param({"book": "32070107"}, 23, id="按票据代码"),
        pytest.param({"book": "other"}, 0, id="别的代码"),
    ],
)
def test_receipts_are_chosen_by(receipts, mr_chen, chosen: dict[str, Any], found: int):
    choice = choice_of(mr_chen, chosen, reprints=False)

    assert choice.count == found
    assert choice.unknown == (("99999",) if "numbers" in chosen else ())


def test_numbers_of_two_books_are_two_ranges(receipts, pay, mr_chen):
    a_book(mr_chen, code="32070108", first=901, clerk_id=mr_chen.pk)
    (household,) = make_couples(mr_chen, 1)
    pay(Household(pk=household), mr_chen, "240.00")

    spans = choice_of(mr_chen, {}, reprints=False).spans

    assert spans == (Span("32070107", "00012346", "00012368"), Span("32070108", "00000901", "00000901"))


def test_receipts_are_chosen_by_clerk(receipts, aunt_liu, mr_chen):
    assert choice_of(mr_chen, {"clerk": aunt_liu.pk}, reprints=False).count == 23
    assert choice_of(mr_chen, {"clerk": mr_chen.pk}, reprints=False).count == 0


def test_a_cancelled_run_has_claimed_what_it_drew_and_goes_on_where_it_stopped(receipts, mr_chen, small_parts):
    run = start(mr_chen)
    job = run.job
    job.started_at = job.heartbeat_at = timezone.now()
    job.attempts = 1
    job.save()

    def cancelled_after_ten(done: int, total: int) -> None:
        if done == 10:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        printing_job.work(job, cancelled_after_ten)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), failed="已取消。")
    assert run.prints.count() == 10

    continue_run(run_id=run.pk, close=False, by=mr_chen, at=NOW)
    run = finished(run)

    assert numbers_in(run) == Counter(each.printed_number for each in receipts)
    assert copies(run) == [1] * 23


def test_a_cancelled_run_can_be_ended_with_what_it_drew_and_the_rest_stays_unprinted(receipts, mr_chen, small_parts):
    run = start(mr_chen)
    Job.objects.update(started_at=timezone.now(), attempts=1)
    with pytest.raises(InterruptedError):
        printing_job.work(run.job, stop_at(15))
    Job.objects.update(finished_at=timezone.now(), failed="已取消。")

    continue_run(run_id=run.pk, close=True, by=mr_chen, at=NOW)
    run = finished(run)

    assert list(numbers_in(run)) == [each.printed_number for each in receipts[:15]]
    rest = finished(start(mr_chen))
    assert list(numbers_in(rest)) == [each.printed_number for each in receipts[15:]]
    assert copies(rest) == [1] * 8


def stop_at(wanted: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if done == wanted:
            raise InterruptedError

    return progress


def test_a_run_under_way_or_finished_is_not_gone_on_with(receipts, mr_chen):
    run = start(mr_chen)
    with pytest.raises(Refusal, match="正在打印"):
        continue_run(run_id=run.pk, close=False, by=mr_chen, at=NOW)
    finished(run)
    with pytest.raises(Refusal, match="已经完成"):
        continue_run(run_id=run.pk, close=False, by=mr_chen, at=NOW)


def test_a_worker_killed_after_the_file_was_there_leaves_that_file(receipts, mr_chen):
    run = finished(start(mr_chen))
    void_receipt(receipt_id=receipts[0].pk, reason="收错", by=mr_chen, at=NOW)
    long_ago = timezone.now() - jobs.STALLED_AFTER * 2
    Job.objects.update(finished_at=None, result=None, attempts=1, heartbeat_at=long_ago)

    again = finished(run)

    assert again.job.result == {"run": run.pk, "pages": 23}
    assert set(numbers_in(again).values()) == {1}


def test_a_run_that_is_ended_before_it_began_prints_nothing_and_claims_nothing(receipts, mr_chen):
    run = start(mr_chen)
    cancel_run(run_id=run.pk, by=mr_chen, at=NOW)
    continue_run(run_id=run.pk, close=True, by=mr_chen, at=NOW)

    run = finished(run)

    assert (run.printed, run.pages, run.has_file) == (0, 0, False)
    assert not ReceiptPrint.objects.exists()


def test_a_file_is_destroyed_after_its_days_and_the_row_stays(receipts, mr_chen, settings):
    run = finished(start(mr_chen))
    assert printing_job.tidy() == 0

    PrintRun.objects.update(finished_at=timezone.now() - timedelta(days=settings.PRINTS_KEPT_DAYS, minutes=1))

    assert printing_job.tidy() == 1
    assert not vault.path_of(run.file).exists()
    run.refresh_from_db()
    assert run.purged_at
    assert not run.has_file


def test_a_runs_choice_is_never_changed_and_no_run_is_deleted(receipts, mr_chen):
    run = start(mr_chen)

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), as_owner():
        PrintRun.objects.filter(pk=run.pk).update(receipt_ids=[1])
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic(), as_owner():
        PrintRun.objects.filter(pk=run.pk).delete()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    """Real connections beside each other."""

    def test_two_runs_over_the_same_range_give_one_original_each_number(self, receipts, mr_chen, small_parts):
        """Asked for at the same time, worked on at the same time; by default nothing is printed twice."""
        runs = [start(mr_chen), start(colleague(mr_chen))]

        done = together(jobs.run_next, jobs.run_next)

        assert done == [True, True]
        for run in runs:
            run.refresh_from_db()
            assert run.job.failed == ""
        assert sum(map(numbers_in, (run for run in runs if run.pages)), Counter()) == Counter(
            each.printed_number for each in receipts
        )
        assert set(ReceiptPrint.objects.values_list("copy", flat=True)) == {1}
        assert sum(run.printed for run in runs) == 23

    def test_two_runs_that_take_printed_ones_too_give_one_original_and_one_repeat(self, receipts, mr_chen, small_parts):
        runs = [start(mr_chen, reprints=True), start(colleague(mr_chen), reprints=True)]

        together(jobs.run_next, jobs.run_next)

        by_receipt = ReceiptPrint.objects.order_by("copy").values_list("receipt", "copy")
        assert Counter(by_receipt) == Counter((each.pk, copy) for each in receipts for copy in (1, 2))
        for run in runs:
            run.refresh_from_db()
            assert numbers_in(run) == Counter(each.printed_number for each in receipts)
            texts = pages_of(vault.get(run.file, sha256=run.sha256))
            assert ["补打 第2次" in text for text in texts] == [copy == 2 for copy in copies(run)]

    def test_a_claim_that_waits_for_a_single_print_sees_it(self, receipts, aunt_liu, mr_chen):
        """The moment that one statement alone would get wrong: both look, one waits, the other commits."""
        run = start(mr_chen, reprints=True)
        held = threading.Event()

        def print_slowly() -> None:
            with transaction.atomic():
                record_print(receipt_id=receipts[4].pk, by=aunt_liu, at=NOW)
                held.set()
                wait_until(lambda: waiting_for_locks() == 1)

        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(in_thread, print_slowly)
            held.wait(timeout=30)
            claimed = claim(run=run, receipts=[each.pk for each in receipts], by=mr_chen, at=NOW)
            slow.result(timeout=30)

        assert claimed == 23
        assert copies(run) == [1] * 4 + [2] + [1] * 18

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_killed_workers_run_is_taken_up_and_each_number_is_printed_once(self, receipts, mr_chen, folder, when):
        run = start(mr_chen)
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CANBAO_FILES": str(folder),
        }
        command = [sys.executable, "-m", "tests.payments.dying_printer", "2", when]

        died = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

        assert died.returncode == KILLED, died.stderr
        assert run.prints.count() == 15
        assert len(list(spool.folder(run.file).glob("0*"))) == (2 if when == "before" else 3)
        leave_behind()
        printing_job.AT_ONCE, usual = 5, printing_job.AT_ONCE
        try:
            run = finished(run)
        finally:
            printing_job.AT_ONCE = usual
        assert run.job.failed == ""
        assert numbers_in(run) == Counter(each.printed_number for each in receipts)
        assert copies(run) == [1] * 23
