"""The part of a text that says what is to be reached and reported: target, stages, weekly report. 目标任务."""

from enrollment.rules.progress import POPULATIONS, WEEKDAYS, Stage, Target, WeeklyReportRule
from enrollment.rules.toml_table import Table


def target(table: Table) -> Target:
    found = Target(table.integer("percent", least=1, most=100), table.texts("population", POPULATIONS), table.clause())
    if not found.population and not table.faulty("population"):
        table.fault("population", f"至少写一种户口性质：{'、'.join(POPULATIONS)}")
    table.finish()
    return found


def stages(root: Table) -> tuple[Stage, ...]:
    found = [_stage(table) for table in root.tables("stages", required=False)]
    root.distinct("stages", [(each.coverage_year, each.name) for each in found])
    return tuple(found)


def _stage(table: Table) -> Stage:
    found = Stage(
        coverage_year=table.integer("coverage_year", least=1990, most=2100),
        name=table.text("name"),
        starts_on=table.day("from"),
        ends_on=table.day("until"),
        clause=table.optional_clause("clause"),
    )
    table.ordered("until", found.starts_on, found.ends_on)
    table.finish()
    return found


def weekly_report(table: Table) -> WeeklyReportRule:
    day = table.choice("due_weekday", WEEKDAYS)
    number = list(WEEKDAYS).index(day) + 1 if day in WEEKDAYS else 1
    found = WeeklyReportRule(number, table.optional_clause("clause"))
    table.finish()
    return found
