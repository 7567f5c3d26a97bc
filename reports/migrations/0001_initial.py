"""报表: populations, weekly reports, visits and duties, and the sums that the database keeps itself."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import offices.sealed
from offices.migration_operations import CreateModel

# What keeps the sums: a row of `Tally` for every change of an enrolment, folded as a day is closed (decision 0011).
COUNTS = "coverage_year, hukou_kind, is_local, persons, paid, sponsored, payable_amount, sponsored_amount"
INTO = f"INSERT INTO reports_tally (division_code, day, category_name, funder, is_cancelled, {COUNTS})"

# One statement of the counter or of a roster, one call. The row lock is the one that the foreign key takes at commit
# anyway: it makes a correction of the same person's hukou wait, and see this enrolment; or this wait, and see that.
ENROLLED = f"""
CREATE FUNCTION reports_log_enrolled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT division_code, day, category_name, funder, false, coverage_year, hukou_kind, is_local,
           count(*), count(*) FILTER (WHERE payable > 0), count(*) FILTER (WHERE sponsored > 0),
           sum(payable), sum(sponsored)
    FROM (SELECT e.division_code, (e.enrolled_at AT TIME ZONE 'Asia/Shanghai')::date AS day, e.category_name, e.funder,
                 e.coverage_year, e.payable, e.sponsored, p.hukou_kind,
                 left(p.hukou_division, 6) = left(e.division_code, 6) AS is_local
          FROM fresh e JOIN households_person p ON p.id = e.person_id FOR KEY SHARE OF p) known
    GROUP BY 1, 2, 3, 4, 6, 7, 8;
    RETURN NULL;
END
$$;
CREATE TRIGGER sums_log_enrolled AFTER INSERT ON enrollment_enrollment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reports_log_enrolled();
"""  # noqa: S608 - put together from constants
CANCELLED = f"""
CREATE FUNCTION reports_log_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT division_code, day, category_name, funder, true, coverage_year, hukou_kind, is_local,
           -count(*), -count(*) FILTER (WHERE payable > 0), -count(*) FILTER (WHERE sponsored > 0),
           -sum(payable), -sum(sponsored)
    FROM (SELECT e.division_code, (e.cancelled_at AT TIME ZONE 'Asia/Shanghai')::date AS day, e.category_name, e.funder,
                 e.coverage_year, e.payable, e.sponsored, p.hukou_kind,
                 left(p.hukou_division, 6) = left(e.division_code, 6) AS is_local
          FROM after_it e JOIN before_it o ON o.id = e.id AND o.cancelled_at IS NULL
          JOIN households_person p ON p.id = e.person_id
          WHERE e.cancelled_at IS NOT NULL FOR KEY SHARE OF p) known
    GROUP BY 1, 2, 3, 4, 6, 7, 8;
    RETURN NULL;
END
$$;
CREATE TRIGGER sums_log_cancelled AFTER UPDATE ON enrollment_enrollment
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION reports_log_cancelled();
"""  # noqa: S608 - put together from constants
# The person's hukou decides who counts for the rate. A correction moves what was counted, cancelled or not.
# FOR UPDATE before the change, so that it is one that a KEY SHARE waits for, and reads again afterwards.
CORRECTED = f"""
CREATE FUNCTION reports_hold_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM households_person WHERE id = OLD.id FOR UPDATE;
    RETURN NEW;
END
$$;
CREATE TRIGGER sums_hold_person BEFORE UPDATE ON households_person
    FOR EACH ROW WHEN (OLD.hukou_kind <> NEW.hukou_kind OR left(OLD.hukou_division, 6) <> left(NEW.hukou_division, 6))
    EXECUTE FUNCTION reports_hold_person();
