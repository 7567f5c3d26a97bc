"""花名册: rosters and what is taken by them, lists of funders and follow-ups."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import offices.sealed
from offices.migration_operations import CreateModel

# 名单上的人登记时认出: at the end of the transaction that registers a person, the list's line is theirs. A trigger, because
# persons come in by many ways: the counter, a roster, a correction of a name or number. Deferred, so that a certification
# that the clerk registers with the person comes first. By the digests of the numbers: sealed values are equal only under
# the same key.
RECOGNISE_LISTED = """
CREATE FUNCTION rosters_recognise_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM rosters_funderlistline l WHERE l.person_id IS NULL AND l.id_no_index = NEW.id_no_index) THEN
        RETURN NULL;
    END IF;
    WITH found AS (
        UPDATE rosters_funderlistline l
        SET person_id = NEW.id, matched_at = now(), division_code = NEW.division_code
        FROM rosters_funderlist f
        WHERE f.id = l.listing_id AND l.person_id IS NULL AND l.id_no_index = NEW.id_no_index AND l.name = NEW.name
          AND f.kind = 'support' AND f.applied_at IS NOT NULL AND f.superseded_at IS NULL
          AND starts_with(NEW.division_code, f.division_code)
        RETURNING l.category, COALESCE(l.day, f.month) AS day, l.problems,
                  f.funder_name || to_char(f.month, 'YYYY"年"MM"月"') || '资助名单' AS label
    ), marked AS (
        UPDATE households_certification c SET funder_list = found.label FROM found
        WHERE c.person_id = NEW.id AND c.category = found.category AND c.ended_on IS NULL AND c.funder_list = ''
    )
    INSERT INTO households_certification (person_id, category, disability_kind, components, kind, number,
        issued_by_division, valid_from, funder_list, claimed)
    SELECT DISTINCT ON (category) NEW.id, category, '', '[]'::jsonb, '', '', '', day, label, true
    FROM found
    WHERE category <> '' AND problems = '[]' AND NEW.died_on IS NULL AND NOT EXISTS (
        SELECT FROM households_certification c
        WHERE c.person_id = NEW.id AND c.category = found.category AND c.ended_on IS NULL);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recognise_listed
AFTER INSERT OR UPDATE OF id_no, name, division_code ON households_person
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id_no IS NOT NULL)
EXECUTE FUNCTION rosters_recognise_listed();
"""
NOT_RECOGNISED = """
DROP TRIGGER recognise_listed ON households_person;
DROP FUNCTION rosters_recognise_listed();
"""
# 一张回单只算一次: what a village paid in is not remitted with the same slip, nor the other way round. Each table has its
# own such trigger; these look across. A remittance that holds the roster's own receipts is the same money further on its
# way and may bear the same slip.
SLIP_COUNTS_ONCE_ANYWHERE = """
CREATE FUNCTION rosters_slip_counts_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    slip payments_bankslip;
BEGIN
    SELECT * INTO slip FROM payments_bankslip s WHERE s.id = NEW.slip_id;
    PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || slip.number, 0));
    IF TG_TABLE_NAME = 'rosters_rosterdeposit' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN payments_remittance m ON m.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND m.withdrawn_at IS NULL)
    OR TG_TABLE_NAME = 'payments_remittance' AND EXISTS (
        SELECT FROM payments_bankslip s JOIN rosters_rosterdeposit d ON d.slip_id = s.id
        WHERE (s.number, s.day, s.amount) = (slip.number, slip.day, slip.amount) AND d.withdrawn_at IS NULL
          AND NOT EXISTS (
              SELECT FROM rosters_rostertaking t
              JOIN payments_receipt r ON r.book_id = t.book_id AND r.number BETWEEN t.first AND t.last
              JOIN payments_settlementline l ON l.id = r.settlement_line_id
              WHERE t.deposit_id = d.id AND l.remittance_id = NEW.id))
    THEN
        RAISE EXCEPTION 'slip % stands elsewhere', NEW.slip_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slip_counts_once_anywhere BEFORE INSERT OR UPDATE OF slip_id ON rosters_rosterdeposit
