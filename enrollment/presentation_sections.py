"""规则的样子: what a rule set says besides money and dates, in sections of the page."""

from collections.abc import Collection, Iterator
from datetime import date

from enrollment.presentation import Line, Section, beside
from enrollment.rules import changes, refunds
from enrollment.rules.progress import POPULATIONS, WEEKDAYS
from enrollment.rules.ruleset import Admission, Category, DisabilityTest, Exclusion, Exemption, RuleSet, Waiting
from enrollment.rules.transfers import STEPS

HUKOU = {"urban": "城镇", "rural": "农业", "converted": "农转城"}
EXCLUDED = {
    "employee": "已参加职工医保的人员",
    "nrcms": "已参加新型农村合作医疗的人员",
    "employee_scope": "属于职工医保参保范围的人员",
}
PROOFS = {
    "none": "不属于其他类别的",
    "facts": "按登记的事实认定",
    "funder_list": "在资助部门名单上",
    "newborn": "在出生的年度、出生后规定天数内缴费的新生儿",
}
NO_PRIORITY = 999
CHOICES = {"lowest_payable": "符合几类的，按个人缴费最低的一类", "priority": "符合几类的，按优先级只取一类"}
COMMON_PAPERS = {"id_card": "居民身份证", "hukou_book": "居民户口簿", "social_security_card": "社会保障卡"}
LEVELS = {"municipal": "市级", "district": "区（县）级", "other": "其他"}
ASKED_OF = {"household": "每户", "applicant": "每位参保人", "member": "每位家庭成员"}


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
        _division(f"{division.name}（{division.code}）", division.starts_on, division.ends_on)
        for division in ruleset.area.divisions
    )
    lines = [Line("统筹区", f"{ruleset.area.name}：{area}", ruleset.area.clause)]
    lines += [Line("可以参保", _admission(each), each.clause) for each in ruleset.admissions]
    lines += [_exclusion(each) for each in ruleset.exclusions]
    together = ruleset.together
    if together.required:
        note = "主管可以特批" if together.may_override else ""
        lines.append(Line("同时参保", "家庭内应参保人员必须同时参保", together.clause, note))
        lines += [Line("可暂不参保", _exemption(each), each.clause) for each in together.exemptions]
    else:
        lines.append(Line("同时参保", "不要求全家同时参保", together.clause))
    lines.append(Line("重复参保", "一人一年只能参保一次", ruleset.once_a_year))
    return lines


def _exemption(exemption: Exemption) -> str:
    levels = "、".join(LEVELS.get(level, level) for level in sorted(exemption.parent_unit_levels))
    return f"{exemption.name}（父母单位为{levels}）" if levels else exemption.name


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
    more = beside(exclusion.clause, exclusion.certificate_clause)
    return Line("不能参保", EXCLUDED.get(exclusion.fact, exclusion.fact), exclusion.clause, "；".join(notes), more=more)


def categories(ruleset: RuleSet) -> list[Line]:
    """人员类别: who belongs to each and how one proves it."""
    by_priority = ruleset.category_choice == "priority"
    lines = [
        Line(
            each.name,
            "；".join(_conditions(each)),
            each.clause,
            "；".join(_category_notes(each, by_priority=by_priority)),
            more=beside(each.clause, each.proof_clause),
        )
        for each in ruleset.categories
    ]
    return [*lines, Line("几类都符合", CHOICES[ruleset.category_choice], None)]


def _conditions(category: Category) -> Iterator[str]:
    yield "全户适用" if category.scope == "household" else "只适用于本人"
    if category.proof == "certificate":
        yield f"查验{category.document}原件，留存复印件"
        yield "证件到期的由主管决定是否采用" if category.expired == "supervisor" else "证件到期的只作提醒"
    else:
        yield PROOFS[category.proof]
    if category.issued_within:
        yield f"只认区划代码 {'、'.join(category.issued_within)} 内发的证"
    if category.disability:
        yield _disability(category.disability)
    yield from _age_and_place(category)
    if category.hukou_kinds:
        yield f"{_hukou(category.hukou_kinds)}户口"
    if category.student_kinds:
        yield f"在校学生（{'、'.join(sorted(category.student_kinds))}）"
    if not category.waits:
        yield "不设等待期"
    if category.workmanship_fee_exempt:
        yield "免缴工本费"


def _age_and_place(category: Category) -> Iterator[str]:
    if category.age_from is not None:
        yield f"年满 {category.age_from} 周岁"
    if category.age_below is not None:
        yield f"不满 {category.age_below} 周岁"
    if category.age_on:
        yield "年龄算到参保年度的 {} 月 {} 日".format(*category.age_on)
    if category.hukou_in_area:
        yield "户籍在统筹区内"


def _disability(test: DisabilityTest) -> str:
    kinds = "、".join(sorted(test.kinds))
    grades = "、".join(f"{'一二三四'[grade - 1]}级" for grade in sorted(test.grades))
    unknown = "，类别等级不明的不算" if test.required else "，类别等级不明的以名单或证件为准"
    return f"{kinds}残疾{grades}{unknown}"


