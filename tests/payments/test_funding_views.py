"""资助与补助的页面: who sees what, what may be done there, and what stands on paper and in the workbook."""

import re
from datetime import date, timedelta
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from enrollment.facts import read_household
from enrollment.services import load_ruleset
from households.models import Certification
from offices import jobs
from offices.models import Job, Staff
from payments.funding.sheet import claim_pdf, persons_document
from payments.funding.unenrolled import Unenrolled
from payments.models import FundingClaim, FundingPayment, SubsidyRate
from payments.services import cancel_sponsored
from tests.builders import SON, WHY, at, make_household, make_office, make_staff
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.card_builders import live_in, text_of
from tests.payments.conftest import RULESETS, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import (
    CLAIMED,
    COUNTY,
    came,
    claim_on,
    confirmed,
    enrolled,
    listed,
    pay_for,
    rate,
    songming_book,
    subsidy_on,
    year_2017,
)

pytestmark = pytest.mark.usefixtures("rulesets")
SONGMING = (RULESETS / "songming.toml").read_text()


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def boss(songyang, settings) -> Staff:
    settings.DEMO = True
    live_in(songyang, "2016-12-05 09:00")
    return songming_book(songyang)


@pytest.fixture
def second(db) -> Staff:
    return make_staff(None, "fu", name="傅管理", role="administrator")


def where() -> dict[str, object]:
    return {"division": COUNTY, "period": year_2017().pk}


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_administrator_claims_another_confirms_and_the_money_is_recorded(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "")
    admin = as_(mr_zhou)
    page = admin.get(reverse("funding"), where())
    assert "编制请款单（1 人）" in text(page)

    admin.post(reverse("funder-claim-make"), where() | {"payer": "民政"})
    claim = FundingClaim.objects.get()
    assert "须由另一人复核" in text(admin.get(reverse("funding-claim", args=[claim.pk])))
    as_(second).post(reverse("funding-claim-confirm", args=[claim.pk]))
    form = admin.get(reverse("funding-receive", args=[claim.pk]))
    assert 'value="150.00"' in text(form)
    paid = {"amount": "100", "received_on": "2016-12-05", "voucher_number": "农行0001"}
    answer = admin.post(reverse("funding-receive", args=[claim.pk]), paid, follow=True)

    assert "已登记 100.00 元" in text(answer)
    assert "待到账" in text(answer)
    assert "农行0001" in text(answer)
    again = admin.post(reverse("funding-receive", args=[claim.pk]), paid | {"amount": "50.01"})
    assert again.status_code == 422
    assert "还欠 50.00 元" in text(again)
    payment = FundingPayment.objects.get()
    answer = admin.post(reverse("funding-reverse", args=[payment.pk]), {"reason": "看错了行"}, follow=True)
    assert "冲正：看错了行" in text(answer)
    answer = admin.post(reverse("funding-claim-withdraw", args=[claim.pk]), {"reason": "名单重核"}, follow=True)
    assert "已撤回" in text(answer)


def test_a_sheet_leads_to_the_household_the_receipt_and_the_clause(miss_yang, boss, mr_zhou):
    household = enrolled(miss_yang, "", "dibao")
    claim = claim_on("民政", mr_zhou)

    page = text(as_(mr_zhou).get(reverse("funding-claim", args=[claim.pk])))

    assert reverse("household", args=[household.pk]) in page
    assert reverse("receipt", args=[household.enrollments.get(payable=150).receipt_line.receipt_id]) in page
    assert reverse("clause", args=["songming", "S-7-3"]) in page
    assert "由民政全额资助150元，个人不缴费" in page


def test_before_anybody_is_enrolled_the_total_counts_no_persons(mr_zhou, songyang):
    total = as_(mr_zhou).get(reverse("funding"), where()).context["found"].total

    assert [str(each) for each in (total.persons, total.sponsored, total.barred)] == ["0", "0.00", "0"]


def test_who_stands_on_no_list_is_shown_with_the_clause_never_silently(miss_yang, boss, mr_zhou):
    household = enrolled(miss_yang, "dibao")
    Certification.objects.update(funder_list="")

    overview = text(as_(mr_zhou).get(reverse("funding"), where()))
    barred = text(as_(mr_zhou).get(reverse("funding-barred"), where()))

    assert "不予请款的 1 人" in overview
    assert "编制请款单" not in overview
    assert "缴费时不在资助部门的名单上，不予请款" in barred
    assert reverse("clause", args=["songming", "S-9-3"]) in barred
    assert reverse("household", args=[household.pk]) in barred


