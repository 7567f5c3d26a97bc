"""打印批次的查阅: what was chosen in words, how far a run has come, and what it left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from offices.models import Act, Division, Staff
from payments.models import PrintRun, Receipt, ReceiptPrint
from payments.services.printing import takings

SHOWN = 200


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """A receipt of the choice that the run did not print, and why."""

    receipt: Receipt
    why: str


def runs_of(staff: Staff) -> QuerySet[PrintRun]:
    """The runs that a member of staff may see, the latest first: clerks of an office see its receipts, too."""
    rows = PrintRun.objects.visible_to(staff).select_related("office", "by", "job", "layout", "printer")
    return rows.defer("receipt_ids").order_by("-pk")


def chosen_in_words(chosen: Mapping[str, Any]) -> str:
    """东村，2007-10-25 至 2007-10-26."""
    return "，".join(_words(chosen)) or "全部"


def _words(chosen: Mapping[str, Any]) -> Iterator[str]:
    if village := chosen.get("village"):
        yield Division.objects.filter(code=village).values_list("name", flat=True).first() or village
    if clerk := chosen.get("clerk"):
        yield f"收款人{Staff.objects.get(pk=clerk).name}"
    if chosen.get("first_day") or chosen.get("last_day"):
        yield f"{chosen.get('first_day', '')} 至 {chosen.get('last_day', '')}"
    if book := chosen.get("book"):
        yield f"代码{book}"
    if "first" in chosen or "last" in chosen:
        yield f"号码{chosen.get('first', '')} 至 {chosen.get('last', '')}"
    if numbers := chosen.get("numbers"):
        yield f"名单{len(numbers)}个号码"
    if run := chosen.get("run"):
        yield f"第{run}批的收据"


def takings_of(run: PrintRun) -> list[Act]:
    """Who took the run's file when, and from the second time on why; the first stands first."""
    return list(takings(run).select_related("by").order_by("pk"))


def not_printed(run: PrintRun) -> list[NotPrinted]:
    """Receipts of a finished run's choice that it did not print; at most SHOWN of them."""
    if run.finished_at is None or run.printed == run.receipts:
        return []
    own = ReceiptPrint.objects.filter(receipt=OuterRef("pk"), run=run.pk)
    others = ReceiptPrint.objects.filter(receipt=OuterRef("pk"))
    rows = Receipt.objects.filter(~Exists(own), pk__in=run.receipt_ids).select_related("reversal")
    rows = rows.annotate(elsewhere=Exists(others))
    return [NotPrinted(row, _why(row)) for row in rows.order_by("book_code", "number")[:SHOWN]]


def _why(receipt: Receipt) -> str:
    if receipt.voided_at or hasattr(receipt, "reversal"):
        return "打印前已作废或冲正"
    return "这期间已由别人打印" if receipt.elsewhere else "提前结束，没有打印，可列入下一批"
