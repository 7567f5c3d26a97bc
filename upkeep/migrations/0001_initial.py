"""维护: backups, audits, and the log's seals and archives."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from offices.migration_operations import CreateModel


class Migration(migrations.Migration):
    replaces = [
        ("upkeep", "0001_backups"),
        ("upkeep", "0002_act_seals"),
        ("upkeep", "0003_night_audits"),
        ("upkeep", "0004_act_archives"),
        ("upkeep", "0005_registry_audited"),
    ]

    initial = True

    dependencies = [("offices", "0001_initial")]

    operations = [
        CreateModel(
            name="BackupProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("backup_made_at", models.DateTimeField(verbose_name="备份时间")),
                ("proved_at", models.DateTimeField(verbose_name="验证时间")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("fault", models.TextField(blank=True, verbose_name="不符之处")),
            ],
            options={
                "verbose_name": "备份验证",
                "verbose_name_plural": "备份验证",
                "ordering": ["-proved_at"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="029381d115eafdb970573d54bd1e582ecfd53e63",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_18475",
                            table="upkeep_backupproof",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(unique=True, verbose_name="时间")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                ("place", models.CharField(max_length=500, verbose_name="位置")),
                ("receipts", models.BigIntegerField(verbose_name="收据张数")),
            ],
            options={
                "verbose_name": "备份",
                "verbose_name_plural": "备份",
                "ordering": ["-made_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seconds__gte", 0), ("size__gt", 0)),
                        name="backup_holds_something",
                        violation_error_message="备份是空的。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8e7af0f03fdc72ed5f0a7244142700cd79f0d8e6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dbecc",
                            table="upkeep_backup",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="ActSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_id", models.BigIntegerField(unique=True, verbose_name="首条编号")),
                ("last_id", models.BigIntegerField(unique=True, verbose_name="末条编号")),
                ("acts", models.PositiveIntegerField(verbose_name="条数")),
                ("previous", models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="前一号摘要")),
                ("digest", models.CharField(db_collation="C", max_length=64, unique=True, verbose_name="摘要")),
                ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
            ],
            options={
                "verbose_name": "日志封存",
                "verbose_name_plural": "日志封存",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acts__gte", 1),
                            ("first_id__gte", 1),
                            ("last_id__gte", models.F("first_id")),
                            ("digest__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="act_seal_covers_acts",
                        violation_error_message="封存的范围或摘要不对。",
                    ),
                    models.UniqueConstraint(
                        fields=("previous",),
                        name="act_seals_are_one_chain",
                        violation_error_message="前一号已经有后续的封存。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="883efb33a98444356dbc0c06d4c55a681c4fa776",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9e04d",
                            table="upkeep_actseal",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="NightAudit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "核账"),
                            ("log", "日志核对"),
                            ("reports", "统计核对"),
                            ("registry", "省级参保登记核对"),
                        ],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("count", models.PositiveIntegerField(verbose_name="不符")),
                (
                    "faults",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None, verbose_name="不符之处"
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("acknowledgement", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
            ],
            options={
                "verbose_name": "每晚核对",
                "verbose_name_plural": "每晚核对",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.F("kind"), models.OrderBy(models.F("id"), descending=True), name="night_audit_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at__isnull", True),
                                ("acknowledged_by__isnull", True),
                                ("acknowledgement", ""),
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                                models.Q(("acknowledgement", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="night_audit_acknowledged_by_someone_with_words",
                        violation_error_message="确认不符须有时间、确认人和说明。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="found_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."count" IS DISTINCT FROM (NEW."count") OR OLD."faults" IS DISTINCT FROM (NEW."faults"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="d65ac4944db82730dc1dff2283747ebc3238cdfb",
                            operation="UPDATE",
                            pgid="pgtrigger_found_stays_fa8bc",
                            table="upkeep_nightaudit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="not_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="c26b223d0293087acabb50ca8e955248912d8155",
                            operation="DELETE",
                            pgid="pgtrigger_not_deleted_7f06f",
                            table="upkeep_nightaudit",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="ActArchive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_id", models.BigIntegerField(unique=True, verbose_name="首条编号")),
                ("last_id", models.BigIntegerField(unique=True, verbose_name="末条编号")),
                ("acts", models.PositiveIntegerField(verbose_name="条数")),
                ("name", models.CharField(max_length=100, verbose_name="文件名")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="文件摘要")),
                ("archived_at", models.DateTimeField(verbose_name="归档时间")),
            ],
            options={
                "verbose_name": "日志归档",
                "verbose_name_plural": "日志归档",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acts__gte", 1),
                            ("first_id__gte", 1),
                            ("last_id__gte", models.F("first_id")),
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                        ),
                        name="act_archive_covers_acts",
                        violation_error_message="归档的范围或摘要不对。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c74d984b1911d62dc489133f3d06e674e4ecd90b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2e7c4",
                            table="upkeep_actarchive",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
