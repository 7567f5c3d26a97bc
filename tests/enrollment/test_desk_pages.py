"""规则台的页面."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enrollment.drafting import save_draft, start_draft
from enrollment.models import RuleSet, RuleSetDraft
from enrollment.rules.source import read_ruleset
from offices.jobs import run_next
from offices.models import Job, Staff
from tests.builders import at, make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

CODE = "songming"


@pytest.fixture
def draft(rulesets: None, mr_zhou: Staff) -> RuleSetDraft:  # noqa: F811
    return start_draft(code=CODE, next_year=True, by=mr_zhou, at=at("2017-09-01 09:00"))


@pytest.fixture
def boss(client: Client, mr_zhou: Staff) -> Client:
    client.force_login(mr_zhou)
    return client


def fields(client: Client, year: int = 2018, code: str = CODE) -> dict[str, str]:
    """The year's form as a browser would send it back."""
    form = client.get(reverse("draft-year", args=[code, year])).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def test_the_desk_tints_the_draft_and_shows_the_old_figure_above_the_new(boss: Client, draft: RuleSetDraft):
    boss.post(
        reverse("draft-year", args=[CODE, 2018]), fields(boss) | {"rates-0-standard": "180", "rates-0-payable": "180"}
    )

    page = boss.get(reverse("ruleset-desk", args=[CODE])).content.decode()

    assert '<del class="desk-old">150.00</del><strong>180.00</strong>' in page
    assert "2018年度 草稿" in page


def test_an_untouched_form_leaves_the_text_as_it_is(boss: Client, draft: RuleSetDraft):
    answer = boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss))

    assert answer.status_code == 302
    assert RuleSetDraft.objects.get(pk=draft.pk).source == draft.source


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"rates-0-payable": "140"}, "rates-0-standard", "之和应等于缴费标准", id="各部分不等于标准"),
        pytest.param({"rates-0-payable": "一百"}, "rates-0-payable", "", id="不是金额"),
        pytest.param({"window-0-pay_until": "2016-01-01"}, "window-0-pay_until", "开始之前就结束", id="缴费期颠倒"),
        pytest.param({"window-0-opens": "2006-10-08"}, "window-0-opens", "比待遇年度开始", id="缴费期早十年"),
        pytest.param({"window-0-opens": "0016-10-08"}, "window-0-opens", "年份应在 1900 至 2199", id="年份少两位"),
        pytest.param({"window-0-opens": "2017年13月1日"}, "window-0-opens", "没有", id="没有这一天"),
        pytest.param(
            {"bands-new-benefit_starts": "缴费之日", "bands-new-clause": "S-6-1"},
            "bands-new-from",
            "重叠",
            id="时段重叠",
        ),
        pytest.param({"bands-0-until": "2017-12-31"}, None, "在“修改全文”里写 gaps_closed", id="有几天不收费"),
        pytest.param({"rates-0-clause": "S-99"}, "rates-0-clause", "", id="没有的条款"),
        pytest.param({"rates-1-funder": ""}, "rates-1-funder", "资助部门", id="没写资助部门"),
    ],
)
def test_each_fault_stands_beside_its_field(boss: Client, draft: RuleSetDraft, typed, field: str | None, sentence: str):
    answer = boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss) | typed)

    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field or "__all__"])
    assert all(value in answer.content.decode() for key, value in typed.items() if "clause" not in key)


def test_a_band_is_added_and_another_shortened(boss: Client, draft: RuleSetDraft):
    typed = {
        "bands-0-until": "2017-12-31",
        "bands-new-from": "2018-01-01",
        "bands-new-benefit_starts": "缴费之日",
        "bands-new-late": "on",
        "bands-new-clause": "S-6-1",
    }

    boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss) | typed)

    bands = read_ruleset(RuleSetDraft.objects.get(pk=draft.pk).source).periods[2018].bands
    assert [(str(band.from_day), str(band.until_day), band.late) for band in bands] == [
        ("None", "2017-12-31", False),
        ("2018-01-01", "None", True),
    ]