CREATE FUNCTION reports_log_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    WITH mine AS (
        SELECT * FROM enrollment_enrollment WHERE person_id = NEW.id AND cancelled_at IS NULL
        UNION ALL
        SELECT * FROM enrollment_enrollment WHERE person_id = NEW.id AND cancelled_at IS NOT NULL
    ), event AS (
        SELECT m.*, (enrolled_at AT TIME ZONE 'Asia/Shanghai')::date AS day, false AS is_cancelled, 1 AS way FROM mine m
        UNION ALL
        SELECT m.*, (cancelled_at AT TIME ZONE 'Asia/Shanghai')::date, true, -1 FROM mine m
        WHERE cancelled_at IS NOT NULL
    )
    SELECT division_code, day, category_name, funder, is_cancelled, coverage_year, side.kind,
           side.county = left(division_code, 6), way * side.sign, way * side.sign * (payable > 0)::int,
           way * side.sign * (sponsored > 0)::int, way * side.sign * payable, way * side.sign * sponsored
    FROM event, (VALUES (OLD.hukou_kind, left(OLD.hukou_division, 6), -1),
                        (NEW.hukou_kind, left(NEW.hukou_division, 6), 1)) AS side(kind, county, sign);
    RETURN NULL;
END
$$;
CREATE TRIGGER sums_log_corrected AFTER UPDATE ON households_person
    FOR EACH ROW WHEN (OLD.hukou_kind <> NEW.hukou_kind OR left(OLD.hukou_division, 6) <> left(NEW.hukou_division, 6))
    EXECUTE FUNCTION reports_log_corrected();
"""  # noqa: S608 - put together from constants
# One fold at a time in a county, and who comes second goes on without: what is not folded is counted as well.
FOLD = """
CREATE FUNCTION reports_fold(prefix text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    county text;
    rows bigint;
    folded bigint := 0;
BEGIN
    FOR county IN
        SELECT DISTINCT left(division_code, 6) FROM reports_tally WHERE starts_with(division_code, prefix)
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended('fold ' || county, 0));
        WITH taken AS (
            DELETE FROM reports_tally t
            WHERE starts_with(t.division_code, prefix) AND left(t.division_code, 6) = county
            RETURNING t.*
        ), places AS (
            INSERT INTO reports_placesum AS s
                (division_code, coverage_year, category_name, funder, hukou_kind, is_local,
                 persons, paid, sponsored, payable_amount, sponsored_amount)
            SELECT division_code, coverage_year, category_name, funder, hukou_kind, is_local,
                   sum(persons), sum(paid), sum(sponsored), sum(payable_amount), sum(sponsored_amount)
            FROM taken GROUP BY 1, 2, 3, 4, 5, 6
            ON CONFLICT (division_code, coverage_year, category_name, funder, hukou_kind, is_local) DO UPDATE
            SET persons = s.persons + EXCLUDED.persons, paid = s.paid + EXCLUDED.paid,
                sponsored = s.sponsored + EXCLUDED.sponsored,
                payable_amount = s.payable_amount + EXCLUDED.payable_amount,
                sponsored_amount = s.sponsored_amount + EXCLUDED.sponsored_amount
        ), days AS (
            INSERT INTO reports_daysum AS s
                (town, coverage_year, day, is_cancelled, hukou_kind, is_local,
                 persons, paid, sponsored, payable_amount, sponsored_amount)
            SELECT left(division_code, 9), coverage_year, day, is_cancelled, hukou_kind, is_local,
                   sum(persons), sum(paid), sum(sponsored), sum(payable_amount), sum(sponsored_amount)
            FROM taken GROUP BY 1, 2, 3, 4, 5, 6
            ON CONFLICT (town, coverage_year, day, is_cancelled, hukou_kind, is_local) DO UPDATE
            SET persons = s.persons + EXCLUDED.persons, paid = s.paid + EXCLUDED.paid,
                sponsored = s.sponsored + EXCLUDED.sponsored,
                payable_amount = s.payable_amount + EXCLUDED.payable_amount,
                sponsored_amount = s.sponsored_amount + EXCLUDED.sponsored_amount
        )
        SELECT count(*) INTO rows FROM taken;
        folded := folded + rows;
    END LOOP;
    RETURN folded;
