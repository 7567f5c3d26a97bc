"""机构: administrative divisions, offices, staff and the acts log."""

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now
from django.utils.timezone import now

from offices.doors.models import Invitation, LoginFailure, LoginSession, PastPassword, RecoveryCode, Role, SecondFactor
from offices.job_words import UNKNOWN, WORDS, Words
from offices.spans import forward, on, refuse_reversed, span

__all__ = [
    "DIVISION_PREFIX",
    "Act",
    "Division",
    "Invitation",
    "Job",
    "LoginFailure",
    "LoginSession",
    "Office",
    "PastPassword",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "Staff",
]

# A prefix of a 12-digit division code: province, city, county, town or street, village or community.
DIVISION_PREFIX = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"


class DivisionQuerySet(models.QuerySet["Division"]):
    def at(self, day: date) -> "DivisionQuerySet":
        """The divisions as they were on that day."""
        return self.filter(on(day))

    def within(self, prefix: str) -> "DivisionQuerySet":
        """The subtree under a prefix, its root included."""
        return self.filter(code__startswith=prefix)

    def named(self, asked: str) -> "DivisionQuerySet":
        """Those whose code begins with what was asked, or whose name holds it; all where nothing was."""
        return self.filter(Q(code__startswith=asked) | Q(name__contains=asked)) if asked else self


