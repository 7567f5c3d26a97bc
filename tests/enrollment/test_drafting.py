"""草稿、修订、发布: services and every refusal."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from common.decision import Refusal
from enrollment import draft_words
from enrollment.draft_text import edited, quoted, with_next_year
from enrollment.drafting import (
    Amendment,
    digest_of,
    discard_draft,
    import_draft,
    publish_draft,
    save_draft,
    start_draft,
    submit_draft,
    withdraw_draft,
)
from enrollment.models import Enrollment, RuleSet, RuleSetDraft
from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.services import load_ruleset
from households.models import Household
from offices.models import Staff
from tests.builders import at, make_staff
from tests.payments.conftest import Pay, book, pay, rulesets  # noqa: F401 - fixtures

CODE = "lianyungang"
RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
NOW = at("2007-10-26 09:00")


@pytest.fixture
def miss_he(db: None) -> Staff:
    """The second administrator."""
    return make_staff(None, "he2", name="何管理", role="administrator")


@pytest.fixture
def in_force(rulesets: None) -> RuleSet:  # noqa: F811
    return RuleSet.objects.get(code=CODE)


@pytest.fixture
def paid(pay: Pay, zhang_household: Household, aunt_liu: Staff, book: object) -> RuleSet:  # noqa: F811
    """连云港's rule set, with 张建国户 paid for 2008 on 2007-10-25."""
    pay(zhang_household, aunt_liu, "420.00")
    return RuleSet.objects.get(code=CODE)


def draft_of(by: Staff, *, next_year: bool = True) -> RuleSetDraft:
    return start_draft(code=CODE, next_year=next_year, by=by, at=NOW)


def year_index(source: str, year: int) -> int:
    return list(read_ruleset(source).periods).index(year)


def dearer(source: str, year: int, amount: str = "130") -> str:
    place = ("periods", year_index(source, year), "rates", 0)
    return edited(source, {(*place, "standard"): amount, (*place, "payable"): amount})


def refused(expected: str, service: Callable[..., object], /, **given: object) -> None:
    with pytest.raises(Refusal) as no:
        service(**given)
    assert [reason.code for reason in no.value.reasons] == [expected]


@pytest.mark.parametrize("path", sorted(RULESETS.glob("*.toml")), ids=lambda path: path.stem)
def test_last_year_copied_reads_as_the_next_year_and_leaves_the_rest_untouched(path: Path):
    source = path.read_text()

    text, year = with_next_year(source)

    before, after = read_ruleset(source), read_ruleset(text)
    assert year == max(before.periods) + 1
    assert {key: after.periods[key] for key in before.periods} == dict(before.periods)
    assert after.periods[year].rates == before.periods[year - 1].rates
    assert all(line in text.splitlines() for line in source.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('d = { code = "990122", until = 2030-06-30 }', id="花括号"),
        pytest.param("d = [{ until = 2030-06-30  }, { from = 2030-07-01 , until = 2030-12-31 }]", id="列表"),
        pytest.param("d = [\n  2030-06-30 # 半年\n]", id="注释"),
        pytest.param('d = "2030-06-30 }"', id="文字"),
    ],
)
def test_blanks_after_a_date_stay_as_they_were_written(line: str):
    assert edited(f"x = 1\n{line}\n", {("x",): "2"}) == f"x = 2\n{line}\n"


def test_an_edit_changes_its_own_line_only():
    source = (RULESETS / "songming.toml").read_text()

    text = dearer(source, 2017, "160.50")

    differing = [new for old, new in zip(source.splitlines(), text.splitlines(), strict=True) if old != new]
    assert differing == ['  { category = "general", standard = 160.50, payable = 160.50, clause = "S-4-1" },']


