"""档案文件: photos and scans of a household; the bytes lie outside the database, their digest in the row."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from households.models.household import Household
from households.models.person import Person
from households.models.tracking import keep_history
from offices.models import Staff


@keep_history()
class StoredFile(models.Model):
    """一份文件 of a household or of one member. `name` is where its bytes lie: random, and nobody typed it.

    A removed file stays as a row; `purged_at` says that its bytes are gone as well.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        HUKOU_BOOK = "hukou_book", "户口簿"
        ID_CARD = "id_card", "身份证"
        LOW_INCOME = "low_income", "低保证"
        DISABILITY = "disability", "残疾人证"
        RESIDENCE = "residence", "居住证"
        BIRTH = "birth", "出生医学证明"
        OTHER_COVER = "other_cover", "其他医保凭证"
        SIGNED_FORM = "signed_form", "签字的参保登记表"
        OTHER = "other", "其他材料"

    class Content(models.TextChoices):
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        PDF = "application/pdf", "PDF"

    household = models.ForeignKey(Household, verbose_name="户", on_delete=models.PROTECT, related_name="files")
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    kind = models.CharField("种类", max_length=20, choices=Kind)
    name = models.UUIDField("存放名", default=uuid4, unique=True, editable=False)
    content = models.CharField("格式", max_length=20, choices=Content)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数", default=1)
    sha256 = models.CharField("SHA-256", max_length=64, db_collation="C")
    stored_at = models.DateTimeField("存入时间")
    stored_by = models.ForeignKey(
        Staff, verbose_name="存入人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        Staff, verbose_name="移除人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    removal_reason = models.CharField("移除事由", max_length=200, blank=True)
    purged_at = models.DateTimeField("销毁时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "档案文件"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="file_is_jpeg_png_or_pdf",
                condition=Q(content__in=["image/jpeg", "image/png", "application/pdf"]),
                violation_error_message="只收JPEG、PNG图片和PDF文件。",
            ),
            models.CheckConstraint(
                name="file_photo_is_of_a_person",
                condition=~Q(kind="photo") | (Q(person__isnull=False) & Q(content="image/jpeg")),
                violation_error_message="照片应属于一个人。",
            ),
            models.CheckConstraint(
                name="file_has_a_digest",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0, pages__gt=0),
                violation_error_message="文件是空的，或没有算出校验值，请重新上传。",
            ),
            models.CheckConstraint(
                name="file_removed_by_someone_for_a_reason",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                violation_error_message="移除文件须有时间、移除人和事由。",
            ),
            models.CheckConstraint(
                name="file_purged_after_removed",
                condition=Q(purged_at__isnull=True) | Q(removed_at__isnull=False, purged_at__gte=F("removed_at")),
                violation_error_message="移除之后才能销毁。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
