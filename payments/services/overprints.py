"""套打版式和打印机的服务: what an office keeps to print on its own stock."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from common.decision import Reason, Refusal
from households import vault
from households.imaging import PDF, scan_of
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Office, Staff
from offices.staffing import offices_under
from payments.models import OverprintLayout, Printer
from payments.printing.overprint import layout_of

Role = Staff.Role


@accountable
def save_overprint(
    *,
    layout_id: int | None,
    office_id: int | None,
    name: str,
    form: Mapping[str, Any],
    stock: bytes | None,
    by: Staff,
    at: datetime,
) -> OverprintLayout:
    """Keep a layout, a new one without `layout_id`; runs that were started keep the one they had."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    kept = layout_of(form).data()
    layout = _found(OverprintLayout, layout_id, office_id, by)
    layout.name, layout.form, layout.changed_at, layout.changed_by = name, kept, at, by
    fresh = None
    if stock:
        fresh = _replace_stock(layout, stock)
    try:
        layout.save()
        record(by=by, at=at, verb="save_overprint", subject=layout)
    except BaseException:
        if fresh:
            vault.drop(fresh)
        raise
    return layout


def _replace_stock(layout: OverprintLayout, data: bytes) -> Any:
    """Put a picture of the stock in the place of the one before; the name under which it lies."""
    upload = scan_of(data)
    if upload.content == PDF:
        raise Refusal(Reason("STOCK", "票样要用图片（JPEG或PNG），请把空白票据扫描成图片，裁到票据的边。"))
    before, layout.stock = layout.stock, uuid4()
    layout.stock_content, layout.stock_sha256 = upload.content, vault.put(layout.stock, upload.data)
    if before:
        transaction.on_commit(partial(vault.drop, before))
    return layout.stock


@accountable
def save_printer(
    *,
    printer_id: int | None,
    office_id: int | None,
    name: str,
    right: Decimal,
    down: Decimal,
    by: Staff,
    at: datetime,
) -> Printer:
    """Keep a printer and how far its paper lies off; a new one without `printer_id`."""
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    printer = _found(Printer, printer_id, office_id, by)
    printer.name, printer.right, printer.down, printer.changed_at, printer.changed_by = name, right, down, at, by
    printer.save()
    detail = {"right": str(right), "down": str(down)}
    record(by=by, at=at, verb="save_printer", subject=printer, detail=detail)
    return printer


@accountable
def withdraw_overprint(*, layout_id: int, by: Staff, at: datetime) -> OverprintLayout:
    """Offer a layout no more; runs that used it still say so."""
    return _withdraw(OverprintLayout, layout_id, "withdraw_overprint", by, at)


@accountable
def withdraw_printer(*, printer_id: int, by: Staff, at: datetime) -> Printer:
    """Offer a printer no more."""
    return _withdraw(Printer, printer_id, "withdraw_printer", by, at)


def _withdraw(model: Any, pk: int, verb: str, by: Staff, at: datetime) -> Any:
    require_role(by, Role.SUPERVISOR, Role.ADMINISTRATOR)
    found = _found(model, pk, None, by)
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    record(by=by, at=at, verb=verb, subject=found)
    return found


def _found(model: Any, pk: int | None, office_id: int | None, by: Staff) -> Any:
    """The row, locked; or a new one of the member's own office, or of the one that an administrator names."""
    if pk is not None:
        found = model.objects.visible_to(by).in_use().select_for_update(of=["self"]).filter(pk=pk).first()
        if found is None:
            raise Refusal(Reason("GONE", "找不到这一项，可能刚刚停用。请回到列表重新查看。"))
        return found
    office = by.office or offices_under(by).filter(pk=office_id).first()
    if not isinstance(office, Office):
        raise Refusal(Reason("OFFICE_UNKNOWN", "请选择机构。"))
    return model(office=office, division_code=office.division_code)