def test_two_administrators_publish_next_years_rates(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou)
    year = max(read_ruleset(draft.source).periods)
    draft = save_draft(code=CODE, text=dearer(draft.source, year), by=mr_zhou, at=NOW)
    submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)

    loaded = publish_draft(code=CODE, sha256=digest_of(draft.source), by=miss_he, at=NOW)

    in_force.refresh_from_db()
    assert in_force.current_edition == loaded.edition
    assert loaded.edition.source == draft.source
    assert loaded.edition.loaded_by == miss_he
    assert in_force.periods.filter(coverage_year=year).exists()


@pytest.mark.parametrize("role", ["writer", "submitter"])
def test_who_wrote_or_submitted_a_draft_does_not_publish_it(
    in_force: RuleSet, mr_zhou: Staff, miss_he: Staff, role: str
):
    draft = draft_of(mr_zhou)
    if role == "writer":
        draft = save_draft(code=CODE, text=draft.source + "# 核对过\n", by=miss_he, at=NOW)
    submit_draft(code=CODE, amendment=None, by=mr_zhou if role == "writer" else miss_he, at=NOW)

    refused("DRAFT_OWN", publish_draft, code=CODE, sha256=digest_of(draft.source), by=miss_he, at=NOW)
    refused("DRAFT_OWN", publish_draft, code=CODE, sha256=digest_of(draft.source), by=mr_zhou, at=NOW)


def test_the_database_refuses_a_draft_published_by_its_writer(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou)
    submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)
    wrong = {"published_at": NOW, "edition": in_force.current_edition}

    for by, writers in ((mr_zhou, []), (miss_he, [miss_he.pk])):
        with pytest.raises(IntegrityError, match="draft_published_by_another"), transaction.atomic():
            RuleSetDraft.objects.filter(pk=draft.pk).update(**wrong, published_by=by, writers=writers)


def test_a_rule_set_has_one_draft_at_a_time(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft_of(mr_zhou)

    refused("DRAFT_EXISTS", start_draft, code=CODE, next_year=False, by=miss_he, at=NOW)


def test_drafts_are_for_administrators_of_the_whole_area(in_force: RuleSet, mr_chen: Staff):
    elsewhere = make_staff(None, "he", role="administrator", division_scope="53")

    refused("role", start_draft, code=CODE, next_year=True, by=mr_chen, at=NOW)
    refused("RULESET_SCOPE", start_draft, code=CODE, next_year=True, by=elsewhere, at=NOW)
    refused("RULESET_SCOPE", import_draft, text=in_force.current_edition.source, by=elsewhere, at=NOW)


def test_a_wrong_text_is_refused_and_the_draft_stays(in_force: RuleSet, mr_zhou: Staff):
    draft = draft_of(mr_zhou)

    with pytest.raises(RuleSetError, match="之和应等于"):
        save_draft(code=CODE, text=draft.source.replace("payable = 120", "payable = 110", 1), by=mr_zhou, at=NOW)

    again = RuleSetDraft.objects.get(pk=draft.pk)
    assert again.source == draft.source


def test_a_draft_keeps_its_code(in_force: RuleSet, mr_zhou: Staff):
    draft = draft_of(mr_zhou)
    text = draft.source.replace('code = "lianyungang"', 'code = "elsewhere"', 1)

    refused("DRAFT_CODE", save_draft, code=CODE, text=text, by=mr_zhou, at=NOW)


def test_a_submitted_draft_is_withdrawn_before_it_is_edited(in_force: RuleSet, mr_zhou: Staff):
    draft = draft_of(mr_zhou)
    submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)
    text = dearer(draft.source, max(read_ruleset(draft.source).periods))

    refused("DRAFT_SUBMITTED", save_draft, code=CODE, text=text, by=mr_zhou, at=NOW)
    withdraw_draft(code=CODE, by=mr_zhou, at=NOW)

    assert save_draft(code=CODE, text=text, by=mr_zhou, at=NOW).source == text


