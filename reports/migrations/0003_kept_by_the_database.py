"""What keeps the sums: a row of `Tally` for every change of an enrolment, folded as a day is closed."""

from django.db import migrations

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
DROP = """
DROP TRIGGER sums_fold ON payments_settlement;
DROP TRIGGER sums_log_corrected ON households_person;
DROP TRIGGER sums_hold_person ON households_person;
DROP TRIGGER sums_log_cancelled ON enrollment_enrollment;
DROP TRIGGER sums_log_enrolled ON enrollment_enrollment;
DROP FUNCTION reports_fold_day, reports_fold, reports_log_corrected, reports_hold_person, reports_log_cancelled,
    reports_log_enrolled;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_sums"),
        ("enrollment", "0009_cancelled_of_person"),
        ("payments", "0004_settlements"),
    ]

    operations = [migrations.RunSQL(ENROLLED + CANCELLED + CORRECTED + FOLD, DROP)]
