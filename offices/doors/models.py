"""登录: what the doors of the application remember. Imported by `offices.models`, as Django wants it."""

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from common.sealing import SECRET
from offices.sealed import SealedField


class Role(models.TextChoices):
    """What somebody may do here (`Staff.Role`)."""

    CLERK = "clerk", "经办员"
    SUPERVISOR = "supervisor", "主管"
    ADMINISTRATOR = "administrator", "管理员"
    AUDITOR = "auditor", "审计员"


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


class Invitation(models.Model):
    """邀请: lets one person choose login name and password, once and for some days; the code itself is on paper only.

    `staff` is known from the beginning where somebody gets a new password, and otherwise once it was used.
    """

    staff = models.ForeignKey(
        "offices.Staff", verbose_name="工作人员", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("姓名", max_length=50)
    work_number = models.CharField("工号", max_length=20, blank=True, db_collation="C")
    role = models.CharField("角色", max_length=20, choices=Role)
    office = models.ForeignKey(
        "offices.Office", verbose_name="经办机构", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_scope = models.CharField("管辖范围", max_length=12, blank=True, db_collation="C")
    code_digest = models.CharField("邀请码摘要", max_length=64, unique=True, db_collation="C")
    by = models.ForeignKey("offices.Staff", verbose_name="邀请人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="invitation_is_used_or_withdrawn",
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True, staff__isnull=False),
                violation_error_message="这份邀请已经用过或撤回。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """Whether the code opens nothing any more."""
        return self.expires_at <= now()


class SecondFactor(models.Model):
    """第二因素: the secret that somebody's authenticator shares with us; in use once it was confirmed by a first code.

    `last_step` is the step of the last code that was taken: no code is good twice.
    """

    staff = models.OneToOneField(
        "offices.Staff", verbose_name="工作人员", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    secret = SealedField("密钥", kind=SECRET, max_length=64)
    made_at = models.DateTimeField("生成时间")
    confirmed_at = models.DateTimeField("启用时间", null=True, blank=True)
    last_step = models.BigIntegerField("最近用过的时段", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "动态码"

    def __str__(self) -> str:
        return f"{self.staff_id}"


class RecoveryCode(models.Model):
    """备用码: good once in the place of a code of the authenticator; kept as a keyed digest."""

    staff = models.ForeignKey("offices.Staff", verbose_name="工作人员", on_delete=models.PROTECT, related_name="+")
    code_digest = models.CharField("备用码摘要", max_length=64, db_collation="C")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "备用码"

    def __str__(self) -> str:
        return f"{self.staff_id}"
