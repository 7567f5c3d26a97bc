"""参保证明: certificates of cover and of years as they were issued, frozen; whether they still hold is derived."""

import secrets
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.sealing import FORM
from enrollment.models import Enrollment
from households.models import Household
from offices.access import visible
from offices.models import Office, Staff
from offices.sealed import SealedJSONField

TOKEN_BYTES = 24


def new_token() -> str:
    """192 random bits: nobody guesses the address of somebody else's certificate."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class CoverCertificateQuerySet(models.QuerySet["CoverCertificate"]):
    def visible_to(self, staff: Staff) -> "CoverCertificateQuerySet":
        """Those of households in the divisions of a member of staff."""
        return visible(self, staff)


@pghistory.track(pghistory.UpdateEvent(), exclude=["idempotency_key"], append_only=True)
class CoverCertificate(models.Model):
    """参保证明 for one person or a household. `content` is what was printed, and is printed again as it is.

    Issued once per idempotency key. Revoking it is a fact of its own; that the cover was cancelled or is over is read
    from the enrolments it names.
    """

    idempotency_key = models.UUIDField("请求编号")
    household = models.ForeignKey(
        Household, verbose_name="户", on_delete=models.PROTECT, related_name="certificates", db_index=False
    )
    office = models.ForeignKey(
        Office, verbose_name="经办机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划", max_length=12, db_collation="C")
    number = models.CharField("证明编号", max_length=40, db_collation="C")
    token = models.CharField("查验码", max_length=40, db_collation="C", default=new_token)
    coverage_year = models.PositiveSmallIntegerField("年度")
    content = SealedJSONField("内容", kind=FORM)
    issued_at = models.DateTimeField("开具时间")
    by = models.ForeignKey(Staff, verbose_name="开具人", on_delete=models.PROTECT, related_name="+", db_index=False)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        Staff, verbose_name="撤销人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    revoke_reason = models.CharField("撤销事由", max_length=200, blank=True)

    objects = CoverCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参保证明"
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="certificate_once_per_key",
                fields=["idempotency_key"],
                violation_error_message="这次提交已经开具过证明，没有再开。请刷新页面查看。",
            ),
            models.UniqueConstraint(name="certificate_token_once", fields=["token"]),
            models.UniqueConstraint(
                name="certificate_number_once",
                fields=["office", "number"],
                violation_error_message="这个证明编号已经用过，请重新开具。",
            ),
            models.CheckConstraint(
                name="certificate_token_is_long",
                condition=Q(token__regex=r"^[A-Za-z0-9_-]{32,40}$"),  # noqa: S106 - a pattern
            ),
            models.CheckConstraint(
                name="certificate_revoked_as_a_whole",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoke_reason="")
                | (Q(revoked_at__gte=F("issued_at"), revoked_by__isnull=False) & ~Q(revoke_reason="")),
                violation_error_message="撤销须同时记录时间、撤销人和事由。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household"], name="certificate_of_household"),
            models.Index(fields=["division_code", "issued_at"], name="certificate_by_division"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_revoked", exclude=["revoked_at", "revoked_by", "revoke_reason"]),
            pgtrigger.Protect(
                name="revoked_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__revoked_at__isnull=False)
            ),
            pgtrigger.Trigger(
                name="names_a_cover",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF NOT EXISTS (SELECT FROM payments_certifiedcover c WHERE c.certificate_id = NEW.id) THEN
                        RAISE EXCEPTION 'certificate % names no cover', NEW.number
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_names_a_cover';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CertifiedCover(models.Model):
    """An enrolment that a certificate speaks of: the certificate holds as long as each of them stands."""

    certificate = models.ForeignKey(
        CoverCertificate, verbose_name="参保证明", on_delete=models.PROTECT, related_name="covers", db_index=False
    )
    enrollment = models.ForeignKey(
        Enrollment, verbose_name="参保登记", on_delete=models.PROTECT, related_name="certified"
    )

    class Meta:
        verbose_name = verbose_name_plural = "证明的参保登记"
        constraints: ClassVar = [
            models.UniqueConstraint(name="certified_cover_once", fields=["certificate", "enrollment"]),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.enrollment_id}"
