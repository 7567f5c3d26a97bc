"""批量打印: runs of many receipts as one file, layouts for pre-printed stock, and printers with their offsets."""

from typing import ClassVar
from uuid import uuid4

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from offices.access import visible
from offices.models import Job, Office, Staff


class OfOfficeQuerySet(models.QuerySet["models.Model"]):
    def visible_to(self, staff: Staff) -> "OfOfficeQuerySet":
        """Those of the offices in the divisions of a member of staff; at an office, of that one."""
        rows = visible(self, staff)
        return rows.filter(office=staff.office_id) if staff.office_id else rows

    def in_use(self) -> "OfOfficeQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at=None)


class OverprintLayout(models.Model):
    """套打版式 of an office: `form` is read by payments/printing/overprint.py, `stock` names a picture."""

    office = models.ForeignKey(Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("名称", max_length=40)
    form = models.JSONField("版式")
    stock = models.UUIDField("票样存放名", null=True, blank=True, editable=False)
    stock_content = models.CharField("票样格式", max_length=20, blank=True)
    stock_sha256 = models.CharField("票样SHA-256", max_length=64, blank=True, db_collation="C")
    changed_at = models.DateTimeField("更改时间")
    changed_by = models.ForeignKey(
        Staff, verbose_name="更改人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "套打版式"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="overprint_name_once_per_office",
                fields=["office", "name"],
                condition=Q(withdrawn_at=None),
                violation_error_message="本机构已有同名的套打版式，请换一个名称。",
            ),
            models.CheckConstraint(
                name="overprint_stock_is_whole",
                condition=Q(stock__isnull=True, stock_sha256="", stock_content="")
                | Q(stock__isnull=False, stock_sha256__regex=r"^[0-9a-f]{64}$", stock_content__startswith="image/"),
                violation_error_message="票样图片不完整，请重新上传。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Printer(models.Model):
    """打印机: how far everything is moved, in millimetres, so that it falls where the layout says on this printer."""

    office = models.ForeignKey(Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("名称", max_length=40)
    right = models.DecimalField("向右", max_digits=4, decimal_places=1, default=0)
    down = models.DecimalField("向下", max_digits=4, decimal_places=1, default=0)
    changed_at = models.DateTimeField("更改时间")
    changed_by = models.ForeignKey(
        Staff, verbose_name="更改人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打印机"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="printer_name_once_per_office",
                fields=["office", "name"],
                condition=Q(withdrawn_at=None),
                violation_error_message="本机构已有同名的打印机，请换一个名称。",
            ),
            models.CheckConstraint(
                name="printer_offset_is_small",
                condition=Q(right__range=(-30, 30), down__range=(-30, 30)),
                violation_error_message="偏移应在30毫米以内；差得更多的，请检查纸张和驱动程序的设置。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PrintRun(models.Model):
    """打印批次: receipts chosen by somebody, printed as one file by a job.

    What was chosen stands: `receipt_ids` in the order of printing, `drawing` with layout and offset as they were.
    A receipt is claimed (ReceiptPrint with this run) just before it is drawn, so that a run that stops has claimed
    only what it has drawn. `at` is the moment at the office, the others are the server's clock.
    """

    class Form(models.TextChoices):
        HALF = "half", "A4 每页一张"
        THIRD = "third", "A4 每页三张"
        OVERPRINT = "overprint", "套打"

    office = models.ForeignKey(Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    by = models.ForeignKey(Staff, verbose_name="打印人", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("提交时间")
    chosen = models.JSONField("选择")
    reprints = models.BooleanField("含补打", default=False)
    form = models.CharField("版式", max_length=10, choices=Form)
    layout = models.ForeignKey(
        OverprintLayout,
        verbose_name="套打版式",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    printer = models.ForeignKey(
        Printer,
        verbose_name="打印机",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    drawing = models.JSONField("所用版式和偏移", default=dict, blank=True)
    receipt_ids = ArrayField(models.BigIntegerField(), verbose_name="收据")
    receipts = models.PositiveIntegerField("张数")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    left_out = models.JSONField("未列入", default=list, blank=True)
    job = models.ForeignKey(Job, verbose_name="任务", on_delete=models.PROTECT, related_name="+")
    file = models.UUIDField("存放名", default=uuid4, unique=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, db_collation="C")
    size = models.PositiveBigIntegerField("字节数", default=0)
    pages = models.PositiveIntegerField("页数", default=0)
    printed = models.PositiveIntegerField("已打印张数", default=0)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    purged_at = models.DateTimeField("文件销毁时间", null=True, blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打印批次"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="print_run_form_is_known",
                condition=Q(form__in=["half", "third"], layout__isnull=True)
                | Q(form="overprint", layout__isnull=False),
                violation_error_message="请选择版式；套打须选定套打版式。",
            ),
            models.CheckConstraint(
                name="print_run_has_receipts",
                condition=Q(receipts__gt=0),
                violation_error_message="没有选中任何收据。",
            ),
            models.CheckConstraint(
                name="print_run_file_has_a_digest",
                condition=Q(pages=0, sha256="")
                | Q(pages__gt=0, finished_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="批次的文件没有校验值。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "-id"], name="print_run_of_office")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="choice_stands",
                exclude=["job", "sha256", "size", "pages", "printed", "finished_at", "purged_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.pk}批"

    @property
    def has_file(self) -> bool:
        """There is a file to take."""
        return bool(self.pages) and self.purged_at is None

    @property
    def is_open(self) -> bool:
        """A worker is at it, or will be."""
        return self.finished_at is None and self.job.finished_at is None
