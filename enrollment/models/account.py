"""个人账户: the ledger of each person's individual account, rows that are only ever added."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from enrollment.models.enrolment import Enrollment
from households.models import Person
from offices.access import visible
from offices.models import Staff


class AccountEntryQuerySet(models.QuerySet["AccountEntry"]):
    def visible_to(self, staff: Staff) -> "AccountEntryQuerySet":
        """Those written in the divisions of a member of staff, and all of whoever lives there now.

        An account goes with its person: where somebody came from was credited too.
        """
        return visible(self, staff) | visible(self, staff, field="person__division_code")


class AccountEntry(models.Model):
    """个人账户流水. `amount` in yuan, positive for what comes in, negative for what goes out; the sum is the balance.

    A credit belongs to an enrolment and is made once for it. A mistake is reversed by a row of its own; a credit
    that was reversed is made anew by one that `renews` it.
    """

    class Kind(models.TextChoices):
        CREDIT = "credit", "划入"
        REFUND = "refund", "退还"
        REVERSAL = "reversal", "冲正"

    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="account_entries", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name="参保登记",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="account_entries",
        db_index=False,
    )
    reverses = models.OneToOneField(
        "self", verbose_name="冲正的流水", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    renews = models.OneToOneField(
        "self",
        verbose_name="重新划入所替的流水",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renewed_by",
    )
    payee = models.CharField("收款人", max_length=60, blank=True)
    relation = models.CharField("与参保人关系", max_length=20, blank=True)
    text = models.CharField("摘要", max_length=200)
    ruleset_code = models.CharField("规则集", max_length=40, blank=True, db_collation="C")
    clause_key = models.CharField("条款", max_length=40, blank=True, db_collation="C")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Staff, verbose_name="经办人", on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = AccountEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人账户流水"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="account_entry_is_whole",
                condition=Q(kind="credit", amount__gt=0, enrollment__isnull=False, reverses__isnull=True)
                | (Q(kind="refund", amount__lt=0, reverses__isnull=True) & ~Q(payee=""))
                | Q(kind="reversal", reverses__isnull=False),
                violation_error_message="划入须为正数并对应参保登记；退还须为负数并写明收款人；冲正须指明所冲的流水。",
            ),
            models.UniqueConstraint(
                name="account_credit_once_per_enrolment",
                fields=["enrollment"],
                condition=Q(kind="credit", renews__isnull=True),
                violation_error_message="这一年度的个人账户已经划入过。",
            ),
            models.CheckConstraint(
                name="account_only_a_credit_renews",
                condition=Q(renews__isnull=True) | Q(kind="credit"),
                violation_error_message="只有划入可以重新划入。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "id"], name="account_entry_of_person")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The person's row is locked first, so that two refunds at once cannot both find the money.
            pgtrigger.Trigger(
                name="balance_is_never_negative",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                    IF NEW.amount < 0 THEN
                        PERFORM FROM households_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
                        IF (SELECT sum(amount) FROM enrollment_accountentry WHERE person_id = NEW.person_id) < 0 THEN
                            RAISE EXCEPTION 'the account of person % would be overdrawn', NEW.person_id
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_balance_is_not_negative';
                        END IF;
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="a_reversal_is_the_opposite",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__reverses_id__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_accountentry e
                        WHERE e.id = NEW.reverses_id AND e.person_id = NEW.person_id
                          AND e.amount = -NEW.amount AND e.kind <> 'reversal')
                    THEN
                        RAISE EXCEPTION 'entry % does not reverse entry %', NEW.id, NEW.reverses_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_reversal_is_the_opposite';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="only_a_reversed_credit_is_renewed",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__renews_id__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM enrollment_accountentry e
                        JOIN enrollment_accountentry r ON r.reverses_id = e.id
                        WHERE e.id = NEW.renews_id AND e.kind = 'credit' AND e.enrollment_id = NEW.enrollment_id)
                    THEN
                        RAISE EXCEPTION 'entry % renews entry %, which stands', NEW.id, NEW.renews_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_only_a_reversed_credit_is_renewed';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,.2f}"
