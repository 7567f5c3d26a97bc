"""收据明细与收据相符: asked once for all lines of a statement, and no longer of each line at the commit."""

import pgtrigger.compiler
from django.db import migrations

from offices.migration_operations import AddTrigger, RemoveTrigger


class Migration(migrations.Migration):
    """In one transaction: nothing is written between the two checks."""

    dependencies = [
        ("payments", "0002_voided_of_a_book"),
    ]

    operations = [
        RemoveTrigger(
            model_name="receiptline",
            name="belongs_to_its_receipt",
        ),
        AddTrigger(
            model_name="receiptline",
            trigger=pgtrigger.compiler.Trigger(
                name="fits_its_receipt",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="""
                    IF EXISTS (
                        SELECT FROM (SELECT DISTINCT f.receipt_id FROM fresh f) t
                        LEFT JOIN payments_receipt r ON r.id = t.receipt_id
                        LEFT JOIN payments_payment p ON p.id = r.payment_id
                        CROSS JOIN LATERAL (
                            SELECT sum(l.payable) AS payable, count(*) = count(e.id) AS alike
                            FROM payments_receiptline l
                            LEFT JOIN enrollment_enrollment e
                                ON (e.id, e.assessment_id, e.standard, e.payable, e.sponsored)
                                 = (l.enrollment_id, p.assessment_id, l.standard, l.payable, l.sponsored)
                            WHERE l.receipt_id = t.receipt_id) s
                        WHERE (s.alike AND s.payable <= r.amount) IS NOT TRUE)
                    THEN
                        RAISE EXCEPTION 'a receipt line does not fit its receipt'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_line_belongs_to_its_receipt';
                    END IF;
                    RETURN NULL;
                """,
                    hash="95a8d315a2cd06e631cc9a5b89880624b54fb107",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_fits_its_receipt_a6253",
                    referencing="REFERENCING NEW TABLE AS fresh ",
                    table="payments_receiptline",
                    when="AFTER",
                ),
            ),
        ),
    ]
