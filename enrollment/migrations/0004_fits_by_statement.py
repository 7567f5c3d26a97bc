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
                        SELECT FROM fresh e
                        LEFT JOIN enrollment_assessment a ON a.id = e.assessment_id
                        LEFT JOIN enrollment_contributionperiod p ON p.id = a.period_id
                        WHERE ((a.household_id, a.period_id, p.coverage_year)
                               = (e.household_id, e.period_id, e.coverage_year)) IS NOT TRUE)
                    OR EXISTS (
                        SELECT FROM (SELECT DISTINCT f.assessment_id FROM fresh f) t
                        JOIN enrollment_assessment a ON a.id = t.assessment_id
                        CROSS JOIN LATERAL (
                            SELECT sum(e.standard) AS standard, sum(e.payable) AS payable, sum(e.sponsored) AS sponsored
                            FROM enrollment_enrollment e WHERE e.assessment_id = t.assessment_id) s
                        WHERE s.standard > a.standard OR s.payable > a.payable OR s.sponsored > a.sponsored)
                    THEN
                        RAISE EXCEPTION 'an enrolment does not fit its assessment'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'enrollment_belongs_to_its_assessment';
                    END IF;
                    RETURN NULL;
                """,
                    hash="cf98d50ba49c4abc050ba5b6e9c24f5cbd733289",
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
