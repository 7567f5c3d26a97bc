"""备份和验证: when the data were last saved, and when a saved copy was last proved to be whole."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q


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