def test_a_supervisor_of_a_town_sees_its_own_part_and_makes_no_sheet(miss_yang, boss, mr_zhou):
    make_office("530127002", name="杨林镇社会事务保障所", ruleset_code="songming")
    elsewhere = make_staff(None, "boss2", role="auditor", division_scope="530127002")
    enrolled(miss_yang, "dibao")
    claim = claim_on("民政", mr_zhou)

    own = text(as_(boss).get(reverse("funding-claim", args=[claim.pk])))
    other = text(as_(elsewhere).get(reverse("funding-claim", args=[claim.pk])))
    overview = text(as_(boss).get(reverse("funding"), where()))

    assert "普一" in own
    assert "只列本管辖范围" in own
    assert "登记到账" not in own
    assert "普一" not in other
    assert "本管辖范围内没有人在这张请款单上" in other
    assert "只算本管辖范围" in overview
    assert as_(boss).post(reverse("funder-claim-make"), where() | {"payer": "民政"}).status_code == 403
    assert as_(boss).post(reverse("funding-claim-confirm", args=[claim.pk]), follow=True).status_code == 200
    claim.refresh_from_db()
    assert claim.confirmed_at is None


def test_clerks_have_no_such_page_and_other_counties_no_such_sheet(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    claim = claim_on("民政", mr_zhou)
    elsewhere = make_staff(None, "he", role="administrator", division_scope="3207")

    assert as_(miss_yang).get(reverse("funding")).status_code == 403
    for name in ("funding-claim", "funding-claim-paper", "funding-claim-file", "funding-receive"):
        assert as_(elsewhere).get(reverse(name, args=[claim.pk])).status_code == 404
    assert "530127" not in text(as_(elsewhere).get(reverse("funding"), where()))


def test_paper_and_workbook_say_the_same_with_masked_numbers(miss_yang, boss, mr_zhou, second):
    household = enrolled(miss_yang, "dibao", "dibao")
    enrolled(miss_yang, "dibao", name="李")
    claim = confirmed(claim_on("民政", mr_zhou), second)
    client = as_(mr_zhou)

    paper = text_of(client.post(reverse("funding-claim-paper", args=[claim.pk]), WHY).content)
    book = client.post(reverse("funding-claim-file", args=[claim.pk]), WHY).content
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()

    whole = household.memberships.first().person.id_no
    for said in ("2017年度居民医保资助参保请款单", "普一", "李一", "450.00", "人民币肆佰伍拾元整", "七（一）"):
        assert said in paper
    assert whole not in paper
    assert whole not in str(rows)
    headings = [
        "序号",
        "镇（街）",
        "姓名",
        "身份证号码",
        "代缴类别",
        "代缴金额",
        "个人缴费金额",
        "缴费总额",
        "请款批次",
    ]
    assert headings in rows
    lines = [row for row in rows if row[-1] == claim.full_number]
    assert [row[2] for row in lines] == ["普一", "普二", "李一"]
    assert [row[5] for row in lines] == [150.0, 150.0, 150.0]
    assert all("********" in row[3] for row in lines)


def test_a_long_sheet_runs_over_pages_and_a_negative_one_is_a_return(miss_yang, boss, mr_zhou):
    households = [enrolled(miss_yang, *["dibao"] * 9, name=name) for name in "普李王赵"]
    claim = claim_on("民政", mr_zhou)
    for household in households:
        cancel_sponsored(household_id=household.pk, coverage_year=2017, reason="重登", by=boss, at=CLAIMED)
    back = claim_on("民政", mr_zhou, moment=CLAIMED + timedelta(days=1))
    client = as_(mr_zhou)

    pages = len(pdfium.PdfDocument(client.post(reverse("funding-claim-paper", args=[claim.pk]), WHY).content))
    paper = text_of(client.post(reverse("funding-claim-paper", args=[back.pk]), WHY).content)

    assert pages == 2
    assert "退回单" in paper
    assert "退回金额（大写）：人民币伍仟肆佰元整" in paper
    assert "待复核" in paper


def test_every_row_of_a_sheet_is_on_paper_however_many(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    claim = claim_on("民政", mr_zhou)
    document = persons_document(claim, list(claim.lines.all()) * 3100)

    paper = pdfium.PdfDocument(claim_pdf(document, mark=""))

    assert len(paper) == 104  # thirty to a page
    assert paper[103].get_textpage().get_text_range().count("普一") == 10


def test_the_overview_asks_the_same_number_of_questions_for_few_and_for_many(miss_yang, boss, mr_zhou, second):
    rate("市财政", "100", mr_zhou, second)
    client, counts = as_(mr_zhou), []
    client.get(reverse("funding"), where())
    for size in (1, 6):
        for number in range(size):
            enrolled(
                miss_yang, "dibao", "severe_disability", "two_daughters", name="一二三四五六"[number] + "甲乙"[size > 1]
            )
        came(confirmed(claim_on("民政", mr_zhou), second), "1", mr_zhou)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("funding"), where()).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 25


def test_rates_are_filled_in_confirmed_by_another_and_taken_out_of_use(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "")
    admin = as_(mr_zhou)
    typed = where() | {"payer": "市财政", "category": "", "amount": "60.5", "source": "昆财社〔2016〕12号"}

    missing = admin.post(reverse("subsidy-rate-fill"), typed | {"source": ""})
    admin.post(reverse("subsidy-rate-fill"), typed)
    twice = admin.post(reverse("subsidy-rate-fill"), typed)
    row = SubsidyRate.objects.get()
    own = admin.post(reverse("subsidy-rate-confirm", args=[row.pk]), follow=True)
    as_(second).post(reverse("subsidy-rate-confirm", args=[row.pk]))
    undated = admin.post(reverse("subsidy-claim-make"), where() | {"payer": "市财政", "counted_on": ""})
    made = admin.post(
        reverse("subsidy-claim-make"), where() | {"payer": "市财政", "counted_on": "2016-12-05"}, follow=True
    )

    assert "请填写统计日" in text(undated)
    assert (missing.status_code, twice.status_code) == (422, 422)
    assert "请填写依据文号" in text(missing)
    assert "已经填过标准" in text(twice)
    assert "须由另一位管理员复核" in text(own)
    assert "121.00" in text(made)
    admin.post(reverse("subsidy-rate-end", args=[row.pk]))
    page = text(admin.get(reverse("subsidy-rates"), where()))
    assert "已停用" in page


def test_a_subsidy_sheet_is_read_on_the_page_on_paper_and_in_the_workbook(miss_yang, boss, mr_zhou, second):
    enrolled(miss_yang, "dibao", "")
    rate("市财政", "60", mr_zhou, second)
    claim = subsidy_on("市财政", mr_zhou)
    client = as_(mr_zhou)

    page = text(client.get(reverse("funding-claim", args=[claim.pk])))
    paper = text_of(client.post(reverse("funding-claim-paper", args=[claim.pk]), WHY).content)
    book = client.post(reverse("funding-claim-file", args=[claim.pk]), WHY).content
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()

    assert "昆政办〔2016〕99号" in page
    for said in ("财政补助请款单", "城乡低保对象", "普通居民", "人民币壹佰贰拾元整", "依据：昆政办〔2016〕99号"):
        assert said in paper
    assert [row[3:7] for row in rows if row[-1] == claim.full_number] == [[1.0, 60.0, 0.0, 60.0]] * 2


def test_where_nobody_is_listed_nobody_is_said_to_be_enrolled(miss_yang, mr_zhou):
    page = text(as_(mr_zhou).get(reverse("funding-unenrolled"), where()))

    assert "还没有部门的名单" in page
    assert "都已参保" not in page


def test_who_stands_on_a_list_and_is_not_enrolled_is_to_be_called_on(miss_yang, boss, mr_zhou):
    enrolled(miss_yang, "dibao")
    waiting = make_household(miss_yang, listed("李一"), listed("李二", "", SON), moment="2016-10-20 09:00")
    struck = make_household(miss_yang, listed("王一"), moment="2016-10-20 09:00")
    Certification.objects.filter(person__name="王一").update(ended_on=date(2016, 11, 1))

    page = text(as_(mr_zhou).get(reverse("funding-unenrolled"), where()))

    assert "还有 <strong>1</strong> 人" in page
    assert reverse("household", args=[waiting.pk]) in page
    assert reverse("household", args=[struck.pk]) not in page
    assert "民政2016年10月名单" in page
    pay_for(waiting, miss_yang, total=150)
    assert "名单上的人都已参保" in text(as_(mr_zhou).get(reverse("funding-unenrolled"), where()))


def test_who_lives_in_a_household_that_stands_on_a_list_is_to_be_called_on_too(miss_yang, mr_zhou):
    home = make_household(miss_yang, listed("李一", ""), listed("李二", "", SON), moment="2016-10-20 09:00")
    make_household(miss_yang, listed("王一", ""), moment="2016-10-20 09:00")
    Certification.objects.create(
        household=home, category="dibao", kind="低保证", funder_list="民政2016年10月名单", valid_from=date(2016, 1, 1)
    )

    answer = as_(mr_zhou).get(reverse("funding-unenrolled"), where())

    assert [(row.name, row.lists, row.household) for row in answer.context["page"].rows] == [
        ("李一", "民政2016年10月名单", home.pk),
        ("李二", "民政2016年10月名单", home.pk),
    ]
    assert answer.context["count"] == 2


def test_who_lives_with_somebody_listed_for_a_category_that_counts_for_all_is_to_be_called_on(miss_yang, mr_zhou):
    """The rules charge nobody of such a household; nor does a category of one person reach beyond that person."""
    dibao = SONGMING.index('code = "dibao"')
    text = SONGMING[:dibao] + SONGMING[dibao:].replace("priority = 1", 'priority = 1\nscope = "household"', 1)
    load_ruleset(text=text, by=None, at=at("2016-10-01 09:00"))
    home = make_household(miss_yang, listed("李一"), listed("李二", "", SON), moment="2016-10-20 09:00")
    make_household(miss_yang, listed("王一", "severe_disability"), listed("王二", "", SON), moment="2016-10-20 09:00")
    now = at("2016-12-05 09:00")
    decided = read_household(home.pk, coverage_year=2017, at=now).decide(at=now)
    assert [int(each.payable) for each in decided.members] == [0, 0]

    found = Unenrolled(year_2017(), division=COUNTY, day=now.date())[0:9]

    assert [(row.name, row.lists, row.household == home.pk) for row in found] == [
        ("李一", "民政2016年10月名单", True),
        ("李二", "民政2016年10月名单", True),
        ("王一", "残联2016年名单", False),
    ]


def test_nobody_on_a_list_is_compared_with_all_who_have_paid(miss_yang, boss):
    enrolled(miss_yang, "dibao")
    with CaptureQueriesContext(connection) as queries:
        assert len(Unenrolled(year_2017(), division=COUNTY, day=date(2016, 11, 8))) == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "enrollment_once_a_year_anywhere" in plan
    assert "Anti Join" not in plan


def unmarked(paper: bytes) -> str:
    """What stands on the paper but for whose copy it is."""
    return re.sub("导出人.*?行", "", text_of(paper))


def test_a_sheet_with_many_rows_is_made_by_a_job(miss_yang, mr_zhou, monkeypatch, files_folder):  # noqa: F811
    enrolled(miss_yang, "dibao", "dibao")
    claim, client = claim_on("民政", mr_zhou), as_(mr_zhou)
    paper = client.post(reverse("funding-claim-paper", args=[claim.pk]), WHY).content
    monkeypatch.setattr("payments.funding.sheet_job.AT_ONCE_ROWS", {"pdf": 1, "xlsx": 1})

    refused = client.post(reverse("funding-claim-paper", args=[claim.pk]), WHY, follow=True)
    assert "在后台生成文件" in refused.text
    for form in ("pdf", "xlsx"):
        client.post(reverse("funding-claim-sheet", args=[claim.pk, form]), WHY)
        assert jobs.run_next()

    pdf, workbook = Job.objects.filter(kind="claim_sheet").order_by("pk")
    assert unmarked(client.get(reverse("job-file", args=[pdf.pk])).content) == unmarked(paper)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("job-file", args=[workbook.pk])).content))
    assert "普一" in str(book.get_sheet_by_index(0).to_python())
    assert client.post(reverse("funding-claim-sheet", args=[claim.pk, "exe"]), WHY).status_code == 404
