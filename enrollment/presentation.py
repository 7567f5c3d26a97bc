"""规则的样子: a rule set laid out for reading, each figure beside the clause it comes from."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from common.dates import SHANGHAI
from common.decision import Clause
from enrollment.models import Clause as ClauseRow
from enrollment.rules import changes
from enrollment.rules.ruleset import Admission, Band, Category, Exclusion, Period, Rate, RuleSet, Waiting, Window

HUKOU = {"urban": "城镇", "rural": "农业", "converted": "农转城"}
EXCLUDED = {
    "employee": "已参加职工医保的人员",
    "nrcms": "已参加新型农村合作医疗的人员",
    "employee_scope": "属于职工医保参保范围的人员",
}
PROOFS = {"none": "不属于其他类别的", "facts": "按登记的事实认定", "funder_list": "在资助部门名单上"}
CHOICES = {"lowest_payable": "符合几类的，按个人缴费最低的一类", "priority": "符合几类的，按优先级只取一类"}
COMMON_PAPERS = {"id_card": "居民身份证", "hukou_book": "居民户口簿", "social_security_card": "社会保障卡"}
ASKED_OF = {"household": "每户", "applicant": "每位参保人", "member": "每位家庭成员"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the rule set says, and the clause. `is_open`: the document leaves the figure out.

    `filled_at` names the page where an administrator fills it in.
    """

    label: str
    text: str
    clause: Clause | None
    note: str = ""
    is_open: bool = False
    filled_at: str = ""


@dataclass(frozen=True, slots=True)
class RateCell:
    """What one category pays in one year; None where the rule set has no rate."""

    payable: Decimal
    standard: Decimal
    sponsored: Decimal
    funder: str
    clause: Clause
    sponsor_clause: Clause | None


@dataclass(frozen=True, slots=True)
class RateRow:
    """One category across the years."""

    name: str
    clause: Clause
    cells: tuple[RateCell | None, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """One coverage year: its window and what follows from the day of payment."""

    coverage_year: int
    window: tuple[Line, ...]
    bands: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor, its heading, what stands in it."""

    anchor: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article of the document, our summaries of what it says, and its own words."""

    article: str
    clauses: tuple[ClauseRow, ...]
    full_text: str


def rate_rows(ruleset: RuleSet) -> list[RateRow]:
    """Categories as rows, coverage years as columns."""
    periods = sorted(ruleset.periods.values(), key=lambda period: period.coverage_year)
    return [
        RateRow(category.name, category.clause, tuple(rate_cell(ruleset, period, category) for period in periods))
        for category in ruleset.categories
    ]


def rate_cell(ruleset: RuleSet, period: Period, category: Category) -> RateCell | None:
    """What one category pays in one period, laid out for reading."""
    rate: Rate | None = period.rates.get(category.code)
    if rate is None:
        return None
    funder = next((each.name for each in ruleset.funders if each.code == rate.funder), rate.funder)
    return RateCell(rate.payable, rate.standard, rate.sponsored, funder, rate.clause, rate.sponsor_clause)


def years(ruleset: RuleSet) -> list[Year]:
    """The coverage years in their order, windows and bands in sentences."""
    periods = sorted(ruleset.periods.values(), key=lambda period: period.coverage_year)
    return [
        Year(period.coverage_year, tuple(_window_lines(period)), tuple(_band_lines(period, ruleset)))
        for period in periods
    ]


def _window_lines(period: Period) -> Iterator[Line]:
    window = period.window
    yield Line("开始", f"{window.opens.astimezone(SHANGHAI):%Y-%m-%d}", window.clause)
    if window.verify_until:
        yield Line("核定截止", _moment(window.verify_until, window), window.verify_clause)
    yield Line("缴费截止", _moment(window.pay_until, window), window.pay_clause)
    yield Line("结算年度", f"{period.starts_on} 至 {period.ends_on}", period.clause)


def _moment(moment: datetime, window: Window) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M}" if window.has_time else f"{local:%Y-%m-%d}"


def _band_lines(period: Period, ruleset: RuleSet) -> Iterator[Line]:
    for band in period.bands:
        starts = f"从 {band.starts} 起享受待遇" if band.starts else "从缴费之日起享受待遇"
        yield Line(_band_days(band), starts, band.clause, "；".join(_band_notes(band, ruleset)))
    if period.account:
        due = f"{period.account.due_by} 前" if period.account.due_by else "享受待遇时"
        yield Line("个人账户", f"{due}每人划入 {period.account.amount} 元", period.account.clause)


