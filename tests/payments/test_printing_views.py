"""批量打印的页面: choose, look, start; a run with its file; layouts and printers; who may not."""

import re
from datetime import timedelta

import pypdfium2 as pdfium
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from households.models import Household
from offices import jobs
from offices.models import Act, Staff
from payments.models import OverprintLayout, Printer, PrintRun, ReceiptBook, ReceiptPrint
from payments.printing.overprint import DEFAULT, layout_of
from payments.printing.overprint_forms import table_of
from payments.services import printing
from tests.builders import make_office, make_staff
from tests.households.pictures import files_folder, pdf_of, picture  # noqa: F401 - fixture
from tests.payments.conftest import Pay
from tests.payments.many import make_couples
from tests.payments.test_receipt_pdf import pages_of

BATCH = {"form": "half", "look": "1"}


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def three(pay: Pay, aunt_liu: Staff, book: ReceiptBook) -> None:
    """Receipts 00012346 to 00012348."""
    for household in make_couples(aunt_liu, 3):
        pay(Household(pk=household), aunt_liu, "240.00")


def started(client: Client, **typed: str) -> PrintRun:
    """Look, then start what was shown."""
    looked = client.post(reverse("print-batch"), BATCH | typed)
    seal = looked.context["choice"].seal
    answer = client.post(reverse("print-batch"), {"form": "half", "start": "1", "seal": seal} | typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return PrintRun.objects.latest("pk")


def test_a_supervisor_looks_starts_and_takes_the_file(three, mr_chen: Staff):
    client = client_of(mr_chen)

    page = client.post(reverse("print-batch"), BATCH | {"numbers": "12346，12348\n99999"}).content.decode()
    assert "480.00" in page
    assert "99999" in page
    run = started(client, numbers="12346，12348\n99999")
    waiting = client.get(reverse("print-run", args=[run.pk]), headers={"HX-Request": "true"})
    assert "正在排队" in waiting.content.decode()
    assert jobs.run_next()
    done = client.get(reverse("print-run", args=[run.pk]), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    page = client.get(reverse("print-run", args=[run.pk])).content.decode()
    assert "<strong>2</strong> 张收据" in page
    file = client.get(reverse("print-run-file", args=[run.pk]))

    assert file["Content-Disposition"] == f'inline; filename="receipts-run-{run.pk}.pdf"'
    assert re.findall(r"No\. (\d+)", "".join(pages_of(file.content))) == ["00012346", "00012348"]
    assert Act.objects.filter(verb="fetch_print_run", subject_id=run.pk, by=mr_chen).count() == 1
    assert "名单3个号码" in client.get(reverse("print-runs")).content.decode()


def finished_run(client: Client) -> PrintRun:
    """A run of all three, done, its file taken once."""
    run = started(client)
    assert jobs.run_next()
    assert client.get(reverse("print-run-file", args=[run.pk])).status_code == 200
    return run


@pytest.fixture
def hours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing counts as the same taking."""
    monkeypatch.setattr(printing, "SAME_TAKING", timedelta(0))


def test_who_opened_the_file_may_save_it_a_moment_later(three, mr_chen: Staff):
    client = client_of(mr_chen)
    run = finished_run(client)

    saved = client.get(reverse("print-run-file", args=[run.pk]), {"save": "1"})

    assert saved["Content-Disposition"].startswith("attachment")
    assert Act.objects.filter(verb="fetch_print_run", subject_id=run.pk).count() == 2


def test_a_colleague_is_not_given_the_file_that_another_took(three, aunt_liu: Staff, mr_chen: Staff):
    run = finished_run(client_of(aunt_liu))

    page = client_of(mr_chen).get(reverse("print-run-file", args=[run.pk]), follow=True)

    assert "文件已经取过" in page.content.decode()
    assert Act.objects.filter(verb="fetch_print_run", subject_id=run.pk).count() == 1


def test_a_file_taken_once_is_given_again_for_a_reason_that_the_log_keeps(three, mr_chen: Staff, hours_pass):
    client = client_of(mr_chen)
    run = finished_run(client)
    place = reverse("print-run-file", args=[run.pk])

    again = client.get(place, follow=True)
    without = client.post(place, {"reason": " "}, follow=True)
    given = client.post(place, {"reason": "打印机卡纸，一张没出"})

    for page in (again, without):
        assert "文件已经取过" in page.content.decode()
    assert len(pages_of(given.content)) == 3
    acts = Act.objects.filter(verb="fetch_print_run", subject_id=run.pk).order_by("pk")
    assert [act.detail.get("reason") for act in acts] == [None, "打印机卡纸，一张没出"]
    page = client.get(reverse("print-run", args=[run.pk])).content.decode()
    assert "打印机卡纸，一张没出" in page
    assert 'id="print-run-file"' not in page


def test_another_clerk_gives_no_reason_for_a_run_that_is_not_hers(three, aunt_liu: Staff, mr_chen: Staff, hours_pass):
    run = finished_run(client_of(mr_chen))
    client = client_of(aunt_liu)

    page = client.post(reverse("print-run-file", args=[run.pk]), {"reason": "再打一份"}, follow=True).content.decode()

    assert "请由本人或主管办理" in page
    assert Act.objects.filter(verb="fetch_print_run", subject_id=run.pk).count() == 1


def test_a_whole_run_is_printed_again_as_repeats(three, mr_chen: Staff):
    client = client_of(mr_chen)
    run = finished_run(client)

    answer = client.post(reverse("print-run-again", args=[run.pk]))
    again = PrintRun.objects.latest("pk")
    jobs.run_next()
    texts = pages_of(client.get(reverse("print-run-file", args=[again.pk])).content)

    assert answer.url == reverse("print-run", args=[again.pk]) != reverse("print-run", args=[run.pk])
    assert again.receipt_ids == run.receipt_ids
    assert ["补打 第2次" in text for text in texts] == [True] * 3
    assert f"第{run.pk}批的收据" in client.get(answer.url).content.decode()


def test_a_run_that_is_not_finished_is_not_printed_again(three, mr_chen: Staff):
    client = client_of(mr_chen)
    run = started(client)

    page = client.post(reverse("print-run-again", args=[run.pk]), follow=True).content.decode()

    assert "还没有打印完" in page
    assert PrintRun.objects.count() == 1


def test_the_first_sheet_is_shown_as_a_sample_before_anything_is_printed(three, mr_chen: Staff):
    client = client_of(mr_chen)

    (half,) = pages_of(client.post(reverse("print-batch-sample"), BATCH).content)
    (third,) = pages_of(client.post(reverse("print-batch-sample"), BATCH | {"form": "third"}).content)
    nothing = client.post(reverse("print-batch-sample"), BATCH | {"numbers": "99999"})

    assert re.findall(r"No\. (\d+)", half) == ["00012346"]
    assert re.findall(r"No\. (\d+)", third) == ["00012346", "00012347", "00012348"]
    assert half.count("样张 不作凭证") == 1
    assert third.count("样张 不作凭证") == 3
    assert "没有可打印的收据" in nothing.content.decode()
    assert not PrintRun.objects.exists()
    assert not ReceiptPrint.objects.exists()


def test_a_sample_says_which_repeat_it_would_be(three, mr_chen: Staff):
    client = client_of(mr_chen)
    finished_run(client)

    (page,) = pages_of(client.post(reverse("print-batch-sample"), BATCH | {"reprints": "on"}).content)

    assert "补打 第2次" in page


def test_nothing_starts_that_was_not_shown(three, mr_chen: Staff):
    answer = client_of(mr_chen).post(reverse("print-batch"), {"form": "half", "start": "1", "seal": "2-00000000"})

    assert answer.status_code == 422
    assert "已有变化" in answer.content.decode()
    assert answer.context["choice"].count == 3
    assert not PrintRun.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param({"numbers": "12346 一二三"}, "不是票据号码", id="名单里有字"),
        pytest.param({"first": "20", "last": "10"}, "终止号码小于起始号码", id="号段倒置"),
        pytest.param({"first_day": "2007-10-26", "last_day": "2007-10-25"}, "结束日期在开始日期之前", id="日期倒置"),
        pytest.param({"first": "x1"}, "号码只有数字", id="号码有字母"),
        pytest.param({"form": "overprint-999"}, "版式", id="没有的版式"),
    ],
)
def test_what_was_typed_wrong_is_said(three, mr_chen: Staff, typed: dict[str, str], told: str):
    answer = client_of(mr_chen).post(reverse("print-batch"), BATCH | typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"first": "０００１２３４７", "last": "12 347"}, id="起止号码"),
        pytest.param({"numbers": "１２３４７，\n　０００９９９９９"}, id="号码名单"),
        pytest.param({"book": " ３２０７ 0107 ", "first": "12347", "last": "12347"}, id="票据代码"),
    ],
)
def test_numbers_in_full_width_or_with_blanks_are_read(three, mr_chen: Staff, typed: dict[str, str]):
    answer = client_of(mr_chen).post(reverse("print-batch"), BATCH | typed)

    assert answer.status_code == 200, answer.context["form"].errors
    assert [span.first for span in answer.context["choice"].spans] == ["00012347"]


def test_another_office_sees_no_run(three, mr_chen: Staff):
    run = started(client_of(mr_chen))
    neighbour = make_staff(make_office("320706001", name="海州街道劳动保障所"), "hu", role="supervisor")
    jobs.run_next()
    client = client_of(neighbour)

    for name in ("print-run", "print-run-file"):
        assert client.get(reverse(name, args=[run.pk])).status_code == 404
    for name in ("print-run-cancel", "print-run-continue"):
        assert client.post(reverse(name, args=[run.pk])).status_code == 404
    assert not client.get(reverse("print-runs")).context["rows"]


def test_a_clerk_stops_and_continues_her_own_runs_only(three, aunt_liu: Staff, mr_chen: Staff):
    run = started(client_of(mr_chen))
    client = client_of(aunt_liu)

    for name in ("print-run-cancel", "print-run-continue"):
        page = client.post(reverse(name, args=[run.pk]), follow=True).content.decode()
        assert "请由本人或主管办理" in page
        assert "停止</button>" not in page
    run.job.refresh_from_db()
    assert run.job.cancel_asked_at is None


def test_a_run_is_stopped_and_gone_on_with_from_its_page(three, mr_chen: Staff):
    client = client_of(mr_chen)
    run = started(client)

    client.post(reverse("print-run-cancel", args=[run.pk]))
    page = client.get(reverse("print-run", args=[run.pk])).content.decode()
    assert "从停下的地方继续" in page
    client.post(reverse("print-run-continue", args=[run.pk]))
    while jobs.run_next():
        pass

    run.refresh_from_db()
    assert run.printed == 3


def layout_typed(**changes: str) -> dict[str, object]:
    """The default layout as the page sends it."""
    rows = table_of(DEFAULT)
    typed: dict[str, object] = {"field-TOTAL_FORMS": len(rows), "field-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        typed |= {f"field-{number}-{key}": value for key, value in row.items() if key != "on"}
        if row["on"]:
            typed[f"field-{number}-on"] = "on"
    measures = {
        "name": "三联收据",
        "width": "241",
        "height": "140",
        "rows": "6",
        "pitch": "7.5",
        "face": "",
        "save": "1",
    }
    return typed | measures | changes


def test_a_layout_is_kept_with_its_stock_and_printed_on_with_a_printers_offset(three, mr_chen: Staff):
    client = client_of(mr_chen)
    answer = client.post(reverse("overprint-add"), layout_typed() | {"stock": png_of()})
    layout = OverprintLayout.objects.get()
    assert answer["Location"] == reverse("overprint", args=[layout.pk])
    assert set(layout_of(layout.form).fields) == set(DEFAULT.fields)
    page = client.get(answer["Location"]).content.decode()
    assert reverse("overprint-stock", args=[layout.pk]) in page
    assert "古丽努尔·买买提</text>" in page
    assert client.get(reverse("overprint-stock", args=[layout.pk]))["Content-Type"] == "image/png"
    client.post(reverse("printer-add"), {"name": "东窗口", "right": "1.5", "down": "-2"})
    printer = Printer.objects.get()

    run = started(client, form=f"overprint-{layout.pk}", printer=str(printer.pk))
    jobs.run_next()
    file = client.get(reverse("print-run-file", args=[run.pk])).content
    sample = client.post(reverse("print-batch-sample"), {"form": f"overprint-{layout.pk}", "reprints": "on"}).content
    assert "样张 不作凭证" in pages_of(sample)[0]
    assert pdfium.PdfDocument(sample)[0].get_width() * 25.4 / 72 == pytest.approx(241, abs=0.01)

    assert run.drawing == {"layout": layout.form, "offset": [1.5, -2.0]}
    width, height = pdfium.PdfDocument(file)[0].get_size()
    assert (width * 25.4 / 72, height * 25.4 / 72) == pytest.approx((241, 140), abs=0.01)
    assert len(pdfium.PdfDocument(file)) == 3
    assert "00012346" in pages_of(file)[0]


def png_of() -> SimpleUploadedFile:
    return SimpleUploadedFile("stock.png", picture(form="PNG"), content_type="image/png")


def test_a_layout_is_looked_at_without_being_kept(mr_chen: Staff):
    typed = layout_typed(width="260")
    del typed["save"]

    answer = client_of(mr_chen).post(reverse("overprint-add"), typed)

    assert 'viewBox="0 0 260 140"' in answer.content.decode()
    assert not OverprintLayout.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"width": "100"}, "超出了100毫米宽的纸", id="纸窄了"),
        pytest.param({"name": ""}, "请填写名称", id="没有名称"),
        pytest.param({"field-0-x": "abc"}, "请填数字", id="不是数字"),
        pytest.param({"field-0-x": ""}, "请填写从左", id="没填位置"),
        pytest.param({"stock": pdf_of()}, "票样要用图片", id="票样是PDF"),
    ],
)
def test_a_layout_that_cannot_be_kept_says_why(mr_chen: Staff, changes: dict[str, object], told: str):
    typed = layout_typed() | changes
    if isinstance(changes.get("stock"), bytes):
        typed["stock"] = SimpleUploadedFile("stock.png", changes["stock"])

    answer = client_of(mr_chen).post(reverse("overprint-add"), typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not OverprintLayout.objects.exists()


def test_a_run_goes_on_with_the_layout_that_it_was_started_with(three, mr_chen: Staff):
    client = client_of(mr_chen)
    client.post(reverse("overprint-add"), layout_typed())
    layout = OverprintLayout.objects.get()
    run = started(client, form=f"overprint-{layout.pk}")

    client.post(reverse("overprint", args=[layout.pk]), layout_typed(width="250"))
    client.post(reverse("overprint-withdraw", args=[layout.pk]))
    jobs.run_next()
    file = client.get(reverse("print-run-file", args=[run.pk])).content

    assert pdfium.PdfDocument(file)[0].get_width() * 25.4 / 72 == pytest.approx(241, abs=0.01)
    assert f"overprint-{layout.pk}" not in client.get(reverse("print-batch")).content.decode()


def test_an_administrator_says_for_which_office(mr_zhou: Staff, xinpu):
    client_of(mr_zhou).post(
        reverse("printer-add"), {"name": "针式", "right": "0", "down": "0", "office": str(xinpu.pk)}
    )

    assert Printer.objects.get().office == xinpu


def test_two_printers_of_one_name_are_refused_in_words(mr_chen: Staff):
    client = client_of(mr_chen)
    client.post(reverse("printer-add"), {"name": "东窗口", "right": "0", "down": "0"})

    answer = client.post(reverse("printer-add"), {"name": "东窗口", "right": "1", "down": "0"})

    assert answer.status_code == 422
    assert "同名的打印机" in answer.content.decode()


def test_the_calibration_page_says_for_which_printer(mr_chen: Staff):
    client = client_of(mr_chen)
    client.post(reverse("overprint-add"), layout_typed())
    client.post(reverse("printer-add"), {"name": "东窗口", "right": "1.5", "down": "0"})
    places = [Printer.objects.get().pk, OverprintLayout.objects.get().pk]

    (text,) = pages_of(client.get(reverse("printer-calibration", args=places)).content)
    assert "打印机：东窗口" in text
    assert "右1.5" in text
    assert len(pages_of(client.get(reverse("overprint-sample", args=places[1:])).content)) == 1
