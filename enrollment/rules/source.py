"""A rule set's text, read and checked: TOML in, a frozen `RuleSet` out, or every problem with its line. 规则集文本.

docs/rulesets.md explains each key to the administrator who writes one.
"""

import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from types import MappingProxyType

from common.decision import Clause
from common.disability import KINDS
from enrollment.rules.ruleset import (
    Admission,
    AfterEmployee,
    Area,
    Category,
    ChangeRule,
    Channel,
    Continuity,
    DisabilityTest,
    Division,
    Document,
    Exclusion,
    Exemption,
    Funder,
    Newborn,
    PaperRule,
    RuleSet,
    Together,
    Waiting,
    WorkmanshipFee,
)
from enrollment.rules.source_money import refund_rule, transfer_steps
from enrollment.rules.source_periods import periods, yearly_window
from enrollment.rules.source_progress import stages, target, weekly_report
from enrollment.rules.toml_lines import line_too_deep
from enrollment.rules.toml_syntax import syntax_problem
from enrollment.rules.toml_table import Problem, Source, Table

HUKOU_KINDS = ("urban", "rural", "converted")
ADMISSION_WAYS = ("hukou", "student", "residence_certificate", "supervisor")
EXCLUDING_FACTS = ("employee", "nrcms", "employee_scope")
CLAUSE_SOURCES = ("reprint", "weak", "own")
CHANGES = ("death", "move_out", "move_within", "employee_start")
COVER_ENDS = ("ends_that_day", "ends_day_before", "stays")
ACCOUNT_TO = ("self", "heir", "nobody")
CHANNELS = ("counter", "village", "school", "app", "department")
CONDITIONS = (
    "scope",
    "document",
    "proof_clause",
    "expired",
    "issued_within",
    "disability",
    "age_from",
    "age_below",
    "age_on",
    "hukou_in_area",
    "hukou_kinds",
    "student_kinds",
)
CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
DIVISION = re.compile(r"[0-9]{2,12}")