END
$$;
CREATE FUNCTION reports_fold_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reports_fold(NEW.division_code);
    RETURN NULL;
END
$$;
CREATE TRIGGER sums_fold AFTER INSERT ON payments_settlement
    FOR EACH ROW EXECUTE FUNCTION reports_fold_day();
"""
NOT_KEPT = """
DROP TRIGGER sums_fold ON payments_settlement;
DROP TRIGGER sums_log_corrected ON households_person;
DROP TRIGGER sums_hold_person ON households_person;
DROP TRIGGER sums_log_cancelled ON enrollment_enrollment;
DROP TRIGGER sums_log_enrolled ON enrollment_enrollment;
DROP FUNCTION reports_fold_day, reports_fold, reports_log_corrected, reports_hold_person, reports_log_cancelled,
    reports_log_enrolled;
"""


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_base_population_and_weekly_reports"),
        ("reports", "0002_sums"),
        ("reports", "0003_kept_by_the_database"),
        ("reports", "0004_fill_sums"),
        ("reports", "0005_visits_and_duties"),
        ("reports", "0006_sealed_telephones"),
        ("reports", "0007_seal_what_was_there"),
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
            name="WeeklyReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=9, verbose_name="镇（街道）")),
                ("division_name", models.CharField(max_length=60, verbose_name="名称")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("week", models.DateField(verbose_name="周一")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="报送期限")),
                ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                ("counted_at", models.DateTimeField(verbose_name="统计时点")),
                ("base", models.PositiveIntegerField(blank=True, null=True, verbose_name="基数人口")),
                ("percent", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="目标")),
                ("enrolled", models.PositiveIntegerField(verbose_name="参保人数")),
                ("others", models.PositiveIntegerField(verbose_name="基数以外")),
                ("paid", models.PositiveIntegerField(verbose_name="个人缴费人数")),
                ("sponsored", models.PositiveIntegerField(verbose_name="受资助人数")),
                ("payable_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="个人缴费")),
                ("sponsored_amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="资助金额")),
                ("made_at", models.DateTimeField(verbose_name="报送时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报送人",
                    ),
                ),
            ],
            options={
                "verbose_name": "周报",
                "verbose_name_plural": "周报",
                "ordering": ["-week", "division_code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("division_code", "coverage_year", "week"),
                        name="weekly_report_once",
                        violation_error_message="这一周已经报送过，报送后不能更改。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^[0-9]{9}$")),
                        name="weekly_report_of_a_town",
                        violation_error_message="周报以镇（街道）为单位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week__iso_week_day", 1)),
                        name="weekly_report_of_a_monday",
                        violation_error_message="周报从周一算起。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counted_at__lte", models.F("made_at"))),
                        name="weekly_report_counted_before_it_was_made",
                        violation_error_message="统计时点不能晚于报送时间。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7de9c3a70ebb2e35a44c8cd4428475c461fa4c6c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2979f",
                            table="reports_weeklyreport",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="BasePopulation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("division_name", models.CharField(max_length=60, verbose_name="名称")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("persons", models.PositiveIntegerField(verbose_name="基数人口")),
                ("source", models.CharField(max_length=100, verbose_name="来源")),
                ("source_day", models.DateField(verbose_name="来源日期")),
                ("filled_at", models.DateTimeField(verbose_name="填写时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
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
                    "filled_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
            ],
            options={
                "verbose_name": "基数人口",
                "verbose_name_plural": "基数人口",
                "ordering": ["division_code", "-pk"],
                "indexes": [models.Index(fields=["coverage_year", "division_code"], name="base_population_of_year")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^([0-9]{9}|[0-9]{12})$")),
                        name="base_population_of_a_town_or_village",
                        violation_error_message="基数人口按镇（街道）或村（社区）填写。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="base_population_names_its_source",
                        violation_error_message="请写明基数人口的来源。",
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
                        name="base_population_confirmed_by_another",
                        violation_error_message="基数人口须由填写人以外的管理员复核。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="9152a5e896bb6b8298feeaa0e99fdf71985bbd1c",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_c2650",
                            table="reports_basepopulation",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_confirmed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."division_name" IS DISTINCT FROM (NEW."division_name") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."persons" IS DISTINCT FROM (NEW."persons") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."source_day" IS DISTINCT FROM (NEW."source_day") OR OLD."filled_at" IS DISTINCT FROM (NEW."filled_at") OR OLD."filled_by_id" IS DISTINCT FROM (NEW."filled_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="974471a2fb3fd74effc6f839adca3950b6bb0d0e",
                            operation="UPDATE",
                            pgid="pgtrigger_only_confirmed_49f20",
                            table="reports_basepopulation",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="confirmed_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."confirmed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="6c1e952cf7604952e954bfa96b36000315d7f000",
                            operation="UPDATE",
                            pgid="pgtrigger_confirmed_once_67b37",
                            table="reports_basepopulation",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("hukou_kind", models.CharField(max_length=10, verbose_name="户口性质")),
                ("is_local", models.BooleanField(verbose_name="户籍在本县")),
                ("persons", models.IntegerField(verbose_name="人数")),
                ("paid", models.IntegerField(verbose_name="缴费人数")),
                ("sponsored", models.IntegerField(verbose_name="受资助人数")),
                ("payable_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="个人缴费")),
                ("sponsored_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="资助金额")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("day", models.DateField(verbose_name="日期")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("funder", models.CharField(max_length=60, verbose_name="资助部门")),
                ("is_cancelled", models.BooleanField(verbose_name="撤销")),
            ],
            options={
                "verbose_name": "未汇总的变动",
                "verbose_name_plural": "未汇总的变动",
            },
        ),
        CreateModel(
            name="DaySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("hukou_kind", models.CharField(max_length=10, verbose_name="户口性质")),
                ("is_local", models.BooleanField(verbose_name="户籍在本县")),
                ("persons", models.IntegerField(verbose_name="人数")),
                ("paid", models.IntegerField(verbose_name="缴费人数")),
                ("sponsored", models.IntegerField(verbose_name="受资助人数")),
                ("payable_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="个人缴费")),
                ("sponsored_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="资助金额")),
                ("town", models.CharField(db_collation="C", max_length=9, verbose_name="镇（街道）")),
                ("day", models.DateField(verbose_name="日期")),
                ("is_cancelled", models.BooleanField(verbose_name="撤销")),
            ],
            options={
                "verbose_name": "各日累计",
                "verbose_name_plural": "各日累计",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("town", "coverage_year", "day", "is_cancelled", "hukou_kind", "is_local"),
                        name="day_sum_once",
                        violation_error_message="这一累计已有一行。",
                    )
                ],
            },
        ),
        CreateModel(
            name="PlaceSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("hukou_kind", models.CharField(max_length=10, verbose_name="户口性质")),
                ("is_local", models.BooleanField(verbose_name="户籍在本县")),
                ("persons", models.IntegerField(verbose_name="人数")),
                ("paid", models.IntegerField(verbose_name="缴费人数")),
                ("sponsored", models.IntegerField(verbose_name="受资助人数")),
                ("payable_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="个人缴费")),
                ("sponsored_amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="资助金额")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("category_name", models.CharField(max_length=60, verbose_name="人员类别")),
                ("funder", models.CharField(max_length=60, verbose_name="资助部门")),
            ],
            options={
                "verbose_name": "各村累计",
                "verbose_name_plural": "各村累计",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("division_code", "coverage_year", "category_name", "funder", "hukou_kind", "is_local"),
                        name="place_sum_once",
                        violation_error_message="这一累计已有一行。",
                    )
                ],
            },
        ),
        CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "division_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="镇（街道）或村（社区）"),
                ),
                ("division_name", models.CharField(max_length=60, verbose_name="名称")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("visited_on", models.DateField(verbose_name="督查日期")),
                ("visitors", models.CharField(max_length=60, verbose_name="督查人")),
                ("found", models.CharField(max_length=500, verbose_name="发现")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("made_at", models.DateTimeField(verbose_name="登记时间")),
                ("done", models.CharField(blank=True, max_length=500, verbose_name="整改情况")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="整改登记时间")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="整改登记人",
                    ),
                ),
                (
                    "made_by",
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
                "verbose_name": "督查记录",
                "verbose_name_plural": "督查记录",
                "ordering": ["-visited_on", "-id"],
                "indexes": [models.Index(fields=["division_code", "coverage_year"], name="visit_of_division")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^([0-9]{9}|[0-9]{12})$")),
                        name="visit_of_a_town_or_village",
                        violation_error_message="督查记录按镇（街道）或村（社区）登记。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("visitors", ""), _negated=True), models.Q(("found", ""), _negated=True)
                        ),
                        name="visit_says_who_and_what",
                        violation_error_message="请写明督查人和发现的情况。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on__isnull", True), ("due_on__gte", models.F("visited_on")), _connector="OR"
                        ),
                        name="visit_due_after_it",
                        violation_error_message="整改期限不能早于督查日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done", ""), ("done_at__isnull", True), ("done_by__isnull", True)),
                            models.Q(
                                models.Q(("done", ""), _negated=True),
                                ("done_at__isnull", False),
                                ("done_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="visit_done_is_whole",
                        violation_error_message="登记整改须写明做了什么。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e998706c9e087d531e40fc4da4d9b8a881017a2f",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_51232",
                            table="reports_visit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_done",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."division_name" IS DISTINCT FROM (NEW."division_name") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."visited_on" IS DISTINCT FROM (NEW."visited_on") OR OLD."visitors" IS DISTINCT FROM (NEW."visitors") OR OLD."found" IS DISTINCT FROM (NEW."found") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="50cf7801edba43977e56452eea1b5d9d024a85ae",
                            operation="UPDATE",
                            pgid="pgtrigger_only_done_59b04",
                            table="reports_visit",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="done_once",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."done_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="f996dd717906125a744ff6dfe3c3274897b4bfe3",
                            operation="UPDATE",
                            pgid="pgtrigger_done_once_08450",
                            table="reports_visit",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="村（社区）")),
                ("division_name", models.CharField(max_length=60, verbose_name="名称")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("collector", models.CharField(blank=True, max_length=50, verbose_name="村级代办员")),
                (
                    "collector_phone",
                    offices.sealed.SealedField(blank=True, kind="phone", max_length=30, verbose_name="代办员电话"),
                ),
                ("made_at", models.DateTimeField(verbose_name="指定时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="指定人",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
            ],
            options={
                "verbose_name": "责任表",
                "verbose_name_plural": "责任表",
                "ordering": ["division_code", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("division_code", "coverage_year"),
                        name="duty_one_at_a_time",
                        violation_error_message="这个村（社区）刚刚指定了责任人，请刷新页面。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^[0-9]{12}$")),
                        name="duty_of_a_village",
                        violation_error_message="责任人按村（社区）指定。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="793f546e296d58e4ad8b4e97bb8e5b18c6a52a94",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_62683",
                            table="reports_duty",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_ended",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."division_code" IS DISTINCT FROM (NEW."division_code") OR OLD."division_name" IS DISTINCT FROM (NEW."division_name") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."staff_id" IS DISTINCT FROM (NEW."staff_id") OR OLD."collector" IS DISTINCT FROM (NEW."collector") OR OLD."collector_phone" IS DISTINCT FROM (NEW."collector_phone") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="3bcc4f94e66daaa66e75c2de7cdd8d1b4e360483",
                            operation="UPDATE",
                            pgid="pgtrigger_only_ended_4a440",
                            table="reports_duty",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.RunSQL(ENROLLED + CANCELLED + CORRECTED + FOLD, NOT_KEPT),
    ]
