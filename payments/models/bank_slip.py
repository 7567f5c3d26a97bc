"""银行回单: what the bank took, once; and what its sheets (上缴单、划解单) have in common."""

from typing import ClassVar
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import Q

from offices.models import Staff

SLIP_ONCE = (
    "同一回单号、同日、同额的银行回单已经登记在另一张单上，一张回单只能登记一次，没有登记。"
    "请核对；确是另一笔的，请把银行流水号一并写进回单号。"
)


class BankSlip(models.Model):
    """银行回单: what the bank says it took. The scan's bytes lie in the vault under `name`; without one it is null."""

    number = models.CharField("回单号", max_length=40, db_collation="C")
    bank = models.CharField("银行", max_length=60, blank=True)
    day = models.DateField("交易日期")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    name = models.UUIDField("存放名", default=uuid4, unique=True, null=True, blank=True, editable=False)
    content = models.CharField("格式", max_length=20, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, db_collation="C")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "银行回单"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bank_slip_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message="回单金额应大于零。",
            ),
            models.CheckConstraint(
                name="bank_slip_has_a_number",
                condition=~Q(number=""),
                violation_error_message="请填写银行回单号。",
            ),
            models.CheckConstraint(
                name="bank_slip_scan_is_whole",
                condition=Q(name__isnull=True, content="", sha256="")
                | (Q(name__isnull=False, sha256__regex=r"^[0-9a-f]{64}$") & ~Q(content="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day", "amount"], name="bank_slip_by_day")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


def whole_withdrawal(name: str) -> models.CheckConstraint:
    """Withdrawn at a time, by somebody, for a reason, or not at all."""
    return models.CheckConstraint(
        name=name,
        condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
        | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason="")),
        violation_error_message="撤回须记录时间、撤回人和事由。",
    )