class RuleSetError(ValueError):
    """A rule set's text that cannot be used; `problems` says where and what was expected."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def read_ruleset(text: str) -> RuleSet:
    """Read a rule set from its TOML text; RuleSetError where anything in it is wrong."""
    text = text.removeprefix("\ufeff")  # an editor of Windows writes it before the first letter
    if deep := line_too_deep(text):
        raise RuleSetError([Problem(deep, "（全文）", "这一行的键有几百层，不像是规则集。请核对是否选错了文件")])
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError([syntax_problem(text, str(error))]) from error
    except (RecursionError, ValueError) as error:
        unreadable = "列表套得太深，或数字太长，不像是规则集。请核对是否选错了文件"
        raise RuleSetError([Problem(1, "（全文）", unreadable)]) from error
    source = Source(text)
    with source.noting():
        ruleset = _ruleset(Table(source, (), data))
    if source.problems:
        raise RuleSetError(source.problems)
    return ruleset


def _ruleset(root: Table) -> RuleSet:
    head, document = root.needed("ruleset"), _document(root.needed("document"))
    clauses = _clauses(root, document)
    root.source.clauses = clauses
    categories, choice = _categories(root.needed("categories"))
    funders = tuple(_funder(table) for table in root.tables("funders", required=False))
    yearly = root.optional("yearly_window", yearly_window)
    found = RuleSet(
        code=_code(head),
        name=head.text("name"),
        place=head.text("place"),
        in_force_from=head.day("in_force_from"),
        clause=head.clause(),
        document=document,
        clauses=MappingProxyType(clauses),
        area=_area(root.needed("area")),
        admissions=tuple(_admission(table) for table in root.tables("admissions")),
        exclusions=tuple(_exclusion(table) for table in root.tables("exclusions", required=False)),
        together=_together(root.needed("together")),
        categories=categories,
        category_choice=choice,
        papers=tuple(_paper(table) for table in root.tables("papers", required=False)),
        yearly_window=yearly,
        periods=MappingProxyType(periods(root, categories, funders, yearly)),
        once_a_year=_only_clause(root.needed("once_a_year")),
        continuity=root.optional("continuity", _continuity),
        after_employee=root.optional("after_employee", _after_employee),
        waiting=root.optional("waiting", _waiting),
        newborn=root.optional("newborn", _newborn),
        new_member=root.optional("new_member", _only_clause),
        declaration=root.optional("declaration", _only_clause),
        changes=tuple(_change(table) for table in root.tables("changes", required=False)),
        refunds=root.optional("refunds", refund_rule),
        transfers=transfer_steps(root),
        target=root.optional("target", target),
        stages=stages(root),
        weekly_report=root.optional("weekly_report", weekly_report),
        workmanship_fee=root.optional("workmanship_fee", _workmanship_fee),
        channels=tuple(_channel(table) for table in root.tables("channels")),
        funders=funders,
    )
    head.finish()
    root.finish()
    if found.newborn is None and any(category.proof == "newborn" for category in categories):
        root.fault("categories", '有类别写了 proof = "newborn"，应写一张 [newborn]，说明出生后多少天内缴费')
    if not root.source.problems:
        _check_of_use(root, found)
    root.distinct("papers", [paper.code for paper in found.papers])
    root.distinct("changes", [change.kind for change in found.changes])
    root.distinct("channels", [channel.code for channel in found.channels])
    root.distinct("exclusions", [exclusion.fact for exclusion in found.exclusions])
    root.distinct("funders", [funder.code for funder in found.funders])
    return found


def _check_of_use(root: Table, found: RuleSet) -> None:
    """Where the lowest amount is taken, a category that costs more than the general one in every year is never taken.

    Whoever wrote it meant those people to pay more, and they would not.
    """
    if found.category_choice != "lowest_payable":
        return
    general = found.general
    years = [period for period in found.periods.values() if period.rates]
    rates = [{**year.rates, **prices} for year in years for prices in ({}, *(band.rates for band in year.bands))]
    for index, category in enumerate(found.categories):
        if rates and all(each[category.code].payable > each[general.code].payable for each in rates):
            text = f"个人缴费高于一般类别“{general.name}”，按 choice = "
            text += '"lowest_payable"（取最低）永远用不上：应把最高的一类写成 proof = "none"，或写 choice = "priority"'
            root.source.fault(("categories", "list", index), text)


def _code(table: Table) -> str:
    code = table.text("code")
    if code and not CODE.fullmatch(code):
        table.fault("code", f"应填小写字母、数字、下划线和连字符，以字母开头，最多40个字符，现在是“{code}”")
    return code


def _document(table: Table) -> Document:
    found = Document(
        number=table.text("number"),
        title=table.text("title"),
        issued_by=table.text("issued_by"),
        issued_on=table.day("issued_on"),
        based_on=table.text("based_on", ""),
        text_layout=table.choice("text_layout", ("articles", "sections"), "articles"),
    )
    table.finish()
    return found


def _clauses(root: Table, document: Document) -> dict[str, Clause]:
    registry = root.needed("clauses")
    clauses = {}
    if not registry.data:
        registry.fault(None, "至少要登记一条，别处才能写它的编号")
    for key in registry.data:
        row = registry.needed(key)
        clauses[key] = Clause(
            key=key,
            document=row.text("document", document.number),
            article=row.text("article"),
            summary=row.text("summary"),
            source=row.choice("source", CLAUSE_SOURCES, ""),
        )
        row.finish()
    return clauses


def _area(table: Table) -> Area:
    found = Area(table.text("name"), tuple(_division(each) for each in table.tables("divisions")), table.clause())
    table.finish()
    return found


def _division(table: Table) -> Division:
    code = table.text("code")
    if code and not DIVISION.fullmatch(code):
        table.fault("code", f"应填 2 到 12 位行政区划代码，现在是“{code}”")
    found = Division(code, table.text("name"), table.optional_day("from"), table.optional_day("until"))
    table.ordered("until", found.starts_on, found.ends_on)
    table.finish()
    return found


def _division_codes(table: Table, key: str) -> tuple[str, ...]:
    codes = table.texts(key)
    for index, code in enumerate(codes):
        if not DIVISION.fullmatch(code):
            table.source.fault((*table.path, key, index), f"应填 2 到 12 位行政区划代码，现在是“{code}”")
    return codes


def _admission(table: Table) -> Admission:
    way = table.choice("way", ADMISSION_WAYS)
    found = Admission(
        way,
        table.clause(),
        frozenset(table.texts("hukou_kinds", HUKOU_KINDS)),
        frozenset(table.texts("student_kinds")),
    )
    if way == "hukou" and not found.hukou_kinds:
        table.fault("hukou_kinds", f"按户籍参保的应写明户口性质：{'、'.join(HUKOU_KINDS)}")
    if way == "student" and not found.student_kinds:
        table.fault("student_kinds", "按学籍参保的应写明学校类别")
    for key, its_way in (("hukou_kinds", "hukou"), ("student_kinds", "student")):
        if table.has(key) and way in ADMISSION_WAYS and way != its_way:
            table.fault(key, f'只用于 way = "{its_way}"，写在这里不起作用，应删去')
    table.finish()
    return found


def _exclusion(table: Table) -> Exclusion:
    found = Exclusion(
        fact=table.choice("fact", EXCLUDING_FACTS),
        clause=table.clause(),
        may_override=table.flag("may_override", False),
        certificate=table.text("certificate", ""),
        certificate_clause=table.optional_clause("certificate_clause"),
    )
    if found.may_override and found.fact != "employee_scope":
        table.fault("may_override", '只有 fact = "employee_scope" 可以由主管放行；已参加其他医保的不能重复参保')
    if bool(found.certificate) != bool(found.certificate_clause):
        table.fault("certificate_clause", "certificate（证件名称）和 certificate_clause（条款）要么都写，要么都不写")
    table.finish()
    return found


def _together(table: Table) -> Together:
    found = Together(
        required=table.flag("required"),
        may_override=table.flag("may_override", False),
        clause=table.clause(),
        exemptions=tuple(_exemption(each) for each in table.tables("exemptions", required=False)),
    )
    table.distinct("exemptions", [exemption.code for exemption in found.exemptions])
    table.finish()
    return found


def _exemption(table: Table) -> Exemption:
    levels = frozenset(table.texts("parent_unit_levels"))
    found = Exemption(_code(table), table.text("name"), levels, table.clause())
    table.finish()
    return found


def _categories(table: Table) -> tuple[tuple[Category, ...], str]:
    choice = table.choice("choice", ("lowest_payable", "priority"))
    rows = table.tables("list")
    categories = tuple(_category(row) for row in rows)
    table.distinct("list", [category.code for category in categories])
    general = [index for index, category in enumerate(categories) if category.proof == "none"]
    if rows and len(general) != 1:
        table.fault("list", f'应有且只有一个类别写 proof = "none"（一般居民），现在有 {len(general)} 个')
    table.finish()
    return categories, choice


def _category(table: Table) -> Category:
    proof = table.choice("proof", ("none", "facts", "certificate", "funder_list", "newborn"))
    document, proof_clause = table.text("document", ""), table.optional_clause("proof_clause")
    if proof == "certificate" and not document:
        table.fault("document", "凭证件认定的类别应写明证件名称（document）")
    if proof in {"certificate", "funder_list"} and not proof_clause:
        table.fault("proof_clause", "应写明凭证件或名单认定的依据条款")
    found = Category(
        code=_code(table),
        name=table.text("name"),
        aliases=frozenset(table.texts("aliases")),
        scope=table.choice("scope", ("person", "household"), "person"),
        proof=proof,
        priority=table.integer("priority", least=0, most=999, default=999),
        clause=table.clause(),
        document=document,
        proof_clause=proof_clause,
        expired=table.choice("expired", ("supervisor", "warn"), "supervisor"),
        issued_within=_division_codes(table, "issued_within"),
        disability=table.optional("disability", _disability_test),
        age_from=table.optional_integer("age_from", least=0, most=150),
        age_below=table.optional_integer("age_below", least=1, most=150),
        age_on=table.month_day("age_on") if table.has("age_on") else None,
        hukou_in_area=table.flag("hukou_in_area", False),
        hukou_kinds=frozenset(table.texts("hukou_kinds", HUKOU_KINDS)),
        student_kinds=frozenset(table.texts("student_kinds")),
        workmanship_fee_exempt=table.flag("workmanship_fee_exempt", False),
        waits=table.flag("waits", True),
    )
    conditions = (found.age_from, found.age_below, found.hukou_kinds or None, found.student_kinds or None)
    if proof == "facts" and all(condition is None for condition in conditions):
        table.fault("proof", "按事实认定的类别应写条件：age_from、age_below、hukou_kinds 或 student_kinds")
    if found.age_from is not None and found.age_below is not None and found.age_below <= found.age_from:
        table.fault("age_below", f"应大于 age_from（{found.age_from}），否则没有人符合")
    for key in CONDITIONS:
        if proof == "none" and table.has(key):
            table.fault(key, "一般居民（proof 为 none）不设条件，凡不属于其他类别的人都按它缴费，应删去")
    table.finish()
    return found


def _disability_test(table: Table) -> DisabilityTest:
    grades = table.integers("grades", least=1, most=4)
    if not grades:
        table.fault("grades", "应写明残疾等级，如 [1, 2]")
    found = DisabilityTest(frozenset(table.texts("kinds", KINDS.values())), grades, table.flag("required", False))
    table.finish()
    return found


def _paper(table: Table) -> PaperRule:
    found = PaperRule(
        code=_code(table),
        name=table.text("name"),
        asked_of=table.choice("asked_of", ("household", "applicant")),
        count=table.integer("count", least=1, most=9, default=1),
        instead=table.texts("instead"),
        instead_below_age=table.optional_integer("instead_below_age", least=1, most=150),
        clause=table.clause(),
    )
    table.finish()
    return found


def _only_clause(table: Table) -> Clause:
    clause = table.clause()
    table.finish()
    return clause


def _continuity(table: Table) -> Continuity:
    bridge, clause = table.flag("bridge_employee_years"), table.clause()
    found = Continuity(bridge, clause, table.optional_clause("not_for_employee_clause"))
    table.finish()
    return found


def _after_employee(table: Table) -> AfterEmployee:
    divisions = _division_codes(table, "divisions")
    starts = table.choice("benefit_starts", ("payment_day", "day_after_cover"), "payment_day")
    found = AfterEmployee(table.integer("months", least=1, most=60), starts, divisions, table.clause())
    table.finish()
    return found


def _waiting(table: Table) -> Waiting:
    clause = table.clause()
    found = Waiting(
        fixed_months=table.integer("fixed_months", least=0, most=60),
        months_per_broken_year=table.integer("months_per_broken_year", least=0, most=12, default=0),
        many_years=table.optional_integer("many_years", least=1, most=99),
        many_years_least=table.integer("many_years_least", least=0, most=60, default=0),
        clause=clause,
        broken_clause=table.optional_clause("broken_clause") or clause,
        repair=table.choice("repair", ("current_rate",), ""),
    )
    if found.repair and not found.months_per_broken_year:
        table.fault("repair", "补缴减少的是中断增加的月数：先写 months_per_broken_year，否则补缴没有用处")
    if (found.many_years is None) is not (found.many_years_least == 0):
        table.fault("many_years_least", "many_years（中断年数）和 many_years_least（至少等待月数）要么都写，要么都不写")
    table.finish()
    return found


def _newborn(table: Table) -> Newborn:
    found = Newborn(table.integer("days", least=1, most=366), table.clause())
    table.finish()
    return found


def _change(table: Table) -> ChangeRule:
    found = ChangeRule(
        kind=table.choice("kind", CHANGES),
        cover=table.choice("cover", COVER_ENDS),
        account_to=table.choice("account_to", ACCOUNT_TO, "nobody"),
        papers=table.texts("papers"),
        clause=table.optional_clause("clause"),
    )
    if found.cover == "stays" and found.account_to != "nobody":
        table.fault("account_to", "待遇不终止（cover 为 stays）的，个人账户照旧使用，不退余额，应删去")
    table.finish()
    return found


def _workmanship_fee(table: Table) -> WorkmanshipFee:
    amount, card, book = (table.optional_money(key) for key in ("amount", "card_amount", "book_amount"))
    if (card is None) != (book is None):
        table.fault("card_amount" if card is None else "book_amount", "医保卡和病历的工本费要一起给出")
    elif card is not None and book is not None:
        if amount is not None and amount != card + book:
            table.fault("amount", f"应为医保卡 {card} 与病历 {book} 之和 {card + book}，或者不写")
        amount = card + book
    found = WorkmanshipFee(amount, table.clause(), table.clause("exempt_clause"), card, book)
    table.finish()
    return found


def _channel(table: Table) -> Channel:
    found = Channel(
        code=table.choice("code", CHANNELS),
        name=table.text("name"),
        until=table.optional_day("until"),
        clause=table.clause(),
        afterwards=table.text("afterwards", ""),
        afterwards_clause=table.optional_clause("afterwards_clause"),
    )
    if found.until and not (found.afterwards and found.afterwards_clause):
        table.fault("afterwards", "写了 until 的渠道应写明过期后怎样办理（afterwards、afterwards_clause）")
    table.finish()
    return found


def _funder(table: Table) -> Funder:
    found = Funder(_code(table), table.text("name"), table.clause())
    table.finish()
    return found