def test_a_band_gets_standards_and_an_account_of_its_own(boss: Client, draft: RuleSetDraft):
    new_band = {"from": "2018-01-01", "benefit_starts": "缴费之日", "late": "on", "clause": "S-6-1"}
    own = {"standard": "200", "payable": "50", "sponsored": "150", "funder": "civil_affairs", "clause": "S-4-1"}
    account = {"credit": "50.5", "due_by": "2018-03-31", "clause": "S-6-1"}
    typed = {"bands-0-until": "2017-12-31"} | {f"bands-new-{key}": value for key, value in new_band.items()}
    typed |= {f"own-new_1-{key}": value for key, value in own.items()}
    typed |= {f"account-new-{key}": value for key, value in account.items()}

    answer = boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss) | typed)

    assert answer.status_code == 302
    _, band = read_ruleset(RuleSetDraft.objects.get(pk=draft.pk).source).periods[2018].bands
    (rate,) = band.rates.values()
    assert (rate.category, rate.standard, rate.payable, rate.funder) == ("dibao", 200, 50, "民政")
    assert (str(band.account.amount), str(band.account.due_by)) == ("50.50", "2018-03-31")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"own-0_0-standard": "200"}, "own-0_0-payable", "请填写金额", id="只填了标准"),
        pytest.param({"own-0_1-payable": "1.234"}, "own-0_1-payable", "", id="三位小数"),
        pytest.param(
            {"own-0_2-standard": "9", "own-0_2-payable": "8", "own-0_2-clause": "S-4-1"},
            "own-0_2-standard",
            "之和应等于",
            id="各部分不等于标准",
        ),
        pytest.param({"account-0-due_by": "2018-03-31"}, "account-0-credit", "请填写金额", id="没写划入多少"),
        pytest.param({"account-year-credit": "50"}, "account-year-clause", "请选择所依据的条款", id="没写条款"),
        pytest.param({"account-new-credit": "50"}, "account-new-clause", "请选择所依据的条款", id="再加的一段"),
    ],
)
def test_each_fault_within_a_band_stands_beside_its_field(boss: Client, draft, typed, field: str, sentence: str):
    answer = boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss) | typed)

    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    assert all(f'value="{value}"' in answer.content.decode() for key, value in typed.items() if "clause" not in key)


LIANYUNGANG_2008 = ["lianyungang", 2008]
NATIONAL_2025 = ["national-2025", 2025]


def read_year(code: str, year: int):
    return read_ruleset(RuleSetDraft.objects.get(ruleset__code=code).source).periods[year]


@pytest.mark.usefixtures("rulesets")
@pytest.mark.parametrize(("code", "year"), [LIANYUNGANG_2008, NATIONAL_2025])
def test_an_untouched_form_with_own_standards_and_accounts_leaves_the_text_as_it_is(
    boss: Client, mr_zhou: Staff, code: str, year: int
):
    draft = start_draft(code=code, next_year=False, by=mr_zhou, at=at("2007-09-01 09:00"))

    answer = boss.post(reverse("draft-year", args=[code, year]), fields(boss, year, code))

    assert answer.status_code == 302
    assert RuleSetDraft.objects.get(pk=draft.pk).source == draft.source


def test_a_bands_own_standards_are_changed_and_taken_away(boss: Client, rulesets: None, mr_zhou: Staff):  # noqa: F811
    start_draft(code="national-2025", next_year=False, by=mr_zhou, at=at("2024-09-01 09:00"))
    address = reverse("draft-year", args=NATIONAL_2025)
    sent = fields(boss, 2025, "national-2025")

    boss.post(address, sent | {"own-2_0-standard": "900", "own-2_0-payable": "900"})
    changed = read_year(*NATIONAL_2025).bands[2].rates["general"].payable
    boss.post(address, sent | dict.fromkeys(("own-2_0-standard", "own-2_0-payable", "own-2_0-clause"), ""))

    assert changed == 900
    assert not read_year(*NATIONAL_2025).bands[2].rates


def test_a_bands_account_is_changed_and_taken_away(boss: Client, rulesets: None, mr_zhou: Staff):  # noqa: F811
    start_draft(code="lianyungang", next_year=False, by=mr_zhou, at=at("2007-09-01 09:00"))
    address = reverse("draft-year", args=LIANYUNGANG_2008)
    sent = fields(boss, 2008, "lianyungang")

    boss.post(address, sent | {"account-0-credit": "60", "account-year-due_by": "2008-01-31"})
    period = read_year(*LIANYUNGANG_2008)
    boss.post(address, sent | {"account-0-credit": "", "account-0-clause": ""})

    assert (period.bands[0].account.amount, str(period.account.due_by)) == (60, "2008-01-31")
    assert read_year(*LIANYUNGANG_2008).bands[0].account is None


def test_faults_of_the_whole_text_are_told_by_line_and_what_was_typed_stays(boss: Client, draft: RuleSetDraft):
    text = draft.source.replace("standard = 150", "standard = 151", 1)

    answer = boss.post(reverse("draft-text", args=[CODE]), {"text": text})

    assert answer.status_code == 422
    assert "第" in str(answer.context["form"].errors["text"])
    assert "standard = 151" in answer.content.decode()