def test_a_draft_submitted_twice_is_submitted_once_and_keeps_its_amendment(in_force: RuleSet, mr_zhou: Staff):
    draft_of(mr_zhou)
    first = submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)
    other = Amendment(date(2007, 11, 1), "L-8-1", "调整")

    assert submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW).submitted_at == first.submitted_at
    refused("DRAFT_SUBMITTED", submit_draft, code=CODE, amendment=other, by=mr_zhou, at=NOW)


def test_what_is_not_submitted_or_has_moved_is_not_published(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou)
    sha256 = digest_of(draft.source)

    refused("DRAFT_NOT_SUBMITTED", publish_draft, code=CODE, sha256=sha256, by=miss_he, at=NOW)
    submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)
    refused("DRAFT_MOVED", publish_draft, code=CODE, sha256="", by=miss_he, at=NOW)


def test_a_draft_without_changes_is_not_submitted(in_force: RuleSet, mr_zhou: Staff):
    draft_of(mr_zhou, next_year=False)

    refused("DRAFT_SAME", submit_draft, code=CODE, amendment=None, by=mr_zhou, at=NOW)


def test_a_draft_of_an_older_edition_is_not_published(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):

    draft = draft_of(mr_zhou)
    submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW)
    load_ruleset(text=in_force.current_edition.source + "# 另一版\n", by=None, at=NOW)

    refused("DRAFT_STALE", publish_draft, code=CODE, sha256=digest_of(draft.source), by=miss_he, at=NOW)


def test_a_discarded_draft_is_gone_for_good(in_force: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou)
    discard_draft(code=CODE, by=mr_zhou, at=NOW)

    refused("DRAFT_GONE", submit_draft, code=CODE, amendment=None, by=mr_zhou, at=NOW)
    with pytest.raises(Exception, match=r"closed_for_good|Cannot update"), transaction.atomic():
        RuleSetDraft.objects.filter(pk=draft.pk).update(source="x")
    assert draft_of(miss_he).pk != draft.pk


def test_export_and_import_are_the_same_bytes(in_force: RuleSet, mr_zhou: Staff):
    text = "\ufeff" + in_force.current_edition.source.replace("\n", "\r\n")

    draft = import_draft(text=text, by=mr_zhou, at=NOW)

    assert RuleSetDraft.objects.get(pk=draft.pk).source.encode() == text.encode()


def test_a_year_under_which_money_was_taken_is_not_rewritten(paid: RuleSet, mr_zhou: Staff):
    draft = draft_of(mr_zhou, next_year=False)
    save_draft(code=CODE, text=dearer(draft.source, 2008), by=mr_zhou, at=NOW)
    amendment = Amendment(date(2007, 11, 1), next(iter(read_ruleset(draft.source).clauses)), "调整标准")

    refused("AMENDMENT_NEEDED", submit_draft, code=CODE, amendment=None, by=mr_zhou, at=NOW)
    refused("AMENDMENT_EARLIER_DAYS", submit_draft, code=CODE, amendment=amendment, by=mr_zhou, at=NOW)
    back = Amendment(date(2007, 10, 1), amendment.clause, "调整标准")
    refused("AMENDMENT_BACK", submit_draft, code=CODE, amendment=back, by=mr_zhou, at=NOW)
    unknown = Amendment(amendment.starts_on, "nowhere", "调整标准")
    refused("AMENDMENT_CLAUSE", submit_draft, code=CODE, amendment=unknown, by=mr_zhou, at=NOW)
    silent = Amendment(amendment.starts_on, amendment.clause, "  ")
    refused("AMENDMENT_NOTE", submit_draft, code=CODE, amendment=silent, by=mr_zhou, at=NOW)


