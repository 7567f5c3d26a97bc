"""归入: what may join a settled day, a sheet on its way up, and a slip of the bank's; told by the database."""

import pgtrigger

NOT_SETTLED_AT_ONCE = pgtrigger.Protect(
    name="not_settled_at_once", operation=pgtrigger.Insert, condition=pgtrigger.Q(new__settlement_line__isnull=False)
)


def joins_its_own_line(row: str, *, moment: str = "issued_at") -> pgtrigger.Trigger:
    """A day-end's line takes what its clerk took in its office until its day, of its kind, and as many as it says.

    `row` joins to `f` what tells the clerk and the year (`p.clerk_id`, `p.period_id`). A line that is written holds all
    that it counts, so nothing can be slipped into it afterwards.
    """
    return pgtrigger.Trigger(
        name="joins_its_own_line",
        level=pgtrigger.Statement,
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(old="stale", new="fresh"),
        func=f"""
            IF EXISTS (
                SELECT FROM fresh f JOIN stale o ON o.id = f.id {row}
                JOIN payments_settlementline l ON l.id = f.settlement_line_id
                JOIN payments_settlement s ON s.id = l.settlement_id
                WHERE o.settlement_line_id IS DISTINCT FROM f.settlement_line_id
                  AND (s.office_id <> f.office_id OR s.clerk_id <> p.clerk_id
                       OR l.period_id IS DISTINCT FROM p.period_id
                       OR (f.{moment} AT TIME ZONE 'Asia/Shanghai')::date > s.day))
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
        """,  # noqa: S608 - put together from constants
    )


def joins_what_is_open(sheet: str) -> pgtrigger.Trigger:
    """Nothing is put onto a sheet that is at the bank already, or withdrawn."""
    table = "transfer" if sheet == "forwarded_in" else sheet
    return pgtrigger.Trigger(
        name=f"joins_an_open_{table}",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{sheet}_id"),
        when=pgtrigger.Before,
        condition=pgtrigger.Q(**{f"new__{sheet}__isnull": False}),
        func=f"""
            IF (TG_OP = 'INSERT' OR OLD.{sheet}_id IS DISTINCT FROM NEW.{sheet}_id)
               AND NOT EXISTS (
                SELECT FROM payments_{table} m
                WHERE m.id = NEW.{sheet}_id AND m.slip_id IS NULL AND m.withdrawn_at IS NULL)
            THEN
                RAISE EXCEPTION '% % is at the bank or withdrawn', '{table}', NEW.{sheet}_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_takes_nothing_more';
            END IF;
            RETURN NEW;
        """,
    )


def slip_counts_once(
    table: str, *, within: str, app: str = "payments", stands: str = "m.withdrawn_at IS NULL"
) -> pgtrigger.Trigger:
    """One paper of the bank's stands for one sum: number, day and amount on one standing sheet of those `within`.

    `stands`: whether a sheet `m` still does, in SQL.
    """
    return pgtrigger.Trigger(
        name="slip_counts_once",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("slip_id"),
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__slip__isnull=False),
        func=f"""
            PERFORM pg_advisory_xact_lock(hashtextextended('bank slip ' || s.number, 0))
            FROM payments_bankslip s WHERE s.id = NEW.slip_id;
            IF EXISTS (
                SELECT FROM payments_bankslip mine
                JOIN payments_bankslip s ON (s.number, s.day, s.amount) = (mine.number, mine.day, mine.amount)
                JOIN {app}_{table} m ON m.slip_id = s.id
                WHERE mine.id = NEW.slip_id AND m.id <> NEW.id AND {stands} AND {within})
            THEN
                RAISE EXCEPTION 'the slip of % % stands elsewhere', '{table}', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_slip_counts_once';
            END IF;
            RETURN NEW;
        """,
    )
