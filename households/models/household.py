"""户: a household in the files of one office, and who belonged to it when."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from common.relations import HEAD, LABELS
from common.sealing import PHONE
from households.models.person import Person, town_of
from households.models.tracking import keep_history
from offices.models import Office, Staff
from offices.sealed import SealedField, digest_of, only_sealed
from offices.spans import forward, refuse_reversed, span


class NumberSeries(models.Model):
    """户号序列: the last household number given out per office and village; its row is locked while one is taken."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField("村（社区）", max_length=12, db_collation="C")
    last_number = models.PositiveIntegerField("最后户号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "户号序列"
        constraints: ClassVar = [
            models.UniqueConstraint(name="number_series_once_per_village", fields=["office", "prefix"]),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last_number:04d}"


@keep_history(exclude=["town", "phone_tail4"])
class Household(models.Model):
    """户: one hukou book 居民户口簿 in the files of one office. `number` is its archive number as well."""

    office = models.ForeignKey(Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="households")
    division_code = models.CharField("村（社区）", max_length=12, db_collation="C")
    town = town_of("division_code")
    number = models.CharField("户号", max_length=20, db_collation="C")
    hukou_book_no = models.CharField("户口簿号", max_length=30, blank=True, db_collation="C")
    address = models.CharField("居住地址", max_length=120, blank=True)
    phone = SealedField("联系电话", kind=PHONE, max_length=20, blank=True)
    phone_tail4 = digest_of("phone", PHONE, tail=4)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.ForeignKey(
        Staff, verbose_name="登记人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField("销户时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "户"
        constraints: ClassVar = [
            only_sealed("household_is_sealed", "phone"),
            models.UniqueConstraint(
                name="household_number_once_per_office",
                fields=["office", "number"],
                violation_error_message="这个户号已经用过。",
            ),
            models.CheckConstraint(
                name="household_division_has_12_digits",
                condition=Q(division_code__regex=r"^[0-9]{12}$"),
                violation_error_message="请选择村（社区）。",
            ),
            models.CheckConstraint(
                name="household_closed_after_registered",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("registered_at")),
                violation_error_message="销户时间早于登记时间。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["division_code", "number"], name="household_by_division"),
            models.Index(fields=["number"], name="household_by_number"),
            models.Index(fields=["town", "phone_tail4"], name="household_by_phone"),
        ]

    def __str__(self) -> str:
        return self.number


@keep_history()
class Membership(models.Model):
    """家庭成员: a person belongs to one household at a time, and a household has one head at a time."""

    household = models.ForeignKey(Household, verbose_name="户", on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, verbose_name="参保人", on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField("与户主关系", max_length=2, choices=list(LABELS.items()))
    starts_on = models.DateField("加入日期")
    ends_on = models.DateField("最后一日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        constraints: ClassVar = [
            forward("membership_span_is_forward"),
            models.CheckConstraint(
                name="membership_relation_has_2_digits",
                condition=Q(relation__regex=r"^[0-9]{2}$"),
                violation_error_message="请选择与户主的关系。",
            ),
            ExclusionConstraint(
                name="person_in_one_household_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                violation_error_message="此人同一时期已在另一户中，一人只能属于一户。今天迁来的，原户的最后一日应是昨天。",
            ),
            ExclusionConstraint(
                name="household_has_one_head_at_a_time",
                expressions=[("household", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                condition=Q(relation=HEAD),
                violation_error_message="一户同一时期只能有一位户主。",
            ),
        ]
        triggers: ClassVar = [
            # At commit, not before: a change of head ends one membership and starts another.
            pgtrigger.Trigger(
                name="has_a_head",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                declare=[("changed", "bigint")],
                func=f"""
                    changed := CASE WHEN TG_OP = 'DELETE' THEN OLD.household_id ELSE NEW.household_id END;
                    IF EXISTS (SELECT 1 FROM households_membership
                               WHERE household_id = changed AND ends_on IS NULL)
                       AND NOT EXISTS (SELECT 1 FROM households_membership
                               WHERE household_id = changed AND ends_on IS NULL AND relation = '{HEAD}')
                    THEN
                        RAISE EXCEPTION 'household % has members but no head', changed
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'household_has_a_head';
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - HEAD is a constant of this module
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_relation_display()}"

    def clean(self) -> None:
        refuse_reversed(self)
