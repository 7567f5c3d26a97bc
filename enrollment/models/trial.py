"""试算的链接: a described household that somebody chose to pass on; no name and no number stands in it."""

from typing import ClassVar

import pgtrigger
from django.db import models

from offices.models import Office, Staff


class SavedTrial(models.Model):
    """存下的试算: the description as a case, found by a random token; whoever may log in may open it."""

    token = models.CharField("链接码", max_length=22, unique=True, db_collation="C")
    ruleset_code = models.CharField("规则集", max_length=40, db_collation="C")
    described = models.JSONField("描述")
    by = models.ForeignKey(Staff, verbose_name="存的人", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("存的时间")
    office = models.ForeignKey(
        Office, verbose_name="机构", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "存下的试算"
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"试算 {self.token}"