def _band_notes(band: Band, ruleset: RuleSet) -> Iterator[str]:
    if band.late:
        yield "按错过集中缴费期等待"
    for rate in band.rates.values():
        yield f"{ruleset.category(rate.category).name}缴 {rate.payable} 元"
    if band.account:
        yield f"个人账户划入 {band.account.amount} 元"


def _band_days(band: Band) -> str:
    if band.from_day and band.until_day:
        same = band.from_day.year == band.until_day.year
        return (
            f"{band.from_day} 至 {band.until_day:%m-%d} 缴费" if same else f"{band.from_day} 至 {band.until_day} 缴费"
        )
    if band.until_day:
        return f"{band.until_day} 及以前缴费"
    return f"{band.from_day} 及以后缴费" if band.from_day else "缴费期内缴费"


def sections(ruleset: RuleSet) -> list[Section]:
    """What the rule set says besides money and dates."""
    parts = (
        ("people", "谁可以参保", people(ruleset)),
        ("categories", "人员类别", categories(ruleset)),
        ("papers", "材料", papers(ruleset)),
        ("other", "其他", other(ruleset)),
    )
    return [Section(anchor, title, tuple(lines)) for anchor, title, lines in parts if lines]


def people(ruleset: RuleSet) -> list[Line]:
    """谁可以参保, who may not, and who must enrol together."""
    area = "、".join(
        _division(division.name, division.starts_on, division.ends_on) for division in ruleset.area.divisions
    )
    lines = [Line("统筹区", area, ruleset.area.clause)]
    lines += [Line("可以参保", _admission(each), each.clause) for each in ruleset.admissions]
    lines += [_exclusion(each) for each in ruleset.exclusions]
    together = ruleset.together
    if together.required:
        note = "主管可以特批" if together.may_override else ""
        lines.append(Line("同时参保", "家庭内应参保人员必须同时参保", together.clause, note))
        lines += [Line("可暂不参保", each.name, each.clause) for each in together.exemptions]
    else:
        lines.append(Line("同时参保", "不要求全家同时参保", together.clause))
    lines.append(Line("重复参保", "一人一年只能参保一次", ruleset.once_a_year))
    return lines


def _division(name: str, starts_on: date | None, ends_on: date | None) -> str:
    if not (starts_on or ends_on):
        return name
    return f"{name}（{starts_on or ''}至{ends_on or ''}）"


def _admission(admission: Admission) -> str:
    if admission.way == "hukou":
        return f"户籍在统筹区内的{_hukou(admission.hukou_kinds)}居民"
    if admission.way == "student":
        return f"在统筹区内就读的在校学生（{'、'.join(sorted(admission.student_kinds))}）"
    if admission.way == "residence_certificate":
        return "持有统筹区居住证件的人员及其子女"
    return "主管特准的人员"


def _hukou(kinds: Collection[str]) -> str:
    return "、".join(word for kind, word in HUKOU.items() if kind in kinds)


def _exclusion(exclusion: Exclusion) -> Line:
    notes = []
    if exclusion.certificate:
        notes.append(f"须提供{exclusion.certificate}原件")
    if exclusion.may_override:
        notes.append("主管可以特批")
    return Line("不能参保", EXCLUDED.get(exclusion.fact, exclusion.fact), exclusion.clause, "；".join(notes))


def categories(ruleset: RuleSet) -> list[Line]:
    """人员类别: who belongs to each and how one proves it."""
    lines = [Line(each.name, "；".join(_conditions(each)), each.clause) for each in ruleset.categories]
    return [*lines, Line("几类都符合", CHOICES[ruleset.category_choice], None)]


def _conditions(category: Category) -> Iterator[str]:
    yield "全户适用" if category.scope == "household" else "只适用于本人"
    if category.proof == "certificate":
        yield f"查验{category.document}原件，留存复印件"
        yield "证件到期的由主管决定是否采用" if category.expired == "supervisor" else "证件到期的只作提醒"
    else:
        yield PROOFS[category.proof]
    if category.disability:
        kinds = "、".join(sorted(category.disability.kinds))
        grades = "、".join(f"{'一二三四'[grade - 1]}级" for grade in sorted(category.disability.grades))
        yield f"{kinds}残疾{grades}" if kinds else f"残疾{grades}"
    if category.age_from is not None:
        yield f"年满 {category.age_from} 周岁"
    if category.age_below is not None:
        yield f"不满 {category.age_below} 周岁"
    if category.hukou_in_area:
        yield "户籍在统筹区内"
    if category.hukou_kinds:
        yield f"{_hukou(category.hukou_kinds)}户口"
    if category.student_kinds:
        yield f"在校学生（{'、'.join(sorted(category.student_kinds))}）"
    if not category.waits:
        yield "不设等待期"
    if category.workmanship_fee_exempt:
        yield "免缴工本费"


