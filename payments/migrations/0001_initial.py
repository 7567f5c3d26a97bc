"""缴费: receipts and their books, cards, settlements, remittances, funding, print runs, statements of banks."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import offices.sealed
import payments.models.certificate
from offices.migration_operations import CreateModel


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0001_books_payments_receipts"),
        ("payments", "0002_cards"),
        ("payments", "0003_remittances"),
        ("payments", "0004_settlements"),
        ("payments", "0005_certificate_once_per_key"),
        ("payments", "0006_funding"),
        ("payments", "0007_receipt_books"),
        ("payments", "0008_print_runs"),
        ("payments", "0009_bank_statements"),
        ("payments", "0010_joined_by_its_own"),
        ("payments", "0011_approved_by_another"),
        ("payments", "0012_put_up_cash"),
        ("payments", "0013_fees_given_back"),
        ("payments", "0014_approved_by_who_may"),
        ("payments", "0015_statements_kept"),
        ("payments", "0016_sealed_copies"),
        ("payments", "0017_copy_sealed_numbers"),
        ("payments", "0018_without_masked_numbers"),
        ("payments", "0019_only_sealed"),
    ]

    initial = True

    dependencies = [
        ("offices", "0001_initial"),
        ("households", "0001_initial"),
        ("enrollment", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("channel", models.CharField(max_length=20, verbose_name="办理渠道")),
                (
                    "means",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
                        max_length=10,
                        verbose_name="收款方式",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="应收")),
                ("tendered", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实收")),
                ("change", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="找零")),
                ("paid_at", models.DateTimeField(verbose_name="缴费时间")),
                (
                    "assessment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="enrollment.assessment",
                        verbose_name="缴费核定",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收款人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
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
            ],
            options={
                "verbose_name": "缴费",
                "verbose_name_plural": "缴费",
                "indexes": [
                    models.Index(fields=["household", "paid_at"], name="payment_of_household"),
                    models.Index(fields=["office", "paid_at"], name="payment_of_office"),
                    models.Index(fields=["clerk", "paid_at"], name="payment_of_clerk"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("idempotency_key",),
                        name="payment_once_per_key",
                        violation_error_message="这次提交已经收过款，没有再收。请刷新页面查看收据。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)),
                        name="payment_amount_is_not_negative",
                        violation_error_message="应收金额不能为负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "change",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("tendered"), "-", models.F("amount")
                                ),
                            ),
                            ("change__gte", 0),
                        ),
                        name="payment_change_is_the_difference",
                        violation_error_message="找零应等于实收减应收，且不能为负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("means", "cash"), ("change", 0), _connector="OR"),
                        name="payment_change_is_cash",
                        violation_error_message="只有现金才有找零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("means__in", ["cash", "card", "transfer", "qr"])),
                        name="payment_means_is_known",
                        violation_error_message="请选择收款方式。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="68ab02b315c07a30648abf8d1c0bb552bb9babeb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_15780",
                            table="payments_payment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="no_money_without_a_number",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_assessment a WHERE a.id = NEW.assessment_id
                        AND a.household_id = NEW.household_id AND a.period_id = NEW.period_id
                        AND a.payable = NEW.amount)
                    THEN
                        RAISE EXCEPTION 'payment % is not what was assessed', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_is_what_was_assessed';
                    END IF;
                    IF (SELECT count(*) FROM payments_receipt r
                        WHERE r.payment_id = NEW.id AND r.amount = NEW.amount) <> (NEW.amount > 0)::int
                    THEN
                        RAISE EXCEPTION 'payment % of % without its receipt', NEW.id, NEW.amount
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_has_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
                            hash="cf5a3f94aa1227ee88f968a964dddb87f03f069d",
                            operation="INSERT",
                            pgid="pgtrigger_no_money_without_a_number_bb36c",
                            table="payments_payment",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="day_is_open",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."amount" > 0)',
                            func="""
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));
            IF EXISTS (
                SELECT FROM payments_settlement s
                WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id
                  AND s.day >= (NEW.paid_at AT TIME ZONE 'Asia/Shanghai')::date)
            THEN
                RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
            END IF;
            RETURN NEW;
        """,
                            hash="a85f113734ec818a10d9a1556a339d80c45a7214",
                            operation="INSERT",
                            pgid="pgtrigger_day_is_open_b4268",
                            table="payments_payment",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="CoverCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("number", models.CharField(db_collation="C", max_length=40, verbose_name="证明编号")),
                (
                    "token",
                    models.CharField(
                        db_collation="C",
                        default=payments.models.certificate.new_token,
                        max_length=40,
                        verbose_name="查验码",
                    ),
                ),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("content", offices.sealed.SealedJSONField(kind="form", verbose_name="内容")),
                ("issued_at", models.DateTimeField(verbose_name="开具时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("revoke_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="开具人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
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
                    "revoked_by",
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
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
            ],
            options={
                "verbose_name": "参保证明",
                "verbose_name_plural": "参保证明",
                "indexes": [
                    models.Index(fields=["household"], name="certificate_of_household"),
                    models.Index(fields=["division_code", "issued_at"], name="certificate_by_division"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("token",), name="certificate_token_once"),
                    models.UniqueConstraint(
                        fields=("office", "number"),
                        name="certificate_number_once",
                        violation_error_message="这个证明编号已经用过，请重新开具。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token__regex", "^[A-Za-z0-9_-]{32,40}$")), name="certificate_token_is_long"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoke_reason", ""), ("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            models.Q(
                                ("revoked_at__gte", models.F("issued_at")),
                                ("revoked_by__isnull", False),
                                models.Q(("revoke_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="certificate_revoked_as_a_whole",
                        violation_error_message="撤销须同时记录时间、撤销人和事由。",
                    ),
                    models.UniqueConstraint(
                        fields=("idempotency_key",),
                        name="certificate_once_per_key",
                        violation_error_message="这次提交已经开具过证明，没有再开。请刷新页面查看。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="af57d8a6c1de58e715b91f46efa59715f49ceca0",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_ab173",
                            table="payments_covercertificate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="revoked_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."revoked_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="bb0d75a95012f755903e451f6ce079052ffaebe3",
                            operation="UPDATE",
                            pgid="pgtrigger_revoked_once_40174",
                            table="payments_covercertificate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="names_a_cover",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (SELECT FROM payments_certifiedcover c WHERE c.certificate_id = NEW.id) THEN
                        RAISE EXCEPTION 'certificate % names no cover', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_names_a_cover';
                    END IF;
                    RETURN NULL;
                """,
                            hash="ff479b5bbd1e22998f974b3634919d2d1482b2ee",
                            operation="INSERT",
                            pgid="pgtrigger_names_a_cover_ba6de",
                            table="payments_covercertificate",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_revoked",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."token" IS DISTINCT FROM (NEW."token") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="9ead71d3db2efb0ec9f65769800a9ab7f9069153",
                            operation="UPDATE",
                            pgid="pgtrigger_only_revoked_3eb65",
                            table="payments_covercertificate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."revoke_reason" IS DISTINCT FROM (NEW."revoke_reason") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id") OR OLD."token" IS DISTINCT FROM (NEW."token"))',
                            func='INSERT INTO "payments_covercertificateevent" ("by_id", "content", "coverage_year", "division_code", "household_id", "id", "issued_at", "number", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoke_reason", "revoked_at", "revoked_by_id", "token") VALUES (NEW."by_id", NEW."content", NEW."coverage_year", NEW."division_code", NEW."household_id", NEW."id", NEW."issued_at", NEW."number", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoke_reason", NEW."revoked_at", NEW."revoked_by_id", NEW."token"); RETURN NULL;',
                            hash="71013dd183528bc65943848ee15927450a800996",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6de2c",
                            table="payments_covercertificate",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="CertifiedCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certified",
                        to="enrollment.enrollment",
                        verbose_name="参保登记",
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="payments.covercertificate",
                        verbose_name="参保证明",
                    ),
                ),
            ],
            options={
                "verbose_name": "证明的参保登记",
                "verbose_name_plural": "证明的参保登记",
                "constraints": [
                    models.UniqueConstraint(fields=("certificate", "enrollment"), name="certified_cover_once")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="59f24c092ceb2d91602573cd146e523912e240ff",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a0730",
                            table="payments_certifiedcover",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="CoverCertificateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("number", models.CharField(db_collation="C", max_length=40, verbose_name="证明编号")),
                (
                    "token",
                    models.CharField(
                        db_collation="C",
                        default=payments.models.certificate.new_token,
                        max_length=40,
                        verbose_name="查验码",
                    ),
                ),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("content", offices.sealed.SealedJSONField(kind="form", verbose_name="内容")),
                ("issued_at", models.DateTimeField(verbose_name="开具时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("revoke_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="开具人",
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
                        to="payments.covercertificate",
                    ),
                ),
                (
                    "revoked_by",
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3d292bfa3c96c19d82641e4b46c5fa2dd282b027",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_159b3",
                            table="payments_covercertificateevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="BankSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(db_collation="C", max_length=40, verbose_name="回单号")),
                ("bank", models.CharField(blank=True, max_length=60, verbose_name="银行")),
                ("day", models.DateField(verbose_name="交易日期")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                (
                    "name",
                    models.UUIDField(
                        blank=True, default=uuid.uuid4, editable=False, null=True, unique=True, verbose_name="存放名"
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=20, verbose_name="格式")),
                ("sha256", models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "银行回单",
                "verbose_name_plural": "银行回单",
                "indexes": [models.Index(fields=["day", "amount"], name="bank_slip_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="bank_slip_amount_is_positive",
                        violation_error_message="回单金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        name="bank_slip_has_a_number",
                        violation_error_message="请填写银行回单号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content", ""), ("name__isnull", True), ("sha256", "")),
                            models.Q(
                                ("name__isnull", False),
                                ("sha256__regex", "^[0-9a-f]{64}$"),
                                models.Q(("content", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_slip_scan_is_whole",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="79c118611b5c483bcfa7dc41a22942ada276c0e7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_beafd",
                            table="payments_bankslip",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[("district", "汇缴区县财政专户"), ("city", "上解市级财政专户")],
                        max_length=10,
                        verbose_name="级次",
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="制单时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "forwarded_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="payments.transfer",
                        verbose_name="上解单",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制单人",
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
                    "slip",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "划解单",
                "verbose_name_plural": "划解单",
                "ordering": ["-made_at", "-id"],
                "indexes": [models.Index(fields=["period", "level"], name="transfer_of_period")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "division_code", "period", "serial"),
                        name="transfer_serial_once",
                        violation_error_message="另一个人刚刚制了单，请刷新页面后再办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["district", "city"])), name="transfer_level_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="transfer_amount_is_positive",
                        violation_error_message="划解金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("slip__isnull", False),
                                models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_confirmed_by_another",
                        violation_error_message="复核须在登记银行回单之后，由制单人以外的人办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True), ("confirmed_at__isnull", True), _connector="OR"
                        ),
                        name="transfer_not_withdrawn_once_confirmed",
                        violation_error_message="已复核的划解单不能撤回。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("forwarded_in__isnull", True),
                            models.Q(("confirmed_at__isnull", False), ("level", "district")),
                            _connector="OR",
                        ),
                        name="transfer_forwarded_from_the_district",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="78395df65e5b89db6cc7dab90635d67028cfa584",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_04465",
                            table="payments_transfer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="194326b837e6863229c573c34ef91b59e7636ff1",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_ed8c2",
                            table="payments_transfer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_transferevent" ("amount", "confirmed_at", "confirmed_by_id", "division_code", "due_on", "forwarded_in_id", "id", "level", "made_at", "made_by_id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "serial", "slip_id", "withdraw_reason", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."amount", NEW."confirmed_at", NEW."confirmed_by_id", NEW."division_code", NEW."due_on", NEW."forwarded_in_id", NEW."id", NEW."level", NEW."made_at", NEW."made_by_id", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."serial", NEW."slip_id", NEW."withdraw_reason", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="c449fa895846eabf19ca395d6ec4c0aea06f7440",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6b298",
                            table="payments_transfer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="steps_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL OR (OLD."slip_id" IS NOT NULL AND OLD."slip_id" IS DISTINCT FROM (NEW."slip_id")) OR (OLD."confirmed_at" IS NOT NULL AND (OLD."confirmed_at" IS DISTINCT FROM (NEW."confirmed_at") OR OLD."confirmed_by_id" IS DISTINCT FROM (NEW."confirmed_by_id"))))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="91ec4898b443bea89fb9f150eec58229d0055d3d",
                            operation="UPDATE",
                            pgid="pgtrigger_steps_are_final_fe6ad",
                            table="payments_transfer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_the_sum_of_its_parts",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id IN (NEW.id, NEW.forwarded_in_id, OLD.forwarded_in_id)
                          AND CASE WHEN t.withdrawn_at IS NULL THEN t.amount ELSE 0 END IS DISTINCT FROM
                              CASE t.level
                              WHEN 'district' THEN coalesce(
                                  (SELECT sum(m.amount) FROM payments_remittance m WHERE m.transfer_id = t.id), 0)
                              ELSE coalesce(
                                  (SELECT sum(d.amount) FROM payments_transfer d WHERE d.forwarded_in_id = t.id), 0)
                              END)
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = NEW.forwarded_in_id
                          AND (t.level <> 'city' OR t.period_id <> NEW.period_id
                               OR NOT starts_with(NEW.division_code, t.division_code)))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = OLD.forwarded_in_id AND t.id IS DISTINCT FROM NEW.forwarded_in_id
                          AND t.withdrawn_at IS NULL)
                       OR EXISTS (
                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id AND s.amount <> NEW.amount)
                    THEN
                        RAISE EXCEPTION 'transfer % is not the sum of its parts', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_parts';
                    END IF;
                    RETURN NULL;
                """,
                            hash="3ac6a1a1cb59ec76beeb4d33d3ee75d6404c6642",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_is_the_sum_of_its_parts_3f1d1",
                            table="payments_transfer",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_an_open_transfer",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."forwarded_in_id" IS NOT NULL)',
                            func="""
            IF (TG_OP = 'INSERT' OR OLD.forwarded_in_id IS DISTINCT FROM NEW.forwarded_in_id)
               AND NOT EXISTS (
                SELECT FROM payments_transfer m
                WHERE m.id = NEW.forwarded_in_id AND m.slip_id IS NULL AND m.withdrawn_at IS NULL)
            THEN
                RAISE EXCEPTION '% % is at the bank or withdrawn', 'transfer', NEW.forwarded_in_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_takes_nothing_more';
            END IF;
            RETURN NEW;
        """,
                            hash="8ea70559718150c705461790c3a55bb75b3381ab",
                            operation='INSERT OR UPDATE OF "forwarded_in_id"',
                            pgid="pgtrigger_joins_an_open_transfer_080a8",
                            table="payments_transfer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="slip_counts_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."slip_id" IS NOT NULL)',
                            func="""
            PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || s.number, 0))
            FROM payments_bankslip s WHERE s.id = NEW.slip_id;
            IF EXISTS (
                SELECT FROM payments_bankslip mine
                JOIN payments_bankslip s ON (s.number, s.day, s.amount) = (mine.number, mine.day, mine.amount)
                JOIN payments_transfer m ON m.slip_id = s.id
                WHERE mine.id = NEW.slip_id AND m.id <> NEW.id AND m.withdrawn_at IS NULL AND m.level = NEW.level)
            THEN
                RAISE EXCEPTION 'the slip of % % stands elsewhere', 'transfer', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
            END IF;
            RETURN NEW;
        """,
                            hash="83a4c027c722449466a3c934cb4598a5e61c2302",
                            operation='INSERT OR UPDATE OF "slip_id"',
                            pgid="pgtrigger_slip_counts_once_b13a5",
                            table="payments_transfer",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Remittance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("receipts", models.PositiveIntegerField(verbose_name="收据张数")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="制单时间")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制单人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittances",
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
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "slip",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittance",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittances",
                        to="payments.transfer",
                        verbose_name="划解单",
                    ),
                ),
            ],
            options={
                "verbose_name": "上缴单",
                "verbose_name_plural": "上缴单",
                "ordering": ["-made_at", "-id"],
                "indexes": [models.Index(fields=["period", "office"], name="remittance_of_period")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "serial"),
                        name="remittance_serial_once",
                        violation_error_message="另一个人刚刚制了上缴单，请刷新页面后再办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="remittance_amount_is_positive",
                        violation_error_message="上缴金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("slip__isnull", False),
                                models.Q(("reviewed_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="remittance_reviewed_by_another",
                        violation_error_message="审核须在登记银行回单之后，由制单人以外的人办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True), ("reviewed_at__isnull", True), _connector="OR"
                        ),
                        name="remittance_not_withdrawn_once_reviewed",
                        violation_error_message="已审核的上缴单不能撤回。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("transfer__isnull", True), ("reviewed_at__isnull", False), _connector="OR"),
                        name="remittance_transferred_once_reviewed",
                        violation_error_message="未经审核的上缴单不能汇缴。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="remittance_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="3a4e5d19df20c865dc54fa56b2bdeb552ace056a",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_132a5",
                            table="payments_remittance",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."receipts" IS DISTINCT FROM (NEW."receipts") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="2e79e13d618e4c4949b881eda09bb793b50a2023",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_f78b4",
                            table="payments_remittance",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_remittanceevent" ("amount", "division_code", "due_on", "id", "made_at", "made_by_id", "office_id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receipts", "reviewed_at", "reviewed_by_id", "serial", "slip_id", "transfer_id", "withdraw_reason", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."amount", NEW."division_code", NEW."due_on", NEW."id", NEW."made_at", NEW."made_by_id", NEW."office_id", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."receipts", NEW."reviewed_at", NEW."reviewed_by_id", NEW."serial", NEW."slip_id", NEW."transfer_id", NEW."withdraw_reason", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="a44164d2f0a3914765e584133ca66e410957d373",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fc542",
                            table="payments_remittance",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="steps_are_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL OR (OLD."slip_id" IS NOT NULL AND OLD."slip_id" IS DISTINCT FROM (NEW."slip_id")) OR (OLD."reviewed_at" IS NOT NULL AND (OLD."reviewed_at" IS DISTINCT FROM (NEW."reviewed_at") OR OLD."reviewed_by_id" IS DISTINCT FROM (NEW."reviewed_by_id"))))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="c35347c86c55561b848787af0c805bacaf74966d",
                            operation="UPDATE",
                            pgid="pgtrigger_steps_are_final_e8fd0",
                            table="payments_remittance",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_the_sum_of_its_lines",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_remittance m WHERE m.id = NEW.id
                          AND CASE WHEN m.withdrawn_at IS NULL THEN m.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(l.amount) FROM payments_settlementline l
                                        WHERE l.remittance_id = m.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_remittance m WHERE m.id = NEW.id AND m.withdrawn_at IS NULL
                          AND m.receipts IS DISTINCT FROM (
                              SELECT sum(l.receipts - l.voided) FROM payments_settlementline l
                              WHERE l.remittance_id = m.id))
                       OR EXISTS (
                        SELECT FROM payments_bankslip s WHERE s.id = NEW.slip_id AND s.amount <> NEW.amount)
                    THEN
                        RAISE EXCEPTION 'remittance % is not the sum of its lines', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="665a64c108c4152b7d764401c099976a02a9b023",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_is_the_sum_of_its_lines_ae089",
                            table="payments_remittance",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="transfer_still_adds_up",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id IN (OLD.transfer_id, NEW.transfer_id)
                          AND CASE WHEN t.withdrawn_at IS NULL THEN t.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(m.amount) FROM payments_remittance m
                                        WHERE m.transfer_id = t.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = NEW.transfer_id
                          AND (t.level <> 'district' OR t.period_id <> NEW.period_id
                               OR NOT starts_with(NEW.division_code, t.division_code)))
                       OR EXISTS (
                        SELECT FROM payments_transfer t
                        WHERE t.id = OLD.transfer_id AND t.id IS DISTINCT FROM NEW.transfer_id
                          AND t.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'remittance % breaks the sum of its transfer', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_is_the_sum_of_its_parts';
                    END IF;
                    RETURN NULL;
                """,
                            hash="a1a93305ad0bbf6113956af3f528b4a1ede7e423",
                            operation='INSERT OR UPDATE OF "transfer_id"',
                            pgid="pgtrigger_transfer_still_adds_up_f280b",
                            table="payments_remittance",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_an_open_transfer",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."transfer_id" IS NOT NULL)',
                            func="""
            IF (TG_OP = 'INSERT' OR OLD.transfer_id IS DISTINCT FROM NEW.transfer_id)
               AND NOT EXISTS (
                SELECT FROM payments_transfer m
                WHERE m.id = NEW.transfer_id AND m.slip_id IS NULL AND m.withdrawn_at IS NULL)
            THEN
                RAISE EXCEPTION '% % is at the bank or withdrawn', 'transfer', NEW.transfer_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_takes_nothing_more';
            END IF;
            RETURN NEW;
        """,
                            hash="81ab55bdcaf30281b2769b2ebcd19e696d34a8e6",
                            operation='INSERT OR UPDATE OF "transfer_id"',
                            pgid="pgtrigger_joins_an_open_transfer_3f4cf",
                            table="payments_remittance",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="slip_counts_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."slip_id" IS NOT NULL)',
                            func="""
            PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || s.number, 0))
            FROM payments_bankslip s WHERE s.id = NEW.slip_id;
            IF EXISTS (
                SELECT FROM payments_bankslip mine
                JOIN payments_bankslip s ON (s.number, s.day, s.amount) = (mine.number, mine.day, mine.amount)
                JOIN payments_remittance m ON m.slip_id = s.id
                WHERE mine.id = NEW.slip_id AND m.id <> NEW.id AND m.withdrawn_at IS NULL AND true)
            THEN
                RAISE EXCEPTION 'the slip of % % stands elsewhere', 'remittance', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
            END IF;
            RETURN NEW;
        """,
                            hash="b80b07ac15653d3ef2ae351afe51917c7b9b53d8",
                            operation='INSERT OR UPDATE OF "slip_id"',
                            pgid="pgtrigger_slip_counts_once_322ea",
                            table="payments_remittance",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RemittanceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("receipts", models.PositiveIntegerField(verbose_name="收据张数")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="制单时间")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制单人",
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
                        to="payments.remittance",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.transfer",
                        verbose_name="划解单",
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
                            hash="c8fce18bf378f4f7c4549283a50fb08a32cfc5bc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ac72b",
                            table="payments_remittanceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="TransferEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "level",
                    models.CharField(
                        choices=[("district", "汇缴区县财政专户"), ("city", "上解市级财政专户")],
                        max_length=10,
                        verbose_name="级次",
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("made_at", models.DateTimeField(verbose_name="制单时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "forwarded_in",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.transfer",
                        verbose_name="上解单",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制单人",
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
                        to="payments.transfer",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
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
                            hash="ee630fc55eaba56fb7fa1403186d284d339fb0c4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_30e8a",
                            table="payments_transferevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("day", models.DateField(verbose_name="日结日")),
                ("expected_cash", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="应有现金")),
                ("expected_card", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="应有刷卡")),
                ("expected_transfer", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="应有转账")),
                ("expected_qr", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="应有扫码")),
                ("counted_cash", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实点现金")),
                ("counted_card", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实点刷卡")),
                ("counted_transfer", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实点转账")),
                ("counted_qr", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实点扫码")),
                ("denominations", models.JSONField(default=dict, verbose_name="券别张数")),
                ("difference_reason", models.CharField(blank=True, max_length=200, verbose_name="差额事由")),
                ("absence_reason", models.CharField(blank=True, max_length=200, verbose_name="代为日结事由")),
                ("at", models.DateTimeField(verbose_name="日结时间")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="差额核准人",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="日结人",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收款人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                ("advanced_by", models.CharField(blank=True, db_default="", max_length=50, verbose_name="垫付人")),
                (
                    "advanced_cash",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="垫付现金"
                    ),
                ),
            ],
            options={
                "verbose_name": "日结",
                "verbose_name_plural": "日结",
                "ordering": ["-day", "-id"],
                "indexes": [models.Index(fields=["clerk", "day"], name="settlement_of_clerk")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "clerk", "day"),
                        name="settlement_once_a_day",
                        violation_error_message="这一天已经日结过，不能再日结。请刷新页面。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counted_card", models.F("expected_card")),
                                ("counted_cash", models.F("expected_cash")),
                                ("counted_qr", models.F("expected_qr")),
                                ("counted_transfer", models.F("expected_transfer")),
                            ),
                            models.Q(
                                models.Q(("difference_reason", ""), _negated=True),
                                ("approved_by__isnull", False),
                                models.Q(("approved_by", models.F("clerk")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_difference_is_approved",
                        violation_error_message="实点与应有不符，须写明事由，并由另一位主管核准。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by", models.F("clerk")), models.Q(("absence_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="settlement_by_the_clerk",
                        violation_error_message="只能日结自己的收款；收款人不在岗的，由主管写明事由代办。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counted_cash__gte", 0),
                                ("counted_cash__gte", models.F("expected_cash")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("counted_card__gte", 0),
                                ("counted_card__gte", models.F("expected_card")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("counted_transfer__gte", 0),
                                ("counted_transfer__gte", models.F("expected_transfer")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("counted_qr__gte", 0), ("counted_qr__gte", models.F("expected_qr")), _connector="OR"
                            ),
                        ),
                        name="settlement_counts_are_not_negative",
                        violation_error_message="清点的金额不能为负数，除非退出的多于收进的。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("advanced_by", ""), ("advanced_cash", 0)),
                            models.Q(
                                ("advanced_cash__gt", 0),
                                (
                                    "advanced_cash__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("expected_cash"), "*", models.Value(-1)
                                    ),
                                ),
                                models.Q(("advanced_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_advance_is_what_was_given_back",
                        violation_error_message="垫付只用于退出的现金多于收进的，不能多于多退的数，并须写明由谁垫付。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="64838a0757ddb67f7881ccb135207ef5f9fde598",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6cc22",
                            table="payments_settlement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="waits_for_payments",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('day-end ' || NEW.clerk_id, 0));
                    RETURN NEW;
                """,
                            hash="864290e6e80c585a0892487dc9f272dda96f76d5",
                            operation="INSERT",
                            pgid="pgtrigger_waits_for_payments_a8405",
                            table="payments_settlement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="approved_by_who_did_not_count",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."approved_by_id" = (NEW."by_id"))',
                            func="""
                    RAISE EXCEPTION 'who counted the money of clerk % approved the difference', NEW.clerk_id
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_difference_is_approved';
                """,
                            hash="abe7be7629f4bc39e943b496c664195d124083c3",
                            operation="INSERT",
                            pgid="pgtrigger_approved_by_who_did_not_count_59ffd",
                            table="payments_settlement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="sums_are_those_of_its_receipts",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        WITH part AS (
                            SELECT r.means, r.amount FROM payments_receipt r
                            JOIN payments_settlementline l ON l.id = r.settlement_line_id
                            WHERE l.settlement_id = NEW.id AND r.voided_at IS NULL
                            UNION ALL
                            SELECT w.means, w.amount FROM payments_workmanshipreceipt w
                            JOIN payments_settlementline l ON l.id = w.settlement_line_id
                            WHERE l.settlement_id = NEW.id AND w.voided_at IS NULL
                            UNION ALL
                            SELECT v.means, -v.amount FROM payments_reversal v
                            JOIN payments_settlementline l ON l.id = v.settlement_line_id
                            WHERE l.settlement_id = NEW.id)
                        SELECT FROM (VALUES ('cash', NEW.expected_cash), ('card', NEW.expected_card),
                                            ('transfer', NEW.expected_transfer), ('qr', NEW.expected_qr))
                                    AS expected(means, amount)
                        WHERE expected.amount <> coalesce(
                            (SELECT sum(p.amount) FROM part p WHERE p.means = expected.means), 0))
                       OR NOT EXISTS (SELECT FROM payments_settlementline l WHERE l.settlement_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'settlement % is not the sum of its receipts', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_sums_are_those_of_its_receipts';
                    END IF;
                    IF NEW.counted_cash + NEW.advanced_cash <> coalesce(
                        (SELECT sum(d.key::numeric * d.value::int) FROM jsonb_each_text(NEW.denominations) d), 0)
                    THEN
                        RAISE EXCEPTION 'the cash of settlement % is not what its notes make', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_cash_is_its_denominations';
                    END IF;
                    RETURN NULL;
                """,
                            hash="a4285da4de850ed22583121cb662d6bbb6294bfc",
                            operation="INSERT",
                            pgid="pgtrigger_sums_are_those_of_its_receipts_823e3",
                            table="payments_settlement",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="approved_by_who_may",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."approved_by_id" IS NOT NULL)',
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM offices_staff a
                        WHERE a.id = NEW.approved_by_id AND a.is_active AND a.role IN ('supervisor', 'administrator')
                          AND starts_with(NEW.division_code, a.division_scope))
                    THEN
                        RAISE EXCEPTION 'who approved the difference of clerk % is no supervisor of hers', NEW.clerk_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_difference_is_approved';
                    END IF;
                    RETURN NEW;
                """,
                            hash="69095a7b4e38dcc408aa5095f588f7c33532f34e",
                            operation="INSERT",
                            pgid="pgtrigger_approved_by_who_may_a0326",
                            table="payments_settlement",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="SettlementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receipts", models.PositiveIntegerField(verbose_name="收据张数")),
                ("voided", models.PositiveIntegerField(verbose_name="其中作废")),
                ("reversals", models.PositiveIntegerField(verbose_name="冲正笔数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
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
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.contributionperiod",
                        verbose_name="缴费年度",
                    ),
                ),
                (
                    "remittance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.remittance",
                        verbose_name="上缴单",
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.settlement",
                        verbose_name="日结",
                    ),
                ),
            ],
            options={
                "verbose_name": "日结明细",
                "verbose_name_plural": "日结明细",
                "ordering": ["settlement", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("remittance__isnull", True)),
                        fields=["office", "period"],
                        name="settlement_line_to_remit",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement", "period"), name="settlement_line_once_per_kind", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remittance__isnull", True), ("period__isnull", False), _connector="OR"),
                        name="settlement_line_of_fees_is_not_remitted",
                        violation_error_message="工本费不属于保险费，不能与保险费一起上缴。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("voided__lte", models.F("receipts"))),
                        name="settlement_line_counts_its_voids",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="2449f729dfd99e32e95409b8bfb9e7a755178678",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_39202",
                            table="payments_settlementline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_remitted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."settlement_id" IS DISTINCT FROM (NEW."settlement_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."receipts" IS DISTINCT FROM (NEW."receipts") OR OLD."voided" IS DISTINCT FROM (NEW."voided") OR OLD."reversals" IS DISTINCT FROM (NEW."reversals") OR OLD."amount" IS DISTINCT FROM (NEW."amount"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="b3620b2dd58b106f783a9ffe6bcbe0c322524061",
                            operation="UPDATE",
                            pgid="pgtrigger_only_remitted_2bd59",
                            table="payments_settlementline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_the_sum_of_its_receipts",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    IF NEW.amount <> \n    coalesce((SELECT sum(r.amount) FROM payments_receipt r\n              WHERE r.settlement_line_id = NEW.id AND r.voided_at IS NULL), 0)\n    + coalesce((SELECT sum(w.amount) FROM payments_workmanshipreceipt w\n                WHERE w.settlement_line_id = NEW.id AND w.voided_at IS NULL), 0)\n    - coalesce((SELECT sum(v.amount) FROM payments_reversal v WHERE v.settlement_line_id = NEW.id), 0)\n\n                       OR (NEW.receipts, NEW.voided, NEW.reversals) <> (\n                           SELECT count(*) FILTER (WHERE NOT h.back), count(h.voided_at), count(*) FILTER (WHERE h.back)\n                           FROM (SELECT r.voided_at, false AS back FROM payments_receipt r\n                                 WHERE r.settlement_line_id = NEW.id\n                                 UNION ALL\n                                 SELECT w.voided_at, false FROM payments_workmanshipreceipt w\n                                 WHERE w.settlement_line_id = NEW.id\n                                 UNION ALL\n                                 SELECT NULL, true FROM payments_reversal v WHERE v.settlement_line_id = NEW.id) h)\n                       OR EXISTS (\n                           SELECT FROM payments_settlement s\n                           WHERE s.id = NEW.settlement_id\n                             AND (s.office_id <> NEW.office_id\n                                  OR s.expected_cash + s.expected_card + s.expected_transfer + s.expected_qr <>\n                                     (SELECT sum(l.amount) FROM payments_settlementline l\n                                      WHERE l.settlement_id = s.id)))\n                    THEN\n                        RAISE EXCEPTION 'settlement line % is not the sum of its receipts', NEW.id\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_sums_its_receipts';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="74645155ad37405a3cbf8f246d26e6d75a3098f8",
                            operation="INSERT",
                            pgid="pgtrigger_is_the_sum_of_its_receipts_6b85e",
                            table="payments_settlementline",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="remittance_still_adds_up",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id IN (OLD.remittance_id, NEW.remittance_id)
                          AND CASE WHEN m.withdrawn_at IS NULL THEN m.amount ELSE 0 END IS DISTINCT FROM
                              coalesce((SELECT sum(l.amount) FROM payments_settlementline l
                                        WHERE l.remittance_id = m.id), 0))
                       OR EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id = NEW.remittance_id
                          AND (m.office_id <> NEW.office_id OR m.period_id <> NEW.period_id))
                       OR EXISTS (
                        SELECT FROM payments_remittance m
                        WHERE m.id = OLD.remittance_id AND m.id IS DISTINCT FROM NEW.remittance_id
                          AND m.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'settlement line % breaks the sum of its remittance', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="2989123ed8100e4256eec094d697c8b11ea5e3a9",
                            operation='INSERT OR UPDATE OF "remittance_id"',
                            pgid="pgtrigger_remittance_still_adds_up_ef8c7",
                            table="payments_settlementline",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_an_open_remittance",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."remittance_id" IS NOT NULL)',
                            func="""
            IF (TG_OP = 'INSERT' OR OLD.remittance_id IS DISTINCT FROM NEW.remittance_id)
               AND NOT EXISTS (
                SELECT FROM payments_remittance m
                WHERE m.id = NEW.remittance_id AND m.slip_id IS NULL AND m.withdrawn_at IS NULL)
            THEN
                RAISE EXCEPTION '% % is at the bank or withdrawn', 'remittance', NEW.remittance_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_takes_nothing_more';
            END IF;
            RETURN NEW;
        """,
                            hash="7065ad220c312e04e7dc086468e2ef38af5a45d7",
                            operation='INSERT OR UPDATE OF "remittance_id"',
                            pgid="pgtrigger_joins_an_open_remittance_714a6",
                            table="payments_settlementline",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="FundingClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("funder", "资助"), ("subsidy", "财政补助")], max_length=10, verbose_name="种类"
                    ),
                ),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("division_code", models.CharField(db_collation="C", max_length=6, verbose_name="县（市、区）")),
                ("division_name", models.CharField(max_length=60, verbose_name="县（市、区）名称")),
                ("payer", models.CharField(max_length=60, verbose_name="付款部门")),
                ("number", models.PositiveIntegerField(verbose_name="请款批次")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("persons", models.IntegerField(verbose_name="人数")),
                ("counted_on", models.DateField(blank=True, null=True, verbose_name="统计日")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="到账期限")),
                ("clause_key", models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="条款")),
                ("clause_line", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("made_at", models.DateTimeField(verbose_name="编制时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="编制人",
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
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "请款单",
                "verbose_name_plural": "请款单",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "division_code", "kind", "number"),
                        name="funding_claim_number_once",
                        violation_error_message="这个请款批次刚刚由别人用了，没有重复编制。请刷新页面后再办。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^[0-9]{6}$")),
                        name="funding_claim_of_a_county",
                        violation_error_message="请款以县（市、区）为单位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted_on__isnull", True), ("kind", "funder")),
                            models.Q(("counted_on__isnull", False), ("kind", "subsidy")),
                            _connector="OR",
                        ),
                        name="funding_claim_kind_is_whole",
                        violation_error_message="财政补助的请款须写明统计日。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__gte", models.F("made_at")),
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="funding_claim_confirmed_by_another",
                        violation_error_message="请款单须由编制人以外的人复核。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__gte", models.F("made_at")),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="funding_claim_withdrawal_is_whole",
                        violation_error_message="撤回请款单须同时记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="eb6ec99e28a3917ac1b681a503c9f52fa7a9162a",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_58446",
                            table="payments_fundingclaim",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_confirmed_or_withdrawn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."division_name" IS DISTINCT FROM (NEW."division_name") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."persons" IS DISTINCT FROM (NEW."persons") OR OLD."counted_on" IS DISTINCT FROM (NEW."counted_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."clause_key" IS DISTINCT FROM (NEW."clause_key") OR OLD."clause_line" IS DISTINCT FROM (NEW."clause_line") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="a7d048f2a50ed60242638576a71a2640c538808d",
                            operation="UPDATE",
                            pgid="pgtrigger_only_confirmed_or_withdrawn_2f1a7",
                            table="payments_fundingclaim",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="confirmed_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."confirmed_at" IS NOT NULL AND OLD."confirmed_at" IS DISTINCT FROM (NEW."confirmed_at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="32144dda43910f2c65fed8d29fcbd5ee9df9b45e",
                            operation="UPDATE",
                            pgid="pgtrigger_confirmed_once_93f1b",
                            table="payments_fundingclaim",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawn_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="4c08d2a21c7e27ca17fbf51622cf21f4358abd2a",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawn_once_57d77",
                            table="payments_fundingclaim",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_the_sum_of_its_lines",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NEW.amount IS DISTINCT FROM
                        (SELECT coalesce(sum(l.amount), 0) FROM payments_funderclaimline l WHERE l.claim_id = NEW.id)
                        + (SELECT coalesce(sum(s.amount), 0) FROM payments_subsidyclaimline s WHERE s.claim_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'claim % is not the sum of its lines', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    IF EXISTS (SELECT FROM payments_funderclaimline l WHERE l.claim_id = NEW.id
                               AND l.withdrawn <> (SELECT c.withdrawn_at IS NOT NULL FROM payments_fundingclaim c
                                                   WHERE c.id = NEW.id))
                    THEN
                        RAISE EXCEPTION 'claim % and its lines part ways', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_and_lines_part_ways';
                    END IF;
                    RETURN NULL;
                """,
                            hash="28a284d65807d4207f4a5bd1c3036272f333eab8",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_is_the_sum_of_its_lines_6ca89",
                            table="payments_fundingclaim",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawn_before_money_came",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."withdrawn_at" IS NOT NULL)',
                            func="""
                    IF (SELECT coalesce(sum(p.amount), 0) FROM payments_fundingpayment p WHERE p.claim_id = NEW.id) <> 0
                    THEN
                        RAISE EXCEPTION 'money came in for claim %', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_has_money';
                    END IF;
                    RETURN NEW;
                """,
                            hash="f5c27b864202dbfb7d77af45138e25041924bf6a",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawn_before_money_came_ad45c",
                            table="payments_fundingclaim",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="FunderClaimLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("town", models.CharField(max_length=60, verbose_name="镇（街）")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("category", models.CharField(db_collation="C", max_length=40, verbose_name="代缴类别代码")),
                ("category_name", models.CharField(max_length=60, verbose_name="代缴类别")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="代缴金额")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人缴费金额")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费总额")),
                ("withdrawn", models.BooleanField(db_default=False, default=False, verbose_name="已撤回")),
                ("corrected", models.BooleanField(db_default=False, default=False, verbose_name="已冲减")),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="payments.funderclaimline",
                        verbose_name="冲减的明细",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funder_lines",
                        to="enrollment.enrollment",
                        verbose_name="参保登记",
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
                    "claim",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.fundingclaim",
                        verbose_name="请款单",
                    ),
                ),
                (
                    "id_no",
                    offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号码"),
                ),
            ],
            options={
                "verbose_name": "资助请款明细",
                "verbose_name_plural": "资助请款明细",
                "ordering": ["claim", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "position"), name="funder_line_position_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("corrected", False), ("corrects__isnull", True), ("withdrawn", False)),
                        fields=("person", "coverage_year"),
                        name="funder_line_person_once_a_year",
                        violation_error_message="其中有人本年度已经请过款，一人只请一次，没有重复请款。请刷新页面后再办。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("corrects__isnull", True), ("withdrawn", False)),
                        fields=("enrollment",),
                        name="funder_line_enrollment_once",
                        violation_error_message="其中有人本年度已经请过款，一人只请一次，没有重复请款。请刷新页面后再办。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn", False)),
                        fields=("corrects",),
                        name="funder_line_corrected_once",
                        violation_error_message="其中有人的请款已经冲减过，没有重复冲减。请刷新页面后再办。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "standard",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("payable"), "+", models.F("amount")
                                ),
                            ),
                            models.Q(
                                models.Q(("amount__gt", 0), ("corrects__isnull", True), ("payable__gte", 0)),
                                models.Q(
                                    ("amount__lt", 0),
                                    ("corrected", False),
                                    ("corrects__isnull", False),
                                    ("payable__lte", 0),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="funder_line_is_whole",
                        violation_error_message="代缴金额与个人缴费之和应等于缴费总额；冲减的为负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("id_no"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            )
                        ),
                        name="funder_line_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="144805d0996115c54a9699b705caf1c481ec4814",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_192e5",
                            table="payments_funderclaimline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawn_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn")',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="58be492d991f5e08617718efe944aaf391c54d2d",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawn_once_78c8c",
                            table="payments_funderclaimline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="says_what_the_enrolment_says",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF EXISTS (
                        SELECT FROM fresh l
                        JOIN payments_fundingclaim c ON c.id = l.claim_id
                        JOIN enrollment_enrollment e ON e.id = l.enrollment_id
                        LEFT JOIN payments_funderclaimline o ON o.id = l.corrects_id
                        WHERE (c.kind = 'funder' AND c.period_id = e.period_id AND c.payer = e.funder
                               AND starts_with(e.division_code, c.division_code) AND e.person_id = l.person_id
                               AND e.coverage_year = l.coverage_year AND e.category = l.category
                               AND CASE WHEN l.corrects_id IS NULL
                                   THEN (l.amount, l.payable) = (e.sponsored, e.payable)
                                   ELSE (l.amount, l.payable) = (-o.amount, -o.payable)
                                        AND o.enrollment_id = l.enrollment_id
                                        AND o.corrected AND o.corrects_id IS NULL AND e.cancelled_at IS NOT NULL
                                   END) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a line is not what was paid'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funder_line_says_what_the_enrolment_says';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_fundingclaim c WHERE c.id IN (SELECT f.claim_id FROM fresh f)
                        AND c.amount <> (SELECT sum(l.amount) FROM payments_funderclaimline l WHERE l.claim_id = c.id))
                    THEN
                        RAISE EXCEPTION 'a claim is not the sum of its lines'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="4ebdc178b17185ec434b60e2594dc1bd65817b30",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_says_what_the_enrolment_says_82ea7",
                            referencing="REFERENCING NEW TABLE AS fresh ",
                            table="payments_funderclaimline",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="corrected_by_a_standing_line",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."corrected" IS DISTINCT FROM (NEW."corrected"))',
                            constraint="CONSTRAINT",
                            func="""
                    IF (SELECT l.corrected <> EXISTS (
                            SELECT FROM payments_funderclaimline c WHERE c.corrects_id = l.id AND NOT c.withdrawn)
                        FROM payments_funderclaimline l WHERE l.id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'line % and its correction part ways', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funder_line_corrected_by_a_line';
                    END IF;
                    RETURN NULL;
                """,
                            hash="760126c7e61ff8b86125eefa82aaa9bca7febf22",
                            operation="UPDATE",
                            pgid="pgtrigger_corrected_by_a_standing_line_4175d",
                            table="payments_funderclaimline",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_withdrawn_or_corrected",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."claim_id" IS DISTINCT FROM (NEW."claim_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."enrollment_id" IS DISTINCT FROM (NEW."enrollment_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."town" IS DISTINCT FROM (NEW."town") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."id_no" IS DISTINCT FROM (NEW."id_no") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."category_name" IS DISTINCT FROM (NEW."category_name") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."payable" IS DISTINCT FROM (NEW."payable") OR OLD."standard" IS DISTINCT FROM (NEW."standard") OR OLD."corrects_id" IS DISTINCT FROM (NEW."corrects_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="a3be8a0eb5bda9d5d1263cd7536ef2f7c10f47b7",
                            operation="UPDATE",
                            pgid="pgtrigger_only_withdrawn_or_corrected_73fe7",
                            table="payments_funderclaimline",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="FundingPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("received_on", models.DateField(verbose_name="到账日期")),
                ("voucher_number", models.CharField(max_length=40, verbose_name="凭证号")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="冲正事由")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="payments.fundingclaim",
                        verbose_name="请款单",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="payments.fundingpayment",
                        verbose_name="冲正的到账",
                    ),
                ),
            ],
            options={
                "verbose_name": "到账",
                "verbose_name_plural": "到账",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", 0), _negated=True),
                            models.Q(("voucher_number", ""), _negated=True),
                            models.Q(
                                models.Q(("reason", ""), ("reverses__isnull", True)),
                                models.Q(("reverses__isnull", False), models.Q(("reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="funding_payment_is_whole",
                        violation_error_message="到账须有金额和凭证号；冲正还须写明事由。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2ad34b99da0cbfc128c696845b9c01320e2941e6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5708f",
                            table="payments_fundingpayment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="within_the_claim",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE claim payments_fundingclaim%ROWTYPE; total numeric;",
                            func="""
                    SELECT * INTO claim FROM payments_fundingclaim c WHERE c.id = NEW.claim_id FOR NO KEY UPDATE;
                    SELECT coalesce(sum(p.amount), 0) + NEW.amount INTO total
                    FROM payments_fundingpayment p WHERE p.claim_id = NEW.claim_id;
                    IF claim.confirmed_at IS NULL OR claim.withdrawn_at IS NOT NULL
                        OR total * sign(claim.amount) < 0 OR abs(total) > abs(claim.amount)
                        OR (NEW.reverses_id IS NOT NULL AND NOT EXISTS (
                            SELECT FROM payments_fundingpayment p WHERE p.id = NEW.reverses_id
                            AND p.claim_id = NEW.claim_id AND p.amount = -NEW.amount AND p.reverses_id IS NULL))
                    THEN
                        RAISE EXCEPTION 'payment does not fit claim %', NEW.claim_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_payment_within_the_claim';
                    END IF;
                    RETURN NEW;
                """,
                            hash="777297b1401fcffb2b3f86baaab4a7e72a70e205",
                            operation="INSERT",
                            pgid="pgtrigger_within_the_claim_a9a26",
                            table="payments_fundingpayment",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="SubsidyRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=6, verbose_name="县（市、区）")),
                (
                    "payer",
                    models.CharField(
                        choices=[
                            ("中央财政", "中央财政"),
                            ("省财政", "省财政"),
                            ("市财政", "市财政"),
                            ("县（区）财政", "县（区）财政"),
                        ],
                        max_length=60,
                        verbose_name="财政",
                    ),
                ),
                (
                    "category",
                    models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="人员类别代码"),
                ),
                ("category_name", models.CharField(blank=True, max_length=60, verbose_name="人员类别")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="每人每年（元）")),
                ("source", models.CharField(max_length=100, verbose_name="依据文号")),
                ("filled_at", models.DateTimeField(verbose_name="填写时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="停用人",
                    ),
                ),
                (
                    "filled_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
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
                "verbose_name": "补助标准",
                "verbose_name_plural": "补助标准",
                "ordering": ["period", "division_code", "payer", "category"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("period", "division_code", "payer", "category"),
                        name="subsidy_rate_once",
                        violation_error_message="这一财政、这一类别本年度已经填过标准。要更改，请先停用原来的。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), models.Q(("source", ""), _negated=True)),
                        name="subsidy_rate_is_not_negative",
                        violation_error_message="补助标准不能为负数，并须写明依据文号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__gte", models.F("filled_at")),
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("filled_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="subsidy_rate_confirmed_by_another",
                        violation_error_message="补助标准须由填写人以外的管理员复核。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__gte", models.F("filled_at")), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="subsidy_rate_ended_by_someone",
                        violation_error_message="停用补助标准须记录时间和停用人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="4a660e126058666f15df221871260c8aea7c1ff4",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_e6f3d",
                            table="payments_subsidyrate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_confirmed_or_ended",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."category_name" IS DISTINCT FROM (NEW."category_name") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."filled_at" IS DISTINCT FROM (NEW."filled_at") OR OLD."filled_by_id" IS DISTINCT FROM (NEW."filled_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="dbabc17f8591cb450407d7770e9b5047b7020a1a",
                            operation="UPDATE",
                            pgid="pgtrigger_only_confirmed_or_ended_2dc00",
                            table="payments_subsidyrate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="confirmed_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."confirmed_at" IS NOT NULL AND OLD."confirmed_at" IS DISTINCT FROM (NEW."confirmed_at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="6e0ef197caffc044ea689b9e704d1123dad174d8",
                            operation="UPDATE",
                            pgid="pgtrigger_confirmed_once_25f4c",
                            table="payments_subsidyrate",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="ended_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."ended_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="1fb6d7aa4a82a885ae7cadf2b8a6afa39f7233aa",
                            operation="UPDATE",
                            pgid="pgtrigger_ended_once_c331c",
                            table="payments_subsidyrate",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="SubsidyClaimLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("division_code", models.CharField(db_collation="C", max_length=9, verbose_name="镇（街）区划")),
                ("town", models.CharField(max_length=60, verbose_name="镇（街）")),
                ("category", models.CharField(db_collation="C", max_length=40, verbose_name="人员类别代码")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("heads", models.PositiveIntegerField(verbose_name="人数")),
                ("rate", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="每人每年（元）")),
                ("before", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="此前已请（元）")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="本次请款（元）")),
                (
                    "claim",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heads",
                        to="payments.fundingclaim",
                        verbose_name="请款单",
                    ),
                ),
                (
                    "rate_row",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.subsidyrate",
                        verbose_name="补助标准",
                    ),
                ),
            ],
            options={
                "verbose_name": "补助请款明细",
                "verbose_name_plural": "补助请款明细",
                "ordering": ["claim", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "division_code", "category"), name="subsidy_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("heads"), "*", models.F("rate")
                                    ),
                                    "-",
                                    models.F("before"),
                                ),
                            )
                        ),
                        name="subsidy_line_is_whole",
                        violation_error_message="本次请款应等于人数乘标准，减去此前已请。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3b2bc6171bcb0d911bc1912b57caadabd6c8690b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_123eb",
                            table="payments_subsidyclaimline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="at_the_rate_filled_in",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF EXISTS (
                        SELECT FROM fresh l
                        JOIN payments_fundingclaim c ON c.id = l.claim_id
                        JOIN payments_subsidyrate r ON r.id = l.rate_row_id
                        WHERE (c.kind = 'subsidy' AND r.period_id = c.period_id AND r.payer = c.payer
                               AND r.division_code = c.division_code AND starts_with(l.division_code, c.division_code)
                               AND r.confirmed_at IS NOT NULL AND r.ended_at IS NULL AND r.amount = l.rate
                               AND r.category IN ('', l.category)) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a line is not at the rate filled in'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'subsidy_line_at_the_rate_filled_in';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_fundingclaim c WHERE c.id IN (SELECT f.claim_id FROM fresh f)
                        AND c.amount <> (SELECT sum(l.amount) FROM payments_subsidyclaimline l WHERE l.claim_id = c.id))
                    THEN
                        RAISE EXCEPTION 'a claim is not the sum of its lines'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'funding_claim_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="9e48c806d8aa38447232fbcf5adcce010b423517",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_at_the_rate_filled_in_cddd2",
                            referencing="REFERENCING NEW TABLE AS fresh ",
                            table="payments_subsidyclaimline",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ReceiptLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("first_number", models.BigIntegerField(verbose_name="起始号码")),
                ("last_number", models.BigIntegerField(verbose_name="终止号码")),
                ("width", models.PositiveSmallIntegerField(verbose_name="号码位数")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("contribution", "医保缴费"), ("workmanship", "工本费")],
                        max_length=20,
                        verbose_name="用途",
                    ),
                ),
                ("slip_number", models.CharField(max_length=40, verbose_name="领购单号")),
                (
                    "division_code",
                    models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="持有区划"),
                ),
                ("received_at", models.DateTimeField(verbose_name="入库时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="入库人",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据入库批次",
                "verbose_name_plural": "票据入库批次",
                "ordering": ["-received_at", "-pk"],
                "indexes": [models.Index(fields=["division_code"], name="lot_of_division")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_number__gte", 1), ("last_number__gte", models.F("first_number"))),
                        name="lot_numbers_are_in_order",
                        violation_error_message="起始号码应不小于1，终止号码应不小于起始号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "width__gte",
                                django.db.models.functions.text.Length(
                                    django.db.models.functions.comparison.Cast("last_number", models.TextField())
                                ),
                            ),
                            ("width__lte", 18),
                        ),
                        name="lot_width_holds_its_numbers",
                        violation_error_message="号码位数应为1至18位，且能容纳终止号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["contribution", "workmanship"])),
                        name="lot_purpose_is_known",
                        violation_error_message="请选择票据用途：医保缴费或工本费。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("slip_number", ""), _negated=True)
                        ),
                        name="lot_code_and_slip_are_there",
                        violation_error_message="请填写票据代码和领购单号，与实物一致。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("first_number"),
                                    models.F("last_number"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="INT8RANGE",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="lot_numbers_once_per_code",
                        violation_error_message="这些号码与同一票据代码的另一批次重叠，请核对领购单上的起止号码。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c85f7aa812099d312dffb01a5c0fcf909e8f24de",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0fd62",
                            table="payments_receiptlot",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="numbers_in_no_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('receipt code ' || NEW.code, 0));
                    IF EXISTS (
                        SELECT FROM payments_receiptbook b WHERE b.code = NEW.code
                        AND b.first_number <= NEW.last_number AND b.last_number >= NEW.first_number)
                    THEN
                        RAISE EXCEPTION 'lot % %-% holds numbers of a book', NEW.code, NEW.first_number, NEW.last_number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_numbers_in_no_book';
                    END IF;
                    RETURN NEW;
                """,
                            hash="486ed37e70bfe9d624ab44f4eb1a16a9e11a038b",
                            operation="INSERT",
                            pgid="pgtrigger_numbers_in_no_book_14ca3",
                            table="payments_receiptlot",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ReceiptBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("first_number", models.BigIntegerField(verbose_name="起始号码")),
                ("last_number", models.BigIntegerField(verbose_name="终止号码")),
                ("next_number", models.BigIntegerField(verbose_name="下一号码")),
                ("width", models.PositiveSmallIntegerField(verbose_name="号码位数")),
                ("received_at", models.DateTimeField(verbose_name="入库时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "clerk",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_books",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="领用人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_books",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("contribution", "医保缴费"), ("workmanship", "工本费")],
                        db_default="contribution",
                        default="contribution",
                        max_length=20,
                        verbose_name="用途",
                    ),
                ),
                ("stored_at", models.DateTimeField(blank=True, null=True, verbose_name="存库时间")),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="books",
                        to="payments.receiptlot",
                        verbose_name="入库批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据号段",
                "verbose_name_plural": "票据号段",
                "ordering": ["office", "code", "first_number"],
                "indexes": [models.Index(fields=["office", "clerk"], name="book_of_clerk")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_number__gte", 1), ("last_number__gte", models.F("first_number"))),
                        name="book_numbers_are_in_order",
                        violation_error_message="起始号码应不小于1，终止号码应不小于起始号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_number__gte", models.F("first_number")),
                            (
                                "next_number__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("last_number"), "+", models.Value(1)
                                ),
                            ),
                        ),
                        name="book_next_number_is_inside",
                        violation_error_message="下一号码应在本号段之内。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "width__gte",
                                django.db.models.functions.text.Length(
                                    django.db.models.functions.comparison.Cast("last_number", models.TextField())
                                ),
                            ),
                            ("width__lte", 18),
                        ),
                        name="book_width_holds_its_numbers",
                        violation_error_message="号码位数应为1至18位，且能容纳终止号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="book_code_is_there",
                        violation_error_message="请填写票据代码，与票据上印的一致。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("first_number"),
                                    models.F("last_number"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="INT8RANGE",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="book_numbers_once_per_code",
                        violation_error_message="这些号码与同一票据代码的另一号段重叠，请核对起止号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["contribution", "workmanship"])),
                        name="book_purpose_is_known",
                        violation_error_message="请选择票据用途：医保缴费或工本费。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stored_at__isnull", True), ("clerk__isnull", True), _connector="OR"),
                        name="book_stored_with_nobody",
                        violation_error_message="存库的票据没有领用人；要用先领用。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="6e52c15344f3ff6ef2c6823fc4b06c20d58b82c4",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_89f6e",
                            table="payments_receiptbook",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="no_number_without_a_receipt",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."next_number" IS DISTINCT FROM (NEW."next_number"))',
                            constraint="CONSTRAINT",
                            func="""
                    IF NEW.next_number < OLD.next_number OR
                       (SELECT count(*) FROM payments_receipt r WHERE r.book_id = NEW.id
                        AND r.number >= OLD.next_number AND r.number < NEW.next_number)
                       + (SELECT count(*) FROM payments_workmanshipreceipt w WHERE w.book_id = NEW.id
                          AND w.number >= OLD.next_number AND w.number < NEW.next_number)
                       <> NEW.next_number - OLD.next_number
                    THEN
                        RAISE EXCEPTION 'book %: number % to % without receipts',
                            NEW.code, OLD.next_number, NEW.next_number - 1
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_no_number_without_a_receipt';
                    END IF;
                    RETURN NULL;
                """,
                            hash="7f7a6a80d92c48173900d085ec71d1e4cb9ec6e4",
                            operation="UPDATE",
                            pgid="pgtrigger_no_number_without_a_receipt_5ee0f",
                            table="payments_receiptbook",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="numbers_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lot_id" IS DISTINCT FROM (NEW."lot_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."first_number" IS DISTINCT FROM (NEW."first_number") OR OLD."last_number" IS DISTINCT FROM (NEW."last_number") OR OLD."width" IS DISTINCT FROM (NEW."width") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="db50d6a4ce381acb65cfb9357eb2c2e29fe1bb87",
                            operation="UPDATE",
                            pgid="pgtrigger_numbers_stay_f6c0e",
                            table="payments_receiptbook",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="closed_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."closed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="5ee38bb47117ffa5fbcaf3b8033179a77daf255b",
                            operation="UPDATE",
                            pgid="pgtrigger_closed_stays_1143d",
                            table="payments_receiptbook",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="inside_its_lot",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('receipt code ' || NEW.code, 0));
                    IF NEW.lot_id IS NULL AND EXISTS (
                        SELECT FROM payments_receiptlot l WHERE l.code = NEW.code
                        AND l.first_number <= NEW.last_number AND l.last_number >= NEW.first_number)
                    OR NEW.lot_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM payments_receiptlot l JOIN offices_office o ON o.id = NEW.office_id
                        WHERE l.id = NEW.lot_id AND l.code = NEW.code AND l.purpose = NEW.purpose
                        AND l.width = NEW.width AND NEW.first_number >= l.first_number
                        AND NEW.last_number <= l.last_number AND starts_with(o.division_code, l.division_code))
                    THEN
                        RAISE EXCEPTION 'book % %-% and its lot part ways', NEW.code, NEW.first_number, NEW.last_number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_inside_its_lot';
                    END IF;
                    RETURN NEW;
                """,
                            hash="85248f09d895c5ebd6e26178c5ac3c203a4cd596",
                            operation="INSERT",
                            pgid="pgtrigger_inside_its_lot_3b003",
                            table="payments_receiptbook",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "payments_receiptbookevent" ("clerk_id", "closed_at", "code", "first_number", "id", "last_number", "lot_id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "received_at", "stored_at", "width") VALUES (NEW."clerk_id", NEW."closed_at", NEW."code", NEW."first_number", NEW."id", NEW."last_number", NEW."lot_id", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."received_at", NEW."stored_at", NEW."width"); RETURN NULL;',
                            hash="13825eb9d278b318f27308d16e17aad484cb4ecf",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5185c",
                            table="payments_receiptbook",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."first_number" IS DISTINCT FROM (NEW."first_number") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_number" IS DISTINCT FROM (NEW."last_number") OR OLD."lot_id" IS DISTINCT FROM (NEW."lot_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."stored_at" IS DISTINCT FROM (NEW."stored_at") OR OLD."width" IS DISTINCT FROM (NEW."width"))',
                            func='INSERT INTO "payments_receiptbookevent" ("clerk_id", "closed_at", "code", "first_number", "id", "last_number", "lot_id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "received_at", "stored_at", "width") VALUES (NEW."clerk_id", NEW."closed_at", NEW."code", NEW."first_number", NEW."id", NEW."last_number", NEW."lot_id", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."received_at", NEW."stored_at", NEW."width"); RETURN NULL;',
                            hash="d9a01ad390221ebf452f31f2039de5bb42655c46",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e93c6",
                            table="payments_receiptbook",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("book_code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("number", models.BigIntegerField(verbose_name="号码")),
                ("printed_number", models.CharField(db_collation="C", max_length=18, verbose_name="票据号码")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                ("means", models.CharField(max_length=10, verbose_name="收款方式")),
                ("payer", models.CharField(max_length=60, verbose_name="缴款人")),
                ("household_number", models.CharField(max_length=20, verbose_name="户号")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                ("title", models.CharField(max_length=100, verbose_name="项目")),
                ("office_name", models.CharField(max_length=60, verbose_name="收款单位")),
                ("clerk_name", models.CharField(max_length=50, verbose_name="收款人")),
                ("clause_line", models.TextField(blank=True, verbose_name="依据")),
                ("issued_at", models.DateTimeField(verbose_name="开票时间")),
                ("demo", models.BooleanField(default=False, verbose_name="演示")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废事由")),
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
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="payments.payment",
                        verbose_name="缴费",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作废人",
                    ),
                ),
                (
                    "book",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "settlement_line",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled_receipts",
                        to="payments.settlementline",
                        verbose_name="日结明细",
                    ),
                ),
            ],
            options={
                "verbose_name": "收据",
                "verbose_name_plural": "收据",
                "indexes": [
                    models.Index(fields=["office", "issued_at"], name="receipt_of_office"),
                    models.Index(fields=["printed_number"], name="receipt_by_number"),
                    models.Index(fields=["settlement_line"], name="receipt_of_line"),
                    models.Index(
                        condition=models.Q(("settlement_line__isnull", True)),
                        fields=["office"],
                        name="receipt_unsettled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("book", "number"),
                        name="receipt_number_once_per_book",
                        violation_error_message="这个票据号码已经用过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="receipt_amount_is_positive",
                        violation_error_message="收据金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at__isnull", True), ("voided_by__isnull", True)),
                            models.Q(
                                ("voided_at__isnull", False),
                                ("voided_by__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="receipt_void_is_whole",
                        violation_error_message="作废须同时记录时间、作废人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="04d235a8cd79b1345c791003d11e2f634162742b",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_fb487",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_voided",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id") OR OLD."book_code" IS DISTINCT FROM (NEW."book_code") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."printed_number" IS DISTINCT FROM (NEW."printed_number") OR OLD."payment_id" IS DISTINCT FROM (NEW."payment_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."household_number" IS DISTINCT FROM (NEW."household_number") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."office_name" IS DISTINCT FROM (NEW."office_name") OR OLD."clerk_name" IS DISTINCT FROM (NEW."clerk_name") OR OLD."clause_line" IS DISTINCT FROM (NEW."clause_line") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."demo" IS DISTINCT FROM (NEW."demo"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="41298796cdc415b1340cd2115d64c4bec522d4e8",
                            operation="UPDATE",
                            pgid="pgtrigger_only_voided_b3b43",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="number_from_its_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.code = NEW.book_code
                        AND b.purpose = 'contribution'
                        AND NEW.number >= b.first_number AND NEW.number < b.next_number
                        AND NEW.printed_number = lpad(NEW.number::text, b.width, '0'))
                    THEN
                        RAISE EXCEPTION 'receipt % was not taken from its book', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_number_from_its_book';
                    END IF;
                    IF (SELECT sum(l.payable) IS DISTINCT FROM NEW.amount
                        FROM payments_receiptline l WHERE l.receipt_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'receipt % is not the sum of its lines', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="bf0473fcff16534d8450dba889f6808af042f66e",
                            operation="INSERT",
                            pgid="pgtrigger_number_from_its_book_bc00f",
                            table="payments_receipt",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="voided_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."voided_at" IS NOT NULL AND (OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason")))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="e764b1c54b93588c373afec34e82ac30e3b00e23",
                            operation="UPDATE",
                            pgid="pgtrigger_voided_once_905ce",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="settled_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."settlement_line_id" IS NOT NULL AND (OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."settlement_line_id" IS DISTINCT FROM (NEW."settlement_line_id")))',
                            func="""
        RAISE EXCEPTION 'receipt % is settled', OLD.printed_number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_is_settled_and_stays';
    """,
                            hash="ea2880b9fe5bf2681fd85ec87edfd84d1e83041e",
                            operation="UPDATE",
                            pgid="pgtrigger_settled_stays_fafa5",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id") OR OLD."book_code" IS DISTINCT FROM (NEW."book_code") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."clause_line" IS DISTINCT FROM (NEW."clause_line") OR OLD."clerk_name" IS DISTINCT FROM (NEW."clerk_name") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."demo" IS DISTINCT FROM (NEW."demo") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."household_number" IS DISTINCT FROM (NEW."household_number") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."office_name" IS DISTINCT FROM (NEW."office_name") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."payment_id" IS DISTINCT FROM (NEW."payment_id") OR OLD."printed_number" IS DISTINCT FROM (NEW."printed_number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id"))',
                            func='INSERT INTO "payments_receiptevent" ("address", "amount", "book_code", "book_id", "capitals", "clause_line", "clerk_name", "coverage_year", "demo", "division_code", "household_number", "id", "issued_at", "means", "number", "office_id", "office_name", "payer", "payment_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed_number", "title", "void_reason", "voided_at", "voided_by_id") VALUES (NEW."address", NEW."amount", NEW."book_code", NEW."book_id", NEW."capitals", NEW."clause_line", NEW."clerk_name", NEW."coverage_year", NEW."demo", NEW."division_code", NEW."household_number", NEW."id", NEW."issued_at", NEW."means", NEW."number", NEW."office_id", NEW."office_name", NEW."payer", NEW."payment_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."printed_number", NEW."title", NEW."void_reason", NEW."voided_at", NEW."voided_by_id"); RETURN NULL;',
                            hash="5768eb9d234a5af355ecbf54cab6772b56a250c2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c4f23",
                            table="payments_receipt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_voided_once_verified",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."voided_at" IS NOT NULL AND OLD."voided_at" IS NULL)',
                            func="""
                    PERFORM FROM payments_receiptbook b WHERE b.id = NEW.book_id FOR SHARE;
                    IF EXISTS (SELECT FROM payments_bookverification v WHERE v.book_id = NEW.book_id) THEN
                        RAISE EXCEPTION 'the book of receipt % was verified', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_not_voided_once_verified';
                    END IF;
                    RETURN NEW;
                """,
                            hash="9dade62164b5dfc09f8c598b7b5a0dbc818db01b",
                            operation="UPDATE",
                            pgid="pgtrigger_not_voided_once_verified_9e118",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_settled_at_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."settlement_line_id" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                            hash="99e240e934a9bdfdc7746a1d6c017d581af0291b",
                            operation="INSERT",
                            pgid="pgtrigger_not_settled_at_once_96bf7",
                            table="payments_receipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_its_own_line",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
            IF EXISTS (
                SELECT FROM fresh f JOIN stale o ON o.id = f.id JOIN payments_payment p ON p.id = f.payment_id
                JOIN payments_settlementline l ON l.id = f.settlement_line_id
                JOIN payments_settlement s ON s.id = l.settlement_id
                WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id
                  AND (s.office_id <> f.office_id OR s.clerk_id <> p.clerk_id
                       OR l.period_id IS DISTINCT FROM p.period_id
                       OR (f.issued_at AT TIME ZONE 'Asia/Shanghai')::date > s.day))
               OR EXISTS (
                SELECT FROM payments_settlementline l
                CROSS JOIN LATERAL (
                    SELECT count(*) AS receipts, count(h.voided_at) AS voided
                    FROM (SELECT r.voided_at FROM payments_receipt r WHERE r.settlement_line_id = l.id
                          UNION ALL
                          SELECT w.voided_at FROM payments_workmanshipreceipt w WHERE w.settlement_line_id = l.id) h
                ) AS held
                WHERE l.id IN (SELECT f.settlement_line_id FROM fresh f JOIN stale o ON o.id = f.id
                               WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id)
                  AND (held.receipts > l.receipts OR held.voided > l.voided
                       OR l.reversals < (SELECT count(*) FROM payments_reversal v WHERE v.settlement_line_id = l.id)))
            THEN
                RAISE EXCEPTION 'a settlement line takes what is not its own'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_sums_its_receipts';
            END IF;
            RETURN NULL;
        """,
                            hash="84576ba7babe5ad6b9ec14f0639cfd8e6d593397",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_joins_its_own_line_2b5c8",
                            referencing="REFERENCING OLD TABLE AS stale  NEW TABLE AS fresh ",
                            table="payments_receipt",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ReceiptBookEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("first_number", models.BigIntegerField(verbose_name="起始号码")),
                ("last_number", models.BigIntegerField(verbose_name="终止号码")),
                ("width", models.PositiveSmallIntegerField(verbose_name="号码位数")),
                ("received_at", models.DateTimeField(verbose_name="入库时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "clerk",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="领用人",
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
                        to="payments.receiptbook",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("contribution", "医保缴费"), ("workmanship", "工本费")],
                        db_default="contribution",
                        default="contribution",
                        max_length=20,
                        verbose_name="用途",
                    ),
                ),
                ("stored_at", models.DateTimeField(blank=True, null=True, verbose_name="存库时间")),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.receiptlot",
                        verbose_name="入库批次",
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
                            hash="e60395af1c674caec641456f9bfd5ed243aeb0fc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0d83a",
                            table="payments_receiptbookevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="ReceiptEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("book_code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("number", models.BigIntegerField(verbose_name="号码")),
                ("printed_number", models.CharField(db_collation="C", max_length=18, verbose_name="票据号码")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                ("means", models.CharField(max_length=10, verbose_name="收款方式")),
                ("payer", models.CharField(max_length=60, verbose_name="缴款人")),
                ("household_number", models.CharField(max_length=20, verbose_name="户号")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="缴费年度")),
                ("title", models.CharField(max_length=100, verbose_name="项目")),
                ("office_name", models.CharField(max_length=60, verbose_name="收款单位")),
                ("clerk_name", models.CharField(max_length=50, verbose_name="收款人")),
                ("clause_line", models.TextField(blank=True, verbose_name="依据")),
                ("issued_at", models.DateTimeField(verbose_name="开票时间")),
                ("demo", models.BooleanField(default=False, verbose_name="演示")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废事由")),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.payment",
                        verbose_name="缴费",
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
                        to="payments.receipt",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作废人",
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
                            hash="804bad5b4a7769f35ac2d2e950a06e6ef9c1a8f9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_56b3d",
                            table="payments_receiptevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="ReceiptLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("standard", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="缴费标准")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="个人应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="资助")),
                ("funder", models.CharField(blank=True, max_length=60, verbose_name="资助部门")),
                ("benefit_starts_on", models.DateField(verbose_name="待遇享受起")),
                ("benefit_ends_on", models.DateField(verbose_name="待遇享受止")),
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_line",
                        to="enrollment.enrollment",
                        verbose_name="参保登记",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="payments.receipt",
                        verbose_name="收据",
                    ),
                ),
                ("id_no", offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号")),
            ],
            options={
                "verbose_name": "收据明细",
                "verbose_name_plural": "收据明细",
                "ordering": ["receipt", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "position"), name="receipt_line_position_once"),
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
                        name="receipt_line_parts_make_the_standard",
                        violation_error_message="个人应缴与资助之和应等于缴费标准。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("id_no"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            )
                        ),
                        name="receipt_line_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2f92cecea02fdaa06307cf0ef82d9721a12d9815",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6122b",
                            table="payments_receiptline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="belongs_to_its_receipt",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_receipt r
                        JOIN payments_payment p ON p.id = r.payment_id
                        JOIN enrollment_enrollment e ON e.assessment_id = p.assessment_id
                        WHERE r.id = NEW.receipt_id AND e.id = NEW.enrollment_id
                          AND (e.standard, e.payable, e.sponsored) = (NEW.standard, NEW.payable, NEW.sponsored)
                          AND r.amount = (SELECT sum(l.payable) FROM payments_receiptline l WHERE l.receipt_id = r.id))
                    THEN
                        RAISE EXCEPTION 'receipt line % does not fit its receipt', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_line_belongs_to_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
                            hash="792c1abfac1bf68420ee376299e592da51b67918",
                            operation="INSERT",
                            pgid="pgtrigger_belongs_to_its_receipt_47b17",
                            table="payments_receiptline",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="WorkmanshipReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
                ("book_code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("number", models.BigIntegerField(verbose_name="号码")),
                ("printed_number", models.CharField(db_collation="C", max_length=18, verbose_name="票据号码")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                (
                    "means",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
                        max_length=10,
                        verbose_name="收款方式",
                    ),
                ),
                ("tendered", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实收")),
                ("change", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="找零")),
                ("payer", models.CharField(max_length=60, verbose_name="缴款人")),
                ("household_number", models.CharField(max_length=20, verbose_name="户号")),
                ("title", models.CharField(max_length=100, verbose_name="项目")),
                ("office_name", models.CharField(max_length=60, verbose_name="收款单位")),
                ("clerk_name", models.CharField(max_length=50, verbose_name="收款人姓名")),
                ("clause_line", models.TextField(blank=True, verbose_name="依据")),
                ("issued_at", models.DateTimeField(verbose_name="开票时间")),
                ("demo", models.BooleanField(default=False, verbose_name="演示")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废事由")),
                (
                    "book",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workmanship",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收款人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workmanship_receipts",
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
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作废人",
                    ),
                ),
                (
                    "settlement_line",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled_fees",
                        to="payments.settlementline",
                        verbose_name="日结明细",
                    ),
                ),
            ],
            options={
                "verbose_name": "工本费收据",
                "verbose_name_plural": "工本费收据",
                "indexes": [
                    models.Index(fields=["office", "issued_at"], name="workmanship_of_office"),
                    models.Index(fields=["printed_number"], name="workmanship_by_number"),
                    models.Index(fields=["settlement_line"], name="workmanship_of_line"),
                    models.Index(
                        condition=models.Q(("settlement_line__isnull", True)),
                        fields=["clerk"],
                        name="workmanship_unsettled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("idempotency_key",),
                        name="workmanship_once_per_key",
                        violation_error_message="这次提交已经收过工本费，没有再收。请刷新页面查看收据。",
                    ),
                    models.UniqueConstraint(
                        fields=("book", "number"),
                        name="workmanship_number_once_per_book",
                        violation_error_message="这个票据号码已经用过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="workmanship_amount_is_positive",
                        violation_error_message="收据金额应大于零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "change",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("tendered"), "-", models.F("amount")
                                ),
                            ),
                            ("change__gte", 0),
                        ),
                        name="workmanship_change_is_the_difference",
                        violation_error_message="找零应等于实收减应收，且不能为负数。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("means", "cash"), ("change", 0), _connector="OR"),
                        name="workmanship_change_is_cash",
                        violation_error_message="只有现金才有找零。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("means__in", ["cash", "card", "transfer", "qr"])),
                        name="workmanship_means_is_known",
                        violation_error_message="请选择收款方式。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at__isnull", True), ("voided_by__isnull", True)),
                            models.Q(
                                ("voided_at__isnull", False),
                                ("voided_by__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="workmanship_void_is_whole",
                        violation_error_message="作废须同时记录时间、作废人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="29691efcfdaad0f5ec06c1dc664f7851bd8cf4ad",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_2e48d",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_voided",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id") OR OLD."book_code" IS DISTINCT FROM (NEW."book_code") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."printed_number" IS DISTINCT FROM (NEW."printed_number") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."tendered" IS DISTINCT FROM (NEW."tendered") OR OLD."change" IS DISTINCT FROM (NEW."change") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."household_number" IS DISTINCT FROM (NEW."household_number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."office_name" IS DISTINCT FROM (NEW."office_name") OR OLD."clerk_name" IS DISTINCT FROM (NEW."clerk_name") OR OLD."clause_line" IS DISTINCT FROM (NEW."clause_line") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."demo" IS DISTINCT FROM (NEW."demo"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="eadf88ba6b0aa1e23c5298bdd5ee087fdd023ca8",
                            operation="UPDATE",
                            pgid="pgtrigger_only_voided_ddbda",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="number_from_its_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.code = NEW.book_code
                        AND b.purpose = 'workmanship'
                        AND NEW.number >= b.first_number AND NEW.number < b.next_number
                        AND NEW.printed_number = lpad(NEW.number::text, b.width, '0'))
                    THEN
                        RAISE EXCEPTION 'workmanship receipt % was not taken from its book', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'workmanship_number_from_its_book';
                    END IF;
                    IF (SELECT sum(i.fee) IS DISTINCT FROM NEW.amount
                        FROM payments_cardissue i WHERE i.receipt_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'workmanship receipt % is not the sum of its lines', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'workmanship_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,
                            hash="9cca229312ef20fc6b0f35c4829cf267353472fc",
                            operation="INSERT",
                            pgid="pgtrigger_number_from_its_book_24f2c",
                            table="payments_workmanshipreceipt",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="voided_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."voided_at" IS NOT NULL AND (OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason")))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="632f5f0cbd37f39967377d59b2204e81307e543d",
                            operation="UPDATE",
                            pgid="pgtrigger_voided_once_2a4ea",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="settled_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."settlement_line_id" IS NOT NULL AND (OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."settlement_line_id" IS DISTINCT FROM (NEW."settlement_line_id")))',
                            func="""
        RAISE EXCEPTION 'receipt % is settled', OLD.printed_number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_is_settled_and_stays';
    """,
                            hash="446b2cd583d4ace6c7684a6044a3fefa843583a1",
                            operation="UPDATE",
                            pgid="pgtrigger_settled_stays_01403",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="day_is_open",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."amount" > 0)',
                            func="""
            PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));
            IF EXISTS (
                SELECT FROM payments_settlement s
                WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id
                  AND s.day >= (NEW.issued_at AT TIME ZONE 'Asia/Shanghai')::date)
            THEN
                RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
            END IF;
            RETURN NEW;
        """,
                            hash="5c225d3692fd4bff37f6c90d050e91cfb969658f",
                            operation="INSERT",
                            pgid="pgtrigger_day_is_open_74b8c",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id") OR OLD."book_code" IS DISTINCT FROM (NEW."book_code") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."change" IS DISTINCT FROM (NEW."change") OR OLD."clause_line" IS DISTINCT FROM (NEW."clause_line") OR OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."clerk_name" IS DISTINCT FROM (NEW."clerk_name") OR OLD."demo" IS DISTINCT FROM (NEW."demo") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."household_number" IS DISTINCT FROM (NEW."household_number") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."office_name" IS DISTINCT FROM (NEW."office_name") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."printed_number" IS DISTINCT FROM (NEW."printed_number") OR OLD."tendered" IS DISTINCT FROM (NEW."tendered") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."voided_by_id" IS DISTINCT FROM (NEW."voided_by_id"))',
                            func='INSERT INTO "payments_workmanshipreceiptevent" ("amount", "book_code", "book_id", "capitals", "change", "clause_line", "clerk_id", "clerk_name", "demo", "division_code", "household_id", "household_number", "id", "idempotency_key", "issued_at", "means", "number", "office_id", "office_name", "payer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed_number", "tendered", "title", "void_reason", "voided_at", "voided_by_id") VALUES (NEW."amount", NEW."book_code", NEW."book_id", NEW."capitals", NEW."change", NEW."clause_line", NEW."clerk_id", NEW."clerk_name", NEW."demo", NEW."division_code", NEW."household_id", NEW."household_number", NEW."id", NEW."idempotency_key", NEW."issued_at", NEW."means", NEW."number", NEW."office_id", NEW."office_name", NEW."payer", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."printed_number", NEW."tendered", NEW."title", NEW."void_reason", NEW."voided_at", NEW."voided_by_id"); RETURN NULL;',
                            hash="d50673d6f6dd56078731029faf909f0bee0a683d",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_50e7e",
                            table="payments_workmanshipreceipt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_voided_once_verified",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."voided_at" IS NOT NULL AND OLD."voided_at" IS NULL)',
                            func="""
                    PERFORM FROM payments_receiptbook b WHERE b.id = NEW.book_id FOR SHARE;
                    IF EXISTS (SELECT FROM payments_bookverification v WHERE v.book_id = NEW.book_id) THEN
                        RAISE EXCEPTION 'the book of receipt % was verified', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'workmanship_not_voided_once_verified';
                    END IF;
                    RETURN NEW;
                """,
                            hash="742ef97a4df2a494148f3c7e2ad3bf5348d4f05f",
                            operation="UPDATE",
                            pgid="pgtrigger_not_voided_once_verified_80f4a",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_settled_at_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."settlement_line_id" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                            hash="8dd096a360ea0f3b4b967883881226d06af9042e",
                            operation="INSERT",
                            pgid="pgtrigger_not_settled_at_once_34da6",
                            table="payments_workmanshipreceipt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_its_own_line",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
            IF EXISTS (
                SELECT FROM fresh f JOIN stale o ON o.id = f.id CROSS JOIN LATERAL (SELECT f.clerk_id, NULL::bigint AS period_id) p
                JOIN payments_settlementline l ON l.id = f.settlement_line_id
                JOIN payments_settlement s ON s.id = l.settlement_id
                WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id
                  AND (s.office_id <> f.office_id OR s.clerk_id <> p.clerk_id
                       OR l.period_id IS DISTINCT FROM p.period_id
                       OR (f.issued_at AT TIME ZONE 'Asia/Shanghai')::date > s.day))
               OR EXISTS (
                SELECT FROM payments_settlementline l
                CROSS JOIN LATERAL (
                    SELECT count(*) AS receipts, count(h.voided_at) AS voided
                    FROM (SELECT r.voided_at FROM payments_receipt r WHERE r.settlement_line_id = l.id
                          UNION ALL
                          SELECT w.voided_at FROM payments_workmanshipreceipt w WHERE w.settlement_line_id = l.id) h
                ) AS held
                WHERE l.id IN (SELECT f.settlement_line_id FROM fresh f JOIN stale o ON o.id = f.id
                               WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id)
                  AND (held.receipts > l.receipts OR held.voided > l.voided
                       OR l.reversals < (SELECT count(*) FROM payments_reversal v WHERE v.settlement_line_id = l.id)))
            THEN
                RAISE EXCEPTION 'a settlement line takes what is not its own'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_sums_its_receipts';
            END IF;
            RETURN NULL;
        """,
                            hash="187a41ed14d15752c3c8822806d8c324ff6e11b4",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_joins_its_own_line_d7cc1",
                            referencing="REFERENCING OLD TABLE AS stale  NEW TABLE AS fresh ",
                            table="payments_workmanshipreceipt",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="void_takes_back",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_cardissue i LEFT JOIN payments_reversal v ON v.fee_id = NEW.id
                        WHERE i.receipt_id = NEW.id
                          AND (NEW.voided_at IS NULL AND v.id IS NULL) <> (i.cancelled_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'workmanship receipt % and its cards part ways', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'workmanship_void_takes_back';
                    END IF;
                    RETURN NULL;
                """,
                            hash="ebf35753699593ab10f78a08b69688fbd38bb2ce",
                            operation="UPDATE",
                            pgid="pgtrigger_void_takes_back_ff709",
                            table="payments_workmanshipreceipt",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="CardIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                (
                    "item",
                    models.CharField(
                        choices=[("card", "医疗保险卡"), ("book", "医疗保险病历")], max_length=10, verbose_name="项目"
                    ),
                ),
                ("number", models.CharField(db_collation="C", max_length=30, verbose_name="编号")),
                (
                    "cause",
                    models.CharField(
                        choices=[("first", "首发"), ("lost", "遗失补发"), ("damaged", "损坏换发")],
                        max_length=10,
                        verbose_name="事由",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("receiver", models.CharField(max_length=60, verbose_name="领取人")),
                ("fee", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="工本费")),
                ("fee_reason", models.CharField(blank=True, max_length=200, verbose_name="工本费依据")),
                ("issued_at", models.DateTimeField(verbose_name="发放时间")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                ("cancel_reason", models.CharField(blank=True, max_length=200, verbose_name="收回事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发放人",
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
                        verbose_name="收回人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="card_issues",
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
                        related_name="card_issues",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="payments.cardissue",
                        verbose_name="补换哪一张",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="payments.workmanshipreceipt",
                        verbose_name="工本费收据",
                    ),
                ),
                ("id_no", offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号")),
            ],
            options={
                "verbose_name": "医保卡和病历发放",
                "verbose_name_plural": "医保卡和病历发放",
                "indexes": [
                    models.Index(fields=["household"], name="card_of_household"),
                    models.Index(fields=["division_code", "issued_at"], name="card_by_division"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("item__in", ["card", "book"])),
                        name="card_item_is_known",
                        violation_error_message="请选择医保卡或病历。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), _negated=True), models.Q(("receiver", ""), _negated=True)
                        ),
                        name="card_number_and_receiver_are_there",
                        violation_error_message="请填写编号和领取人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", "first"), ("replaces__isnull", True)),
                            models.Q(("cause__in", ["lost", "damaged"]), ("replaces__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_reissue_says_why",
                        violation_error_message="补发须写明原来的编号和事由（遗失或损坏）。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fee", 0), ("receipt__isnull", True)),
                            models.Q(("fee__gt", 0), ("receipt__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_fee_is_on_a_receipt",
                        violation_error_message="收了工本费的须有工本费收据，不收的不能有。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancel_reason", ""), ("cancelled_at__isnull", True), ("cancelled_by__isnull", True)
                            ),
                            models.Q(
                                ("cancelled_at__gte", models.F("issued_at")),
                                ("cancelled_by__isnull", False),
                                models.Q(("cancel_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="card_cancelled_as_a_whole",
                        violation_error_message="收回须同时记录时间、收回人和事由。",
                    ),
                    models.UniqueConstraint(
                        models.F("item"),
                        django.db.models.functions.text.Left("division_code", 6),
                        models.F("number"),
                        condition=models.Q(("cancelled_at__isnull", True)),
                        name="card_number_once",
                        violation_error_message="这个编号已经发给了别人，请照实物核对后重录。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True), ("replaces__isnull", True)),
                        fields=("person", "item"),
                        name="card_first_issue_once",
                        violation_error_message="此人已经领过，遗失或损坏的请办理补发。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("replaces",),
                        name="card_replaced_once",
                        violation_error_message="这一张已经补发过，请刷新后在新的一张上办理。",
                    ),
                    models.UniqueConstraint(
                        fields=("idempotency_key", "person", "item"),
                        name="card_once_per_submit",
                        violation_error_message="这次提交已经办过，没有重复发放。请刷新页面查看。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e6d452590c4eb5eee0f0216ac6ab29802a53ead7",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_311a3",
                            table="payments_cardissue",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="cancelled_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."cancelled_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="6b114fe209276e422892a49c4b838ff23c942349",
                            operation="UPDATE",
                            pgid="pgtrigger_cancelled_once_6a679",
                            table="payments_cardissue",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="replaces_its_own",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."replaces_id" IS NOT NULL)',
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_cardissue o WHERE o.id = NEW.replaces_id
                        AND (o.person_id, o.item) = (NEW.person_id, NEW.item) AND o.cancelled_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'card % does not replace one of its own person', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_replaces_its_own';
                    END IF;
                    RETURN NULL;
                """,
                            hash="6de9aa58053203556f0da52ee97ca8780ccc8f3a",
                            operation="INSERT",
                            pgid="pgtrigger_replaces_its_own_41486",
                            table="payments_cardissue",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="belongs_to_its_receipt",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."receipt_id" IS NOT NULL)',
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_workmanshipreceipt r
                        WHERE r.id = NEW.receipt_id AND r.household_id = NEW.household_id
                          AND r.amount = (SELECT sum(i.fee) FROM payments_cardissue i WHERE i.receipt_id = r.id))
                    THEN
                        RAISE EXCEPTION 'card % does not fit its receipt', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_belongs_to_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
                            hash="ffa627fb34ba1c97d6367df7d4e7f9f7cb85544e",
                            operation="INSERT",
                            pgid="pgtrigger_belongs_to_its_receipt_c1b58",
                            table="payments_cardissue",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="taken_back_with_its_receipt",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."receipt_id" IS NOT NULL)',
                            constraint="CONSTRAINT",
                            func="""
                    IF EXISTS (
                        SELECT FROM payments_workmanshipreceipt r JOIN payments_cardissue i ON i.receipt_id = r.id
                        LEFT JOIN payments_reversal v ON v.fee_id = r.id
                        WHERE r.id = NEW.receipt_id
                          AND (r.voided_at IS NULL AND v.id IS NULL) <> (i.cancelled_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'card % and its receipt part ways', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'card_taken_back_with_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
                            hash="46d430af70f3ac8bb700e39d895aa24f2f610bb6",
                            operation="UPDATE",
                            pgid="pgtrigger_taken_back_with_its_receipt_a46c4",
                            table="payments_cardissue",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_cancelled",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."item" IS DISTINCT FROM (NEW."item") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."cause" IS DISTINCT FROM (NEW."cause") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."id_no" IS DISTINCT FROM (NEW."id_no") OR OLD."receiver" IS DISTINCT FROM (NEW."receiver") OR OLD."fee" IS DISTINCT FROM (NEW."fee") OR OLD."fee_reason" IS DISTINCT FROM (NEW."fee_reason") OR OLD."receipt_id" IS DISTINCT FROM (NEW."receipt_id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="08c7c6ed68942e75e019734ce4821d7f5686ea10",
                            operation="UPDATE",
                            pgid="pgtrigger_only_cancelled_2a36c",
                            table="payments_cardissue",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_cardissueevent" ("by_id", "cancel_reason", "cancelled_at", "cancelled_by_id", "cause", "division_code", "fee", "fee_reason", "household_id", "id", "id_no", "idempotency_key", "issued_at", "item", "name", "number", "office_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receipt_id", "receiver", "replaces_id") VALUES (NEW."by_id", NEW."cancel_reason", NEW."cancelled_at", NEW."cancelled_by_id", NEW."cause", NEW."division_code", NEW."fee", NEW."fee_reason", NEW."household_id", NEW."id", NEW."id_no", NEW."idempotency_key", NEW."issued_at", NEW."item", NEW."name", NEW."number", NEW."office_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."receipt_id", NEW."receiver", NEW."replaces_id"); RETURN NULL;',
                            hash="5902be129c1977fe658a011c49248240622c248d",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_927e9",
                            table="payments_cardissue",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="CardIssueEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                (
                    "item",
                    models.CharField(
                        choices=[("card", "医疗保险卡"), ("book", "医疗保险病历")], max_length=10, verbose_name="项目"
                    ),
                ),
                ("number", models.CharField(db_collation="C", max_length=30, verbose_name="编号")),
                (
                    "cause",
                    models.CharField(
                        choices=[("first", "首发"), ("lost", "遗失补发"), ("damaged", "损坏换发")],
                        max_length=10,
                        verbose_name="事由",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("receiver", models.CharField(max_length=60, verbose_name="领取人")),
                ("fee", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="工本费")),
                ("fee_reason", models.CharField(blank=True, max_length=200, verbose_name="工本费依据")),
                ("issued_at", models.DateTimeField(verbose_name="发放时间")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                ("cancel_reason", models.CharField(blank=True, max_length=200, verbose_name="收回事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发放人",
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
                        verbose_name="收回人",
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
                        to="payments.cardissue",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.cardissue",
                        verbose_name="补换哪一张",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.workmanshipreceipt",
                        verbose_name="工本费收据",
                    ),
                ),
                ("id_no", offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="842d37681135ad3e6b8fb59a921f5ac15b77cd41",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_05929",
                            table="payments_cardissueevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="WorkmanshipPrint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(verbose_name="打印时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打印人",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="payments.workmanshipreceipt",
                        verbose_name="工本费收据",
                    ),
                ),
            ],
            options={
                "verbose_name": "工本费收据打印记录",
                "verbose_name_plural": "工本费收据打印记录",
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "copy"), name="workmanship_copy_once"),
                    models.CheckConstraint(condition=models.Q(("copy__gte", 1)), name="workmanship_copy_is_positive"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b62c12dea553d8a2a48bf61f5c110a7bafe4535b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_21291",
                            table="payments_workmanshipprint",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="WorkmanshipReceiptEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("idempotency_key", models.UUIDField(verbose_name="请求编号")),
                ("book_code", models.CharField(db_collation="C", max_length=20, verbose_name="票据代码")),
                ("number", models.BigIntegerField(verbose_name="号码")),
                ("printed_number", models.CharField(db_collation="C", max_length=18, verbose_name="票据号码")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                (
                    "means",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
                        max_length=10,
                        verbose_name="收款方式",
                    ),
                ),
                ("tendered", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实收")),
                ("change", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="找零")),
                ("payer", models.CharField(max_length=60, verbose_name="缴款人")),
                ("household_number", models.CharField(max_length=20, verbose_name="户号")),
                ("title", models.CharField(max_length=100, verbose_name="项目")),
                ("office_name", models.CharField(max_length=60, verbose_name="收款单位")),
                ("clerk_name", models.CharField(max_length=50, verbose_name="收款人姓名")),
                ("clause_line", models.TextField(blank=True, verbose_name="依据")),
                ("issued_at", models.DateTimeField(verbose_name="开票时间")),
                ("demo", models.BooleanField(default=False, verbose_name="演示")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废事由")),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收款人",
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
                        to="payments.workmanshipreceipt",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作废人",
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
                            hash="4e4f51b2668f5919e8a8b35c4bb37521a5a46900",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_becbf",
                            table="payments_workmanshipreceiptevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Reversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="退款金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                (
                    "means",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
                        max_length=10,
                        verbose_name="退款方式",
                    ),
                ),
                ("payee", models.CharField(max_length=60, verbose_name="收款人")),
                ("reason", models.CharField(max_length=200, verbose_name="冲正事由")),
                ("at", models.DateTimeField(verbose_name="冲正时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核准人",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="退款人",
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
                    "receipt",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="payments.receipt",
                        verbose_name="收据",
                    ),
                ),
                (
                    "settlement_line",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed",
                        to="payments.settlementline",
                        verbose_name="日结明细",
                    ),
                ),
                (
                    "fee",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="payments.workmanshipreceipt",
                        verbose_name="工本费收据",
                    ),
                ),
            ],
            options={
                "verbose_name": "冲正",
                "verbose_name_plural": "冲正",
                "indexes": [
                    models.Index(fields=["settlement_line"], name="reversal_of_line"),
                    models.Index(
                        condition=models.Q(("settlement_line__isnull", True)),
                        fields=["clerk"],
                        name="reversal_unsettled",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="reversal_amount_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("payee", ""), _negated=True)
                        ),
                        name="reversal_says_why",
                        violation_error_message="冲正须写明事由和收款人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fee__isnull", True), ("receipt__isnull", False)),
                            models.Q(("fee__isnull", False), ("receipt__isnull", True)),
                            _connector="OR",
                        ),
                        name="reversal_is_of_one_receipt",
                        violation_error_message="一次冲正只退一张收据。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="edb1ad6101543c7cf65537c7814b091ff3707809",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_4b1d6",
                            table="payments_reversal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="settled_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."settlement_line_id" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="206bc65efa0f46a32b283c87c8c22bc25dbbd35d",
                            operation="UPDATE",
                            pgid="pgtrigger_settled_once_8b279",
                            table="payments_reversal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_settled_at_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."settlement_line_id" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                            hash="481b905b246d9bd99de998d87a3e656265707276",
                            operation="INSERT",
                            pgid="pgtrigger_not_settled_at_once_f5e08",
                            table="payments_reversal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_settled",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."receipt_id" IS DISTINCT FROM (NEW."receipt_id") OR OLD."fee_id" IS DISTINCT FROM (NEW."fee_id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."payee" IS DISTINCT FROM (NEW."payee") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="a74a563f3e734f9f8da9b2fce8071a6fe7cd156a",
                            operation="UPDATE",
                            pgid="pgtrigger_only_settled_86d23",
                            table="payments_reversal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="joins_its_own_line",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
            IF EXISTS (
                SELECT FROM fresh f JOIN stale o ON o.id = f.id LEFT JOIN payments_receipt r ON r.id = f.receipt_id
                LEFT JOIN payments_payment y ON y.id = r.payment_id
                CROSS JOIN LATERAL (SELECT f.clerk_id, y.period_id) p
                JOIN payments_settlementline l ON l.id = f.settlement_line_id
                JOIN payments_settlement s ON s.id = l.settlement_id
                WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id
                  AND (s.office_id <> f.office_id OR s.clerk_id <> p.clerk_id
                       OR l.period_id IS DISTINCT FROM p.period_id
                       OR (f.at AT TIME ZONE 'Asia/Shanghai')::date > s.day))
               OR EXISTS (
                SELECT FROM payments_settlementline l
                CROSS JOIN LATERAL (
                    SELECT count(*) AS receipts, count(h.voided_at) AS voided
                    FROM (SELECT r.voided_at FROM payments_receipt r WHERE r.settlement_line_id = l.id
                          UNION ALL
                          SELECT w.voided_at FROM payments_workmanshipreceipt w WHERE w.settlement_line_id = l.id) h
                ) AS held
                WHERE l.id IN (SELECT f.settlement_line_id FROM fresh f JOIN stale o ON o.id = f.id
                               WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id)
                  AND (held.receipts > l.receipts OR held.voided > l.voided
                       OR l.reversals < (SELECT count(*) FROM payments_reversal v WHERE v.settlement_line_id = l.id)))
            THEN
                RAISE EXCEPTION 'a settlement line takes what is not its own'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'settlement_line_sums_its_receipts';
            END IF;
            RETURN NULL;
        """,
                            hash="4f945feb4a5d04cc883da91fa350493a2781ad61",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_joins_its_own_line_4130f",
                            referencing="REFERENCING OLD TABLE AS stale  NEW TABLE AS fresh ",
                            table="payments_reversal",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="gives_back_a_settled_receipt",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    PERFORM pg_advisory_xact_lock_shared(hashtextextended('day-end ' || NEW.clerk_id, 0));
                    IF NOT EXISTS (
                        SELECT FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id
                        WHERE r.id = NEW.receipt_id AND r.settlement_line_id IS NOT NULL AND r.voided_at IS NULL
                          AND r.amount = NEW.amount AND r.office_id = NEW.office_id AND p.clerk_id <> NEW.by_id
                        UNION ALL
                        SELECT FROM payments_workmanshipreceipt w
                        WHERE w.id = NEW.fee_id AND w.settlement_line_id IS NOT NULL AND w.voided_at IS NULL
                          AND w.amount = NEW.amount AND w.office_id = NEW.office_id AND w.clerk_id <> NEW.by_id)
                    THEN
                        RAISE EXCEPTION 'receipt % cannot be reversed so', coalesce(NEW.receipt_id, NEW.fee_id)
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_gives_back_a_settled_receipt';
                    END IF;
                    IF EXISTS (
                        SELECT FROM payments_settlement s
                        WHERE s.office_id = NEW.office_id AND s.clerk_id = NEW.clerk_id
                          AND s.day >= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date)
                    THEN
                        RAISE EXCEPTION 'the day of clerk % is settled', NEW.clerk_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_is_open';
                    END IF;
                    RETURN NEW;
                """,
                            hash="24e1fe828c1ddaa3354bd5a372679890a93b9527",
                            operation="INSERT",
                            pgid="pgtrigger_gives_back_a_settled_receipt_7275e",
                            table="payments_reversal",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."capitals" IS DISTINCT FROM (NEW."capitals") OR OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."fee_id" IS DISTINCT FROM (NEW."fee_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."means" IS DISTINCT FROM (NEW."means") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."payee" IS DISTINCT FROM (NEW."payee") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."receipt_id" IS DISTINCT FROM (NEW."receipt_id"))',
                            func='INSERT INTO "payments_reversalevent" ("amount", "at", "by_id", "capitals", "clerk_id", "division_code", "fee_id", "id", "means", "office_id", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "receipt_id") VALUES (NEW."amount", NEW."at", NEW."by_id", NEW."capitals", NEW."clerk_id", NEW."division_code", NEW."fee_id", NEW."id", NEW."means", NEW."office_id", NEW."payee", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."receipt_id"); RETURN NULL;',
                            hash="c931c11e8cf367029208cb0d1e052866124a770e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c10ef",
                            table="payments_reversal",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ReversalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="退款金额")),
                ("capitals", models.CharField(max_length=60, verbose_name="金额大写")),
                (
                    "means",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码")],
                        max_length=10,
                        verbose_name="退款方式",
                    ),
                ),
                ("payee", models.CharField(max_length=60, verbose_name="收款人")),
                ("reason", models.CharField(max_length=200, verbose_name="冲正事由")),
                ("at", models.DateTimeField(verbose_name="冲正时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核准人",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="退款人",
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
                        to="payments.reversal",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.receipt",
                        verbose_name="收据",
                    ),
                ),
                (
                    "fee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.workmanshipreceipt",
                        verbose_name="工本费收据",
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
                            hash="87d68fd5170198cfc35cda15bddb4a32714375bc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e910c",
                            table="payments_reversalevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="BookHolding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_number", models.BigIntegerField(verbose_name="领用时下一号")),
                ("given_at", models.DateTimeField(verbose_name="领用时间")),
                ("until_number", models.BigIntegerField(blank=True, null=True, verbose_name="交回时下一号")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="交回时间")),
                (
                    "book",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="领用人",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收回人",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发放人",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据领用",
                "verbose_name_plural": "票据领用",
                "ordering": ["book", "given_at", "pk"],
                "indexes": [models.Index(fields=["book", "given_at"], name="holding_of_book")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("book",),
                        name="book_held_once",
                        violation_error_message="这本票据还在别人手里，请刷新后重新办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("ended_by__isnull", True), ("until_number__isnull", True)
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("until_number__gte", models.F("from_number")),
                            ),
                            _connector="OR",
                        ),
                        name="holding_end_is_whole",
                        violation_error_message="交回须同时记录时间、收回人和号码。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="0e84f03ce171a3bfe084528a2a138d41f67e62ee",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_2a76a",
                            table="payments_bookholding",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_ended",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id") OR OLD."clerk_id" IS DISTINCT FROM (NEW."clerk_id") OR OLD."from_number" IS DISTINCT FROM (NEW."from_number") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at") OR OLD."given_by_id" IS DISTINCT FROM (NEW."given_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="0b9fb35523a8b3b540c3f0e99dfeb648f4563b28",
                            operation="UPDATE",
                            pgid="pgtrigger_only_ended_10beb",
                            table="payments_bookholding",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="ended_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."ended_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="1f7224ed2f80162d80fee7f45198c5f3174ec586",
                            operation="UPDATE",
                            pgid="pgtrigger_ended_once_5a08c",
                            table="payments_bookholding",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="BookLoss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=100, verbose_name="遗失地点")),
                ("lost_at", models.DateTimeField(verbose_name="遗失（发现）时间")),
                ("circumstances", models.CharField(max_length=500, verbose_name="经过")),
                ("reported_at", models.DateTimeField(verbose_name="报告时间")),
                (
                    "book",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loss",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报告人",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据遗失",
                "verbose_name_plural": "票据遗失",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lost_at__lte", models.F("reported_at"))),
                        name="loss_before_its_report",
                        violation_error_message="遗失时间不能晚于报告时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", ""), _negated=True), models.Q(("circumstances", ""), _negated=True)
                        ),
                        name="loss_says_where_and_how",
                        violation_error_message="请写明遗失的地点和经过。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="377defe2807f164910c95b4350df87a95d4865fe",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_16752",
                            table="payments_bookloss",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="of_a_closed_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
            IF NOT EXISTS (
                SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.closed_at IS NOT NULL)
            THEN
                RAISE EXCEPTION 'book % is still open', NEW.book_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'loss_of_a_closed_book';
            END IF;
            RETURN NULL;
        """,
                            hash="858765d607730a0d66f8c6f901f438abd8c51229",
                            operation="INSERT",
                            pgid="pgtrigger_of_a_closed_book_033bf",
                            table="payments_bookloss",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="BookReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("returned_to", models.CharField(max_length=60, verbose_name="退回单位")),
                ("document", models.CharField(blank=True, max_length=40, verbose_name="退票单号")),
                ("returned_at", models.DateTimeField(verbose_name="退回时间")),
                (
                    "book",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据退回",
                "verbose_name_plural": "票据退回",
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ecf1da89bdf0e608fa8ecf7d7694b8ed6bf53d9d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_266b1",
                            table="payments_bookreturn",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="of_a_closed_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
            IF NOT EXISTS (
                SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.closed_at IS NOT NULL)
            THEN
                RAISE EXCEPTION 'book % is still open', NEW.book_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'return_of_a_closed_book';
            END IF;
            RETURN NULL;
        """,
                            hash="67840cb54109a27895591869d67911d3e0aaa481",
                            operation="INSERT",
                            pgid="pgtrigger_of_a_closed_book_1a914",
                            table="payments_bookreturn",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="BookVerification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", models.PositiveIntegerField(verbose_name="有效")),
                ("voided", models.PositiveIntegerField(verbose_name="作废")),
                ("unused", models.BigIntegerField(verbose_name="未用")),
                ("void_copies_seen", models.PositiveIntegerField(verbose_name="已验作废联")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                (
                    "remitted",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="已上缴"),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("verified_at", models.DateTimeField(verbose_name="核销时间")),
                (
                    "book",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verification",
                        to="payments.receiptbook",
                        verbose_name="票据号段",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "票据核销",
                "verbose_name_plural": "票据核销",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("void_copies_seen__lte", models.F("voided"))),
                        name="verification_saw_no_more_than_voided",
                        violation_error_message="作废联的份数多于作废的收据，请重新清点。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="5faf58f499c0c383df41bfdb00b47c1d095079b6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0dc83",
                            table="payments_bookverification",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="agrees_with_its_book",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_receiptbook b, (
                            SELECT count(*) FILTER (WHERE r.voided_at IS NULL) AS valid,
                                   count(r.voided_at) AS voided,
                                   coalesce(sum(r.amount) FILTER (WHERE r.voided_at IS NULL), 0) AS amount,
                                   coalesce(bool_or(r.clerk_id = NEW.by_id), false) AS own
                            FROM (SELECT r.voided_at, r.amount, p.clerk_id FROM payments_receipt r
                                  JOIN payments_payment p ON p.id = r.payment_id WHERE r.book_id = NEW.book_id
                                  UNION ALL
                                  SELECT w.voided_at, w.amount, w.clerk_id FROM payments_workmanshipreceipt w
                                  WHERE w.book_id = NEW.book_id) r) AS found
                        WHERE b.id = NEW.book_id AND (b.closed_at IS NOT NULL OR b.next_number > b.last_number)
                          AND NEW.unused = b.last_number - b.next_number + 1
                          AND (NEW.valid, NEW.voided, NEW.amount) = (found.valid, found.voided, found.amount)
                          AND NOT found.own
                          AND (NEW.void_copies_seen = NEW.voided
                               OR EXISTS (SELECT FROM payments_bookloss l WHERE l.book_id = NEW.book_id)))
                    THEN
                        RAISE EXCEPTION 'the verification of book % does not agree with it', NEW.book_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_agrees_with_its_book';
                    END IF;
                    RETURN NULL;
                """,
                            hash="5b50b0abeff53f5cfe5f28c99d08387e3c03bd7e",
                            operation="INSERT",
                            pgid="pgtrigger_agrees_with_its_book_4aaaf",
                            table="payments_bookverification",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="OverprintLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("form", models.JSONField(verbose_name="版式")),
                ("stock", models.UUIDField(blank=True, editable=False, null=True, verbose_name="票样存放名")),
                ("stock_content", models.CharField(blank=True, max_length=20, verbose_name="票样格式")),
                (
                    "stock_sha256",
                    models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="票样SHA-256"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="更改时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="更改人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "套打版式",
                "verbose_name_plural": "套打版式",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("office", "name"),
                        name="overprint_name_once_per_office",
                        violation_error_message="本机构已有同名的套打版式，请换一个名称。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stock__isnull", True), ("stock_content", ""), ("stock_sha256", "")),
                            models.Q(
                                ("stock__isnull", False),
                                ("stock_content__startswith", "image/"),
                                ("stock_sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="overprint_stock_is_whole",
                        violation_error_message="票样图片不完整，请重新上传。",
                    ),
                ],
            },
        ),
        CreateModel(
            name="Printer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("right", models.DecimalField(decimal_places=1, default=0, max_digits=4, verbose_name="向右")),
                ("down", models.DecimalField(decimal_places=1, default=0, max_digits=4, verbose_name="向下")),
                ("changed_at", models.DateTimeField(verbose_name="更改时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="更改人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "打印机",
                "verbose_name_plural": "打印机",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("office", "name"),
                        name="printer_name_once_per_office",
                        violation_error_message="本机构已有同名的打印机，请换一个名称。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("down__range", (-30, 30)), ("right__range", (-30, 30))),
                        name="printer_offset_is_small",
                        violation_error_message="偏移应在30毫米以内；差得更多的，请检查纸张和驱动程序的设置。",
                    ),
                ],
            },
        ),
        CreateModel(
            name="PrintRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("at", models.DateTimeField(verbose_name="提交时间")),
                ("chosen", models.JSONField(verbose_name="选择")),
                ("reprints", models.BooleanField(default=False, verbose_name="含补打")),
                (
                    "form",
                    models.CharField(
                        choices=[("half", "A4 每页一张"), ("third", "A4 每页三张"), ("overprint", "套打")],
                        max_length=10,
                        verbose_name="版式",
                    ),
                ),
                ("drawing", models.JSONField(blank=True, default=dict, verbose_name="所用版式和偏移")),
                (
                    "receipt_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="收据"
                    ),
                ),
                ("receipts", models.PositiveIntegerField(verbose_name="张数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("left_out", models.JSONField(blank=True, default=list, verbose_name="未列入")),
                ("file", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="存放名")),
                ("sha256", models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="字节数")),
                ("pages", models.PositiveIntegerField(default=0, verbose_name="页数")),
                ("printed", models.PositiveIntegerField(default=0, verbose_name="已打印张数")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("purged_at", models.DateTimeField(blank=True, null=True, verbose_name="文件销毁时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打印人",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.job",
                        verbose_name="任务",
                    ),
                ),
                (
                    "layout",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.overprintlayout",
                        verbose_name="套打版式",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "printer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.printer",
                        verbose_name="打印机",
                    ),
                ),
            ],
            options={
                "verbose_name": "打印批次",
                "verbose_name_plural": "打印批次",
                "indexes": [models.Index(fields=["office", "-id"], name="print_run_of_office")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("form__in", ["half", "third"]), ("layout__isnull", True)),
                            models.Q(("form", "overprint"), ("layout__isnull", False)),
                            _connector="OR",
                        ),
                        name="print_run_form_is_known",
                        violation_error_message="请选择版式；套打须选定套打版式。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receipts__gt", 0)),
                        name="print_run_has_receipts",
                        violation_error_message="没有选中任何收据。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pages", 0), ("sha256", "")),
                            models.Q(
                                ("finished_at__isnull", False), ("pages__gt", 0), ("sha256__regex", "^[0-9a-f]{64}$")
                            ),
                            _connector="OR",
                        ),
                        name="print_run_file_has_a_digest",
                        violation_error_message="批次的文件没有校验值。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="ecd95b8a250a5ffe0dc5b44bac2d54dd70764449",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_7c818",
                            table="payments_printrun",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="choice_stands",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."chosen" IS DISTINCT FROM (NEW."chosen") OR OLD."reprints" IS DISTINCT FROM (NEW."reprints") OR OLD."form" IS DISTINCT FROM (NEW."form") OR OLD."layout_id" IS DISTINCT FROM (NEW."layout_id") OR OLD."printer_id" IS DISTINCT FROM (NEW."printer_id") OR OLD."drawing" IS DISTINCT FROM (NEW."drawing") OR OLD."receipt_ids" IS DISTINCT FROM (NEW."receipt_ids") OR OLD."receipts" IS DISTINCT FROM (NEW."receipts") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."left_out" IS DISTINCT FROM (NEW."left_out") OR OLD."file" IS DISTINCT FROM (NEW."file"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="879a9301ef21d9e5c8a42ebf5c49e1e10d72f8a3",
                            operation="UPDATE",
                            pgid="pgtrigger_choice_stands_0c4f8",
                            table="payments_printrun",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ReceiptPrint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(verbose_name="打印时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="打印人",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="payments.receipt",
                        verbose_name="收据",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="payments.printrun",
                        verbose_name="打印批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "打印记录",
                "verbose_name_plural": "打印记录",
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "copy"), name="receipt_copy_once"),
                    models.CheckConstraint(condition=models.Q(("copy__gte", 1)), name="receipt_copy_is_positive"),
                    models.UniqueConstraint(
                        fields=("run", "receipt"),
                        name="receipt_once_per_run",
                        violation_error_message="这张收据在本批次里已经打印过。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bbb174cf9a421ca1fc1e8c3c2911c0801b50e032",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_706e8",
                            table="payments_receiptprint",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[("office", "上缴款"), ("district", "汇缴区县款"), ("city", "上解市级款")],
                        max_length=10,
                        verbose_name="款项",
                    ),
                ),
                ("division_code", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="范围")),
                ("account", models.CharField(max_length=60, verbose_name="账户")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("first_day", models.DateField(verbose_name="起始日")),
                ("last_day", models.DateField(verbose_name="截止日")),
                ("columns", models.JSONField(default=list, verbose_name="所取各列")),
                ("unread", models.JSONField(default=list, verbose_name="没有读出的行")),
                ("at", models.DateTimeField(verbose_name="导入时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
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
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
                ("stored", models.UUIDField(blank=True, null=True, verbose_name="存放名")),
            ],
            options={
                "verbose_name": "对账单",
                "verbose_name_plural": "对账单",
                "ordering": ["-last_day", "-id"],
                "indexes": [models.Index(fields=["division_code", "last_day"], name="bank_statement_of_division")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("sha256", "division_code"),
                        name="bank_statement_once",
                        violation_error_message="这份对账单已经导入过，不必再导。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["office", "district", "city"])),
                        name="bank_statement_step_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))),
                        name="bank_statement_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="bank_statement_digest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account", ""), _negated=True),
                        name="bank_statement_has_an_account",
                        violation_error_message="请填写账户，例如“农行上缴专户”。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_statement_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="605860888b181bae362377f2d2d1e79da76c5515",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_4dfe2",
                            table="payments_bankstatement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawal_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="8b34a6c1f84e9d496d12261ae8e07a3f9731de9d",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawal_is_final_a47be",
                            table="payments_bankstatement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."step" IS DISTINCT FROM (NEW."step") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."account" IS DISTINCT FROM (NEW."account") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."stored" IS DISTINCT FROM (NEW."stored") OR OLD."first_day" IS DISTINCT FROM (NEW."first_day") OR OLD."last_day" IS DISTINCT FROM (NEW."last_day") OR OLD."columns" IS DISTINCT FROM (NEW."columns") OR OLD."unread" IS DISTINCT FROM (NEW."unread") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="1330514b5ff29a0b5b5737bf0e519858c1457051",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_bef2d",
                            table="payments_bankstatement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_bankstatementevent" ("account", "at", "by_id", "columns", "division_code", "first_day", "id", "last_day", "name", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "step", "stored", "unread", "withdraw_reason", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."account", NEW."at", NEW."by_id", NEW."columns", NEW."division_code", NEW."first_day", NEW."id", NEW."last_day", NEW."name", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."step", NEW."stored", NEW."unread", NEW."withdraw_reason", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                            hash="c8d867cdf615e57492da9e2b0221d0a08fa5f1db",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f5ddf",
                            table="payments_bankstatement",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="BankStatementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[("office", "上缴款"), ("district", "汇缴区县款"), ("city", "上解市级款")],
                        max_length=10,
                        verbose_name="款项",
                    ),
                ),
                ("division_code", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="范围")),
                ("account", models.CharField(max_length=60, verbose_name="账户")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("first_day", models.DateField(verbose_name="起始日")),
                ("last_day", models.DateField(verbose_name="截止日")),
                ("columns", models.JSONField(default=list, verbose_name="所取各列")),
                ("unread", models.JSONField(default=list, verbose_name="没有读出的行")),
                ("at", models.DateTimeField(verbose_name="导入时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offices.office",
                        verbose_name="机构",
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
                        to="payments.bankstatement",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
                ("stored", models.UUIDField(blank=True, null=True, verbose_name="存放名")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ef0fd4cfdef33d00001e65bafe991f8212c30226",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e132a",
                            table="payments_bankstatementevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="StatementRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=60, verbose_name="位置")),
                ("day", models.DateField(verbose_name="交易日期")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("number", models.CharField(blank=True, db_collation="C", max_length=60, verbose_name="流水号")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="摘要")),
                ("party", models.CharField(blank=True, max_length=100, verbose_name="对方")),
                (
                    "repeats",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeated",
                        to="payments.statementrow",
                        verbose_name="已见于",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="payments.bankstatement",
                        verbose_name="对账单",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账单明细",
                "verbose_name_plural": "对账单明细",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="statement_row_moves_money"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="77bfb42f15cf6ec700b2b5358900813d65bc6d7b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d4fb3",
                            table="payments_statementrow",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="StatementMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[("exact", "号、额、日全同"), ("near", "同额，日期相近"), ("hand", "人工")],
                        max_length=10,
                        verbose_name="依据",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="核对时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="取消事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核对人",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="payments.bankslip",
                        verbose_name="银行回单",
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
                        verbose_name="取消人",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="payments.statementrow",
                        verbose_name="对账单明细",
                    ),
                ),
            ],
            options={
                "verbose_name": "银行核对",
                "verbose_name_plural": "银行核对",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("row",),
                        name="statement_row_matched_once",
                        violation_error_message="对账单的这一笔刚刚由别人核对了，请刷新页面后再看。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("slip",),
                        name="bank_slip_matched_once",
                        violation_error_message="这张回单刚刚由别人核对了，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["exact", "near", "hand"])), name="statement_match_how_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_reason", ""), ("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="statement_match_undone_whole",
                        violation_error_message="取消核对须记录时间、取消人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="7f6cbc24ee2243faf46586b0d5d24ad472dfdd8a",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_2fa20",
                            table="payments_statementmatch",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."row_id" IS DISTINCT FROM (NEW."row_id") OR OLD."slip_id" IS DISTINCT FROM (NEW."slip_id") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="db42cc1d881cc5f52121e5c6faaf784ee2703b43",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_44081",
                            table="payments_statementmatch",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="undoing_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."undone_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="c23721c9cbadd99300808db67212291054a89f8a",
                            operation="UPDATE",
                            pgid="pgtrigger_undoing_is_final_6bb19",
                            table="payments_statementmatch",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_statementmatchevent" ("at", "by_id", "how", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "slip_id", "undo_reason", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."how", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."row_id", NEW."slip_id", NEW."undo_reason", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="713c11626fac266030cd0eed3c82cc4d14ab557b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d6e85",
                            table="payments_statementmatch",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_of_one_sum",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_statementrow r
                        JOIN payments_bankstatement b ON b.id = r.statement_id
                        JOIN payments_bankslip s ON s.id = NEW.slip_id
                        WHERE r.id = NEW.row_id AND r.amount = s.amount AND r.repeats_id IS NULL
                          AND b.withdrawn_at IS NULL
                          AND NOT EXISTS (SELECT FROM payments_statementmark k
                                          WHERE k.row_id = r.id AND k.undone_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'row % and slip % are of two sums', NEW.row_id, NEW.slip_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_match_is_of_one_sum';
                    END IF;
                    RETURN NEW;
                """,
                            hash="5732111ac4643873708f7355028d932ecd6ec507",
                            operation="INSERT",
                            pgid="pgtrigger_is_of_one_sum_c58ef",
                            table="payments_statementmatch",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="StatementMatchEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "how",
                    models.CharField(
                        choices=[("exact", "号、额、日全同"), ("near", "同额，日期相近"), ("hand", "人工")],
                        max_length=10,
                        verbose_name="依据",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="核对时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="取消事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核对人",
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
                        to="payments.statementmatch",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取消人",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.statementrow",
                        verbose_name="对账单明细",
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
                            hash="22ab9b7800b146e1fee0849a29575632fe861e35",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7787e",
                            table="payments_statementmatchevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="StatementMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="是什么")),
                ("at", models.DateTimeField(verbose_name="另记时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="取消事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="另记人",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="payments.statementrow",
                        verbose_name="对账单明细",
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
                        verbose_name="取消人",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账单另记",
                "verbose_name_plural": "对账单另记",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("row",),
                        name="statement_row_marked_once",
                        violation_error_message="这一笔刚刚由别人另记了，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="statement_mark_says_what",
                        violation_error_message="请写明这一笔是什么，例如“结息”。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_reason", ""), ("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="statement_mark_undone_whole",
                        violation_error_message="取消另记须记录时间、取消人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="16afed6458e4da8800fa4cc2741a93b83245da97",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_f05b5",
                            table="payments_statementmark",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."row_id" IS DISTINCT FROM (NEW."row_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="9caeb39cd9f759f77b00b7fb2f946e55a7173ae2",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_3e73e",
                            table="payments_statementmark",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="undoing_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."undone_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="dfd2692afd2ae284c8326f393e5506075aae1b24",
                            operation="UPDATE",
                            pgid="pgtrigger_undoing_is_final_4195e",
                            table="payments_statementmark",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_of_an_open_row",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM payments_statementrow r JOIN payments_bankstatement b ON b.id = r.statement_id
                        WHERE r.id = NEW.row_id AND r.amount > 0 AND r.repeats_id IS NULL AND b.withdrawn_at IS NULL
                          AND NOT EXISTS (SELECT FROM payments_statementmatch m
                                          WHERE m.row_id = r.id AND m.undone_at IS NULL))
                    THEN
                        RAISE EXCEPTION 'row % is not open', NEW.row_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_mark_is_of_an_open_row';
                    END IF;
                    RETURN NEW;
                """,
                            hash="a19d6006f240fa42e47c6da7fbda15a9321b38a8",
                            operation="INSERT",
                            pgid="pgtrigger_is_of_an_open_row_98b04",
                            table="payments_statementmark",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "payments_statementmarkevent" ("at", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "row_id", "undo_reason", "undone_at", "undone_by_id") VALUES (NEW."at", NEW."by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."row_id", NEW."undo_reason", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="489bffadade2f38113088f88a8984941f2b63808",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_86532",
                            table="payments_statementmark",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="StatementMarkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200, verbose_name="是什么")),
                ("at", models.DateTimeField(verbose_name="另记时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="取消时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="取消事由")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="另记人",
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
                        to="payments.statementmark",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.statementrow",
                        verbose_name="对账单明细",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取消人",
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
                            hash="e2769cfb77a367255d5d56db0f419bd41ae51759",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_bf492",
                            table="payments_statementmarkevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
