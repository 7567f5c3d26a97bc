"""日记账: every act on the money in the order of time, running totals by means, totals that agree with it."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.decision import Refusal
from offices import jobs
from offices.models import Act, Job
from payments.money.journal import Span, entries, totals
from payments.services import export_journal, exporting
from tests.builders import COPY, WHY, at
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.chain_builders import whole_chain
from tests.payments.conftest import Pay

OCTOBER = {"first": date(2007, 10, 1), "last": date(2007, 10, 31)}


@pytest.fixture
def chain(pay: Pay, zhang_household, aunt_liu, mr_chen, mr_zhou, book) -> None:
    whole_chain(zhang_household, aunt_liu, mr_chen, mr_zhou)


def test_each_act_has_its_line_and_the_totals_run_by_means(chain, xinpu):
    rows = list(entries(Span([xinpu.pk], **OCTOBER)).rows)

    kinds = [row[2] for row in rows]
    assert kinds.count("收款") == 6
    assert [kind for kind in kinds if kind != "收款"] == [
        "工本费", "收款作废", "日结", "上缴", "日结", "冲正", "日结", "上缴",
    ]  # fmt: skip
    cash, card, transfer, qr, whole = rows[-1][-5:]
    assert (cash, card, transfer, qr) == (Decimal("665.00"), Decimal("120.00"), 0, 0)
    assert whole == sum((row[9] for row in rows if row[9] is not None), Decimal(0)) == Decimal("785.00")
    assert [row[10] for row in rows if row[2] == "上缴"] == [420, 240]


def test_a_span_holds_its_first_and_last_day_and_no_other(chain, xinpu):
    rows = list(entries(Span([xinpu.pk], date(2007, 10, 26), date(2007, 10, 26))).rows)

    assert {row[0][:10] for row in rows} == {"2007-10-26"}
    assert [row[2] for row in rows] == ["收款", "上缴", "收款", "日结"]


def test_the_totals_agree_whichever_way_they_are_added(chain, xinpu):
    tables = {table.name: table for table in totals(Span([xinpu.pk], **OCTOBER))}

    assert {table.total[-1] for table in tables.values()} == {Decimal("785.00")}
    by_day = {row[0]: row[-1] for row in tables["按日"].rows}
    assert by_day == {
        date(2007, 10, 25): Decimal("425.00"),
        date(2007, 10, 26): Decimal("240.00"),
        date(2007, 10, 27): 0,
        date(2007, 10, 28): Decimal("120.00"),
    }
    assert {row[0]: row[-1] for row in tables["按年度"].rows} == {"2008": 780, "工本费": 5}
    assert {row[0]: row[-1] for row in tables["按方式"].rows} == {"现金": 665, "刷卡": 120}


def test_the_workbook_has_figures_and_a_sheet_for_each_total(chain, xinpu, mrs_wu):
    made = export_journal(
        office_ids=[xinpu.pk], **OCTOBER, file="journal.xlsx", copy=COPY, by=mrs_wu, at=at("2007-11-01 09:00")
    )

    book = CalamineWorkbook.from_filelike(BytesIO(made))
    assert book.sheet_names == ["日记账", "按日", "按收款人", "按人员类别", "按年度", "按方式"]
    first = book.get_sheet_by_name("日记账").to_python()[2]
    assert first[3] == "32070107 00012346"
    assert first[9] == 420.0
    detail = Act.objects.get(verb="export_journal").detail
    assert (detail["rows"], detail["document"]) == (14, "journal.xlsx")


def test_no_id_number_leaves_the_house(chain, xinpu, mr_chen):
    for file in ("journal.csv", "totals.csv"):
        made = export_journal(
            office_ids=[xinpu.pk], **OCTOBER, file=file, copy=COPY, by=mr_chen, at=at("2007-11-01 09:00")
        )

        assert made.startswith(b"\xef\xbb\xbf")
        assert "320705196" not in made.decode()


@pytest.mark.parametrize(("first", "last"), [("2007-10-31", "2007-10-01"), ("2007-01-01", "2008-01-02")])
def test_a_span_that_is_reversed_or_too_long_is_refused(xinpu, mr_chen, first: str, last: str):
    span = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}

    with pytest.raises(Refusal, match="最多导出一年"):
        export_journal(
            office_ids=[xinpu.pk], **span, file="journal.csv", copy=COPY, by=mr_chen, at=at("2007-11-01 09:00")
        )


def test_another_offices_journal_does_not_exist(xinpu, songyang, mr_chen):
    with pytest.raises(Refusal, match="不在您的管辖范围内"):
        export_journal(
            office_ids=[songyang.pk], **OCTOBER, file="journal.csv", copy=COPY, by=mr_chen, at=at("2007-11-01 09:00")
        )


def test_the_page_gives_the_file_and_says_what_is_wrong_with_a_day(chain, mr_chen):
    client = Client()
    client.force_login(mr_chen)

    assert client.get(reverse("journal")).status_code == 200
    given = {"office": mr_chen.office_id, "first": "2007-10-01", "last": "20071031", "file": "journal.csv"}
    answer = client.post(reverse("journal-file"), WHY | given)
    number = Act.objects.get(verb="export_journal").detail["copy_no"]
    assert answer["Content-Disposition"] == f'attachment; filename="journal-20071001-20071031-{number}.csv"'
    assert "收款作废" in answer.content.decode("utf-8-sig")
    wrong = client.post(reverse("journal-file"), WHY | given | {"first": "十月"})
    assert wrong.status_code == 422
    assert "请按年月日录入" in wrong.content.decode()


def test_a_long_journal_is_made_by_a_job_and_is_the_same_file(chain, mr_chen, monkeypatch, files_folder):  # noqa: F811
    client = Client()
    client.force_login(mr_chen)
    given = {"office": mr_chen.office_id, "first": "2007-10-01", "last": "20071031", "file": "journal.csv"}
    at_once = client.post(reverse("journal-file"), WHY | given).content
    monkeypatch.setattr(exporting, "AT_ONCE_ROWS", 5)

    answer = client.post(reverse("journal-file"), WHY | given)
    assert jobs.run_next()

    job = Job.objects.get(kind="journal")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert (job.failed, job.done) == ("", job.total)
    assert client.get(reverse("job-file", args=[job.pk])).content == at_once
    assert [act.detail["rows"] for act in Act.objects.filter(verb="export_journal")] == [job.total] * 2


def test_a_clerk_takes_no_journal(aunt_liu):
    client = Client()
    client.force_login(aunt_liu)

    assert client.get(reverse("journal")).status_code == 403
