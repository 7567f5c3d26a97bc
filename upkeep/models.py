"""备份、验证、日志封存和归档: when the data were last saved and proved whole, and that no line of the log is gone."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from offices.models import Staff


class Backup(models.Model):
    """一次备份: a folder with the sealed database and files. The copy that lies in it does not know of itself."""

    made_at = models.DateTimeField("时间", unique=True)
    seconds = models.FloatField("用时（秒）")
    size = models.BigIntegerField("字节数")
    place = models.CharField("位置", max_length=500)
    receipts = models.BigIntegerField("收据张数")

    class Meta:
        verbose_name = verbose_name_plural = "备份"
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="backup_holds_something",
                condition=Q(size__gt=0, seconds__gte=0),
                violation_error_message="备份是空的。",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class BackupProof(models.Model):
    """一次验证: a backup was restored beside the live database and looked at; `fault` is empty where all held."""

    backup_made_at = models.DateTimeField("备份时间")
    proved_at = models.DateTimeField("验证时间")
    seconds = models.FloatField("用时（秒）")
    fault = models.TextField("不符之处", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "备份验证"
        ordering: ClassVar = ["-proved_at"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.proved_at:%Y-%m-%d %H:%M}"


class NightAudit(models.Model):
    """一次核对 of money, log, sums of reports or the shared registry: how many faults, the first of them in words."""

    class Kind(models.TextChoices):
        MONEY = "money", "核账"
        LOG = "log", "日志核对"
        REPORTS = "reports", "统计核对"
        REGISTRY = "registry", "省级参保登记核对"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    at = models.DateTimeField("时间")
    seconds = models.FloatField("用时（秒）")
    count = models.PositiveIntegerField("不符")
    faults = ArrayField(models.TextField(), verbose_name="不符之处", default=list, blank=True)
    acknowledged_at = models.DateTimeField("确认时间", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Staff, verbose_name="确认人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    acknowledgement = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "每晚核对"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="night_audit_acknowledged_by_someone_with_words",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True, acknowledgement="")
                | (Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(acknowledgement="")),
                violation_error_message="确认不符须有时间、确认人和说明。",
            )
        ]
        indexes: ClassVar = [models.Index(F("kind"), F("id").desc(), name="night_audit_newest")]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="found_stays", fields=["kind", "at", "count", "faults"]),
            pgtrigger.Protect(name="not_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class ActSeal(models.Model):
    """操作日志的一次封存: a keyed digest of the seal before and of the acts from `first_id` to `last_id`."""

    first_id = models.BigIntegerField("首条编号", unique=True)
    last_id = models.BigIntegerField("末条编号", unique=True)
    acts = models.PositiveIntegerField("条数")
    previous = models.CharField("前一号摘要", max_length=64, blank=True, db_collation="C")
    digest = models.CharField("摘要", max_length=64, unique=True, db_collation="C")
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "日志封存"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="act_seal_covers_acts",
                condition=Q(first_id__gte=1, last_id__gte=F("first_id"), acts__gte=1)
                & Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="封存的范围或摘要不对。",
            ),
            models.UniqueConstraint(
                name="act_seals_are_one_chain",
                fields=["previous"],
                violation_error_message="前一号已经有后续的封存。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class ActArchive(models.Model):
    """操作日志的一次归档: the acts from `first_id` to `last_id` were moved into a sealed file; their seals stay."""

    first_id = models.BigIntegerField("首条编号", unique=True)
    last_id = models.BigIntegerField("末条编号", unique=True)
    acts = models.PositiveIntegerField("条数")
    name = models.CharField("文件名", max_length=100)
    sha256 = models.CharField("文件摘要", max_length=64, db_collation="C")
    archived_at = models.DateTimeField("归档时间")

    class Meta:
        verbose_name = verbose_name_plural = "日志归档"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="act_archive_covers_acts",
                condition=Q(first_id__gte=1, last_id__gte=F("first_id"), acts__gte=1)
                & Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="归档的范围或摘要不对。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
