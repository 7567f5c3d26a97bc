"""载入规则集和条款原文: what is right becomes an edition, what is wrong is told line by line and changes nothing."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from common.decision import Refusal
from enrollment import library
from enrollment.models import Clause, ContributionPeriod, RuleSet, RuleSetEdition
from enrollment.rules.source import RuleSetError
from enrollment.services import fill_policy_text, load_ruleset
from offices.models import Act
from tests.acting import as_owner
from tests.builders import at

pytestmark = pytest.mark.django_db

LIANYUNGANG = Path(__file__).parents[2] / "enrollment" / "rulesets" / "lianyungang.toml"
SHARED = Path(__file__).parents[3] / "shared" / "policy"
NOW = at("2007-08-07 09:00")


def load(text: str = "", **more):
    return load_ruleset(text=text or LIANYUNGANG.read_text(), by=None, at=NOW, **more)


def dearer() -> str:
    """The same rule set with another price for general residents."""
    text = LIANYUNGANG.read_text()
    assert "standard = 120" in text
    return text.replace("standard = 120, payable = 120", "standard = 130, payable = 130")


def test_a_rule_set_is_stored_with_its_edition_years_and_clauses():
    loaded = load()

    assert loaded.changed
    assert loaded.edition.number == 1
    assert loaded.ruleset.current_edition == loaded.edition
    years = ContributionPeriod.objects.filter(ruleset=loaded.ruleset)
    assert list(years.values_list("coverage_year", flat=True)) == [2008, 2009, 2010]
    clause = Clause.objects.get(ruleset=loaded.ruleset, key="L-5-6")
    assert (clause.document, clause.article) == ("连政办发〔2007〕149号", "第五条")
    assert Act.objects.get(verb="load_ruleset").detail["edition"] == 1


def test_the_same_text_again_changes_nothing():
    load()

    again = load()

    assert not again.changed
    assert RuleSetEdition.objects.count() == 1
    assert Act.objects.filter(verb="load_ruleset").count() == 1


def test_another_text_is_a_new_edition_and_the_old_one_stays_as_it_was():
    first = load().edition

    second = load(dearer()).edition

    assert (second.number, second.ruleset.current_edition) == (2, second)
    assert RuleSetEdition.objects.get(pk=first.pk).source == LIANYUNGANG.read_text()
    assert library.current("lianyungang").periods[2008].rates["general"].payable == 130
    old = library.compiled(edition_id=first.pk, sha256=first.sha256)
    assert old.periods[2008].rates["general"].payable == 120


def test_an_old_text_again_puts_its_old_edition_back_in_force():
    first = load().edition
    load(dearer())

    again = load()

    assert again.changed
    assert again.edition == first
    assert RuleSet.objects.get().current_edition == first
    assert RuleSetEdition.objects.count() == 2


def test_start_up_leaves_alone_what_an_administrator_loaded():
    load(dearer())

    again = load(if_absent=True)

    assert not again.changed
    assert library.current("lianyungang").periods[2008].rates["general"].payable == 130


@pytest.mark.parametrize(
    "change", ["UPDATE enrollment_rulesetedition SET source = ''", "DELETE FROM enrollment_rulesetedition"]
)
def test_no_statement_changes_an_edition(change):
    load()

    from django.db import connection

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic(), as_owner():
        connection.cursor().execute(change)


def test_a_rule_set_in_force_needs_one_query_and_a_known_edition_none(django_assert_num_queries):
    edition = load().edition
    library.current("lianyungang")

    with django_assert_num_queries(1):
        library.current("lianyungang")
    with django_assert_num_queries(0):
        library.compiled(edition_id=edition.pk, sha256=edition.sha256)


def test_an_unknown_rule_set_is_refused_in_words():
    with pytest.raises(Refusal, match="规则集“atlantis”尚未载入"):
        library.current("atlantis")


def test_a_wrong_text_is_refused_and_changes_nothing():
    load()

    with pytest.raises(RuleSetError):
        load(LIANYUNGANG.read_text().replace('code = "lianyungang"', 'code = "lianyungang"\nprice = 1', 1))

    assert RuleSetEdition.objects.count() == 1
    assert RuleSet.objects.get().current_edition.number == 1


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        pytest.param('name = "连云港市市区', f'name = "{"很" * 90}', "ruleset.name", id="名称太长"),
        pytest.param('summary = "', 'summary = "\\u0000', "clauses", id="空字符"),
        pytest.param(
            'L-1-1 = { article = "第一条', f'L-1-1 = {{ article = "{"一" * 70}', "clauses.L-1-1.article", id="条款太长"
        ),
    ],
)
def test_texts_that_no_column_holds_are_told_with_their_line(old, new, key):
    text = LIANYUNGANG.read_text()
    assert old in text

    with pytest.raises(RuleSetError) as caught:
        load(text.replace(old, new, 1))

    problem = caught.value.problems[0]
    assert problem.key.startswith(key)
    assert text.splitlines()[problem.line - 1].count(old)


# --- the command ----------------------------------------------------------------------------------------------


def run(*arguments: object, name: str = "load_ruleset") -> int:
    """The exit status of a command."""
    try:
        call_command(name, *map(str, arguments))
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_the_command_says_what_it_loaded(capsys):
    assert run(LIANYUNGANG) == 0
    assert run(LIANYUNGANG) == 0

    out = capsys.readouterr().out.splitlines()
    assert out == [
        "lianyungang 连云港市市区城镇居民基本医疗保险：已载入第1版。",
        "lianyungang 连云港市市区城镇居民基本医疗保险：现行的是第1版，没有改变。",
    ]


def test_the_command_tells_every_problem_with_file_line_and_key(tmp_path, capsys):
    lines = LIANYUNGANG.read_text().splitlines()
    wrong = next(number for number, line in enumerate(lines, start=1) if line.startswith("place = "))
    lines[wrong - 1] = "place = 3"
    path = tmp_path / "wrong.toml"
    path.write_text("\n".join(lines))

    assert run(path) == 1

    err = capsys.readouterr().err.splitlines()
    assert err[0].startswith(f"{path}:{wrong}: ruleset.place: ")
    assert err[-1].startswith("没有载入，原有规则没有改变")
    assert not RuleSet.objects.exists()


def test_of_several_files_all_are_loaded_or_none(tmp_path, capsys):
    assert run(LIANYUNGANG, tmp_path / "gone.toml") == 1

    assert not RuleSet.objects.exists()
    assert "已载入" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["load_ruleset", "load_policy_text"])
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda path: None, "找不到这个文件", id="没有这个文件"),
        pytest.param(lambda path: path.write_bytes("规则".encode("gbk")), "不是UTF-8编码", id="GBK编码"),
        pytest.param(lambda path: path.write_bytes(b"#" * 2_000_001), "文件超过2MB", id="太大"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path, capsys, name, make, sentence):
    path = tmp_path / "rules.toml"
    make(path)

    assert run(path, name=name) == 1

    assert sentence in capsys.readouterr().err


def test_a_directory_is_no_rule_set(tmp_path, capsys):
    assert run(tmp_path) == 1

    assert "这是一个目录" in capsys.readouterr().err


# --- the real texts -------------------------------------------------------------------------------------------


def test_the_policy_texts_fill_every_clause_of_their_rule_sets(capsys):
    if not SHARED.is_dir():
        pytest.skip("the policy texts are not beside the project")
    for path in LIANYUNGANG.parent.glob("*.toml"):
        load(path.read_text())

    assert run(name="load_policy_text") == 0

    cited = Clause.objects.filter(ruleset__code__in=["lianyungang", "songming"])
    assert cited.count() > 80
    assert not cited.filter(full_text="")
    assert cited.get(key="L-8-1").full_text.endswith("重度残疾人员每人每年缴纳60元。")
    assert cited.get(key="S-7-5").full_text.splitlines()[:2] == ["七、参（续）保办理方式", "（二）普通群体"]
    assert "找不到" not in capsys.readouterr().out


def test_a_clause_that_moves_to_another_article_does_not_keep_the_old_text():
    load()
    fill_policy_text(text="连政办发〔2007〕149号 第一条 甲。第二条 乙。", by=None, at=NOW)
    assert Clause.objects.get(key="L-2-1").full_text == "第二条 乙。"

    load(LIANYUNGANG.read_text().replace('L-2-1 = { article = "第二条"', 'L-2-1 = { article = "第一条"', 1))

    assert Clause.objects.get(key="L-2-1").full_text == "第一条 甲。"
    assert Clause.objects.get(key="L-2-2").full_text == "第二条 乙。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("一段没有文号的话", "找不到文号"),
        ("京政发〔1999〕1号 第一条 甲。第二条 乙。", "没有规则集引用"),
        ("连政办发〔2007〕149号 没有条款", "分不出条款"),
    ],
)
def test_a_text_that_fits_no_rule_set_is_refused_in_words(text, sentence):
    load()

    with pytest.raises(Refusal, match=sentence):
        fill_policy_text(text=text, by=None, at=NOW)
