"""规则集: the registry of rule sets, their editions (the text is the truth), coverage years and clauses."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from offices.models import Staff


class RuleSet(models.Model):
    """规则集 by its code; `current_edition` is the one in force. What it says stands in the edition's text only."""

    code = models.CharField("代码", max_length=40, unique=True, db_collation="C")
    name = models.CharField("名称", max_length=100)
    document = models.CharField("文号", max_length=60, blank=True)
    current_edition = models.ForeignKey(
        "RuleSetEdition", verbose_name="现行版本", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "规则集"
        ordering: ClassVar = ["code"]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="code_stays", fields=["code"]),
            pgtrigger.Trigger(
                name="current_edition_is_its_own",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NEW.current_edition_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM enrollment_rulesetedition e
                        WHERE e.id = NEW.current_edition_id AND e.ruleset_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'edition % is not of rule set %', NEW.current_edition_id, NEW.code
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruleset_current_edition_is_its_own';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleSetEdition(models.Model):
    """规则集版本: the TOML text as it was loaded. Append-only: what was decided under it can always be read again."""

    ruleset = models.ForeignKey(
        RuleSet, verbose_name="规则集", on_delete=models.PROTECT, related_name="editions", db_index=False
    )
    number = models.PositiveIntegerField("版本号")
    source = models.TextField("原文")
    sha256 = models.CharField("摘要", max_length=64, db_collation="C")
    loaded_at = models.DateTimeField("载入时间")
    loaded_by = models.ForeignKey(
        Staff, verbose_name="载入人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "规则集版本"
        ordering: ClassVar = ["ruleset", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="edition_number_once_per_ruleset", fields=["ruleset", "number"]),
            models.UniqueConstraint(name="edition_text_once_per_ruleset", fields=["ruleset", "sha256"]),
            models.CheckConstraint(name="edition_number_is_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(name="edition_digest_is_whole", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class ContributionPeriod(models.Model):
    """缴费年度: one coverage year of a rule set. Rates and windows are in the edition; this is what money refers to."""

    ruleset = models.ForeignKey(
        RuleSet, verbose_name="规则集", on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    coverage_year = models.PositiveSmallIntegerField("缴费年度")

    class Meta:
        verbose_name = verbose_name_plural = "缴费年度"
        ordering: ClassVar = ["ruleset", "coverage_year"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="period_once_per_ruleset", fields=["ruleset", "coverage_year"]),
            models.CheckConstraint(name="period_year_has_4_digits", condition=Q(coverage_year__range=(1990, 2199))),
        ]
        triggers: ClassVar = [pgtrigger.ReadOnly(name="never_changed")]

    def __str__(self) -> str:
        return f"{self.coverage_year}年度"


class Clause(models.Model):
    """条款: the registry of clauses. A key that a new edition drops stays: reasons already written point to it."""

    ruleset = models.ForeignKey(
        RuleSet, verbose_name="规则集", on_delete=models.PROTECT, related_name="clauses", db_index=False
    )
    key = models.CharField("编号", max_length=40, db_collation="C")
    document = models.CharField("文号", max_length=60)
    article = models.CharField("条款", max_length=60)
    summary = models.TextField("摘要", blank=True)
    full_text = models.TextField("原文", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "条款"
        ordering: ClassVar = ["ruleset", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="clause_key_once_per_ruleset", fields=["ruleset", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.document}{self.article}"
