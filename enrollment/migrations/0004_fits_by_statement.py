"""参保登记与核定相符: asked once for all rows of a statement, and no longer of each row at the commit."""

import pgtrigger.compiler
from django.db import migrations

from offices.migration_operations import AddTrigger, RemoveTrigger


class Migration(migrations.Migration):
    """In one transaction: nothing is written between the two checks."""

    dependencies = [
        ("enrollment", "0003_counted_often"),
    ]

    operations = [
        RemoveTrigger(
            model_name="enrollment",
            name="belongs_to_its_assessment",
        ),
        AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="fits_its_assessment",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="""
                    IF EXISTS (
                        SELECT FROM (
                            SELECT DISTINCT f.assessment_id, f.household_id, f.period_id, f.coverage_year
                            FROM fresh f) t
                        LEFT JOIN enrollment_assessment a
                            ON (a.id, a.household_id, a.period_id) = (t.assessment_id, t.household_id, t.period_id)
                        LEFT JOIN enrollment_contributionperiod p
                            ON (p.id, p.coverage_year) = (a.period_id, t.coverage_year)
                        CROSS JOIN LATERAL (
                            SELECT sum(e.standard) AS standard, sum(e.payable) AS payable, sum(e.sponsored) AS sponsored
                            FROM enrollment_enrollment e WHERE e.assessment_id = t.assessment_id) s
                        WHERE p.id IS NULL
                           OR s.standard > a.standard OR s.payable > a.payable OR s.sponsored > a.sponsored)
                    THEN
                        RAISE EXCEPTION 'an enrolment does not fit its assessment'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'enrollment_belongs_to_its_assessment';
                    END IF;
                    RETURN NULL;
                """,
                    hash="0d36c55edce5c0c00822436ec349fe87de9c15d5",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_fits_its_assessment_52fb9",
                    referencing="REFERENCING NEW TABLE AS fresh ",
                    table="enrollment_enrollment",
                    when="AFTER",
                ),
            ),
        ),
    ]
