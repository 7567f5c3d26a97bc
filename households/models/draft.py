"""登记草稿: the registration of a household as it is being typed, kept on the server, seen by its owner only."""

from django.db import models

from common.sealing import FORM
from offices.models import Staff
from offices.sealed import SealedJSONField


class RegistrationDraft(models.Model):
    """登记草稿: at most one open draft per member of staff."""

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, related_name="registration_draft")
    payload = SealedJSONField("内容", kind=FORM, default=dict)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = verbose_name_plural = "登记草稿"

    def __str__(self) -> str:
        return f"{self.staff_id} {self.updated_at:%Y-%m-%d %H:%M}"
