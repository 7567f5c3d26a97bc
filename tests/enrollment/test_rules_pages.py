"""规则与条款的页面: read-only, each figure beside its clause; the one figure that an administrator fills in."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from enrollment import library, presentation, presentation_sections
from enrollment.models import Clause, RuleSet
from enrollment.open_figures import fill_workmanship_fee
from enrollment.services import fill_policy_text, load_ruleset
from offices.models import Act, Office, Staff
from tests.builders import at, make_staff
from tests.enrollment.rule_facts import ruleset

FOLDER = Path(__file__).parents[2] / "enrollment" / "rulesets"
CODES = sorted(path.stem for path in FOLDER.glob("*.toml"))
NOW = at("2007-10-25 09:00")
# Invented words under the real number, for clauses to be found in.
TEXT = """连政办发〔2007〕149号

第一条 本办法是编的。

第二条 只为试验而写。

第三条 到此为止。
"""


@pytest.fixture
def loaded(db: None) -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=NOW)


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.mark.usefixtures("loaded")
def test_the_list_says_who_lives_under_which_rules(aunt_liu: Staff):
    page = client_of(aunt_liu).get(reverse("rulesets")).content.decode()

    assert "连政办发〔2007〕149号" in page
    assert "2008、2009、2010" in page
    assert "新浦街道劳动保障所" in page


def test_an_empty_list_says_what_would_be_here(aunt_liu: Staff):
    assert "现在还没有载入" in client_of(aunt_liu).get(reverse("rulesets")).content.decode()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("code", CODES)
def test_every_clause_stands_on_the_page_of_its_rule_set(aunt_liu: Staff, code: str):
    page = client_of(aunt_liu).get(reverse("ruleset", args=[code])).content.decode()

    missing = [key for key in ruleset(code).clauses if f'id="clause-{key}"' not in page]
    assert not missing
    for clause in ruleset(code).clauses.values():
        assert clause.summary in page


@pytest.mark.parametrize("code", CODES)
def test_everything_that_a_rule_set_names_a_clause_for_is_shown(code: str):
    rules = ruleset(code)
    lines = [line for section in presentation_sections.sections(rules) for line in section.lines]
    lines += [line for year in presentation.years(rules) for line in (*year.window, *year.bands)]
    shown = {line.clause.key for line in lines if line.clause}
    shown |= {cell.clause.key for row in presentation.rate_rows(rules) for cell in row.cells if cell}

    named = {each.clause.key for each in (*rules.categories, *rules.papers, *rules.channels, *rules.funders)}
    named |= {band.clause.key for period in rules.periods.values() for band in period.bands}
    assert named <= shown


def test_a_year_says_when_one_pays_and_from_when_one_is_covered():
    year = presentation.years(ruleset("lianyungang"))[0]

    assert [(line.label, line.text) for line in year.window] == [
        ("开始", "2007-09-01"),
        ("缴费截止", "2007-12-10"),
        ("结算年度", "2008-01-01 至 2008-12-31"),
    ]
    assert (year.bands[1].label, year.bands[1].text) == ("2007-09-21 至 12-10 缴费", "从 2008-01-01 起享受待遇")


def test_a_time_of_day_is_shown_where_the_document_has_one():
    year = presentation.years(ruleset("songming"))[0]

    assert ("缴费截止", "2017-02-23 17:00") in [(line.label, line.text) for line in year.window]


@pytest.mark.usefixtures("loaded")
def test_a_clause_is_a_piece_for_the_panel_and_a_page_by_itself(aunt_liu: Staff):
    client, address = client_of(aunt_liu), reverse("clause", args=["lianyungang", "L-5-6"])

    piece = client.get(address, headers={"HX-Request": "true"}).content.decode()
    page = client.get(address).content.decode()

    assert piece.startswith('<div class="clause-whole">')
    assert "<html" not in piece
    assert "<html" in page
    for answer in (piece, page):
        assert "重度残疾限一、二级的肢体、智力、精神、视力残疾。" in answer
        assert "原文尚未载入" in answer


@pytest.mark.usefixtures("loaded")
def test_a_clause_shows_the_articles_own_words(aunt_liu: Staff):
    fill_policy_text(text=TEXT, by=None, at=NOW)

    page = client_of(aunt_liu).get(reverse("clause", args=["lianyungang", "L-2-1"])).content.decode()

    assert "第二条 只为试验而写。" in page


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("address", ["/clauses/lianyungang/X-9/", "/clauses/nowhere/L-5-6/", "/rulesets/nowhere/"])
def test_what_is_no_clause_is_not_found(aunt_liu: Staff, address: str):
    assert client_of(aunt_liu).get(address).status_code == 404


@pytest.mark.usefixtures("loaded")
def test_a_dropped_clause_is_still_read_by_those_who_were_told_it(aunt_liu: Staff):
    Clause.objects.create(
        ruleset=RuleSet.objects.get(code="lianyungang"),
        key="L-0-0",
        document="旧文号",
        article="旧条",
        summary="旧话。",
    )

    assert "旧话。" in client_of(aunt_liu).get("/clauses/lianyungang/L-0-0/").content.decode()


@pytest.mark.usefixtures("loaded")
def test_a_figure_that_the_document_leaves_open_is_not_invented(aunt_liu: Staff, mr_zhou: Staff):
    read_by_a_clerk = client_of(aunt_liu).get("/rulesets/lianyungang/").content.decode()
    read_by_an_administrator = client_of(mr_zhou).get("/rulesets/lianyungang/").content.decode()

    assert "文件未给出，由管理员填写" in read_by_a_clerk
    assert reverse("ruleset-fee", args=["lianyungang"]) not in read_by_a_clerk
    assert reverse("ruleset-fee", args=["lianyungang"]) in read_by_an_administrator


@pytest.mark.usefixtures("loaded")
def test_an_administrator_fills_it_in_and_the_rest_stays(mr_zhou: Staff):
    before = library.current("lianyungang")

    page = client_of(mr_zhou).post(
        reverse("ruleset-fee", args=["lianyungang"]), {"card_amount": "3", "book_amount": "2.5"}, follow=True
    )

    after = library.current("lianyungang")
    assert "每人 5.50 元" in page.content.decode()
    fee = after.workmanship_fee
    assert (fee.card, fee.book, fee.amount) == (Decimal("3.00"), Decimal("2.50"), Decimal("5.50"))
    assert (after.periods, after.categories, after.clauses) == (before.periods, before.categories, before.clauses)
    assert RuleSet.objects.get(code="lianyungang").current_edition.number == 2
    assert Act.objects.get(verb="fill_workmanship_fee").detail == {"from": None, "to": "3.00 + 2.50", "edition": 2}


@pytest.mark.usefixtures("loaded")
def test_it_can_be_changed_again(mr_zhou: Staff):
    for amount in ("5", "6"):
        fill_workmanship_fee(
            code="lianyungang", card_amount=Decimal(amount), book_amount=Decimal(0), by=mr_zhou, at=NOW
        )

    source = RuleSet.objects.get(code="lianyungang").current_edition.source
    assert library.current("lianyungang").workmanship_fee.amount == Decimal(6)
    assert source.count("\ncard_amount =") == source.count("\nbook_amount =") == 1


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("amount", ["", "五元", "-1", "1000", "5.555"], ids=["空", "汉字", "负数", "太大", "三位小数"])
def test_an_odd_amount_is_explained(mr_zhou: Staff, amount: str):
    answer = client_of(mr_zhou).post(
        reverse("ruleset-fee", args=["lianyungang"]), {"card_amount": amount, "book_amount": "2"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["card_amount"]
    assert RuleSet.objects.get(code="lianyungang").current_edition.number == 1


@pytest.mark.usefixtures("loaded")
def test_an_administrator_of_one_district_does_not_change_the_rules_of_all(xinpu: Office):
    district = make_staff(None, "district", role="administrator", division_scope="320705")

    with pytest.raises(Refusal, match="还管着连云区"):
        fill_workmanship_fee(code="lianyungang", card_amount=Decimal(5), book_amount=Decimal(5), by=district, at=NOW)


@pytest.mark.usefixtures("loaded")
def test_a_document_without_such_a_fee_has_nothing_to_fill(mr_zhou: Staff):
    with pytest.raises(Refusal, match="没有规定工本费"):
        fill_workmanship_fee(code="songming", card_amount=Decimal(5), book_amount=Decimal(5), by=mr_zhou, at=NOW)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("code", CODES)
def test_the_number_of_queries_does_not_grow_with_the_clauses(aunt_liu, code, django_assert_max_num_queries):
    client = client_of(aunt_liu)
    client.get(reverse("ruleset", args=[code]))  # the first look compiles the rule set

    with django_assert_max_num_queries(11):
        client.get(reverse("ruleset", args=[code]))


@pytest.mark.usefixtures("loaded")
def test_a_weak_source_is_marked_wherever_its_clause_is_named(aunt_liu: Staff):
    client = client_of(aunt_liu)

    page = client.get("/rulesets/national-2025/").content.decode()
    clause = client.get("/clauses/national-2025/N-9/").content.decode()
    sound = client.get("/clauses/lianyungang/L-8-1/").content.decode()

    assert page.count("来源待核") > 5
    assert "来源待核" in clause
    assert "请向上级核实" in clause
    assert "source-mark" not in sound
