"""目录: the ways to the other pages, by role. Pages of higher applications are known by their URL names only."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from offices.jobs_shown import under_way
from offices.models import Staff

register = template.Library()
CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR = Staff.Role.values

PAGES = (
    ("home", "今日", (SUPERVISOR,)),
    ("home", "概况", (ADMINISTRATOR,)),
    ("counter", "收款台", (CLERK, SUPERVISOR)),
    ("renewal", "续保", (CLERK, SUPERVISOR)),
    ("rosters", "花名册", (CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("day-end", "日结", (CLERK,)),
    ("progress", "进度", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("money", "资金", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("receipts", "收据", (CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("cards", "卡证", (CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("books", "票据号段", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("accounts", "个人账户", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("trial", "试算", (CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("rulesets", "规则与条款", (CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("staff", "工作人员", (ADMINISTRATOR,)),
    ("acts", "操作日志", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("alerts", "用量提醒", (SUPERVISOR, ADMINISTRATOR, AUDITOR)),
    ("backups", "备份", (ADMINISTRATOR, AUDITOR)),
)
# Pages that lie elsewhere in the address and belong to one of these.
BELOW = {
    "staff": ("/sessions/",),
    "rulesets": ("/clauses/",),
    "backups": ("/upkeep/audits/",),
    "cards": ("/workmanship/", "/certificates/"),
    "day-end": ("/settlements/",),
    "money": ("/day-end/", "/settlements/", "/remittances/", "/transfers/", "/bank/", "/funding/"),
}


@register.simple_tag(takes_context=True)
def pages(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The pages of the member of staff, the one that is open marked."""
    request = context["request"]
    found = []
    for name, label, roles in PAGES:
        if request.user.role in roles:
            href = reverse(name)
            under = (href, *BELOW.get(name, ()))
            here = request.path == href if name == "home" else request.path.startswith(under)
            found.append({"href": href, "label": label, "here": here})
    return found


@register.simple_tag(takes_context=True)
def may_set_clock(context: dict[str, Any]) -> bool:
    """Whether the reader may set a demonstration office's clock."""
    return settings.DEMO and context["request"].user.role in (SUPERVISOR, ADMINISTRATOR)


@register.simple_tag(takes_context=True)
def running_jobs(context: dict[str, Any]) -> dict[str, int | None]:
    """How many of the reader's own jobs are open."""
    return under_way(context["request"].user)


@register.simple_tag
def in_demo() -> bool:
    """Whether everything here is invented."""
    return settings.DEMO
