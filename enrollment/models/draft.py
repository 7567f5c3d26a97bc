"""规则集草稿: what an administrator prepares; another one publishes it, and then it is an edition."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from enrollment.models.ruleset import RuleSet, RuleSetEdition
from offices.models import Staff


def _staff(label: str) -> "models.ForeignKey[Staff | None, Staff | None]":
    return models.ForeignKey(
        Staff, verbose_name=label, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )


class DraftQuerySet(models.QuerySet["RuleSetDraft"]):
    def open(self) -> "DraftQuerySet":
        """Those neither published nor discarded: one for each rule set at the most."""
        return self.filter(published_at__isnull=True, discarded_at__isnull=True)


class RuleSetDraft(models.Model):
    """规则集草稿: a whole TOML text on its way to an edition. `writers` are all who wrote in it or submitted it.

    `amends_from`, `amends_clause`, `amends_note`: from which day, by which clause and why terms change under which
    money was taken already. Empty where no such terms change.
    """

    ruleset = models.ForeignKey(RuleSet, verbose_name="规则集", on_delete=models.PROTECT, related_name="drafts")
    based_on = models.ForeignKey(
        RuleSetEdition, verbose_name="底稿", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.TextField("原文")
    made_by = models.ForeignKey(
        Staff, verbose_name="起草人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_at = models.DateTimeField("起草时间")
    edited_by = _staff("最后修改人")
    edited_at = models.DateTimeField("最后修改时间", null=True, blank=True)
    writers = ArrayField(models.BigIntegerField(), verbose_name="经手人")
    submitted_by = _staff("送审人")
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    amends_from = models.DateField("修订生效日", null=True, blank=True)
    amends_clause = models.CharField("修订依据", max_length=40, blank=True)
    amends_note = models.CharField("修订说明", max_length=300, blank=True)
    published_by = _staff("发布人")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    edition = models.ForeignKey(
        RuleSetEdition, verbose_name="发布为", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_by = _staff("废弃人")
    discarded_at = models.DateTimeField("废弃时间", null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "规则集草稿"
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="draft_one_open_per_ruleset",
                fields=["ruleset"],
                condition=Q(published_at__isnull=True, discarded_at__isnull=True),
                violation_error_message="这份规则已有一份草稿，请在那份草稿上修改，或先把它废弃。",
            ),
            models.CheckConstraint(
                name="draft_published_by_another",
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("made_by")) & ~Q(published_by=F("submitted_by"))),
                violation_error_message="起草或送审的人不能自己发布，请由另一位管理员发布。",
            ),
            models.CheckConstraint(
                name="draft_published_once_submitted",
                condition=Q(published_at__isnull=True, published_by__isnull=True, edition__isnull=True)
                | Q(
                    published_at__gte=F("submitted_at"),
                    published_by__isnull=False,
                    edition__isnull=False,
                    submitted_by__isnull=False,
                    discarded_at__isnull=True,
                ),
                violation_error_message="草稿先送审才能发布，发布须记录发布人、时间和版本。",
            ),
            models.CheckConstraint(
                name="draft_amendment_is_whole",
                condition=Q(amends_from__isnull=True, amends_clause="", amends_note="")
                | (Q(amends_from__isnull=False) & ~Q(amends_clause="") & ~Q(amends_note="")),
                violation_error_message="修订须同时写明生效日、依据的条款和说明。",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False) | pgtrigger.Q(old__discarded_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="published_by_no_writer",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NEW.published_by_id = ANY(NEW.writers) THEN
                        RAISE EXCEPTION 'draft_published_by_another: draft %', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'draft_published_by_another';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ruleset}草稿"