FOR EACH ROW WHEN (NEW.slip_id IS NOT NULL) EXECUTE FUNCTION rosters_slip_counts_once();
CREATE TRIGGER slip_counts_once_anywhere BEFORE INSERT OR UPDATE OF slip_id ON payments_remittance
FOR EACH ROW WHEN (NEW.slip_id IS NOT NULL) EXECUTE FUNCTION rosters_slip_counts_once();
"""
SLIP_COUNTS_ONCE_IN_ITS_TABLE = """
DROP TRIGGER slip_counts_once_anywhere ON payments_remittance;
DROP TRIGGER slip_counts_once_anywhere ON rosters_rosterdeposit;
DROP FUNCTION rosters_slip_counts_once();
"""
# 入账时重新统计: the application may have tables counted anew that it has just filled; it owns none of them.
COUNT_ANEW = """
CREATE FUNCTION rosters_count_anew(tables text[], written bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (tables)
          AND c.reltuples <= written ORDER BY 1
    LOOP
        EXECUTE format('ANALYZE %I', name);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    replaces = [
        ("rosters", "0001_rosters"),
        ("rosters", "0002_funder_lists_and_follow_ups"),
        ("rosters", "0003_recognise_listed_persons"),
        ("rosters", "0004_a_slip_counts_once_anywhere"),
        ("rosters", "0005_a_list_in_force_is_withdrawn"),
        ("rosters", "0006_sealed_lines"),
        ("rosters", "0007_seal_what_was_there"),
        ("rosters", "0008_telephones_are_sealed"),
        ("rosters", "0009_only_sealed"),
        ("rosters", "0010_recognise_by_digest"),
        ("rosters", "0011_count_anew"),
        ("rosters", "0012_school_class"),
    ]

    initial = True

    dependencies = [
        ("offices", "0001_initial"),
        ("households", "0001_initial"),
        ("enrollment", "0001_initial"),
        ("payments", "0001_initial"),
    ]

    operations = [
        CreateModel(
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.office",
                        verbose_name="机构",
                    ),
                ),
                ("place", models.CharField(max_length=60, verbose_name="村（社区）、学校或部门")),
                ("headings", models.CharField(db_collation="C", max_length=64, verbose_name="表头的校验值")),
                ("mapping", models.JSONField(verbose_name="栏目")),
                ("sheet", models.CharField(blank=True, max_length=60, verbose_name="工作表")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经手人",
                    ),
                ),
            ],
            options={
                "verbose_name": "记住的栏目",
                "verbose_name_plural": "记住的栏目",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "place", "headings"), name="column_choice_once")
                ],
            },
        ),
        CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rosters",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                (
                    "channel",
                    models.CharField(
                        choices=[("village", "村组"), ("school", "学校"), ("department", "部门")],
                        max_length=20,
                        verbose_name="渠道",
                    ),
                ),
                ("place", models.CharField(max_length=60, verbose_name="村（社区）、学校或部门")),
                ("group", models.CharField(blank=True, max_length=30, verbose_name="小组或班级")),
                ("serial", models.PositiveSmallIntegerField(verbose_name="批次")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
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
                ("day", models.DateField(verbose_name="日期")),
                ("collector", models.CharField(max_length=50, verbose_name="代办员")),
                (
                    "collector_phone",
                    offices.sealed.SealedField(blank=True, kind="phone", max_length=30, verbose_name="代办员电话"),
                ),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="建立人",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "withdrawn_by",
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
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销事由")),
            ],
            options={
                "verbose_name": "花名册",
                "verbose_name_plural": "花名册",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["division_code", "coverage_year"], name="roster_of_division")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "coverage_year", "channel", "division_code", "place", "group", "serial"),
                        name="roster_serial_once",
                        violation_error_message="另一个人刚刚为这里建了名册，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["village", "school", "department"])),
                        name="roster_channel_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("division_code__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")
                        ),
                        name="roster_division_is_a_prefix",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place", ""), _negated=True),
                        name="roster_has_a_place",
                        violation_error_message="请选择村（社区），或填写学校、部门的名称。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("collector", ""), _negated=True),
                        name="roster_has_a_collector",
                        violation_error_message="请填写代办员（由谁收取、交来）。",
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
                        name="roster_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="56a95e7c362e174ab82b59b9fe1cb30e66464851",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_b6f5b",
                            table="rosters_roster",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawal_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="66ba542df2a9849352e54f0020b56b86f4a28ad2",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawal_is_final_bb863",
                            table="rosters_roster",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawn_before_money",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."withdrawn_at" IS NOT NULL)',
                            func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        JOIN rosters_rosterdeposit d ON d.agreement_id = a.id AND d.withdrawn_at IS NULL
                        WHERE a.roster_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'roster % has been deposited', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_withdrawn_before_money';
                    END IF;
                    RETURN NEW;
                """,
                            hash="998d3c85efee58f831dec759abd075956548ba57",
                            operation='UPDATE OF "withdrawn_at"',
                            pgid="pgtrigger_withdrawn_before_money_cf13e",
                            table="rosters_roster",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."group" IS DISTINCT FROM (NEW."group") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."collector" IS DISTINCT FROM (NEW."collector") OR OLD."collector_phone" IS DISTINCT FROM (NEW."collector_phone") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="ef4c9a15a8b08add6fbb0e06b779d1100b93e42a",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_853c0",
                            table="rosters_roster",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="rosters.roster",
                        verbose_name="花名册",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次核对")),
                ("handed_in", models.PositiveSmallIntegerField(verbose_name="第几份文件")),
                (
                    "why",
                    models.CharField(
                        choices=[("handed_in", "交来"), ("columns", "改正栏目"), ("again", "重新核对")],
                        max_length=20,
                        verbose_name="缘由",
                    ),
                ),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("name", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="存放名")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("mapping", models.JSONField(blank=True, default=dict, verbose_name="指定的栏目")),
                ("sheet", models.CharField(blank=True, max_length=60, verbose_name="指定的工作表")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "received_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经手人",
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被替换时间")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="核对时间")),
                ("persons", models.PositiveIntegerField(default=0, verbose_name="人数")),
                ("accepted", models.PositiveIntegerField(default=0, verbose_name="通过人数")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="通过户数")),
                ("households_refused", models.PositiveIntegerField(default=0, verbose_name="有问题户数")),
                ("payable", models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="资助")),
                ("told", models.JSONField(blank=True, default=dict, verbose_name="核对结果")),
            ],
            options={
                "verbose_name": "名册文件",
                "verbose_name_plural": "名册文件",
                "ordering": ["roster", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("roster", "number"),
                        name="roster_file_number_once",
                        violation_error_message="另一个人刚刚为这份名册交了文件，请刷新页面后再看。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("roster",),
                        name="roster_file_one_is_current",
                        violation_error_message="另一个人刚刚为这份名册交了文件，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["handed_in", "columns", "again"])),
                        name="roster_file_why_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$"), ("size__gt", 0)),
                        name="roster_file_digest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted__lte", models.F("persons")),
                            ("payable__gte", 0),
                            ("sponsored__gte", 0),
                            models.Q(("checked_at__isnull", False), ("persons", 0), _connector="OR"),
                        ),
                        name="roster_file_counts_add_up",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="d43d2f5f7a273ba8fa870e8ed6857f82be6cc334",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_c636f",
                            table="rosters_rosterfile",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."roster_id" IS DISTINCT FROM (NEW."roster_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."handed_in" IS DISTINCT FROM (NEW."handed_in") OR OLD."why" IS DISTINCT FROM (NEW."why") OR OLD."filename" IS DISTINCT FROM (NEW."filename") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."mapping" IS DISTINCT FROM (NEW."mapping") OR OLD."sheet" IS DISTINCT FROM (NEW."sheet") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."received_by_id" IS DISTINCT FROM (NEW."received_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="9ecf40c0bb8fdd0c5190d4e29585742bf09db69e",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_802fa",
                            table="rosters_rosterfile",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="replaced_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."superseded_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="9aac7c48bc3993cd74d9285616cea2cd588e4cb7",
                            operation="UPDATE",
                            pgid="pgtrigger_replaced_once_0f53c",
                            table="rosters_rosterfile",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="checked_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."checked_at" IS NOT NULL)',
                            func="""
                    IF (OLD.checked_at, OLD.persons, OLD.accepted, OLD.households, OLD.households_refused, OLD.payable,
                        OLD.sponsored, OLD.told)
                       IS DISTINCT FROM
                       (NEW.checked_at, NEW.persons, NEW.accepted, NEW.households, NEW.households_refused, NEW.payable,
                        NEW.sponsored, NEW.told)
                    THEN
                        RAISE EXCEPTION 'roster file % has been checked', NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
                            hash="c7803f201e40b472093c8e560201c32e69fc766e",
                            operation="UPDATE",
                            pgid="pgtrigger_checked_once_ea494",
                            table="rosters_rosterfile",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="before_agreement",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        WHERE a.roster_id = NEW.roster_id AND a.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'roster % is agreed', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_file_before_agreement';
                    END IF;
                    RETURN NEW;
                """,
                            hash="fcd560b6688e670cf117886e5f75009bcc9a8a99",
                            operation='INSERT OR UPDATE OF "superseded_at"',
                            pgid="pgtrigger_before_agreement_ebda5",
                            table="rosters_rosterfile",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="rosters.rosterfile",
                        verbose_name="名册文件",
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="顺序")),
                ("sheet", models.CharField(max_length=60, verbose_name="工作表")),
                ("row_number", models.PositiveIntegerField(verbose_name="行号")),
                ("household", models.PositiveIntegerField(verbose_name="户")),
                ("name", models.CharField(blank=True, max_length=50, verbose_name="姓名")),
                ("id_no", offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号")),
                ("sex", models.CharField(blank=True, max_length=1, verbose_name="性别")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                ("relation", models.CharField(blank=True, max_length=2, verbose_name="与户主关系")),
                ("hukou_kind", models.CharField(blank=True, max_length=10, verbose_name="户口性质")),
                ("written_category", models.CharField(blank=True, max_length=60, verbose_name="名册所写类别")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="名册所写金额"
                    ),
                ),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=30, verbose_name="电话")),
                ("village", models.CharField(blank=True, max_length=60, verbose_name="村（居）")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_rows",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                ("accepted", models.BooleanField(verbose_name="通过")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="人员类别")),
                ("category_name", models.CharField(blank=True, max_length=60, verbose_name="类别名称")),
                ("payable", models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="应缴")),
                ("sponsored", models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="资助")),
                ("funder", models.CharField(blank=True, max_length=40, verbose_name="资助部门")),
                ("benefit_starts_on", models.DateField(blank=True, null=True, verbose_name="待遇开始")),
                ("reasons", models.JSONField(blank=True, default=list, verbose_name="不收的依据")),
                ("warnings", models.JSONField(blank=True, default=list, verbose_name="提示")),
                ("set_aside_at", models.DateTimeField(blank=True, null=True, verbose_name="剔出时间")),
                (
                    "set_aside_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="剔出人",
                    ),
                ),
                ("set_aside_reason", models.CharField(blank=True, max_length=200, verbose_name="剔出事由")),
                ("school_class", models.CharField(blank=True, db_default="", max_length=60, verbose_name="班级")),
            ],
            options={
                "verbose_name": "名册的行",
                "verbose_name_plural": "名册的行",
                "ordering": ["file", "position"],
                "indexes": [
                    models.Index(fields=["file", "household"], name="roster_row_of_household"),
                    models.Index(
                        condition=models.Q(("accepted", False)), fields=["file", "position"], name="roster_row_wrong"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "position"), name="roster_row_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted", True), ("reasons", [])),
                            models.Q(("accepted", False), models.Q(("reasons", []), _negated=True)),
                            _connector="OR",
                        ),
                        name="roster_row_refused_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payable__gte", 0), ("sponsored__gte", 0)),
                        name="roster_row_amounts_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("set_aside_at__isnull", True), ("set_aside_by__isnull", True), ("set_aside_reason", "")
                            ),
                            models.Q(
                                ("set_aside_at__isnull", False),
                                ("set_aside_by__isnull", False),
                                models.Q(("set_aside_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="roster_row_set_aside_whole",
                        violation_error_message="剔出须记录时间、经手人和事由。",
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
                            ),
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("phone"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                        ),
                        name="roster_row_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="a17349f87e1679f1b86631660abd0b3d3fdceae5",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_f90ab",
                            table="rosters_rosterrow",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="set_aside_before_agreement",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        WHERE a.file_id = NEW.file_id AND a.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'roster file % is agreed', NEW.file_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_row_before_agreement';
                    END IF;
                    RETURN NEW;
                """,
                            hash="bd4aabda273929580b0f8013a39c372e16b9f198",
                            operation="UPDATE",
                            pgid="pgtrigger_set_aside_before_agreement_dbedc",
                            table="rosters_rosterrow",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."sheet" IS DISTINCT FROM (NEW."sheet") OR OLD."row_number" IS DISTINCT FROM (NEW."row_number") OR OLD."household" IS DISTINCT FROM (NEW."household") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."id_no" IS DISTINCT FROM (NEW."id_no") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."relation" IS DISTINCT FROM (NEW."relation") OR OLD."hukou_kind" IS DISTINCT FROM (NEW."hukou_kind") OR OLD."written_category" IS DISTINCT FROM (NEW."written_category") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."village" IS DISTINCT FROM (NEW."village") OR OLD."school_class" IS DISTINCT FROM (NEW."school_class") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."accepted" IS DISTINCT FROM (NEW."accepted") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."category_name" IS DISTINCT FROM (NEW."category_name") OR OLD."payable" IS DISTINCT FROM (NEW."payable") OR OLD."sponsored" IS DISTINCT FROM (NEW."sponsored") OR OLD."funder" IS DISTINCT FROM (NEW."funder") OR OLD."benefit_starts_on" IS DISTINCT FROM (NEW."benefit_starts_on") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."warnings" IS DISTINCT FROM (NEW."warnings"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="72298a323b2dee94998fa27054043cad834ba101",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_d1d17",
                            table="rosters_rosterrow",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="办理时间")),
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
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
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
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="rosters.roster",
                        verbose_name="花名册",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="rosters.rosterfile",
                        verbose_name="名册文件",
                    ),
                ),
                ("paper_count", models.PositiveIntegerField(verbose_name="纸质人数")),
                ("paper_total", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="纸质合计")),
                ("cash", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="收到现款")),
                ("rows", models.PositiveIntegerField(verbose_name="电子人数")),
                ("households", models.PositiveIntegerField(verbose_name="户数")),
                ("payable", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="应缴合计")),
                ("sponsored", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="资助合计")),
            ],
            options={
                "verbose_name": "核对相符",
                "verbose_name_plural": "核对相符",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("roster",),
                        name="roster_agreed_once",
                        violation_error_message="这份名册刚刚由别人核对相符了，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cash", models.F("payable")),
                            ("paper_count", models.F("rows")),
                            ("paper_total", models.F("payable")),
                            ("rows__gt", 0),
                        ),
                        name="roster_agreement_agrees",
                        violation_error_message="人数、金额不符，不能记为核对相符。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payable__gte", 0), ("sponsored__gte", 0)),
                        name="roster_agreement_amounts_are_not_negative",
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
                        name="roster_agreement_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="1053d14c1074440a7d073ca6b5b220a0213ce2a8",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_ff50c",
                            table="rosters_rosteragreement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."roster_id" IS DISTINCT FROM (NEW."roster_id") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."paper_count" IS DISTINCT FROM (NEW."paper_count") OR OLD."paper_total" IS DISTINCT FROM (NEW."paper_total") OR OLD."cash" IS DISTINCT FROM (NEW."cash") OR OLD."rows" IS DISTINCT FROM (NEW."rows") OR OLD."households" IS DISTINCT FROM (NEW."households") OR OLD."payable" IS DISTINCT FROM (NEW."payable") OR OLD."sponsored" IS DISTINCT FROM (NEW."sponsored"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="16796f03bbff203b791505fa54a51e616daff29c",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_d0d7a",
                            table="rosters_rosteragreement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawal_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="10580029df387cd72177d2c737fae2599a3dbec7",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawal_is_final_9de4d",
                            table="rosters_rosteragreement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="taken_back_in_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."withdrawn_at" IS NOT NULL)',
                            func="""
            IF EXISTS (SELECT FROM rosters_rosterdeposit n WHERE n.agreement_id = NEW.id AND n.withdrawn_at IS NULL)
            THEN
                RAISE EXCEPTION '% stands on %', 'rosterdeposit', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_agreement_before_deposit';
            END IF;
            RETURN NEW;
        """,
                            hash="da77c9339c46c6106dd2b8f8acccd7f8b2187210",
                            operation='UPDATE OF "withdrawn_at"',
                            pgid="pgtrigger_taken_back_in_order_0150c",
                            table="rosters_rosteragreement",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_of_its_rows",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosterfile f JOIN rosters_roster o ON o.id = f.roster_id
                        CROSS JOIN LATERAL (
                            SELECT count(*) FILTER (WHERE r.accepted) AS persons,
                                   count(*) FILTER (WHERE NOT r.accepted) AS wrong,
                                   coalesce(sum(r.payable), 0) AS payable, coalesce(sum(r.sponsored), 0) AS sponsored
                            FROM rosters_rosterrow r WHERE r.file_id = f.id AND r.set_aside_at IS NULL) s
                        WHERE f.id = NEW.file_id AND f.roster_id = NEW.roster_id AND f.superseded_at IS NULL
                          AND f.checked_at IS NOT NULL AND o.withdrawn_at IS NULL AND s.wrong = 0
                          AND (s.persons, s.payable, s.sponsored) = (NEW.rows, NEW.payable, NEW.sponsored))
                    THEN
                        RAISE EXCEPTION 'the agreement of roster % is not of its rows', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_agreement_is_of_its_rows';
                    END IF;
                    RETURN NEW;
                """,
                            hash="5c9a062af6fe944035ab625fff738e59b78519a3",
                            operation="INSERT",
                            pgid="pgtrigger_is_of_its_rows_bca5f",
                            table="rosters_rosteragreement",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterDeposit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="办理时间")),
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
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
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
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposits",
                        to="rosters.rosteragreement",
                        verbose_name="核对",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                (
                    "slip",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_deposit",
                        to="payments.bankslip",
                        verbose_name="银行回单",
                    ),
                ),
            ],
            options={
                "verbose_name": "缴存",
                "verbose_name_plural": "缴存",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("agreement",),
                        name="roster_deposited_once",
                        violation_error_message="这份名册的缴存刚刚由别人登记了，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", 0), ("slip__isnull", True)),
                            models.Q(("amount__gt", 0), ("slip__isnull", False)),
                            _connector="OR",
                        ),
                        name="roster_deposit_has_a_slip",
                        violation_error_message="缴存须有银行回单。",
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
                        name="roster_deposit_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e1bb463375b8bcd01107c6b605de8bdc54a7b6b4",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_f5156",
                            table="rosters_rosterdeposit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."slip_id" IS DISTINCT FROM (NEW."slip_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="5f2254c1ab5c53d5f92052f4250d93b289fed020",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_8d7bd",
                            table="rosters_rosterdeposit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawal_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="a5f2cbf9ad4fb4389fd04f521317e5770e7078db",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawal_is_final_2224f",
                            table="rosters_rosterdeposit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="taken_back_in_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."withdrawn_at" IS NOT NULL)',
                            func="""
            IF EXISTS (SELECT FROM rosters_rostertaking n WHERE n.deposit_id = NEW.id )
            THEN
                RAISE EXCEPTION '% stands on %', 'rostertaking', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_deposit_before_taking';
            END IF;
            RETURN NEW;
        """,
                            hash="a4f2542ec80bdb9c621a38b01e4a0f49aeb9d73e",
                            operation='UPDATE OF "withdrawn_at"',
                            pgid="pgtrigger_taken_back_in_order_c3dc9",
                            table="rosters_rosterdeposit",
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
                JOIN rosters_rosterdeposit m ON m.slip_id = s.id
                WHERE mine.id = NEW.slip_id AND m.id <> NEW.id AND m.withdrawn_at IS NULL AND true)
            THEN
                RAISE EXCEPTION 'the slip of % % stands elsewhere', 'rosterdeposit', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
            END IF;
            RETURN NEW;
        """,
                            hash="3c6903195a0d3e541df0bd5513f7c790c809caa4",
                            operation='INSERT OR UPDATE OF "slip_id"',
                            pgid="pgtrigger_slip_counts_once_2a7ac",
                            table="rosters_rosterdeposit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_what_was_agreed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosteragreement a LEFT JOIN payments_bankslip s ON s.id = NEW.slip_id
                        WHERE a.id = NEW.agreement_id AND a.withdrawn_at IS NULL AND a.payable = NEW.amount
                          AND (s.id IS NULL OR s.amount = a.payable))
                    THEN
                        RAISE EXCEPTION 'the deposit is not what agreement % says', NEW.agreement_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_deposit_after_agreement';
                    END IF;
                    RETURN NEW;
                """,
                            hash="87743726692c0626a21dba3ee95092b47d553245",
                            operation="INSERT",
                            pgid="pgtrigger_is_what_was_agreed_390df",
                            table="rosters_rosterdeposit",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterTaking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "deposit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taking",
                        to="rosters.rosterdeposit",
                        verbose_name="缴存",
                    ),
                ),
                (
                    "book",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.receiptbook",
                        verbose_name="票据",
                    ),
                ),
                ("first", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="首号")),
                ("last", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="末号")),
                ("households", models.PositiveIntegerField(verbose_name="户数")),
                ("persons", models.PositiveIntegerField(verbose_name="人数")),
                ("receipts", models.PositiveIntegerField(verbose_name="收据张数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额")),
                ("at", models.DateTimeField(verbose_name="入账时间")),
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
            ],
            options={
                "verbose_name": "入账",
                "verbose_name_plural": "入账",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount", 0),
                                ("book__isnull", True),
                                ("first__isnull", True),
                                ("last__isnull", True),
                                ("receipts", 0),
                            ),
                            models.Q(
                                ("book__isnull", False),
                                ("first__isnull", False),
                                (
                                    "last",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("first"), "+", models.F("receipts")
                                        ),
                                        "-",
                                        models.Value(1),
                                    ),
                                ),
                                ("receipts__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="roster_taking_numbers_are_a_run",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="30f70a4a0690e2a9a00c79b5aacd9fe0aff3ef78",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_13450",
                            table="rosters_rostertaking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_what_was_agreed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rosterdeposit d JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        WHERE d.id = NEW.deposit_id AND d.withdrawn_at IS NULL AND a.withdrawn_at IS NULL
                          AND (a.rows, a.payable) = (NEW.persons, NEW.amount))
                    THEN
                        RAISE EXCEPTION 'the taking is not what deposit % says', NEW.deposit_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_taking_is_what_was_agreed';
                    END IF;
                    RETURN NEW;
                """,
                            hash="cbb4d7965f13b35262b87b22b11199462ffd1a55",
                            operation="INSERT",
                            pgid="pgtrigger_is_what_was_agreed_01c7d",
                            table="rosters_rostertaking",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterSubmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="办理时间")),
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
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
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
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="rosters.roster",
                        verbose_name="花名册",
                    ),
                ),
                (
                    "taking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="rosters.rostertaking",
                        verbose_name="入账",
                    ),
                ),
                ("rows", models.PositiveIntegerField(verbose_name="人数")),
            ],
            options={
                "verbose_name": "上报",
                "verbose_name_plural": "上报",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("roster",),
                        name="roster_submitted_once",
                        violation_error_message="这份名册刚刚由别人上报了，请刷新页面后再看。",
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
                        name="roster_submission_withdrawal_is_whole",
                        violation_error_message="撤回须记录时间、撤回人和事由。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="ddc9546ccff53bc774820888f3580f797742f53c",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_22fd5",
                            table="rosters_rostersubmission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."roster_id" IS DISTINCT FROM (NEW."roster_id") OR OLD."taking_id" IS DISTINCT FROM (NEW."taking_id") OR OLD."rows" IS DISTINCT FROM (NEW."rows"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="0135bce2353d0f3e53f2bfc08cae1c6e6ce2b238",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_791c6",
                            table="rosters_rostersubmission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawal_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."withdrawn_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="7bad2912713fd30d1dbf4c6aa274faf10cfc25fa",
                            operation="UPDATE",
                            pgid="pgtrigger_withdrawal_is_final_892d8",
                            table="rosters_rostersubmission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="of_its_taking",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rostertaking t JOIN rosters_rosterdeposit d ON d.id = t.deposit_id
                        JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        WHERE t.id = NEW.taking_id AND a.roster_id = NEW.roster_id AND t.persons = NEW.rows)
                    THEN
                        RAISE EXCEPTION 'roster % was not taken', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_submission_of_its_taking';
                    END IF;
                    RETURN NEW;
                """,
                            hash="1d62be118223e38d736f19ef9eedccbd76eea7b9",
                            operation="INSERT",
                            pgid="pgtrigger_of_its_taking_f1d91",
                            table="rosters_rostersubmission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="taken_back_in_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."withdrawn_at" IS NOT NULL)',
                            func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosterentry e WHERE e.submission_id = NEW.id AND e.undone_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'rows of submission % are entered', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_submission_before_entry';
                    END IF;
                    RETURN NEW;
                """,
                            hash="727fb6e28da240854cd1f785cdbba93a9872d62e",
                            operation='UPDATE OF "withdrawn_at"',
                            pgid="pgtrigger_taken_back_in_order_3ea1b",
                            table="rosters_rostersubmission",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RosterEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="rosters.rostersubmission",
                        verbose_name="上报",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="rosters.rosterrow",
                        verbose_name="名册的行",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("entered", "已录入"), ("returned", "已退回")], max_length=10, verbose_name="结果"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="退回事由")),
                ("at", models.DateTimeField(verbose_name="办理时间")),
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
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
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
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="处理情况")),
            ],
            options={
                "verbose_name": "录入",
                "verbose_name_plural": "录入",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True), ("undone_at__isnull", True)),
                        fields=("row",),
                        name="roster_row_entered_once",
                        violation_error_message="这一行刚刚由别人录入或退回了，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("outcome", "entered"), ("reason", "")),
                            models.Q(("outcome", "returned"), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="roster_entry_returned_with_a_reason",
                        violation_error_message="退回须写明事由。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", True),
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="roster_entry_undone_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="roster_entry_answered_whole",
                        violation_error_message="请写明怎样处理的。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="325bbd40f8bff4da1f459dc2d256c50717363c46",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_a41bd",
                            table="rosters_rosterentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="substance_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."submission_id" IS DISTINCT FROM (NEW."submission_id") OR OLD."row_id" IS DISTINCT FROM (NEW."row_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="843430c93c78016dfa1600184be0a22433939bfb",
                            operation="UPDATE",
                            pgid="pgtrigger_substance_stays_e31bb",
                            table="rosters_rosterentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="end_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."undone_at" IS NOT NULL OR OLD."answered_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="8696a8229d366112e9038de69644141908781039",
                            operation="UPDATE",
                            pgid="pgtrigger_end_is_final_0fc62",
                            table="rosters_rosterentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="of_its_roster",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM rosters_rostersubmission s JOIN rosters_rostertaking t ON t.id = s.taking_id
                        JOIN rosters_rosterdeposit d ON d.id = t.deposit_id
                        JOIN rosters_rosteragreement a ON a.id = d.agreement_id
                        JOIN rosters_rosterrow r ON r.file_id = a.file_id
                        WHERE s.id = NEW.submission_id AND s.withdrawn_at IS NULL AND r.id = NEW.row_id
                          AND r.accepted AND r.set_aside_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'row % is not of submission %', NEW.row_id, NEW.submission_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_entry_of_its_roster';
                    END IF;
                    RETURN NEW;
                """,
                            hash="aaf9d0d24433c2d5510f5980ea69fd1aeec0b479",
                            operation="INSERT",
                            pgid="pgtrigger_of_its_roster_646cf",
                            table="rosters_rosterentry",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="FunderList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("support", "资助名单"), ("died", "死亡名单"), ("employed", "职工参保名单")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("ruleset_code", models.CharField(max_length=40, verbose_name="规则集")),
                ("funder", models.CharField(blank=True, max_length=40, verbose_name="部门代码")),
                ("funder_name", models.CharField(max_length=60, verbose_name="部门")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="范围")),
                ("month", models.DateField(verbose_name="月份")),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("name", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="存放名")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("headings", models.CharField(db_collation="C", max_length=64, verbose_name="表头")),
                ("mapping", models.JSONField(default=dict, verbose_name="改正的栏目")),
                ("columns", models.JSONField(default=list, verbose_name="所取各列")),
                ("left_out", models.JSONField(default=list, verbose_name="没有读的行")),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                ("counts", models.JSONField(default=dict, verbose_name="入库结果")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="入库时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被替换时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdraw_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回事由")),
                (
                    "applied_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="入库人",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
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
                "verbose_name": "名单",
                "verbose_name_plural": "名单",
                "ordering": ["-month", "-id"],
                "indexes": [models.Index(fields=["division_code", "month"], name="funder_list_of_division")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("kind", "funder", "division_code"),
                        name="funder_list_one_waits",
                        violation_error_message="这个部门已有一份名单等着入库，请先入库或撤回。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("applied_at__isnull", False), ("kind", "support"), ("superseded_at__isnull", True)
                        ),
                        fields=("kind", "funder", "division_code"),
                        name="funder_list_one_is_current",
                        violation_error_message="另一个人刚刚入库了这个部门的名单，请刷新页面后再看。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["support", "died", "employed"])),
                        name="funder_list_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "support"), models.Q(("funder", ""), _negated=True)),
                            models.Q(models.Q(("kind", "support"), _negated=True), ("funder", "")),
                            _connector="OR",
                        ),
                        name="funder_list_of_a_department",
                        violation_error_message="请选择资助部门。",
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="funder_list_of_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("division_code__regex", "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")
                        ),
                        name="funder_list_division_is_a_prefix",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="funder_list_digest"
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
                        name="funder_list_withdrawn_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("applied_at__isnull", True),
                                ("applied_by__isnull", True),
                                ("superseded_at__isnull", True),
                            ),
                            models.Q(
                                ("applied_at__isnull", False),
                                ("applied_by__isnull", False),
                                ("withdrawn_at__isnull", True),
                            ),
                            models.Q(
                                ("applied_at__isnull", False),
                                ("applied_by__isnull", False),
                                ("superseded_at", models.F("withdrawn_at")),
                            ),
                            _connector="OR",
                        ),
                        name="funder_list_applied_by_someone",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="f1ef2182c5f3b9db9597a51f2baf86c340068965",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_fa185",
                            table="rosters_funderlist",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="FunderListLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=60, verbose_name="工作表")),
                ("row_number", models.PositiveIntegerField(verbose_name="行号")),
                ("name", models.CharField(blank=True, db_collation="C", max_length=60, verbose_name="姓名")),
                ("id_no", offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="身份证号")),
                ("said", models.CharField(blank=True, max_length=60, verbose_name="名单上的身份")),
                ("category", models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="人员类别")),
                ("day", models.DateField(blank=True, null=True, verbose_name="日期")),
                ("town", models.CharField(blank=True, max_length=60, verbose_name="镇（街）")),
                ("village", models.CharField(blank=True, max_length=60, verbose_name="村（居）")),
                ("division_code", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="区划")),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=30, verbose_name="电话")),
                ("problems", models.JSONField(default=list, verbose_name="读不出的原因")),
                ("matched_at", models.DateTimeField(blank=True, null=True, verbose_name="认出时间")),
                ("state", models.CharField(blank=True, max_length=10, verbose_name="入库时的情形")),
                ("settled", models.CharField(blank=True, max_length=200, verbose_name="处理结果")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="rosters.funderlist",
                        verbose_name="名单",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_lines",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
                    ),
                ),
                (
                    "id_no_index",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("id_no"),
                            models.Value(5),
                            models.Value(16),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "名单的行",
                "verbose_name_plural": "名单的行",
                "ordering": ["listing", "id"],
                "indexes": [
                    models.Index(fields=["listing", "category"], name="list_line_of_category"),
                    models.Index(fields=["listing", "id_no_index"], name="list_line_by_number"),
                    models.Index(
                        condition=models.Q(("person__isnull", True)), fields=["id_no_index"], name="list_line_unmatched"
                    ),
                ],
                "constraints": [
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
                            ),
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("phone"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                        ),
                        name="list_line_is_sealed",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="281adb2c20f592de02e1d0e06dceefd6a3ddf504",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_3e669",
                            table="rosters_funderlistline",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="what_was_said_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."id_no" IS DISTINCT FROM (NEW."id_no") OR OLD."said" IS DISTINCT FROM (NEW."said") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."row_number" IS DISTINCT FROM (NEW."row_number"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="00fde8ac7553813677cb688083bd679c978604a1",
                            operation="UPDATE",
                            pgid="pgtrigger_what_was_said_stays_ddb91",
                            table="rosters_funderlistline",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="CategoryWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ruleset_code", models.CharField(max_length=40, verbose_name="规则集")),
                ("funder", models.CharField(max_length=40, verbose_name="部门代码")),
                ("word", models.CharField(blank=True, max_length=60, verbose_name="名单上的身份")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="人员类别")),
                ("chosen_at", models.DateTimeField(verbose_name="选定时间")),
                (
                    "chosen_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="选定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "名称对照",
                "verbose_name_plural": "名称对照",
                "constraints": [
                    models.UniqueConstraint(fields=("ruleset_code", "funder", "word"), name="category_word_once")
                ],
            },
        ),
        CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "found",
                    models.CharField(
                        choices=[
                            ("contacted", "已联系，会来缴费"),
                            ("app", "会用手机APP缴费"),
                            ("away", "外出，已留电话"),
                            ("unreached", "联系不上"),
                            ("elsewhere", "已在外地或别处参保"),
                            ("employed", "已参加职工医保"),
                            ("refuses", "不愿参保"),
                            ("gone", "已死亡或迁出，待办变更"),
                        ],
                        max_length=12,
                        verbose_name="情况",
                    ),
                ),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=20, verbose_name="外出电话")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系记录",
                "verbose_name_plural": "联系记录",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["coverage_year", "person", "-id"], name="follow_up_last_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "found__in",
                                ["contacted", "app", "away", "unreached", "elsewhere", "employed", "refuses", "gone"],
                            )
                        ),
                        name="follow_up_found_is_known",
                        violation_error_message="请选择联系的情况。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("found", "away"), _negated=True),
                            models.Q(("phone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="follow_up_away_leaves_a_phone",
                        violation_error_message="外出的，请填写外出地的电话。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9376497b30546b2bcfb51da1ef5ae814584752d9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5af08",
                            table="rosters_followup",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.RunSQL(RECOGNISE_LISTED, NOT_RECOGNISED),
        migrations.RunSQL(SLIP_COUNTS_ONCE_ANYWHERE, SLIP_COUNTS_ONCE_IN_ITS_TABLE),
        migrations.RunSQL(COUNT_ANEW, "DROP FUNCTION rosters_count_anew(text[], bigint)"),
    ]
