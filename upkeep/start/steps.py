"""开办的步骤: what has been done is seen in the data themselves, so that one may leave and come back."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from common.decision import Reason, Refusal
from enrollment.models import RuleSet
from households.models import Household
from offices.access import require_role
from offices.acts import accountable, record
from offices.inviting import open_invitations
from offices.models import Division, Office, Role, Staff
from offices.staffing import offices_under, staff_under
from payments.models import ReceiptBook


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its page, what it is about, what is there already."""

    page: str
    name: str
    why: str
    done: str


def steps(by: Staff) -> list[Step]:
    """The steps after the first administrator, in their order; `done` is empty while nothing is there."""
    levels = dict(Division.objects.filter(ends_on=None).order_by().values_list("level").annotate(Count("pk")))
    towns, villages = levels.get(Division.Level.TOWN, 0), levels.get(Division.Level.VILLAGE, 0)
    offices = offices_under(by)
    ruled = offices.exclude(ruleset_code="").count()
    books = ReceiptBook.objects.filter(office__in=offices).count()
    clerks = staff_under(by).filter(role=Role.CLERK, is_active=True).count()
    invited = open_invitations(by).filter(role=Role.CLERK).count()
    return [
        Step(
            "setup-divisions",
            "行政区划",
            "乡镇（街道）和村（社区）的代码、名称",
            f"{towns} 个乡镇（街道），{villages} 个村（社区）" if towns and villages else "",
        ),
        Step("setup-office", "经办机构", "在哪里收款，管哪些村", f"{offices.count()} 个机构" if offices else ""),
        Step(
            "setup-rules",
            "规则集",
            "按哪一份文件核定缴费",
            f"{ruled} 个机构已选定" if ruled and ruled == offices.count() else "",
        ),
        Step("setup-books", "票据号段", "从财政领来的收据", f"{books} 本" if books else ""),
        Step(
            "setup-staff",
            "工作人员",
            "经办员、主管、审计员凭邀请单进来",
            f"经办员 {clerks} 人在用，{invited} 人待接受邀请" if clerks + invited else "",
        ),
    ]


@accountable
def choose_ruleset(*, office_id: int, code: str, by: Staff, at: datetime) -> Office:
    """Say under which rule set an office works: before it has registered anybody, and never after."""
    require_role(by, Role.ADMINISTRATOR)
    office = offices_under(by).select_for_update(of=["self"]).filter(pk=office_id).first()
    if office is None:
        raise Refusal(Reason("office", "找不到这个机构，或不在您的管辖范围内。请重新选择机构。"))
    if not RuleSet.objects.filter(code=code, current_edition__isnull=False).exists():
        raise Refusal(Reason("ruleset", "找不到这个规则集，或它还没有发布。请重新选择。"))
    if office.ruleset_code not in ("", code) and Household.objects.filter(office=office).exists():
        raise Refusal(Reason("ruleset", f"{office.name}已登记了居民户，不能再换规则集。新的标准请在规则台起草。"))
    office.ruleset_code = code
    office.save(update_fields=["ruleset_code"])
    record(by=by, at=at, verb="choose_ruleset", subject=office, office=office, detail={"code": code})
    return office
