"""参保: rule sets, assessments, enrolments, accounts and changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from offices.migration_operations import CreateModel


class Migration(migrations.Migration):
    replaces = [
        ("enrollment", "0001_rulesets_assessments_enrolments"),
        ("enrollment", "0002_accounts"),
        ("enrollment", "0003_changes"),
        ("enrollment", "0004_drafts"),
        ("enrollment", "0005_account_credited_again"),
        ("enrollment", "0006_saved_trials"),
        ("enrollment", "0007_assessment_of_office"),
        ("enrollment", "0008_prepared_renewal"),
        ("enrollment", "0009_cancelled_of_person"),
    ]

    initial = True

    dependencies = [
        ("offices", "0001_initial"),
        ("households", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new_member", "新增成员"),
                            ("newborn_number", "新生儿补录身份证号"),
                            ("move_within", "区内迁移"),
                            ("move_out", "迁出统筹区"),
                            ("death", "死亡"),
                            ("employee_start", "参加职工医保"),
                            ("split", "分户"),
                            ("merge", "并户"),
                            ("head", "变更户主"),
                            ("relation", "更正与户主关系"),
                            ("name", "更正姓名"),
                            ("id_number", "更正身份证号"),
                        ],
                        max_length=20,
                        verbose_name="变更种类",
                    ),
                ),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("done_at", models.DateTimeField(verbose_name="办理时间")),
                ("papers", models.JSONField(blank=True, default=list, verbose_name="已查验材料")),
                ("said", models.JSONField(default=list, verbose_name="告知的结果")),
                ("detail", models.JSONField(default=dict, verbose_name="所作更改")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销事由")),
                (
                    "done_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "变更",
                "verbose_name_plural": "变更",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "new_member",
                                    "newborn_number",
                                    "move_within",
                                    "move_out",
                                    "death",
                                    "employee_start",
                                    "split",
                                    "merge",
                                    "head",
                                    "relation",
                                    "name",
                                    "id_number",
                                ],
                            )
                        ),
                        name="change_kind_is_known",
                        violation_error_message="请选择变更种类。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_reason", ""), ("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(
                                ("undone_at__gte", models.F("done_at")),
                                ("undone_by__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="change_undone_by_someone_for_a_reason",
                        violation_error_message="撤销变更须有撤销人、时间和事由，且不早于办理时间。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="d7076e1194de749fb2649e711009a7e2d19b89b9",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_59a18",
                            table="enrollment_change",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_undone",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."papers" IS DISTINCT FROM (NEW."papers") OR OLD."said" IS DISTINCT FROM (NEW."said") OR OLD."detail" IS DISTINCT FROM (NEW."detail"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="40081c0c8df2438a23201777ddefb7fb03451075",
                            operation="UPDATE",
                            pgid="pgtrigger_only_undone_319f9",
                            table="enrollment_change",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="undone_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."undone_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f0d37fc73d7098417e772916575f32d2d70f6d33",
                            operation="UPDATE",
                            pgid="pgtrigger_undone_once_5be9a",
                            table="enrollment_change",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="SavedTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(db_collation="C", max_length=22, unique=True, verbose_name="链接码")),
                ("ruleset_code", models.CharField(db_collation="C", max_length=40, verbose_name="规则集")),
                ("described", models.JSONField(verbose_name="描述")),
                ("at", models.DateTimeField(verbose_name="存的时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="存的人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "存下的试算",
                "verbose_name_plural": "存下的试算",
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="dcf4740a5dfcf67590e42db7751ed0bb07a85017",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d2899",
                            table="enrollment_savedtrial",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("document", models.CharField(blank=True, max_length=60, verbose_name="文号")),
            ],
            options={
                "verbose_name": "规则集",
                "verbose_name_plural": "规则集",
                "ordering": ["code"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="code_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="22d67ab315439d4e5ca201704e8e40de00f4cc93",
                            operation="UPDATE",
                            pgid="pgtrigger_code_stays_d36c2",
                            table="enrollment_ruleset",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="current_edition_is_its_own",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NEW.current_edition_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM enrollment_rulesetedition e
                        WHERE e.id = NEW.current_edition_id AND e.ruleset_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'edition % is not of rule set %', NEW.current_edition_id, NEW.code
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruleset_current_edition_is_its_own';
                    END IF;
                    RETURN NEW;
                """,
                            hash="2a591f76cc31bd414968939a79cca58b9ee18376",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_current_edition_is_its_own_32019",
                            table="enrollment_ruleset",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ContributionPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                (
                    "ruleset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="enrollment.ruleset",
                        verbose_name="规则集",
                    ),
                ),
            ],
            options={
                "verbose_name": "缴费年度",
                "verbose_name_plural": "缴费年度",
                "ordering": ["ruleset", "coverage_year"],
                "constraints": [
                    models.UniqueConstraint(fields=("ruleset", "coverage_year"), name="period_once_per_ruleset"),
                    models.CheckConstraint(
                        condition=models.Q(("coverage_year__range", (1990, 2199))), name="period_year_has_4_digits"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_changed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="c3e393f27d00c50290139562892cf60901f13821",
                            operation="UPDATE",
                            pgid="pgtrigger_never_changed_554a1",
                            table="enrollment_contributionperiod",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="RuleSetEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本号")),
                ("source", models.TextField(verbose_name="原文")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="摘要")),
                ("loaded_at", models.DateTimeField(verbose_name="载入时间")),
                (
                    "loaded_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="载入人",
                    ),
                ),
                (
                    "ruleset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="enrollment.ruleset",
                        verbose_name="规则集",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则集版本",
                "verbose_name_plural": "规则集版本",
                "ordering": ["ruleset", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("ruleset", "number"), name="edition_number_once_per_ruleset"),
                    models.UniqueConstraint(fields=("ruleset", "sha256"), name="edition_text_once_per_ruleset"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="edition_number_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="edition_digest_is_whole"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="31a3a3379c9b29a3e7de29aeed4a4ec6885e8e77",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5590f",
                            table="enrollment_rulesetedition",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("decided_at", models.DateTimeField(verbose_name="核定时间")),
                ("channel", models.CharField(max_length=20, verbose_name="办理渠道")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费标准合计")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人应缴合计")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="资助合计")),
                ("decision", models.JSONField(verbose_name="核定结果")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.rulesetedition",
                        verbose_name="规则集版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "缴费核定",
                "verbose_name_plural": "缴费核定",
                "indexes": [
                    models.Index(fields=["household", "period"], name="assessment_of_household"),
                    models.Index(fields=["office", "period"], name="assessment_of_office"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payable__gte", 0),
                            ("sponsored__gte", 0),
                            (
                                "standard",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("payable"), "+", models.F("sponsored")
                                ),
                            ),
                        ),
                        name="assessment_parts_make_the_standard",
                        violation_error_message="个人应缴与资助之和应等于缴费标准。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ba129ae0bbbb32dbd570ccda79244da8345d8d38",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_60bf2",
                            table="enrollment_assessment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_the_sum_of_its_enrolments",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF (SELECT (sum(standard), sum(payable), sum(sponsored))
                        IS DISTINCT FROM (NEW.standard, NEW.payable, NEW.sponsored)
                        FROM enrollment_enrollment WHERE assessment_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'assessment % is not the sum of its enrolments', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_is_the_sum_of_its_enrolments';
                    END IF;
                    RETURN NULL;
                """,
                            hash="aaa966ad5b2bd3f7d9558634a60302a03f3eceda",
                            operation="INSERT",
                            pgid="pgtrigger_is_the_sum_of_its_enrolments_4733e",
                            table="enrollment_assessment",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Enrollment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("category", models.CharField(db_collation="C", max_length=40, verbose_name="人员类别代码")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费标准")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="资助")),
                ("funder", models.CharField(blank=True, max_length=60, verbose_name="资助部门")),
                ("benefit_starts_on", models.DateField(verbose_name="待遇享受起")),
                ("benefit_ends_on", models.DateField(verbose_name="待遇享受止")),
                ("usable_from", models.DateField(verbose_name="可使用日")),
                (
                    "account_credit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="个人账户划入"
                    ),
                ),
                ("account_credit_due_by", models.DateField(blank=True, null=True, verbose_name="个人账户划入期限")),
                (
                    "continuous_years",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="连续缴费年限"),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="依据")),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("enrolled_at", models.DateTimeField(verbose_name="参保时间")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="enrollment.assessment",
                        verbose_name="缴费核定",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "参保登记",
                "verbose_name_plural": "参保登记",
                "indexes": [
                    models.Index(fields=["household", "coverage_year"], name="enrollment_of_household"),
                    models.Index(fields=["division_code", "coverage_year"], name="enrollment_by_division"),
                    models.Index(
                        condition=models.Q(("cancelled_at__isnull", False)),
                        fields=["person"],
                        name="enrollment_cancelled_of_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("person", "coverage_year"),
                        name="enrollment_once_a_year_anywhere",
                        violation_error_message="此人本年度已参保，一人一年只能参保一次。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payable__gte", 0),
                            ("sponsored__gte", 0),
                            (
                                "standard",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("payable"), "+", models.F("sponsored")
                                ),
                            ),
                        ),
                        name="enrollment_parts_make_the_standard",
                        violation_error_message="个人应缴与资助之和应等于缴费标准。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sponsored", 0), models.Q(("funder", ""), _negated=True), _connector="OR"),
                        name="enrollment_names_its_funder",
                        violation_error_message="有资助金额的，须写明资助部门。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("benefit_ends_on__gte", models.F("benefit_starts_on")),
                            ("usable_from__gte", models.F("benefit_starts_on")),
                            ("usable_from__lte", models.F("benefit_ends_on")),
                        ),
                        name="enrollment_benefit_is_forward",
                        violation_error_message="待遇享受期的起止日期颠倒，或可使用日不在享受期内。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account_credit__isnull", True), ("account_credit_due_by__isnull", True)),
                            ("account_credit__gt", 0),
                            _connector="OR",
                        ),
                        name="enrollment_credit_is_positive",
                        violation_error_message="个人账户划入金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("cancelled_by__isnull", True)),
                            models.Q(("cancelled_at__gte", models.F("enrolled_at")), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="enrollment_cancelled_by_someone",
                        violation_error_message="撤销参保须记录时间和撤销人，且不早于参保时间。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="9c9a244c6cff57f62c7d2a7029967bf53c4a2efc",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_12819",
                            table="enrollment_enrollment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_cancelled",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."assessment_id" IS DISTINCT FROM (NEW."assessment_id") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."category_name" IS DISTINCT FROM (NEW."category_name") OR OLD."standard" IS DISTINCT FROM (NEW."standard") OR OLD."payable" IS DISTINCT FROM (NEW."payable") OR OLD."sponsored" IS DISTINCT FROM (NEW."sponsored") OR OLD."funder" IS DISTINCT FROM (NEW."funder") OR OLD."benefit_starts_on" IS DISTINCT FROM (NEW."benefit_starts_on") OR OLD."benefit_ends_on" IS DISTINCT FROM (NEW."benefit_ends_on") OR OLD."usable_from" IS DISTINCT FROM (NEW."usable_from") OR OLD."account_credit" IS DISTINCT FROM (NEW."account_credit") OR OLD."account_credit_due_by" IS DISTINCT FROM (NEW."account_credit_due_by") OR OLD."continuous_years" IS DISTINCT FROM (NEW."continuous_years") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at") OR OLD."enrolled_at" IS DISTINCT FROM (NEW."enrolled_at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="47c7a748a905ca666d370f236cde0eb3a88dd711",
                            operation="UPDATE",
                            pgid="pgtrigger_only_cancelled_0bb4e",
                            table="enrollment_enrollment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="cancelled_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."cancelled_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="67af60981e2df52d4fe4ff7e8660629df1b67240",
                            operation="UPDATE",
                            pgid="pgtrigger_cancelled_once_91da4",
                            table="enrollment_enrollment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="belongs_to_its_assessment",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_assessment a
                        JOIN enrollment_contributionperiod p ON p.id = a.period_id
                        WHERE a.id = NEW.assessment_id AND a.household_id = NEW.household_id
                          AND a.period_id = NEW.period_id AND p.coverage_year = NEW.coverage_year
                          AND (a.standard, a.payable, a.sponsored) =
                              (SELECT sum(e.standard), sum(e.payable), sum(e.sponsored)
                               FROM enrollment_enrollment e WHERE e.assessment_id = a.id))
                    THEN
                        RAISE EXCEPTION 'enrolment % does not fit its assessment', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'enrollment_belongs_to_its_assessment';
                    END IF;
                    RETURN NULL;
                """,
                            hash="ffc475823db75b5e30bc40def2357f9d473b8979",
                            operation="INSERT",
                            pgid="pgtrigger_belongs_to_its_assessment_934ea",
                            table="enrollment_enrollment",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "enrollment_enrollmentevent" ("account_credit", "account_credit_due_by", "assessment_id", "benefit_ends_on", "benefit_starts_on", "cancelled_at", "cancelled_by_id", "category", "category_name", "continuous_years", "coverage_year", "division_code", "enrolled_at", "funder", "household_id", "id", "office_id", "payable", "period_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "registered_at", "sponsored", "standard", "usable_from") VALUES (NEW."account_credit", NEW."account_credit_due_by", NEW."assessment_id", NEW."benefit_ends_on", NEW."benefit_starts_on", NEW."cancelled_at", NEW."cancelled_by_id", NEW."category", NEW."category_name", NEW."continuous_years", NEW."coverage_year", NEW."division_code", NEW."enrolled_at", NEW."funder", NEW."household_id", NEW."id", NEW."office_id", NEW."payable", NEW."period_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reasons", NEW."registered_at", NEW."sponsored", NEW."standard", NEW."usable_from"); RETURN NULL;',
                            hash="16c9ec70b31d4cdb2e8b72d6fb8851738362daaf",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7b25c",
                            table="enrollment_enrollment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="EnrollmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("category", models.CharField(db_collation="C", max_length=40, verbose_name="人员类别代码")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费标准")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="资助")),
                ("funder", models.CharField(blank=True, max_length=60, verbose_name="资助部门")),
                ("benefit_starts_on", models.DateField(verbose_name="待遇享受起")),
                ("benefit_ends_on", models.DateField(verbose_name="待遇享受止")),
                ("usable_from", models.DateField(verbose_name="可使用日")),
                (
                    "account_credit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="个人账户划入"
                    ),
                ),
                ("account_credit_due_by", models.DateField(blank=True, null=True, verbose_name="个人账户划入期限")),
                (
                    "continuous_years",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="连续缴费年限"),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="依据")),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("enrolled_at", models.DateTimeField(verbose_name="参保时间")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="enrollment.assessment",
                        verbose_name="缴费核定",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="enrollment.enrollment",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="64d7a36d445b6b1d3f32ee7ce499c0dc3046ee1d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4f48a",
                            table="enrollment_enrollmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Override",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=40, verbose_name="事项")),
                ("reason", models.CharField(max_length=200, verbose_name="特批事由")),
                ("at", models.DateTimeField(verbose_name="特批时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="特批人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
            ],
            options={
                "verbose_name": "主管特批",
                "verbose_name_plural": "主管特批",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("household", "period", "code"),
                        name="override_once_a_year",
                        violation_error_message="这一事项本年度已经特批。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="override_says_why",
                        violation_error_message="请写明特批事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c0e515f3552f1bcc992fae7fc69ae911c23291e0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3be79",
                            table="enrollment_override",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_collation="C", max_length=40, verbose_name="编号")),
                ("document", models.CharField(max_length=60, verbose_name="文号")),
                ("article", models.CharField(max_length=60, verbose_name="条款")),
                ("summary", models.TextField(blank=True, verbose_name="摘要")),
                ("full_text", models.TextField(blank=True, verbose_name="原文")),
                (
                    "ruleset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clauses",
                        to="enrollment.ruleset",
                        verbose_name="规则集",
                    ),
                ),
            ],
            options={
                "verbose_name": "条款",
                "verbose_name_plural": "条款",
                "ordering": ["ruleset", "id"],
                "constraints": [models.UniqueConstraint(fields=("ruleset", "key"), name="clause_key_once_per_ruleset")],
            },
        ),
        CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verified_at", models.DateTimeField(verbose_name="核定时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
            ],
            options={
                "verbose_name": "参保核定",
                "verbose_name_plural": "参保核定",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("household", "period"),
                        name="verification_once_a_year",
                        violation_error_message="本户本年度已经核定。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f79a1644bf5401dcd16393df427b16f1995a7b4e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_84086",
                            table="enrollment_verification",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="AccountEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                (
                    "kind",
                    models.CharField(
                        choices=[("credit", "划入"), ("refund", "退还"), ("reversal", "冲正")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("payee", models.CharField(blank=True, max_length=60, verbose_name="收款人")),
                ("relation", models.CharField(blank=True, max_length=20, verbose_name="与参保人关系")),
                ("text", models.CharField(max_length=200, verbose_name="摘要")),
                ("ruleset_code", models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="规则集")),
                ("clause_key", models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="条款")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_entries",
                        to="enrollment.enrollment",
                        verbose_name="参保登记",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_entries",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="enrollment.accountentry",
                        verbose_name="冲正的流水",
                    ),
                ),
                (
                    "renews",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewed_by",
                        to="enrollment.accountentry",
                        verbose_name="重新划入所替的流水",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人账户流水",
                "verbose_name_plural": "个人账户流水",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["person", "id"], name="account_entry_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__gt", 0),
                                ("enrollment__isnull", False),
                                ("kind", "credit"),
                                ("reverses__isnull", True),
                            ),
                            models.Q(
                                ("amount__lt", 0),
                                ("kind", "refund"),
                                ("reverses__isnull", True),
                                models.Q(("payee", ""), _negated=True),
                            ),
                            models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                            _connector="OR",
                        ),
                        name="account_entry_is_whole",
                        violation_error_message="划入须为正数并对应参保登记；退还须为负数并写明收款人；冲正须指明所冲的流水。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "credit"), ("renews__isnull", True)),
                        fields=("enrollment",),
                        name="account_credit_once_per_enrolment",
                        violation_error_message="这一年度的个人账户已经划入过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("renews__isnull", True), ("kind", "credit"), _connector="OR"),
                        name="account_only_a_credit_renews",
                        violation_error_message="只有划入可以重新划入。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e45c68a7ad52680d6bbd2d33b67028f8a9ff7a68",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8971d",
                            table="enrollment_accountentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="balance_is_never_negative",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NEW.amount < 0 THEN
                        PERFORM FROM households_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
                        IF (SELECT sum(amount) FROM enrollment_accountentry WHERE person_id = NEW.person_id) < 0 THEN
                            RAISE EXCEPTION 'the account of person % would be overdrawn', NEW.person_id
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_balance_is_not_negative';
                        END IF;
                    END IF;
                    RETURN NULL;
                """,
                            hash="13da72646107cb9ad20925f6ed018793d4e033b8",
                            operation="INSERT",
                            pgid="pgtrigger_balance_is_never_negative_1872a",
                            table="enrollment_accountentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="a_reversal_is_the_opposite",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."reverses_id" IS NOT NULL)',
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_accountentry e
                        WHERE e.id = NEW.reverses_id AND e.person_id = NEW.person_id
                          AND e.amount = -NEW.amount AND e.kind <> 'reversal')
                    THEN
                        RAISE EXCEPTION 'entry % does not reverse entry %', NEW.id, NEW.reverses_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_reversal_is_the_opposite';
                    END IF;
                    RETURN NULL;
                """,
                            hash="505ed51371d0e48119219f3700289f04f3dfc7ba",
                            operation="INSERT",
                            pgid="pgtrigger_a_reversal_is_the_opposite_f431b",
                            table="enrollment_accountentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_a_reversed_credit_is_renewed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."renews_id" IS NOT NULL)',
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_accountentry e
                        JOIN enrollment_accountentry r ON r.reverses_id = e.id
                        WHERE e.id = NEW.renews_id AND e.kind = 'credit' AND e.enrollment_id = NEW.enrollment_id)
                    THEN
                        RAISE EXCEPTION 'entry % renews entry %, which stands', NEW.id, NEW.renews_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_only_a_reversed_credit_is_renewed';
                    END IF;
                    RETURN NULL;
                """,
                            hash="66cc40eafbe82b9beffae69f62bc583be19c8eb9",
                            operation="INSERT",
                            pgid="pgtrigger_only_a_reversed_credit_is_renewed_cfa5c",
                            table="enrollment_accountentry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Termination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_day", models.DateField(verbose_name="待遇最后一日")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminations",
                        to="enrollment.change",
                        verbose_name="变更",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminations",
                        to="enrollment.enrollment",
                        verbose_name="参保登记",
                    ),
                ),
            ],
            options={
                "verbose_name": "终止",
                "verbose_name_plural": "终止",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("enrollment",),
                        name="termination_once_per_enrollment",
                        violation_error_message="此人这一年度的待遇已经终止，不能再次终止。请刷新页面核对。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e22723bba28c31345b8c75a4ce4986757adceb21",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_716d2",
                            table="enrollment_termination",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_undone",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."change_id" IS DISTINCT FROM (NEW."change_id") OR OLD."enrollment_id" IS DISTINCT FROM (NEW."enrollment_id") OR OLD."last_day" IS DISTINCT FROM (NEW."last_day"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f90500288ce5022c619ebca8859da970fe729582",
                            operation="UPDATE",
                            pgid="pgtrigger_only_undone_b46a8",
                            table="enrollment_termination",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="undone_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."undone_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f3e9773ea45eed5b63a769d8a10defd36ebf162d",
                            operation="UPDATE",
                            pgid="pgtrigger_undone_once_ca18a",
                            table="enrollment_termination",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RuleSetDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.TextField(verbose_name="原文")),
                ("made_at", models.DateTimeField(verbose_name="起草时间")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="最后修改时间")),
                (
                    "writers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="经手人"
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="送审时间")),
                ("amends_from", models.DateField(blank=True, null=True, verbose_name="修订生效日")),
                ("amends_clause", models.CharField(blank=True, max_length=40, verbose_name="修订依据")),
                ("amends_note", models.CharField(blank=True, max_length=300, verbose_name="修订说明")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                ("discarded_at", models.DateTimeField(blank=True, null=True, verbose_name="废弃时间")),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.rulesetedition",
                        verbose_name="底稿",
                    ),
                ),
                (
                    "discarded_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="废弃人",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最后修改人",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.rulesetedition",
                        verbose_name="发布为",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
                (
                    "ruleset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="enrollment.ruleset",
                        verbose_name="规则集",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="送审人",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则集草稿",
                "verbose_name_plural": "规则集草稿",
                "ordering": ["-made_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("discarded_at__isnull", True), ("published_at__isnull", True)),
                        fields=("ruleset",),
                        name="draft_one_open_per_ruleset",
                        violation_error_message="这份规则已有一份草稿，请在那份草稿上修改，或先把它废弃。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by__isnull", True),
                            models.Q(
                                models.Q(("published_by", models.F("made_by")), _negated=True),
                                models.Q(("published_by", models.F("submitted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="draft_published_by_another",
                        violation_error_message="起草或送审的人不能自己发布，请由另一位管理员发布。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition__isnull", True),
                                ("published_at__isnull", True),
                                ("published_by__isnull", True),
                            ),
                            models.Q(
                                ("discarded_at__isnull", True),
                                ("edition__isnull", False),
                                ("published_at__gte", models.F("submitted_at")),
                                ("published_by__isnull", False),
                                ("submitted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="draft_published_once_submitted",
                        violation_error_message="草稿先送审才能发布，发布须记录发布人、时间和版本。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amends_clause", ""), ("amends_from__isnull", True), ("amends_note", "")),
                            models.Q(
                                ("amends_from__isnull", False),
                                models.Q(("amends_clause", ""), _negated=True),
                                models.Q(("amends_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="draft_amendment_is_whole",
                        violation_error_message="修订须同时写明生效日、依据的条款和说明。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="df892c2cc0efa0e4ad6b0894110e19124bb82c58",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_7dd99",
                            table="enrollment_rulesetdraft",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="closed_for_good",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL OR OLD."discarded_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="db80d97ad9eb263ba576adbde6368a30a8f73007",
                            operation="UPDATE",
                            pgid="pgtrigger_closed_for_good_c45f8",
                            table="enrollment_rulesetdraft",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="published_by_no_writer",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NEW.published_by_id = ANY(NEW.writers) THEN
                        RAISE EXCEPTION 'draft_published_by_another: draft %', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_published_by_another';
                    END IF;
                    RETURN NEW;
                """,
                            hash="68a327f9ca43146eaa4e060c5e57a9a582f37bfd",
                            operation="UPDATE",
                            pgid="pgtrigger_published_by_no_writer_b7d67",
                            table="enrollment_rulesetdraft",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="PreparedOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_due", models.BooleanField(verbose_name="应缴")),
                ("attention", models.BooleanField(verbose_name="须先核对")),
                ("codes", models.JSONField(default=list, verbose_name="不予办理")),
                (
                    "category",
                    models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="人员类别代码"),
                ),
                ("category_name", models.CharField(blank=True, max_length=60, verbose_name="人员类别")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费标准")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="资助")),
                ("funder", models.CharField(blank=True, max_length=60, verbose_name="资助部门")),
                (
                    "edition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.rulesetedition",
                        verbose_name="规则集版本",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
            ],
            options={
                "verbose_name": "续保预核结果",
                "verbose_name_plural": "续保预核结果",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payable__gte", 0),
                            ("sponsored__gte", 0),
                            (
                                "standard",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("payable"), "+", models.F("sponsored")
                                ),
                            ),
                        ),
                        name="prepared_parts_make_the_standard",
                        violation_error_message="个人应缴与资助之和应等于缴费标准。",
                    )
                ],
            },
        ),
        CreateModel(
            name="PreparedAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("prepared_at", models.DateTimeField(verbose_name="预核时间")),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="persons",
                        to="enrollment.preparedoutcome",
                        verbose_name="预核结果",
                    ),
                ),
            ],
            options={
                "verbose_name": "续保预核",
                "verbose_name_plural": "续保预核",
                "indexes": [
                    models.Index(fields=["office", "coverage_year", "division_code"], name="prepared_of_office")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "coverage_year"),
                        name="prepared_once_a_year",
                        violation_error_message="此人本年度已经预核。",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="ruleset",
            name="current_edition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="enrollment.rulesetedition",
                verbose_name="现行版本",
            ),
        ),
    ]
