"""每晚核对: money, the acts log and the sums of reports looked at each night; what was found is kept, and shouts.

A fault stands on the start pages of administrators and auditors until a later run finds none, or until an
administrator says with a reason that it is known.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from common.decision import Reason, Refusal
from enrollment import registry
from enrollment.models import Enrollment
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff
from payments.auditing.run import audit as audit_money
from reports.auditing import differences, fold
from upkeep.keys import key_of
from upkeep.log.audit import audit_acts
from upkeep.models import NightAudit

Kind = NightAudit.Kind
KEPT_FAULTS = 100
logger = logging.getLogger("canbao.audits")


def _money() -> list[str]:
    return [str(each) for each in audit_money().findings]


def _log() -> list[str]:
    return audit_acts(key=key_of(settings.LOG_KEY), at=timezone.now()).faults


def _reports() -> list[str]:
    fold()
    return [str(each) for each in differences()]


def _registry() -> list[str]:
    """Who stands here and at another place, of the years that are not over."""
    years = Enrollment.objects.in_force().filter(coverage_year__gte=timezone.localdate().year)
    return [
        f"{year}年度，本库人员编号 {line}"
        for year in years.values_list("coverage_year", flat=True).distinct().order_by("coverage_year")
        for line in registry.compare(coverage_year=year)
    ]


RUNS: dict[str, Callable[[], list[str]]] = {
    Kind.MONEY: _money,
    Kind.LOG: _log,
    Kind.REPORTS: _reports,
    Kind.REGISTRY: _registry,
}
WHAT_TO_DO = {
    Kind.MONEY: "请先停止日结和上缴，由系统维护人员运行 manage.py audit_money 逐行查明；账目只冲正，不改数据库。",
    Kind.LOG: "请保留现场，勿清理数据库；由系统维护人员运行 manage.py audit_log，与另存的摘要核对。",
    Kind.REPORTS: "请由系统维护人员运行 manage.py audit_reports --refill 重做累计；收据和参保登记不受影响。",
    Kind.REGISTRY: "这些人在另一个地方也参保了。请与那里的经办机构核实，由后参保的一方作废或冲正。",
}


def kinds() -> list[str]:
    """What is looked at here: the registry only where it is shared."""
    return [kind for kind in RUNS if kind != Kind.REGISTRY or registry.is_shared()]


def run(kind: str) -> NightAudit:
    """Run one audit and keep what it found. One that cannot run at all has found that."""
    started = time.monotonic()
    try:
        faults = RUNS[kind]()
    except Exception as error:
        logger.exception("audit %s could not run", kind)
        faults = [f"核对没有完成（{type(error).__name__}），结果不明。"]
    if faults:
        logger.error("audit %s found %s faults", kind, len(faults))
    spent = time.monotonic() - started
    kept = faults[:KEPT_FAULTS]
    return NightAudit.objects.create(kind=kind, at=timezone.now(), seconds=spent, count=len(faults), faults=kept)


def last_run() -> datetime | None:
    """When the audits last ran."""
    return NightAudit.objects.values_list("at", flat=True).first()


def standing_faults() -> list[NightAudit]:
    """What the newest run of each kind found and nobody has acknowledged."""
    newest = NightAudit.objects.order_by("kind", "-id").distinct("kind")
    return [each for each in newest if each.count and each.acknowledged_at is None]


def audits() -> QuerySet[NightAudit]:
    """All runs, the latest first."""
    return NightAudit.objects.select_related("acknowledged_by").order_by("-id")


@accountable
def acknowledge(*, audit_id: int, reason: str, by: Staff, at: datetime) -> NightAudit:
    """Say that a fault is known, and what is done about it."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    if len(reason.strip()) < 2:
        raise Refusal(Reason("AUDIT_REASON", "请写明原因和处理办法，例如：已查明为演练数据，明日恢复。"))
    found = NightAudit.objects.select_for_update().get(pk=audit_id)
    if found.count == 0 or found.acknowledged_at is not None:
        raise Refusal(Reason("AUDIT_CLOSED", "这次核对没有不符，或已经有人处理。请刷新页面。"))
    found.acknowledged_at, found.acknowledged_by, found.acknowledgement = timezone.now(), by, reason.strip()
    found.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement"])
    detail = {"what": found.get_kind_display(), "reason": found.acknowledgement}
    record(by=by, at=at, verb="acknowledge_audit", subject=found, detail=detail)
    return found