def amended(source: str) -> str:
    """2008 from 2007-11-01 on: a band of its own, in which 一般居民 pay 130."""
    period = read_ruleset(source).periods[2008]
    at_ = year_index(source, 2008)
    last = next(i for i, band in enumerate(period.bands) if band.holds(date(2007, 11, 15)))
    band = period.bands[last]
    new = {
        "from": "2007-11-01",
        "benefit_starts": str(band.starts) if band.starts else quoted("payment_day"),
        "clause": quoted("L-8-1"),
        "rates": '[{ category = "general", standard = 130, payable = 130, clause = "L-8-1" }]',
    }
    if band.until_day:
        new["until"] = str(band.until_day)
    return edited(
        source,
        {("periods", at_, "bands", last, "until"): "2007-10-31"},
        added={("periods", at_, "bands"): new},
    )


def test_a_dated_amendment_is_published_and_touches_nobody_who_paid(paid: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou, next_year=False)
    draft = save_draft(code=CODE, text=amended(draft.source), by=mr_zhou, at=NOW)
    amendment = Amendment(date(2007, 11, 1), "L-8-1", "调整一般居民标准")
    draft = submit_draft(code=CODE, amendment=amendment, by=mr_zhou, at=NOW)

    before = list(Enrollment.objects.order_by("pk").values_list("pk", "payable", "assessment__edition"))
    publish_draft(code=CODE, sha256=digest_of(draft.source), by=miss_he, at=NOW)

    assert list(Enrollment.objects.order_by("pk").values_list("pk", "payable", "assessment__edition")) == before


def test_an_amendment_published_after_its_day_would_work_back(paid: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou, next_year=False)
    draft = save_draft(code=CODE, text=amended(draft.source), by=mr_zhou, at=NOW)
    submit_draft(code=CODE, amendment=Amendment(date(2007, 11, 1), "L-8-1", "调整"), by=mr_zhou, at=NOW)

    later = at("2007-11-02 09:00")
    refused("AMENDMENT_BACK", publish_draft, code=CODE, sha256=digest_of(draft.source), by=miss_he, at=later)


def test_what_has_no_date_is_published_on_the_day_of_the_amendment(paid: RuleSet, mr_zhou: Staff, miss_he: Staff):
    draft = draft_of(mr_zhou, next_year=False)
    text = draft.source.replace("[new_member]", '[newborn]\ndays = 90\nclause = "L-8-1"\n\n[new_member]', 1)
    draft = save_draft(code=CODE, text=text, by=mr_zhou, at=NOW)

    refused("AMENDMENT_NEEDED", submit_draft, code=CODE, amendment=None, by=mr_zhou, at=NOW)
    submit_draft(code=CODE, amendment=Amendment(date(2007, 11, 1), "L-8-1", "新生儿"), by=mr_zhou, at=NOW)
    given = {"code": CODE, "sha256": digest_of(draft.source), "by": miss_he}
    refused("AMENDMENT_EARLY", publish_draft, **given, at=NOW)
    assert publish_draft(**given, at=at("2007-11-01 08:00")).changed


def test_a_paid_year_is_not_dropped(paid: RuleSet, mr_zhou: Staff):
    draft = draft_of(mr_zhou)
    index = year_index(draft.source, 2008)
    text = edited(draft.source, {}, removed=frozenset({("periods", index)}))
    save_draft(code=CODE, text=text, by=mr_zhou, at=NOW)

    refused("YEAR_GONE", submit_draft, code=CODE, amendment=None, by=mr_zhou, at=NOW)


def test_next_year_needs_no_amendment_though_this_year_was_paid(paid: RuleSet, mr_zhou: Staff):
    draft_of(mr_zhou)

    assert submit_draft(code=CODE, amendment=None, by=mr_zhou, at=NOW).submitted_at == NOW


def test_changes_are_told_in_words():
    source = (RULESETS / "songming.toml").read_text()
    text, year = with_next_year(source)
    current = read_ruleset(source)

    same = draft_words.changes(current, read_ruleset(text))
    dear = draft_words.changes(current, read_ruleset(dearer(text, year, "180")))

    assert same == ["新增2018年度。与2017年度相比：", "2018年度各项标准不变，日期顺延一年。"]
    assert any("由 150.00 元 改为 180.00 元" in each for each in dear)
