"""区划的更正和停用: a division that was mistyped gets its name; one on which nothing hangs is ended."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from common.dates import local_day
from common.decision import Reason, Refusal
from common.listing import listed
from common.typed import visible
from households.models import Household
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Office, Role, Staff
from reports.models import BasePopulation, Duty, Visit
from rosters.models import FunderList, FunderListLine, Roster

# What may hang on a division, and where its code, or the digits that those below share, stand.
HANGING: tuple[tuple[str, type[Model], str], ...] = (
    ("户", Household, "division_code"),
    ("机构", Office, "division_code"),
    ("工作人员", Staff, "division_scope"),
    ("花名册", Roster, "division_code"),
    ("资助名单", FunderList, "division_code"),
    ("资助名单上的人", FunderListLine, "division_code"),
    ("基数人口", BasePopulation, "division_code"),
    ("责任人", Duty, "division_code"),
    ("督查", Visit, "division_code"),
)


@accountable
def correct_division(*, division_id: int, name: str, reason: str, by: Staff, at: datetime) -> Division:
    """更正 a name that was mistyped, from the beginning; what was printed with it stays as it is."""
    division = _standing(division_id, by)
    before, name = division.name, visible(name).strip()
    if not name:
        raise Refusal(Reason("division_name", "没有写名称，没有保存。请照文件填写区划的名称。"))
    if name == before:
        raise Refusal(Reason("division_name", f"名称还是“{before}”，没有更正。请改正后再保存，不改的请返回。"))
    division.name = name
    division.save(update_fields=["name"])
    detail = {"code": division.prefix, "from": before, "to": name, "reason": _why(reason)}
    record(by=by, at=at, verb="correct_division", subject=division, detail=detail)
    return division


@accountable
def end_division(*, division_id: int, reason: str, by: Staff, at: datetime) -> Division:
    """停用 a division on which nothing hangs, as of the day before; its row stays, old papers name it."""
    division = _standing(division_id, by)
    if hanging := _hanging(division):
        text = f"{division.name}（{division.prefix}）还有{listed(hanging, most=len(hanging))}，不能停用。"
        raise Refusal(Reason("DIVISION_USED", f"{text}名称写错的请更正名称；确要停用的，请先把这些改到别的区划。"))
    division.ends_on = max(local_day(at) - timedelta(days=1), division.starts_on)
    division.save(update_fields=["ends_on"])
    detail = {"code": division.prefix, "name": division.name, "reason": _why(reason)}
    record(by=by, at=at, verb="end_division", subject=division, detail=detail)
    return division


def _standing(division_id: int, by: Staff) -> Division:
    """Locked, and within the divisions of the administrator."""
    require_role(by, Role.ADMINISTRATOR)
    rows = Division.objects.select_for_update(no_key=True).within(by.division_scope)
    division = rows.filter(pk=division_id).first()
    if division is None:
        raise Refusal(Reason("DIVISION_UNKNOWN", "找不到这个区划，或不在您的管辖范围内。请刷新页面后重新选择。"))
    if division.ends_on:
        raise Refusal(Reason("DIVISION_ENDED", f"{division.name}已于{division.ends_on}停用，不能再改。请刷新页面。"))
    return division


def _hanging(division: Division) -> list[str]:
    """What hangs on the division, or on one below it, in words."""
    below: dict[str, Any] = {"code__startswith": division.prefix, "ends_on": None}
    found = ["下级区划"] if Division.objects.filter(**below).exclude(pk=division.pk).exists() else []
    for word, model, field in HANGING:
        if model._default_manager.filter(**{f"{field}__startswith": division.prefix}).exists():
            found.append(word)
    return found


def _why(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Refusal(Reason("DIVISION_REASON", "请写明事由，审计时要查。"))
    return text[:200]