def _category_notes(category: Category, *, by_priority: bool) -> Iterator[str]:
    if category.aliases:
        yield f"又称{'、'.join(sorted(category.aliases))}"
    if category.priority != NO_PRIORITY:
        yield f"优先级 {category.priority}" if by_priority else f"应缴相同时优先级 {category.priority}"


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
    lines = [*_over_time(ruleset), *_at_the_counter(ruleset)]
    lines += _money_afterwards(ruleset)
    lines += _to_be_reached(ruleset)
    if fee := ruleset.workmanship_fee:
        amount = f"每人 {fee.amount} 元" if fee.amount is not None else "文件未给出，由管理员填写"
        if fee.card is not None:
            amount += f"（医保卡 {fee.card} 元，病历 {fee.book} 元）"
        exempt = "、".join(each.name for each in ruleset.categories if each.workmanship_fee_exempt)
        note = f"{exempt}免缴" if exempt else ""
        more = beside(fee.clause, fee.exempt_clause)
        unfilled = fee.card is None
        lines.append(Line("工本费", amount, fee.clause, note, is_open=unfilled, filled_at="ruleset-fee", more=more))
    lines += [Line("资助部门", each.name, each.clause) for each in ruleset.funders]
    for channel in ruleset.channels:
        until = f"{channel.until} 止" if channel.until else "缴费期内"
        more = beside(channel.clause, channel.afterwards_clause)
        lines.append(Line("办理渠道", f"{channel.name}（{until}）", channel.clause, channel.afterwards, more=more))
    return lines


def _over_time(ruleset: RuleSet) -> Iterator[Line]:
    if yearly := ruleset.yearly_window:
        opens, closes = (f"{month} 月 {day} 日" for month, day in (yearly.opens, yearly.closes))
        yield Line("每年缴费期", f"每年 {opens} 至 {closes}，缴下一年度的", yearly.clause, "各年度另有规定的除外")
    if years := ruleset.continuity:
        bridged = "在职工医保的年份不算中断" if years.bridge_employee_years else ""
        yield Line("连续缴费年限", "中断后重新计算", years.clause, bridged)
        if years.not_for_employee:
            yield Line("缴费年限", "不能作为职工医保的缴费年限", years.not_for_employee)
    if waiting := ruleset.waiting:
        yield Line("等待期", f"未在集中缴费期参保或中断后再参保的，等待 {waiting.fixed_months} 个月", waiting.clause)
        if waiting.months_per_broken_year:
            text = f"每中断 1 年再加 {waiting.months_per_broken_year} 个月，补缴 1 年减去相应的月数"
            text += "；补缴按当年的个人缴费标准" if waiting.repair == "current_rate" else ""
            yield Line("中断", text, waiting.broken_clause, _many_years(waiting))
    if ruleset.newborn:
        yield Line("新生儿", f"出生 {ruleset.newborn.days} 天内缴费的，从出生之日起享受", ruleset.newborn.clause)
    if after := ruleset.after_employee:
        reach = "，从终止次日起享受" if after.starts == "day_after_cover" else ""
        note = f"只限区划代码 {'、'.join(after.divisions)} 内的职工医保" if after.divisions else ""
        yield Line("职工医保终止", f"终止后 {after.months} 个月内可以参保{reach}", after.clause, note)
    if ruleset.new_member:
        yield Line("新增成员", "在下一年度缴费期内登记缴费", ruleset.new_member)


def _at_the_counter(ruleset: RuleSet) -> Iterator[Line]:
    """What is signed, and what a change after the deadline does."""
    if ruleset.declaration:
        yield Line("登记表", "居民户如实填写并签字", ruleset.declaration)
    for change in ruleset.changes:
        wanted = f"凭{'、'.join(change.papers)}办理" if change.papers else ""
        note = "；".join(filter(None, (wanted, "" if change.clause else "文件没有规定，按通行做法")))
        yield Line(changes.KINDS[change.kind], changes.in_short(change), change.clause, note)


def _money_afterwards(ruleset: RuleSet) -> Iterator[Line]:
    """退费 and the steps upward."""
    silent = "文件没有规定，按通行做法"
    barred, clause = refunds.bars(ruleset)
    text = f"{'、'.join(refunds.BARS[bar] for bar in barred)}，已缴保费不退" if barred else "随时可以冲正退费"
    yield Line("退费", text, clause, "" if clause else silent)
    for step in ruleset.transfers:
        when = (
            [f"{'当年' if step.in_year == 'coverage' else '上一年'} {step.due[0]} 月 {step.due[1]} 日止"]
            if step.due
            else []
        )
        when += [f"前一步之后 {step.within_days} 日内"] if step.within_days is not None else []
        when += ["一次性"] if step.once else []
        text = f"{step.name}（{'，'.join(when)}）" if when else step.name
        yield Line(STEPS[step.step], text, step.clause, "" if step.clause else silent)


def _to_be_reached(ruleset: RuleSet) -> Iterator[Line]:
    """目标任务, the stages and the weekly report."""
    silent = "文件没有规定，按通行做法"
    if target := ruleset.target:
        kinds = "、".join(POPULATIONS[kind] for kind in target.population)
        yield Line("参保率", f"{target.percent}% 以上，以{kinds}人口为基数", target.clause)
    for stage in ruleset.stages:
        text = f"{stage.name}：{stage.starts_on} 至 {stage.ends_on}"
        yield Line(f"{stage.coverage_year}年度", text, stage.clause, "" if stage.clause else silent)
    if report := ruleset.weekly_report:
        day = list(WEEKDAYS.values())[report.due_weekday - 1]
        yield Line("周报", f"每周一次，{day}前（含当日）报送", report.clause, "" if report.clause else silent)


def _many_years(waiting: Waiting) -> str:
    if waiting.many_years is None:
        return ""
    return f"中断 {waiting.many_years} 年及以上的，不少于 {waiting.many_years_least} 个月"
