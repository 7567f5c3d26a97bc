"""交来的文件: each reading of a file with the verdict on every row; the last one counts."""

from typing import ClassVar
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import F, Q

from common.sealing import ID_NUMBER, PHONE
from households.models import Person
from offices.models import Office, Staff
from offices.sealed import SealedField, only_sealed, part_of
from rosters.models.roster import Roster


class RosterFile(models.Model):
    """名册文件: the file as it came, read with these columns and checked at this moment. The bytes lie in the vault.

    `number` counts the readings of one roster, `handed_in` the files that came. Correcting a column or checking again
    is a new reading of the same bytes (the same `name`). Until the check is through, `checked_at` is null.
    """

    class Why(models.TextChoices):
        HANDED_IN = "handed_in", "交来"
        COLUMNS = "columns", "改正栏目"
        AGAIN = "again", "重新核对"

    roster = models.ForeignKey(Roster, verbose_name="花名册", on_delete=models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField("第几次核对")
    handed_in = models.PositiveSmallIntegerField("第几份文件")
    why = models.CharField("缘由", max_length=20, choices=Why)
    filename = models.CharField("文件名", max_length=200)
    name = models.UUIDField("存放名", default=uuid4, editable=False)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_collation="C")
    mapping = models.JSONField("指定的栏目", default=dict, blank=True)
    sheet = models.CharField("指定的工作表", max_length=60, blank=True)
    received_at = models.DateTimeField("收到时间")
    received_by = models.ForeignKey(
        Staff, verbose_name="经手人", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    superseded_at = models.DateTimeField("被替换时间", null=True, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    persons = models.PositiveIntegerField("人数", default=0)
    accepted = models.PositiveIntegerField("通过人数", default=0)
    households = models.PositiveIntegerField("通过户数", default=0)
    households_refused = models.PositiveIntegerField("有问题户数", default=0)
    payable = models.DecimalField("应缴", max_digits=14, decimal_places=2, default=0)
    sponsored = models.DecimalField("资助", max_digits=14, decimal_places=2, default=0)
    told = models.JSONField("核对结果", default=dict, blank=True)

    refusals: ClassVar = {
        "roster_file_before_agreement": "这份名册已经核对相符，不能再换文件。要换的，请先撤回核对。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "名册文件"
        ordering: ClassVar = ["roster", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="roster_file_number_once",
                fields=["roster", "number"],
                violation_error_message="另一个人刚刚为这份名册交了文件，请刷新页面后再看。",
            ),
            models.UniqueConstraint(
                name="roster_file_one_is_current",
                fields=["roster"],
                condition=Q(superseded_at__isnull=True),
                violation_error_message="另一个人刚刚为这份名册交了文件，请刷新页面后再看。",
            ),
            models.CheckConstraint(
                name="roster_file_why_is_known", condition=Q(why__in=["handed_in", "columns", "again"])
            ),
            models.CheckConstraint(name="roster_file_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)),
            models.CheckConstraint(
                name="roster_file_counts_add_up",
                condition=Q(accepted__lte=F("persons"), payable__gte=0, sponsored__gte=0)
                & (Q(checked_at__isnull=False) | Q(persons=0)),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="substance_stays",
                fields=[
                    "roster",
                    "number",
                    "handed_in",
                    "why",
                    "filename",
                    "name",
                    "size",
                    "sha256",
                    "mapping",
                    "sheet",
                    "received_at",
                    "received_by",
                ],
            ),
            pgtrigger.Protect(
                name="replaced_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="checked_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__checked_at__isnull=False),
                func="""
                    IF (OLD.checked_at, OLD.persons, OLD.accepted, OLD.households, OLD.households_refused, OLD.payable,
                        OLD.sponsored, OLD.told)
                       IS DISTINCT FROM
                       (NEW.checked_at, NEW.persons, NEW.accepted, NEW.households, NEW.households_refused, NEW.payable,
                        NEW.sponsored, NEW.told)
                    THEN
                        RAISE EXCEPTION 'roster file % has been checked', NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="before_agreement",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("superseded_at"),
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        WHERE a.roster_id = NEW.roster_id AND a.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'roster % is agreed', NEW.roster_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_file_before_agreement';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class RosterRowQuerySet(models.QuerySet["RosterRow"]):
    def counted(self) -> "RosterRowQuerySet":
        """Those that the roster stands for: taken as they are, and not set aside."""
        return self.filter(accepted=True, set_aside_at__isnull=True)

    def wrong(self) -> "RosterRowQuerySet":
        """Those that have to be mended or set aside."""
        return self.filter(accepted=False, set_aside_at__isnull=True)


class RosterRow(models.Model):
    """名册的一行: what it says and the verdict. `household` is the same for the rows of one household in this file.

    `position` is its place among the persons of the file. A refused household can be set aside with a reason: its line
    on the paper is crossed out, and it comes back in another roster. Of a row whose number cannot be read `id_no` is
    what stands there, to be shown masked; such a row is never accepted.
    """

    file = models.ForeignKey(
        RosterFile, verbose_name="名册文件", on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    position = models.PositiveIntegerField("顺序")
    sheet = models.CharField("工作表", max_length=60)
    row_number = models.PositiveIntegerField("行号")
    household = models.PositiveIntegerField("户")
    name = models.CharField("姓名", max_length=50, blank=True)
    id_no = SealedField("身份证号", kind=ID_NUMBER, max_length=100, blank=True)
    sex = models.CharField("性别", max_length=1, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    relation = models.CharField("与户主关系", max_length=2, blank=True)
    hukou_kind = models.CharField("户口性质", max_length=10, blank=True)
    written_category = models.CharField("名册所写类别", max_length=60, blank=True)
    amount = models.DecimalField("名册所写金额", max_digits=12, decimal_places=2, null=True, blank=True)
    phone = SealedField("电话", kind=PHONE, max_length=30, blank=True)
    village = models.CharField("村（居）", max_length=60, blank=True)
    school_class = models.CharField("班级", max_length=60, blank=True, db_default="")
    person = models.ForeignKey(
        Person, verbose_name="参保人", on_delete=models.PROTECT, null=True, blank=True, related_name="roster_rows"
    )
    accepted = models.BooleanField("通过")
    category = models.CharField("人员类别", max_length=40, blank=True)
    category_name = models.CharField("类别名称", max_length=60, blank=True)
    payable = models.DecimalField("应缴", max_digits=12, decimal_places=2, default=0)
    sponsored = models.DecimalField("资助", max_digits=12, decimal_places=2, default=0)
    funder = models.CharField("资助部门", max_length=40, blank=True)
    benefit_starts_on = models.DateField("待遇开始", null=True, blank=True)
    reasons = models.JSONField("不收的依据", default=list, blank=True)
    warnings = models.JSONField("提示", default=list, blank=True)
    set_aside_at = models.DateTimeField("剔出时间", null=True, blank=True)
    set_aside_by = models.ForeignKey(
        Staff, verbose_name="剔出人", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    set_aside_reason = models.CharField("剔出事由", max_length=200, blank=True)

    objects = RosterRowQuerySet.as_manager()
    refusals: ClassVar = {
        "roster_row_before_agreement": "这份名册已经核对相符，不能再剔出或放回。要改的，请先撤回核对。",
    }

    class Meta:
        verbose_name = verbose_name_plural = "名册的行"
        ordering: ClassVar = ["file", "position"]
        constraints: ClassVar = [
            only_sealed("roster_row_is_sealed", "id_no", "phone"),
            models.UniqueConstraint(name="roster_row_position_once", fields=["file", "position"]),
            models.CheckConstraint(
                name="roster_row_refused_with_a_reason",
                condition=Q(accepted=True, reasons=[]) | (Q(accepted=False) & ~Q(reasons=[])),
            ),
            models.CheckConstraint(
                name="roster_row_amounts_are_not_negative", condition=Q(payable__gte=0, sponsored__gte=0)
            ),
            models.CheckConstraint(
                name="roster_row_set_aside_whole",
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_reason="")
                | (Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_reason="")),
                violation_error_message="剔出须记录时间、经手人和事由。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["file", "household"], name="roster_row_of_household"),
            models.Index(fields=["file", "position"], name="roster_row_wrong", condition=Q(accepted=False)),
            models.Index(part_of("id_no", ID_NUMBER), name="roster_row_by_number"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="substance_stays", exclude=["set_aside_at", "set_aside_by", "set_aside_reason"]),
            pgtrigger.Trigger(
                name="set_aside_before_agreement",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT FROM rosters_rosteragreement a
                        WHERE a.file_id = NEW.file_id AND a.withdrawn_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'roster file % is agreed', NEW.file_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_row_before_agreement';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} 第{self.row_number}行"


class ColumnChoice(models.Model):
    """记住的栏目: what somebody of a village corrected for a file with these headings, for the next one like it."""

    office = models.ForeignKey(Office, verbose_name="机构", on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField("村（社区）、学校或部门", max_length=60)
    headings = models.CharField("表头的校验值", max_length=64, db_collation="C")
    mapping = models.JSONField("栏目")
    sheet = models.CharField("工作表", max_length=60, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Staff, verbose_name="经手人", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = "记住的栏目"
        constraints: ClassVar = [
            models.UniqueConstraint(name="column_choice_once", fields=["office", "place", "headings"]),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.headings[:8]}"