@pytest.mark.parametrize("page", ["draft-year", "draft-text"])
def test_what_another_administrator_saved_meanwhile_is_not_overwritten_unseen(
    boss: Client, draft: RuleSetDraft, page: str
):
    address = reverse(page, args=[CODE, 2018] if page == "draft-year" else [CODE])
    seen = {"seen": boss.get(address).context["seen"]}
    cheap = fields(boss) | {"rates-0-standard": "160", "rates-0-payable": "160"}
    mine = cheap if page == "draft-year" else {"text": draft.source.replace("150", "160")}
    he = make_staff(None, "he2", name="何管理", role="administrator")
    save_draft(code=CODE, text=draft.source + "# 核对过\n", by=he, at=at("2017-09-01 10:00"))

    answer = boss.post(address, mine | seen)

    page_now = answer.content.decode()
    assert answer.status_code == 422
    assert "何管理（09-01 10:00）又改过这份草稿" in page_now
    assert "160" in page_now
    assert RuleSetDraft.objects.get(pk=draft.pk).source.endswith("# 核对过\n")
    again = boss.post(address, mine | {"seen": answer.context["seen"]})
    assert again.status_code == 302


def test_a_text_saved_from_a_browser_keeps_its_line_ends(boss: Client, draft: RuleSetDraft):
    boss.post(reverse("draft-text", args=[CODE]), {"text": draft.source.replace("\n", "\r\n") + "# 末尾\r\n"})

    assert RuleSetDraft.objects.get(pk=draft.pk).source == draft.source + "# 末尾\n"


def test_a_file_comes_back_byte_by_byte(boss: Client, rulesets: None):  # noqa: F811
    content = Path("enrollment/rulesets/songming.toml").read_bytes().replace(b"\n", b"\r\n")
    upload = SimpleUploadedFile("a.toml", content)

    boss.post(reverse("ruleset-import"), {"file": upload})

    assert boss.get(reverse("ruleset-file", args=[CODE, "draft"])).content == content


def test_a_file_that_is_no_rule_set_is_refused_in_words(boss: Client, rulesets: None):  # noqa: F811
    for content in (b"\xff\xfe", "缴费标准".encode(), b""):
        answer = boss.post(reverse("ruleset-import"), {"file": SimpleUploadedFile("a.toml", content)})
        assert answer.status_code == 422

    assert not RuleSetDraft.objects.exists()


def test_publishing_says_what_will_happen_and_asks_for_the_second_person(boss: Client, draft: RuleSetDraft):
    boss.post(reverse("draft-submit", args=[CODE]), {})

    own = boss.get(reverse("draft-publish", args=[CODE]))
    refused = boss.post(reverse("draft-publish", args=[CODE]), {"sha256": "x"})

    assert "另一位管理员" in own.content.decode()
    assert 'name="sha256"' not in own.content.decode()
    assert refused.status_code == 422
    assert "影响尚未核算" in own.content.decode()


def test_the_second_administrator_publishes(boss: Client, draft: RuleSetDraft):
    boss.post(reverse("draft-submit", args=[CODE]), {})
    second = Client()
    second.force_login(make_staff(None, "he2", name="何管理", role="administrator"))
    sha256 = second.get(reverse("draft-publish", args=[CODE])).context["sha256"]

    second.post(reverse("draft-publish", args=[CODE]), {"sha256": sha256})

    assert RuleSet.objects.get(code=CODE).current_edition.source == draft.source


def test_an_administrator_of_another_area_is_refused_in_words(rulesets: None):  # noqa: F811
    client = Client()
    client.force_login(make_staff(None, "ma", role="administrator", division_scope="3207"))

    answer = client.post(reverse("draft-start", args=[CODE]), {"how": "next_year"}, follow=True)

    assert "不在您的管辖范围内" in answer.content.decode()


def test_the_impact_of_a_new_year_is_computed_against_last_years_terms(boss: Client, draft: RuleSetDraft):
    dear = {"rates-0-standard": "180", "rates-0-payable": "180"}
    boss.post(reverse("draft-year", args=[CODE, 2018]), fields(boss) | dear)

    boss.post(reverse("draft-impact", args=[CODE, 2018]))
    waiting = boss.get(reverse("draft-publish", args=[CODE])).content.decode()
    run_next()

    job = Job.objects.get(kind="impact")
    assert not job.failed
    assert read_ruleset(job.parameters["base"]).periods[2018].rates["general"].payable == 150
    assert "正在核算" in waiting
    assert "按 2017-10-09" in boss.get(reverse("draft-publish", args=[CODE])).content.decode()
