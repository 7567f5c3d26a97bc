"""登录: what the doors of the application remember. Imported by `offices.models`, as Django wants it."""

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F


class LoginFailure(models.Model):
    """登录失败: a try that has not succeeded, kept for as long as it counts towards a lock-out.

    The name stands here as a keyed digest: what matches no name may be a password. `place` is the network address, or
    the mark of a browser from which this name has come in before (`is_known`).
    """

    name_digest = models.CharField("登录名摘要", max_length=32, db_collation="C")
    place = models.CharField("来源", max_length=64, db_collation="C")
    is_known = models.BooleanField("认得的浏览器", default=False)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "登录失败"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(F("name_digest"), F("at"), name="login_failure_of_name"),
            models.Index(F("place"), F("at"), name="login_failure_of_place"),
            models.Index(F("at"), name="login_failure_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.at:%Y-%m-%d %H:%M}"


class PastPassword(models.Model):
    """用过的口令: hashes of passwords that were replaced, so that they do not come back."""

    staff = models.ForeignKey("offices.Staff", verbose_name="工作人员", on_delete=models.PROTECT, related_name="+")
    password = models.CharField("口令摘要", max_length=128)
    ended_at = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = verbose_name_plural = "用过的口令"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.ended_at:%Y-%m-%d}"


class LoginSession(AbstractBaseSession):
    """会话: what a browser that is logged in is known by, and whose it is."""

    staff = models.ForeignKey(
        "offices.Staff", verbose_name="登录人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    began_at = models.DateTimeField("登录时间", null=True, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> type:
        from offices.doors.store import SessionStore

        return SessionStore
