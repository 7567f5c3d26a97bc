"""银行对账的页面: upload, what was read, what matches, matching by hand, who may and who may not."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices import jobs
from offices.models import Job
from payments.models import BankStatement, StatementMatch
from tests.builders import at, make_office, make_staff
from tests.common.workbooks_made import xlsx
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.bank_builders import IN_420, banked, csv, take
from tests.payments.conftest import Pay
from tests.payments.money_builders import settle


@pytest.fixture
def remittance(pay: Pay, zhang_household, aunt_liu, mr_chen, book):
    """420 yuan at the bank on 2007-10-26 under 7788."""
    pay(zhang_household, aunt_liu, "420.00")
    return banked(mr_chen, settle(aunt_liu).lines.get())


def logged_in(staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def upload(staff, data: bytes, **more: str):
    given = {"file": SimpleUploadedFile("明细.csv", data), "account": "农行上缴专户", "step": "office"}
    return logged_in(staff).post(reverse("bank"), given | more)


def page(staff, name: str, *args: int) -> str:
    answer = logged_in(staff).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_supervisor_uploads_a_statement_and_sees_what_was_read_and_what_matches(remittance, mr_chen):
    answer = upload(mr_chen, csv(IN_420, "2007-10-27,9,利息,,3.21,银行", "坏,1,,,5,"))

    statement = BankStatement.objects.get()
    assert answer["Location"] == reverse("statement", args=[statement.pk])
    shown = page(mr_chen, "statement", statement.pk)
    for words in ("E列“贷方”", "没有读出的行", "日期“坏”读不出来", "号、额、日全同", remittance.number, "3.21"):
        assert words in shown
    assert "农行上缴专户" in page(mr_chen, "bank")
    assert "银行已到账" in page(mr_chen, "remittance", remittance.pk)


def test_a_large_statement_is_taken_in_by_a_job_and_once(remittance, mr_chen, monkeypatch, files_folder):  # noqa: F811
    monkeypatch.setattr("payments.bank.forms.AT_ONCE_BYTES", 50)
    for _ in range(2):
        answer = upload(mr_chen, csv(IN_420))
    job = Job.objects.get(kind="statement")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert not BankStatement.objects.exists()

    assert jobs.run_next()
    Job.objects.update(finished_at=None, result=None)  # as if the worker had died before it could say so
    assert jobs.run_next()

    job.refresh_from_db()
    statement = BankStatement.objects.get()
    assert (job.failed, job.result) == ("", {"statement": statement.pk})
    assert reverse("statement", args=[statement.pk]) in page(mr_chen, "job", job.pk)
    assert "银行已到账" in page(mr_chen, "remittance", remittance.pk)
    assert not [path for path in files_folder.rglob("*") if path.is_file() and path.name == job.parameters["file"]]


def test_a_large_statement_that_is_none_says_so_in_its_job(mr_chen, monkeypatch, files_folder):  # noqa: F811
    monkeypatch.setattr("payments.bank.forms.AT_ONCE_BYTES", 5)
    upload(mr_chen, "姓名,电话\n张三,1\n".encode())

    jobs.run_next()

    assert "没有找到表头" in page(mr_chen, "jobs")


def test_a_remittance_that_no_statement_shows_has_not_arrived(remittance, mr_chen):
    assert "银行已到账" not in page(mr_chen, "remittance", remittance.pk)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"%PDF-1.7", "这是PDF文件", id="PDF"),
        pytest.param("姓名,电话\n张三,1\n".encode(), "没有找到表头", id="不是对账单"),
        pytest.param(xlsx(["日期", "贷方"]), "请核对导出时选的起止日期", id="空对账单"),
        pytest.param(b"", "空文件", id="空文件"),
        pytest.param(csv("2099-01-01,1,缴存,,420.00,"), "还没有到", id="将来的日期"),
    ],
)
def test_what_is_wrong_with_a_file_stands_beside_it_and_the_account_stays(mr_chen, data, words):
    answer = upload(mr_chen, data)

    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    assert 'value="农行上缴专户"' in shown
    assert not BankStatement.objects.exists()


def test_the_same_file_twice_is_refused_beside_the_file(remittance, mr_chen):
    upload(mr_chen, csv(IN_420))
    answer = upload(mr_chen, csv(IN_420))
    assert answer.status_code == 422
    assert "已由陈主任导入" in answer.content.decode()


def test_a_person_matches_undoes_with_a_reason_and_asks_again(remittance, mr_chen):
    statement = take(mr_chen, csv("2007-10-26,K1,缴存,,420,甲", "2007-10-27,K2,缴存,,420,乙"))
    client, first = logged_in(mr_chen), statement.rows.first()
    assert "请人工判断" in page(mr_chen, "statement", statement.pk)
    assert remittance.number in page(mr_chen, "row-match", first.pk)

    client.post(reverse("row-match", args=[first.pk]), {"slip": remittance.slip_id})
    match = StatementMatch.objects.get()
    assert "人工（陈主任）" in page(mr_chen, "statement", statement.pk)
    assert client.post(reverse("match-undo", args=[match.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("match-undo", args=[match.pk]), {"reason": "看错了"})

    match.refresh_from_db()
    assert match.undo_reason == "看错了"
    answer = client.post(reverse("statement-rematch", args=[statement.pk]), follow=True)
    assert "没有新核对上的" in answer.content.decode()


def test_a_line_of_another_sum_is_refused_in_words(remittance, mr_chen):
    statement = take(mr_chen, csv("2007-10-26,7788,缴存,,400.00,"))
    shown = page(mr_chen, "statement", statement.pk)
    assert "同号不同额" in shown
    assert "-20.00" in shown

    url = reverse("row-match", args=[statement.rows.get().pk])
    answer = logged_in(mr_chen).post(url, {"slip": remittance.slip_id})
    assert answer.status_code == 422
    assert "不是同一笔" in answer.content.decode()


def test_a_statement_is_withdrawn_with_a_reason_and_stays_for_the_record(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    url = reverse("statement-withdraw", args=[statement.pk])

    shown = logged_in(mr_chen).post(url, {"reason": "账户选错"}, follow=True).content.decode()

    assert "账户选错" in shown
    assert "重新核对" not in shown


def test_another_office_finds_no_such_statement(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    office = make_office("320706001", name="海州街道劳动保障所")
    client = logged_in(make_staff(office, "hai", name="海主任", role="supervisor"))

    match, row = StatementMatch.objects.get(), statement.rows.get()
    for name, pk in (("statement", statement.pk), ("row-match", row.pk), ("match-undo", match.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert "农行上缴专户" not in client.get(reverse("bank")).content.decode()


def test_an_auditor_reads_and_does_nothing(remittance, mr_chen, mrs_wu):
    statement = take(mr_chen, csv(IN_420))

    assert "导入对账单" not in page(mrs_wu, "bank")
    assert "取消…" not in page(mrs_wu, "statement", statement.pk)
    assert upload(mrs_wu, csv(IN_420)).status_code == 404


def test_the_list_asks_the_same_number_of_questions_however_many_statements(
    remittance, mr_chen, django_assert_max_num_queries
):
    for day in range(10, 16):
        take(mr_chen, csv(f"2007-10-{day},{day},利息,,1,"))

    client = logged_in(mr_chen)
    with django_assert_max_num_queries(20):
        assert client.get(reverse("bank")).status_code == 200


def test_an_administrator_says_which_money_comes_in(remittance, mr_zhou):
    answer = upload(mr_zhou, csv("2007-10-26,1,汇缴,,9,"), step="district")
    assert answer.status_code == 302
    assert BankStatement.objects.get().step == "district"
    assert BankStatement.objects.get().at >= at("2007-11-01 00:00")


def test_a_wrong_column_is_mended_by_taking_the_file_in_again(remittance, mr_chen):
    data = "交易日期,流水号,金额,贷方\n2007-10-26,7788,420.00,9420.00\n".encode()
    upload(mr_chen, data)
    wrong = BankStatement.objects.get()
    logged_in(mr_chen).post(reverse("statement-withdraw", args=[wrong.pk]), {"reason": "把余额当作收入"})
    again = page(mr_chen, "statement", wrong.pk)
    assert f"{reverse('bank')}?again={wrong.pk}" in again

    upload(mr_chen, data, column_amount=" c列 ")

    right = BankStatement.objects.get(withdrawn_at=None)
    assert (right.rows.get().amount, right.rows.get().matches.get().slip) == (Decimal("420.00"), remittance.slip)
    assert "C列“金额”" in page(mr_chen, "statement", right.pk)


@pytest.mark.parametrize(
    ("columns", "field", "sentence"),
    [
        ({"column_day": "1"}, "column_day", "请写列的字母"),
        ({"column_credit": "D", "column_debit": "D"}, "column_debit", "都写了D列"),
    ],
)
def test_odd_columns_are_refused_beside_their_fields(mr_chen, columns, field, sentence):
    answer = upload(mr_chen, csv(IN_420), **columns)

    assert answer.status_code == 422
    assert sentence in "".join(answer.context["form"].errors[field])
    assert not BankStatement.objects.exists()
