"""票据: what holds for a receipt of either kind, of the contribution or of workmanship; told by the database.

Its number is its book's, it is voided whole and once, not after its day was closed, nor after its book was verified.
Texts of triggers are set in as far as they were in the models: their hash is in the migrations.
"""

import pgtrigger
from django.db import models
from django.db.models import Q

VOID_CHANGES = (
    pgtrigger.Q(old__voided_at__df=pgtrigger.F("new__voided_at"))
    | pgtrigger.Q(old__voided_by__df=pgtrigger.F("new__voided_by"))
    | pgtrigger.Q(old__void_reason__df=pgtrigger.F("new__void_reason"))
)
ONLY_VOIDED = pgtrigger.ReadOnly(
    name="only_voided", exclude=["voided_at", "voided_by", "void_reason", "settlement_line"]
)
VOIDED_ONCE = pgtrigger.Protect(
    name="voided_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__voided_at__isnull=False) & VOID_CHANGES
)
# Once its day is closed a receipt is neither voided nor moved to another day: what follows is a reversal.
SETTLED_STAYS = pgtrigger.Trigger(
    name="settled_stays",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__settlement_line__isnull=False)
    & (VOID_CHANGES | pgtrigger.Q(old__settlement_line__df=pgtrigger.F("new__settlement_line"))),
    func="""
        RAISE EXCEPTION 'receipt % is settled', OLD.printed_number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_is_settled_and_stays';
    """,
)


def void_is_whole(kind: str) -> models.CheckConstraint:
    """When, who and why are said together."""
    return models.CheckConstraint(
        name=f"{kind}_void_is_whole",
        condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
        | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
        violation_error_message="作废须同时记录时间、作废人和事由。",
    )


def not_voided_once_verified(kind: str) -> pgtrigger.Trigger:
    """核销 froze the book's counts. The share lock waits for a verification that is being written."""
    return pgtrigger.Trigger(
        name="not_voided_once_verified",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(old__voided_at__isnull=True, new__voided_at__isnull=False),
        func=f"""
                    PERFORM FROM payments_receiptbook b WHERE b.id = NEW.book_id FOR SHARE;
                    IF EXISTS (SELECT FROM payments_bookverification v WHERE v.book_id = NEW.book_id) THEN
                        RAISE EXCEPTION 'the book of receipt % was verified', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = '{kind}_not_voided_once_verified';
                    END IF;
                    RETURN NEW;
                """,
    )


def number_from_its_book(
    kind: str, *, purpose: str, told: str, lines: tuple[str, str], amount: str
) -> pgtrigger.Trigger:
    """At commit: number and code are the book's, already passed by it, and its lines make the amount.

    `lines`: their table and the name it has in the statement; `amount`: the column of theirs that is summed.
    """
    table, line = lines
    return pgtrigger.Trigger(
        name="number_from_its_book",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=f"""
                    IF NOT EXISTS (
                        SELECT FROM payments_receiptbook b WHERE b.id = NEW.book_id AND b.code = NEW.book_code
                        AND b.purpose = '{purpose}'
                        AND NEW.number >= b.first_number AND NEW.number < b.next_number
                        AND NEW.printed_number = lpad(NEW.number::text, b.width, '0'))
                    THEN
                        RAISE EXCEPTION '{told} % was not taken from its book', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = '{kind}_number_from_its_book';
                    END IF;
                    IF (SELECT sum({line}.{amount}) IS DISTINCT FROM NEW.amount
                        FROM {table} {line} WHERE {line}.receipt_id = NEW.id)
                    THEN
                        RAISE EXCEPTION '{told} % is not the sum of its lines', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = '{kind}_is_the_sum_of_its_lines';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - put together from constants
    )