def papers(ruleset: RuleSet) -> list[Line]:
    """材料: what is asked of whom, and what may stand in for it."""
    names = COMMON_PAPERS | {each.code: each.name for each in ruleset.papers}
    lines = []
    for each in ruleset.papers:
        count = f"，{each.count} 张" if each.count > 1 else ""
        who = f"未满{each.instead_below_age}周岁的" if each.instead_below_age else ""
        note = f"{who}可用{'或'.join(names.get(code, code) for code in each.instead)}代替" if each.instead else ""
        lines.append(Line(each.name, f"{ASKED_OF.get(each.asked_of, each.asked_of)}{count}", each.clause, note))
    return lines


def other(ruleset: RuleSet) -> list[Line]:
    """The rest: years, waiting, employee insurance, new members, workmanship fee, funders, channels."""
    lines = [*_over_time(ruleset)]
    if fee := ruleset.workmanship_fee:
        amount = f"每人 {fee.amount} 元" if fee.amount is not None else "文件未给出，由管理员填写"
        if fee.card is not None:
            amount += f"（医保卡 {fee.card} 元，病历 {fee.book} 元）"
        exempt = "、".join(each.name for each in ruleset.categories if each.workmanship_fee_exempt)
        note = f"{exempt}免缴" if exempt else ""
        lines.append(Line("工本费", amount, fee.clause, note, is_open=fee.card is None, filled_at="ruleset-fee"))
    lines += [Line("资助部门", each.name, each.clause) for each in ruleset.funders]
    for channel in ruleset.channels:
        until = f"{channel.until} 止" if channel.until else "缴费期内"
        lines.append(Line("办理渠道", f"{channel.name}（{until}）", channel.clause, channel.afterwards))
    return lines


def _over_time(ruleset: RuleSet) -> Iterator[Line]:
    if years := ruleset.continuity:
        bridged = "在职工医保的年份不算中断" if years.bridge_employee_years else ""
        yield Line("连续缴费年限", "中断后重新计算", years.clause, bridged)
        if years.not_for_employee:
            yield Line("缴费年限", "不能作为职工医保的缴费年限", years.not_for_employee)
    if waiting := ruleset.waiting:
        yield Line("等待期", f"未在集中缴费期参保或中断后再参保的，等待 {waiting.fixed_months} 个月", waiting.clause)
        if waiting.months_per_broken_year:
            text = f"每中断 1 年再加 {waiting.months_per_broken_year} 个月，补缴 1 年减去相应的月数"
            yield Line("中断", text, waiting.broken_clause, _many_years(waiting))
    if ruleset.newborn:
        yield Line("新生儿", f"出生 {ruleset.newborn.days} 天内缴费的，从出生之日起享受", ruleset.newborn.clause)
    if after := ruleset.after_employee:
        reach = "，从终止次日起享受" if after.starts == "day_after_cover" else ""
        yield Line("职工医保终止", f"终止后 {after.months} 个月内可以参保{reach}", after.clause)
    if ruleset.new_member:
        yield Line("新增成员", "在下一年度缴费期内登记缴费", ruleset.new_member)
    for change in ruleset.changes:
        note = "" if change.clause else "文件没有规定，按通行做法"
        yield Line(changes.KINDS[change.kind], changes.in_short(change), change.clause, note)


def _many_years(waiting: Waiting) -> str:
    if waiting.many_years is None:
        return ""
    return f"中断 {waiting.many_years} 年及以上的，不少于 {waiting.many_years_least} 个月"


def articles(rows: list[ClauseRow]) -> list[ArticleRow]:
    """The clauses under the articles they stand in, in the order of the registry; items of one article together."""
    found: dict[tuple[str, str], list[ClauseRow]] = {}
    for row in rows:
        found.setdefault((row.document, row.full_text or row.article), []).append(row)
    return [
        ArticleRow(min((row.article for row in group), key=len), tuple(group), group[0].full_text)
        for group in found.values()
    ]