class Division(models.Model):
    """行政区划: dated data, because codes and names change and old ones stay on old papers."""

    class Level(models.IntegerChoices):
        PROVINCE = 2, "省（自治区、直辖市）"
        CITY = 4, "市（州、盟）"
        COUNTY = 6, "县（市、区）"
        TOWN = 9, "乡镇（街道）"
        VILLAGE = 12, "村（社区）"

    code = models.CharField("区划代码", max_length=12, db_collation="C")
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    starts_on = models.DateField("启用日期")
    ends_on = models.DateField("停用日期", null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering: ClassVar = ["code", "starts_on"]
        indexes: ClassVar = [models.Index(fields=["code", "starts_on"], name="division_by_code_in_time")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="division_code_has_12_digits",
                condition=Q(code__regex=r"^[0-9]{12}$"),
                violation_error_message="区划代码应为12位数字。",
            ),
            models.CheckConstraint(
                name="division_level_is_known",
                condition=Q(level__in=[2, 4, 6, 9, 12]),
                violation_error_message="请选择区划的级别。",
            ),
            forward("division_span_is_forward"),
            ExclusionConstraint(
                name="division_code_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                violation_error_message="这个区划代码在同一时期已有记录，请先停用原记录。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_reversed(self)

    @property
    def prefix(self) -> str:
        """The digits that all divisions below share."""
        return self.code[: self.level]


class Office(models.Model):
    """经办机构. `ruleset_code` names the rule set it lives under, by text: rule sets live above this application."""

    code = models.CharField("机构代码", max_length=20, unique=True, db_collation="C")
    name = models.CharField("机构名称", max_length=60)
    division_code = models.CharField(
        "管辖区划", max_length=12, db_collation="C", help_text="区划代码的前2、4、6、9或12位"
    )
    ruleset_code = models.CharField("规则集", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    demo_moment = models.DateTimeField("演示时间", null=True, blank=True)
    demo_set_at = models.DateTimeField("演示时间设定于", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "经办机构"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="office_division_is_a_prefix",
                condition=Q(division_code__regex=DIVISION_PREFIX),
                violation_error_message="管辖区划应为区划代码的前2、4、6、9或12位。",
            ),
            models.CheckConstraint(
                name="office_demo_clock_is_whole",
                condition=Q(demo_moment__isnull=True, demo_set_at__isnull=True)
                | Q(demo_moment__isnull=False, demo_set_at__isnull=False),
                violation_error_message="演示时间与其设定时刻应同时填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Staff":
        """A member of staff with a hashed password; without a password nobody can log in with the name."""
        staff = self.model(username=self.model.normalize_username(username), **fields)
        staff.set_password(password)
        staff.password_set_at = now() if password else None
        staff.save(using=self._db)
        return staff

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Staff":
        """`manage.py createsuperuser`: the first administrator of a new installation."""
        return self.create_user(username, password, role=Staff.Role.ADMINISTRATOR, division_scope="", **fields)


class Staff(AbstractBaseUser):
    """工作人员: who they are, what they may do (`role`) and where (`division_scope`, a prefix of division codes).

    An empty scope is everything, and only administrators and auditors may have it.
    """

    Role = Role

    username = models.CharField("登录名", max_length=40, unique=True, db_collation="C")
    name = models.CharField("姓名", max_length=50)
    work_number = models.CharField("工号", max_length=20, blank=True, db_collation="C")
    role = models.CharField("角色", max_length=20, choices=Role)
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, null=True, blank=True, related_name="staff"
    )
    division_scope = models.CharField("管辖范围", max_length=12, blank=True, db_collation="C")
    password_set_at = models.DateTimeField("口令设定时间", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)
    # Which of the two seats that watch each other the person has ever held; the database fills it in and keeps it.
    seat = models.CharField("监督席位", max_length=20, blank=True, editable=False)
    is_demo = models.BooleanField("演示用户", default=False, help_text="口令公开，只能在演示模式下登录")

    objects = StaffManager()

    refusals: ClassVar = {
        "staff_has_one_seat": "管理员和审计员不能是同一个人：做过管理员的不能再做审计员，反过来也一样。请另外指定一人。"
    }
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "工作人员"
        ordering: ClassVar = ["username"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="staff_role_is_known",
                condition=Q(role__in=["clerk", "supervisor", "administrator", "auditor"]),
                violation_error_message="请选择工作人员的角色。",
            ),
            models.CheckConstraint(
                name="staff_at_the_counter_has_an_office",
                condition=Q(role__in=["administrator", "auditor"]) | Q(office__isnull=False),
                violation_error_message="经办员和主管应属于一个经办机构。",
            ),
            models.CheckConstraint(
                name="staff_scope_is_a_prefix",
                condition=Q(division_scope="") | Q(division_scope__regex=DIVISION_PREFIX),
                violation_error_message="管辖范围应为区划代码的前2、4、6、9或12位。",
            ),
            models.CheckConstraint(
                name="staff_at_the_counter_sees_at_most_a_county",
                condition=Q(role__in=["administrator", "auditor"]) | Q(division_scope__regex=r"^[0-9]{6}"),
                violation_error_message="经办员和主管的管辖范围不能大于一个县（市、区）。",
            ),
            models.UniqueConstraint(
                name="staff_work_number_once",
                fields=["work_number"],
                condition=~Q(work_number=""),
                violation_error_message="这个工号已有登录。一人只有一个登录，请更改原来的，或停用后恢复。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="auditor_and_administrator_apart",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'UPDATE' THEN NEW.seat := OLD.seat; ELSE NEW.seat := ''; END IF;
                    IF NEW.role IN ('administrator', 'auditor') THEN
                        IF NEW.seat NOT IN ('', NEW.role) THEN
                            RAISE EXCEPTION 'staff %: was %, cannot become %', NEW.id, NEW.seat, NEW.role
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_has_one_seat';
                        END IF;
                        NEW.seat := NEW.role;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @property
    def office_scope(self) -> str:
        """What the database shows (`offices/scope.py`): at the counter all of the office's divisions.

        Whoever looks after one village of it still works with the office's receipt books and closes its days.
        """
        at_the_counter = self.role in (self.Role.CLERK, self.Role.SUPERVISOR)
        return self.office.division_code if at_the_counter and self.office else self.division_scope

    def covers(self, division_code: str) -> bool:
        """Whether a division lies within the scope."""
        return division_code.startswith(self.division_scope)


class Act(models.Model):
    """操作日志: who did what, when, on what, from where. Rows are never changed or deleted; the database refuses.

    `at` is the moment at the office, `recorded_at` the server's clock; they differ only in demonstration mode.
    """

    by = models.ForeignKey(
        Staff,
        verbose_name="操作人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        db_index=False,
    )
    at = models.DateTimeField("业务时间")
    recorded_at = models.DateTimeField("记录时间", db_default=Now(), editable=False)
    verb = models.CharField("操作", max_length=40)
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象编号", null=True, blank=True)
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    detail = models.JSONField("内容", default=dict, blank=True)
    ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    agent = models.CharField("浏览器特征", max_length=16, blank=True)
    request_id = models.UUIDField("请求编号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(F("subject_type"), F("subject_id"), F("id").desc(), name="act_of_subject"),
            models.Index(F("office"), F("at").desc(), name="act_of_office"),
            # What the log is searched by; a county's log has a million lines a year.
            models.Index(F("at").desc(), name="act_by_time"),
            models.Index(F("by"), F("at").desc(), name="act_by_staff"),
            models.Index(F("verb"), F("at").desc(), name="act_by_verb"),
            models.Index(F("request_id"), name="act_of_request"),
            models.Index(
                KeyTextTransform("copy_no", "detail"), name="act_of_copy", condition=Q(detail__has_key="copy_no")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_type} {self.subject_id}"


class Job(models.Model):
    """后台任务: long work that somebody asked for, done by a worker (`offices/jobs.py`).

    `asked_at` is the moment at the office; the other moments are the server's clock.
    """

    kind = models.CharField("种类", max_length=40, db_collation="C")
    parameters = models.JSONField("参数", default=dict, blank=True)
    by = models.ForeignKey(Staff, verbose_name="申请人", on_delete=models.PROTECT, related_name="+", db_index=False)
    division_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    asked_at = models.DateTimeField("申请时间")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近进展", null=True, blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    cancel_asked_at = models.DateTimeField("要求取消时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    failed = models.TextField("未成原因", blank=True)
    result = models.JSONField("结果", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="job_ends_once_with_a_result_or_a_reason",
                condition=Q(finished_at__isnull=True, failed="", result__isnull=True)
                | Q(finished_at__isnull=False, failed="", result__isnull=False)
                | (Q(finished_at__isnull=False, result__isnull=True) & ~Q(failed="")),
                violation_error_message="任务结束时应有结果，或说明未成的原因。",
            ),
        ]
        indexes: ClassVar = [models.Index(F("id"), name="job_open", condition=Q(finished_at__isnull=True))]
        triggers: ClassVar = [pgtrigger.Protect(name="not_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{WORDS.get(self.kind, UNKNOWN).name} 第{self.pk}号"

    @property
    def words(self) -> Words:
        """What the kind is called and what it counts."""
        return WORDS.get(self.kind, UNKNOWN)

    @property
    def is_cancelled(self) -> bool:
        """Somebody stopped it."""
        return bool(self.finished_at and self.failed and self.cancel_asked_at)

    @property
    def percent(self) -> int:
        """How far it has come, in whole percent."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class DataKey(models.Model):
    """数据钥匙的核对值: what tells whether a key file is the one that sealed this database. The keys lie elsewhere."""

    class Purpose(models.TextChoices):
        DATA = "data", "封存"
        INDEX = "index", "查找"

    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    version = models.PositiveSmallIntegerField("版本")
    check_value = models.BinaryField("核对值", max_length=16)
    made_at = models.DateTimeField("启用时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "数据钥匙"
        constraints: ClassVar = [
            models.UniqueConstraint(name="data_key_once", fields=["purpose", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} 第{self.version}版"


class Usage(models.Model):
    """用量: how often somebody searched within an hour, or had numbers shown or lists made within a day."""

    staff = models.ForeignKey(
        Staff, verbose_name="工作人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("种类", max_length=10, db_collation="C")
    since = models.DateTimeField("自")
    count = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = verbose_name_plural = "用量"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="usage_once_for_a_span",
                fields=["staff", "kind", "since"],
                violation_error_message="这一段时间的用量已经在记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind} {self.since} {self.count}"


class UsageAlert(models.Model):
    """用量提醒: somebody came to a limit on a day. A supervisor may lift it for that day; an administrator sees it."""

    class Kind(models.TextChoices):
        SEARCHES = "searches", "查找"
        REVEALS = "reveals", "显示号码"
        EXPORTS = "exports", "导出名单"

    staff = models.ForeignKey(
        Staff, verbose_name="工作人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("种类", max_length=10, choices=Kind)
    day = models.DateField("日期")
    at = models.DateTimeField("时间")
    most = models.PositiveIntegerField("上限")
    seen_at = models.DateTimeField("查看时间", null=True, blank=True)
    seen_by = models.ForeignKey(
        Staff, verbose_name="查看人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lifted_at = models.DateTimeField("放开时间", null=True, blank=True)
    lifted_by = models.ForeignKey(
        Staff, verbose_name="放开人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lift_reason = models.CharField("放开事由", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "用量提醒"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="usage_alert_once_a_day",
                fields=["staff", "kind", "day"],
                violation_error_message="今天已经有这一条提醒。",
            ),
            models.CheckConstraint(
                name="usage_alert_lifted_by_someone_for_a_reason",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                violation_error_message="放开上限须有时间、放开人和事由。",
            ),
            models.CheckConstraint(
                name="usage_alert_seen_by_someone",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                violation_error_message="查看提醒须有时间和查看人。",
            ),
        ]
        indexes: ClassVar = [models.Index(F("id"), name="usage_alert_unseen", condition=Q(seen_at__isnull=True))]
        triggers: ClassVar = [pgtrigger.Protect(name="not_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day} {self.staff_id} {self.kind}"
