"""机构: divisions, offices, staff and their logins, what was done, jobs."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import offices.sealed
from offices.migration_operations import CreateModel


class Migration(migrations.Migration):
    replaces = [
        ("offices", "0001_divisions_offices_staff_acts"),
        ("offices", "0002_jobs"),
        ("offices", "0003_login_failures"),
        ("offices", "0004_password_profiles"),
        ("offices", "0005_login_sessions"),
        ("offices", "0006_invitations"),
        ("offices", "0007_data_keys"),
        ("offices", "0008_usage"),
        ("offices", "0009_acts_searched"),
        ("offices", "0010_second_factor"),
    ]

    initial = True

    dependencies = []

    operations = [
        django.contrib.postgres.operations.BtreeGinExtension(),
        django.contrib.postgres.operations.BtreeGistExtension(),
        CreateModel(
            name="Division",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=12, verbose_name="区划代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (2, "省（自治区、直辖市）"),
                            (4, "市（州、盟）"),
                            (6, "县（市、区）"),
                            (9, "乡镇（街道）"),
                            (12, "村（社区）"),
                        ],
                        verbose_name="级别",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="启用日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ["code", "starts_on"],
                "indexes": [models.Index(fields=["code"], name="division_by_code")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{12}$")),
                        name="division_code_has_12_digits",
                        violation_error_message="区划代码应为12位数字。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [2, 4, 6, 9, 12])),
                        name="division_level_is_known",
                        violation_error_message="请选择区划的级别。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="division_span_is_forward",
                        violation_error_message="截止日期早于开始日期，请核对两个日期。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="DATERANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="division_code_once_at_a_time",
                        violation_error_message="这个区划代码在同一时期已有记录，请先停用原记录。",
                    ),
                ],
            },
        ),
        CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=20, unique=True, verbose_name="机构代码")),
                ("name", models.CharField(max_length=60, verbose_name="机构名称")),
                (
                    "division_code",
                    models.CharField(
                        db_collation="C",
                        help_text="区划代码的前2、4、6、9或12位",
                        max_length=12,
                        verbose_name="管辖区划",
                    ),
                ),
                ("ruleset_code", models.CharField(blank=True, max_length=40, verbose_name="规则集")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="电话")),
                ("demo_moment", models.DateTimeField(blank=True, null=True, verbose_name="演示时间")),
                ("demo_set_at", models.DateTimeField(blank=True, null=True, verbose_name="演示时间设定于")),
            ],
            options={
                "verbose_name": "经办机构",
                "verbose_name_plural": "经办机构",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("division_code__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")
                        ),
                        name="office_division_is_a_prefix",
                        violation_error_message="管辖区划应为区划代码的前2、4、6、9或12位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("demo_moment__isnull", True), ("demo_set_at__isnull", True)),
                            models.Q(("demo_moment__isnull", False), ("demo_set_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="office_demo_clock_is_whole",
                        violation_error_message="演示时间与其设定时刻应同时填写。",
                    ),
                ],
            },
        ),
        CreateModel(
            name="Staff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(db_collation="C", max_length=40, unique=True, verbose_name="登录名")),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "经办员"),
                            ("supervisor", "主管"),
                            ("administrator", "管理员"),
                            ("auditor", "审计员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                (
                    "division_scope",
                    models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="管辖范围"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "is_demo",
                    models.BooleanField(
                        default=False, help_text="口令公开，只能在演示模式下登录", verbose_name="演示用户"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                ("password_set_at", models.DateTimeField(blank=True, null=True, verbose_name="口令设定时间")),
                ("seat", models.CharField(blank=True, editable=False, max_length=20, verbose_name="监督席位")),
                ("work_number", models.CharField(blank=True, db_collation="C", max_length=20, verbose_name="工号")),
            ],
            options={
                "verbose_name": "工作人员",
                "verbose_name_plural": "工作人员",
                "ordering": ["username"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["clerk", "supervisor", "administrator", "auditor"])),
                        name="staff_role_is_known",
                        violation_error_message="请选择工作人员的角色。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["administrator", "auditor"]), ("office__isnull", False), _connector="OR"
                        ),
                        name="staff_at_the_counter_has_an_office",
                        violation_error_message="经办员和主管应属于一个经办机构。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("division_scope", ""),
                            ("division_scope__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                            _connector="OR",
                        ),
                        name="staff_scope_is_a_prefix",
                        violation_error_message="管辖范围应为区划代码的前2、4、6、9或12位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["administrator", "auditor"]),
                            ("division_scope__regex", "^[0-9]{6}"),
                            _connector="OR",
                        ),
                        name="staff_at_the_counter_sees_at_most_a_county",
                        violation_error_message="经办员和主管的管辖范围不能大于一个县（市、区）。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("work_number", ""), _negated=True),
                        fields=("work_number",),
                        name="staff_work_number_once",
                        violation_error_message="这个工号已有登录。一人只有一个登录，请更改原来的，或停用后恢复。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="auditor_and_administrator_apart",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
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
                            hash="f5fc7e0fa25fb09a00e4d28471b0aec584deaeca",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_auditor_and_administrator_apart_3bd0e",
                            table="offices_staff",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="业务时间")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="记录时间"
                    ),
                ),
                ("verb", models.CharField(max_length=40, verbose_name="操作")),
                ("subject_type", models.CharField(max_length=60, verbose_name="对象类型")),
                ("subject_id", models.BigIntegerField(blank=True, null=True, verbose_name="对象编号")),
                ("division_code", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="区划")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="内容")),
                ("ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="来源地址")),
                ("agent", models.CharField(blank=True, max_length=16, verbose_name="浏览器特征")),
                ("request_id", models.UUIDField(blank=True, null=True, verbose_name="请求编号")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志",
                "verbose_name_plural": "操作日志",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("subject_type"),
                        models.F("subject_id"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="act_of_subject",
                    ),
                    models.Index(
                        models.F("office"), models.OrderBy(models.F("at"), descending=True), name="act_of_office"
                    ),
                    models.Index(models.OrderBy(models.F("at"), descending=True), name="act_by_time"),
                    models.Index(models.F("by"), models.OrderBy(models.F("at"), descending=True), name="act_by_staff"),
                    models.Index(models.F("verb"), models.OrderBy(models.F("at"), descending=True), name="act_by_verb"),
                    models.Index(models.F("request_id"), name="act_of_request"),
                    models.Index(
                        django.db.models.fields.json.KeyTextTransform("copy_no", "detail"),
                        condition=models.Q(("detail__has_key", "copy_no")),
                        name="act_of_copy",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2c955fa0ad53ccb2e9847ba1ca79064d30704e14",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_fbb94",
                            table="offices_act",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=40, verbose_name="种类")),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="参数")),
                ("division_code", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="区划")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True, verbose_name="最近进展")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已完成")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("cancel_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="要求取消时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("failed", models.TextField(blank=True, verbose_name="未成原因")),
                ("result", models.JSONField(blank=True, null=True, verbose_name="结果")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
            ],
            options={
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(models.F("id"), condition=models.Q(("finished_at__isnull", True)), name="job_open")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failed", ""), ("finished_at__isnull", True), ("result__isnull", True)),
                            models.Q(("failed", ""), ("finished_at__isnull", False), ("result__isnull", False)),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("result__isnull", True),
                                models.Q(("failed", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="job_ends_once_with_a_result_or_a_reason",
                        violation_error_message="任务结束时应有结果，或说明未成的原因。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="not_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="befc93a613ac533c8cc2fcdfc60f332210144044",
                            operation="DELETE",
                            pgid="pgtrigger_not_deleted_a97be",
                            table="offices_job",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="LoginFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_digest", models.CharField(db_collation="C", max_length=32, verbose_name="登录名摘要")),
                ("place", models.CharField(db_collation="C", max_length=64, verbose_name="来源")),
                ("is_known", models.BooleanField(default=False, verbose_name="认得的浏览器")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "登录失败",
                "verbose_name_plural": "登录失败",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(models.F("name_digest"), models.F("at"), name="login_failure_of_name"),
                    models.Index(models.F("place"), models.F("at"), name="login_failure_of_place"),
                    models.Index(models.F("at"), name="login_failure_by_time"),
                ],
            },
        ),
        CreateModel(
            name="PastPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="口令摘要")),
                ("ended_at", models.DateTimeField(verbose_name="停用时间")),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "用过的口令",
                "verbose_name_plural": "用过的口令",
                "ordering": ["-id"],
            },
        ),
        CreateModel(
            name="LoginSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="登录时间")),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="来源地址")),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登录人",
                    ),
                ),
            ],
            options={
                "verbose_name": "会话",
                "verbose_name_plural": "会话",
                "abstract": False,
            },
        ),
        CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("work_number", models.CharField(blank=True, db_collation="C", max_length=20, verbose_name="工号")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "经办员"),
                            ("supervisor", "主管"),
                            ("administrator", "管理员"),
                            ("auditor", "审计员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                (
                    "division_scope",
                    models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="管辖范围"),
                ),
                (
                    "code_digest",
                    models.CharField(db_collation="C", max_length=64, unique=True, verbose_name="邀请码摘要"),
                ),
                ("made_at", models.DateTimeField(verbose_name="邀请时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="邀请人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "邀请",
                "verbose_name_plural": "邀请",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True),
                            models.Q(("staff__isnull", False), ("withdrawn_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="invitation_is_used_or_withdrawn",
                        violation_error_message="这份邀请已经用过或撤回。",
                    )
                ],
            },
        ),
        CreateModel(
            name="DataKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(choices=[("data", "封存"), ("index", "查找")], max_length=10, verbose_name="用途"),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("check_value", models.BinaryField(max_length=16, verbose_name="核对值")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="启用时间"
                    ),
                ),
            ],
            options={
                "verbose_name": "数据钥匙",
                "verbose_name_plural": "数据钥匙",
                "constraints": [models.UniqueConstraint(fields=("purpose", "version"), name="data_key_once")],
            },
        ),
        CreateModel(
            name="Usage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=10, verbose_name="种类")),
                ("since", models.DateTimeField(verbose_name="自")),
                ("count", models.PositiveIntegerField(verbose_name="次数")),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "用量",
                "verbose_name_plural": "用量",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff", "kind", "since"),
                        name="usage_once_for_a_span",
                        violation_error_message="这一段时间的用量已经在记。",
                    )
                ],
            },
        ),
        CreateModel(
            name="UsageAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("searches", "查找"), ("reveals", "显示号码"), ("exports", "导出名单")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("most", models.PositiveIntegerField(verbose_name="上限")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="查看时间")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="放开时间")),
                ("lift_reason", models.CharField(blank=True, max_length=100, verbose_name="放开事由")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="放开人",
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查看人",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "用量提醒",
                "verbose_name_plural": "用量提醒",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("id"), condition=models.Q(("seen_at__isnull", True)), name="usage_alert_unseen"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff", "kind", "day"),
                        name="usage_alert_once_a_day",
                        violation_error_message="今天已经有这一条提醒。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lift_reason", ""), ("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                                models.Q(("lift_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="usage_alert_lifted_by_someone_for_a_reason",
                        violation_error_message="放开上限须有时间、放开人和事由。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at__isnull", True), ("seen_by__isnull", True)),
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="usage_alert_seen_by_someone",
                        violation_error_message="查看提醒须有时间和查看人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="not_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="df81e2931da8ff2bf553c3f974412f77896faa00",
                            operation="DELETE",
                            pgid="pgtrigger_not_deleted_77d5b",
                            table="offices_usagealert",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
                ("secret", offices.sealed.SealedField(kind="secret", max_length=64, verbose_name="密钥")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="启用时间")),
                ("last_step", models.BigIntegerField(default=0, verbose_name="最近用过的时段")),
            ],
            options={
                "verbose_name": "动态码",
                "verbose_name_plural": "动态码",
            },
        ),
        CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_digest", models.CharField(db_collation="C", max_length=64, verbose_name="备用码摘要")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "备用码",
                "verbose_name_plural": "备用码",
            },
        ),
    ]
