"""居民户: persons, households, their papers, files and drafts."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import offices.sealed
from offices.migration_operations import CreateModel


class Migration(migrations.Migration):
    replaces = [
        ("households", "0001_persons_households_papers"),
        ("households", "0002_files"),
        ("households", "0003_repaid_years"),
        ("households", "0004_sealed_numbers"),
        ("households", "0005_seal_what_was_there"),
        ("households", "0006_numbers_are_sealed"),
        ("households", "0007_only_sealed"),
    ]

    initial = True

    dependencies = [("offices", "0001_initial"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="村（社区）")),
                ("number", models.CharField(db_collation="C", max_length=20, verbose_name="户号")),
                (
                    "hukou_book_no",
                    models.CharField(blank=True, db_collation="C", max_length=30, verbose_name="户口簿号"),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="居住地址")),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=20, verbose_name="联系电话")),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销户时间")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="households",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "phone_tail4",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("phone"),
                            models.Value(21),
                            models.Value(8),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "town",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Left("division_code", 9),
                        output_field=models.CharField(db_collation="C", max_length=9),
                    ),
                ),
            ],
            options={
                "verbose_name": "户",
                "verbose_name_plural": "户",
                "indexes": [
                    models.Index(fields=["division_code", "number"], name="household_by_division"),
                    models.Index(fields=["number"], name="household_by_number"),
                    models.Index(fields=["town", "phone_tail4"], name="household_by_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "number"),
                        name="household_number_once_per_office",
                        violation_error_message="这个户号已经用过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^[0-9]{12}$")),
                        name="household_division_has_12_digits",
                        violation_error_message="请选择村（社区）。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True), ("closed_at__gte", models.F("registered_at")), _connector="OR"
                        ),
                        name="household_closed_after_registered",
                        violation_error_message="销户时间早于登记时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("phone"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            )
                        ),
                        name="household_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_householdevent" ("address", "closed_at", "division_code", "hukou_book_no", "id", "number", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered_at", "registered_by_id") SELECT new_values."address", new_values."closed_at", new_values."division_code", new_values."hukou_book_no", new_values."id", new_values."number", new_values."office_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."registered_at", new_values."registered_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="4e26827ff405ae65ab8cea28c062cd21343eb1ec",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_eae56",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_household",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_householdevent" ("address", "closed_at", "division_code", "hukou_book_no", "id", "number", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered_at", "registered_by_id") SELECT old_values."address", old_values."closed_at", old_values."division_code", old_values."hukou_book_no", old_values."id", old_values."number", old_values."office_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."registered_at", old_values."registered_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c526bd3f1c21588887ae31e7ade4e226bf69fe22",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4f9c4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_household",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_householdevent" ("address", "closed_at", "division_code", "hukou_book_no", "id", "number", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered_at", "registered_by_id") SELECT new_values."address", new_values."closed_at", new_values."division_code", new_values."hukou_book_no", new_values."id", new_values."number", new_values."office_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."registered_at", new_values."registered_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."division_code" IS DISTINCT FROM (new_values."division_code") OR old_values."hukou_book_no" IS DISTINCT FROM (new_values."hukou_book_no") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."office_id" IS DISTINCT FROM (new_values."office_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."registered_at" IS DISTINCT FROM (new_values."registered_at") OR old_values."registered_by_id" IS DISTINCT FROM (new_values."registered_by_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="caf936a7173c85c5d38a5b885b60d5de1c59bb63",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d279e",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_household",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_collation="C", max_length=60, verbose_name="姓名")),
                ("pinyin", models.CharField(blank=True, db_collation="C", max_length=400, verbose_name="姓名拼音")),
                (
                    "initials",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=60),
                        default=list,
                        size=None,
                        verbose_name="拼音首字母",
                    ),
                ),
                (
                    "id_no",
                    offices.sealed.SealedField(
                        blank=True, kind="id_no", max_length=18, null=True, verbose_name="身份证号"
                    ),
                ),
                (
                    "birth_certificate_no",
                    models.CharField(blank=True, db_collation="C", max_length=20, verbose_name="出生医学证明编号"),
                ),
                (
                    "mother_id_no",
                    offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="母亲身份证号"),
                ),
                ("sex", models.CharField(choices=[("M", "男"), ("F", "女")], max_length=1, verbose_name="性别")),
                ("birth_date", models.DateField(verbose_name="出生日期")),
                ("ethnicity", models.CharField(blank=True, max_length=20, verbose_name="民族")),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=20, verbose_name="电话")),
                ("hukou_division", models.CharField(db_collation="C", max_length=12, verbose_name="户籍所在地")),
                (
                    "hukou_kind",
                    models.CharField(
                        choices=[("urban", "城镇"), ("rural", "农业"), ("converted", "农转城")],
                        max_length=10,
                        verbose_name="户口性质",
                    ),
                ),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="区划")),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="死亡日期")),
                (
                    "exemption",
                    models.CharField(
                        blank=True,
                        choices=[("municipal_staff_child", "市级行政事业单位职工子女")],
                        max_length=30,
                        verbose_name="可不参保",
                    ),
                ),
                ("parent_unit", models.CharField(blank=True, max_length=80, verbose_name="父母工作单位")),
                (
                    "parent_unit_level",
                    models.CharField(
                        blank=True,
                        choices=[("municipal", "市级"), ("district", "区（县）级"), ("other", "其他")],
                        max_length=10,
                        verbose_name="父母单位级别",
                    ),
                ),
                ("in_employee_scope", models.BooleanField(default=False, verbose_name="属于职工医保参保范围")),
                ("student_kind", models.CharField(blank=True, max_length=20, verbose_name="在校学生类别")),
                ("school_name", models.CharField(blank=True, max_length=80, verbose_name="学校")),
                ("school_in_area", models.BooleanField(default=False, verbose_name="学校在统筹区内")),
                (
                    "residence_holder",
                    models.CharField(
                        blank=True,
                        choices=[("self", "本人"), ("parent", "父母")],
                        max_length=10,
                        verbose_name="居住证持有人",
                    ),
                ),
                ("residence_kind", models.CharField(blank=True, max_length=20, verbose_name="居住证件种类")),
                (
                    "residence_number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="居住证件号码"),
                ),
                ("residence_valid_to", models.DateField(blank=True, null=True, verbose_name="居住证件有效期至")),
                ("photos", models.PositiveSmallIntegerField(default=0, verbose_name="已交照片张数")),
                ("admitted_at", models.DateTimeField(blank=True, null=True, verbose_name="特准参保审批时间")),
                ("admission_reason", models.CharField(blank=True, max_length=200, verbose_name="特准参保事由")),
                (
                    "admitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="特准参保审批人",
                    ),
                ),
                (
                    "id_no_index",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("id_no"),
                            models.Value(5),
                            models.Value(16),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "id_no_tail4",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("id_no"),
                            models.Value(29),
                            models.Value(8),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "id_no_tail6",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("id_no"),
                            models.Value(21),
                            models.Value(8),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "mother_id_no_index",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("mother_id_no"),
                            models.Value(5),
                            models.Value(16),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "phone_tail4",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("phone"),
                            models.Value(21),
                            models.Value(8),
                            function="SUBSTRING",
                            output_field=models.BinaryField(),
                        ),
                        output_field=models.BinaryField(),
                    ),
                ),
                (
                    "spelled",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Replace("pinyin", models.Value(" ")),
                        output_field=models.CharField(db_collation="C", max_length=400),
                    ),
                ),
                (
                    "town",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Left("division_code", 9),
                        output_field=models.CharField(db_collation="C", max_length=9),
                    ),
                ),
            ],
            options={
                "verbose_name": "参保人",
                "verbose_name_plural": "参保人",
                "indexes": [
                    models.Index(fields=["town", "name"], name="person_by_name"),
                    models.Index(fields=["town", "spelled"], name="person_by_pinyin"),
                    models.Index(fields=["town", "id_no_tail6"], name="person_by_last_six"),
                    models.Index(fields=["town", "id_no_tail4"], name="person_by_last_four"),
                    models.Index(fields=["town", "phone_tail4"], name="person_by_phone"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["town", "initials"], name="person_by_initials"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="person_name_is_there",
                        violation_error_message="请填写姓名，与证件一致。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["M", "F"])),
                        name="person_sex_is_known",
                        violation_error_message="请选择性别。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hukou_division__regex", "^[0-9]{6,12}$")),
                        name="person_hukou_is_6_to_12_digits",
                        violation_error_message="户籍所在地应为6至12位区划代码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hukou_kind__in", ["urban", "rural", "converted"])),
                        name="person_hukou_kind_is_known",
                        violation_error_message="请选择户口性质。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("division_code__regex", "^[0-9]{12}$")),
                        name="person_division_has_12_digits",
                        violation_error_message="参保人的区划应为12位代码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("died_on__isnull", True), ("died_on__gte", models.F("birth_date")), _connector="OR"
                        ),
                        name="person_died_after_birth",
                        violation_error_message="死亡日期早于出生日期，请核对。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exemption", ""),
                            models.Q(
                                models.Q(("parent_unit", ""), _negated=True),
                                models.Q(("parent_unit_level", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="person_exemption_names_the_unit",
                        violation_error_message="职工子女可不参保的，须填父母工作单位及其级别。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("school_in_area", False), ("school_name", ""), ("student_kind", "")),
                            models.Q(("student_kind", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="person_student_names_the_school",
                        violation_error_message="填了学校的，请选择在校学生类别。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("admission_reason", ""), ("admitted_at__isnull", True), ("admitted_by__isnull", True)
                            ),
                            models.Q(
                                ("admitted_at__isnull", False),
                                ("admitted_by__isnull", False),
                                models.Q(("admission_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="person_admission_is_whole",
                        violation_error_message="特准参保须有审批人、时间和事由。",
                    ),
                    models.UniqueConstraint(
                        fields=("id_no_index",),
                        name="person_id_no_once",
                        violation_error_message="这个身份证号已有登记，请先查找此人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("id_no__isnull", True),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Length(models.F("id_no")), 82
                            ),
                            _connector="OR",
                        ),
                        name="person_id_no_is_18_characters",
                        violation_error_message="身份证号应为18位：17位数字，末位是数字或大写X。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("id_no__isnull", False),
                            models.Q(
                                models.Q(("birth_certificate_no", ""), _negated=True),
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Length(models.F("mother_id_no")), 82
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="person_has_a_number_or_a_newborns_key",
                        violation_error_message="没有身份证号的新生儿，须填出生医学证明编号和母亲身份证号。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("birth_certificate_no", ""), _negated=True),
                        fields=("birth_certificate_no", "mother_id_no_index"),
                        name="person_newborns_key_once",
                        violation_error_message="这份出生医学证明已经登记过，请按母亲身份证号查找。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("residence_holder", ""),
                                ("residence_kind", ""),
                                ("residence_number", ""),
                                ("residence_valid_to__isnull", True),
                            ),
                            models.Q(
                                models.Q(("residence_holder", ""), _negated=True),
                                models.Q(("residence_kind", ""), _negated=True),
                                models.Q(("residence_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="person_residence_is_whole",
                        violation_error_message="居住证件须填持有人、种类和号码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("id_no"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("mother_id_no"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("phone"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("residence_number"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            ),
                        ),
                        name="person_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_personevent" ("admission_reason", "admitted_at", "admitted_by_id", "birth_certificate_no", "birth_date", "died_on", "ethnicity", "exemption", "hukou_division", "hukou_kind", "id", "id_no", "in_employee_scope", "mother_id_no", "name", "parent_unit", "parent_unit_level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photos", "residence_holder", "residence_kind", "residence_number", "residence_valid_to", "school_in_area", "school_name", "sex", "student_kind") SELECT new_values."admission_reason", new_values."admitted_at", new_values."admitted_by_id", new_values."birth_certificate_no", new_values."birth_date", new_values."died_on", new_values."ethnicity", new_values."exemption", new_values."hukou_division", new_values."hukou_kind", new_values."id", new_values."id_no", new_values."in_employee_scope", new_values."mother_id_no", new_values."name", new_values."parent_unit", new_values."parent_unit_level", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."photos", new_values."residence_holder", new_values."residence_kind", new_values."residence_number", new_values."residence_valid_to", new_values."school_in_area", new_values."school_name", new_values."sex", new_values."student_kind" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="64fb52071894cb80f6e8f40a5865e3c95d18c63d",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cab81",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_person",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_personevent" ("admission_reason", "admitted_at", "admitted_by_id", "birth_certificate_no", "birth_date", "died_on", "ethnicity", "exemption", "hukou_division", "hukou_kind", "id", "id_no", "in_employee_scope", "mother_id_no", "name", "parent_unit", "parent_unit_level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photos", "residence_holder", "residence_kind", "residence_number", "residence_valid_to", "school_in_area", "school_name", "sex", "student_kind") SELECT new_values."admission_reason", new_values."admitted_at", new_values."admitted_by_id", new_values."birth_certificate_no", new_values."birth_date", new_values."died_on", new_values."ethnicity", new_values."exemption", new_values."hukou_division", new_values."hukou_kind", new_values."id", new_values."id_no", new_values."in_employee_scope", new_values."mother_id_no", new_values."name", new_values."parent_unit", new_values."parent_unit_level", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."photos", new_values."residence_holder", new_values."residence_kind", new_values."residence_number", new_values."residence_valid_to", new_values."school_in_area", new_values."school_name", new_values."sex", new_values."student_kind" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."admission_reason" IS DISTINCT FROM (new_values."admission_reason") OR old_values."admitted_at" IS DISTINCT FROM (new_values."admitted_at") OR old_values."admitted_by_id" IS DISTINCT FROM (new_values."admitted_by_id") OR old_values."birth_certificate_no" IS DISTINCT FROM (new_values."birth_certificate_no") OR old_values."birth_date" IS DISTINCT FROM (new_values."birth_date") OR old_values."died_on" IS DISTINCT FROM (new_values."died_on") OR old_values."ethnicity" IS DISTINCT FROM (new_values."ethnicity") OR old_values."exemption" IS DISTINCT FROM (new_values."exemption") OR old_values."hukou_division" IS DISTINCT FROM (new_values."hukou_division") OR old_values."hukou_kind" IS DISTINCT FROM (new_values."hukou_kind") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."id_no" IS DISTINCT FROM (new_values."id_no") OR old_values."in_employee_scope" IS DISTINCT FROM (new_values."in_employee_scope") OR old_values."mother_id_no" IS DISTINCT FROM (new_values."mother_id_no") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."parent_unit" IS DISTINCT FROM (new_values."parent_unit") OR old_values."parent_unit_level" IS DISTINCT FROM (new_values."parent_unit_level") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."photos" IS DISTINCT FROM (new_values."photos") OR old_values."residence_holder" IS DISTINCT FROM (new_values."residence_holder") OR old_values."residence_kind" IS DISTINCT FROM (new_values."residence_kind") OR old_values."residence_number" IS DISTINCT FROM (new_values."residence_number") OR old_values."residence_valid_to" IS DISTINCT FROM (new_values."residence_valid_to") OR old_values."school_in_area" IS DISTINCT FROM (new_values."school_in_area") OR old_values."school_name" IS DISTINCT FROM (new_values."school_name") OR old_values."sex" IS DISTINCT FROM (new_values."sex") OR old_values."student_kind" IS DISTINCT FROM (new_values."student_kind")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="7268eef1611172d119622209382adeaa09514894",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_5a79e",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_person",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_personevent" ("admission_reason", "admitted_at", "admitted_by_id", "birth_certificate_no", "birth_date", "died_on", "ethnicity", "exemption", "hukou_division", "hukou_kind", "id", "id_no", "in_employee_scope", "mother_id_no", "name", "parent_unit", "parent_unit_level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photos", "residence_holder", "residence_kind", "residence_number", "residence_valid_to", "school_in_area", "school_name", "sex", "student_kind") SELECT old_values."admission_reason", old_values."admitted_at", old_values."admitted_by_id", old_values."birth_certificate_no", old_values."birth_date", old_values."died_on", old_values."ethnicity", old_values."exemption", old_values."hukou_division", old_values."hukou_kind", old_values."id", old_values."id_no", old_values."in_employee_scope", old_values."mother_id_no", old_values."name", old_values."parent_unit", old_values."parent_unit_level", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."photos", old_values."residence_holder", old_values."residence_kind", old_values."residence_number", old_values."residence_valid_to", old_values."school_in_area", old_values."school_name", old_values."sex", old_values."student_kind" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="62044356e4924c9ca1cec29ae67480082143c681",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4b29e",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_person",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Certification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="人员类别")),
                (
                    "disability_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("视力", "视力"),
                            ("听力", "听力"),
                            ("言语", "言语"),
                            ("肢体", "肢体"),
                            ("智力", "智力"),
                            ("精神", "精神"),
                            ("多重", "多重"),
                        ],
                        max_length=2,
                        verbose_name="残疾类别",
                    ),
                ),
                ("disability_grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="残疾等级")),
                ("components", models.JSONField(blank=True, default=list, verbose_name="多重残疾各项")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="证件名称")),
                (
                    "number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="证件号码"),
                ),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                (
                    "issued_by_division",
                    models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="发证地区划"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="有效期自")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("original_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="原件查验时间")),
                ("copy_kept_at", models.DateTimeField(blank=True, null=True, verbose_name="复印件留存时间")),
                ("funder_list", models.CharField(blank=True, max_length=80, verbose_name="资助部门名单")),
                ("claimed", models.BooleanField(default=True, verbose_name="按此类别缴费")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                (
                    "copy_kept_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复印件留存人",
                    ),
                ),
                (
                    "original_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="原件查验人",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "类别认定",
                "verbose_name_plural": "类别认定",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("household__isnull", True), ("person__isnull", False)),
                            models.Q(("household__isnull", False), ("person__isnull", True)),
                            _connector="OR",
                        ),
                        name="certification_of_one_person_or_one_household",
                        violation_error_message="类别认定应属于一个人，或属于一户，二者居一。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("category", ""), _negated=True),
                                ("components", []),
                                ("disability_grade__isnull", True),
                                ("disability_kind", ""),
                            ),
                            models.Q(
                                ("category", ""),
                                models.Q(("disability_kind", ""), _negated=True),
                                ("household__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="certification_is_a_category_or_a_disability",
                        violation_error_message="请选择人员类别；残疾的，请填残疾类别和等级。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disability_grade__isnull", True), ("disability_grade__range", (1, 4)), _connector="OR"
                        ),
                        name="certification_grade_is_1_to_4",
                        violation_error_message="残疾等级应为一级至四级。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("components", []), ("disability_kind", "多重"), _connector="OR"),
                        name="certification_components_of_multiple_only",
                        violation_error_message="只有多重残疾才填各项残疾。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="certification_validity_is_forward",
                        violation_error_message="截止日期早于开始日期，请核对两个日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("ended_on__isnull", True),
                            ("ended_on__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="certification_ends_after_it_begins",
                        violation_error_message="截止日期早于开始日期，请核对两个日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("original_seen_at__isnull", True), ("original_seen_by__isnull", True)),
                            models.Q(("original_seen_at__isnull", False), ("original_seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="certification_original_seen_by_someone",
                        violation_error_message="查验原件须记录时间和查验人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("copy_kept_at__isnull", True), ("copy_kept_by__isnull", True)),
                            models.Q(("copy_kept_at__isnull", False), ("copy_kept_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="certification_copy_kept_by_someone",
                        violation_error_message="留存复印件须记录时间和留存人。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True), ("person__isnull", False)),
                        fields=("person", "category", "disability_kind"),
                        name="certification_open_once_per_person",
                        violation_error_message="此人已有同一类别的认定，请在原记录上修改或先终止。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True), ("household__isnull", False)),
                        fields=("household", "category"),
                        name="certification_open_once_per_household",
                        violation_error_message="本户已有同一类别的认定，请在原记录上修改或先终止。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func(
                                    models.F("number"),
                                    models.Value(1),
                                    models.Value(1),
                                    function="SUBSTRING",
                                    output_field=models.BinaryField(),
                                ),
                                [b"", b"\x01", b"\x02"],
                            )
                        ),
                        name="certification_is_sealed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_certificationevent" ("category", "claimed", "components", "copy_kept_at", "copy_kept_by_id", "disability_grade", "disability_kind", "ended_on", "funder_list", "household_id", "id", "issued_by_division", "issued_on", "kind", "number", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") SELECT new_values."category", new_values."claimed", new_values."components", new_values."copy_kept_at", new_values."copy_kept_by_id", new_values."disability_grade", new_values."disability_kind", new_values."ended_on", new_values."funder_list", new_values."household_id", new_values."id", new_values."issued_by_division", new_values."issued_on", new_values."kind", new_values."number", new_values."original_seen_at", new_values."original_seen_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."valid_from", new_values."valid_to" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e2f330e4f2f66db3bb973ba97fec9214ba54be76",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_18cf2",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_certification",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_certificationevent" ("category", "claimed", "components", "copy_kept_at", "copy_kept_by_id", "disability_grade", "disability_kind", "ended_on", "funder_list", "household_id", "id", "issued_by_division", "issued_on", "kind", "number", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") SELECT new_values."category", new_values."claimed", new_values."components", new_values."copy_kept_at", new_values."copy_kept_by_id", new_values."disability_grade", new_values."disability_kind", new_values."ended_on", new_values."funder_list", new_values."household_id", new_values."id", new_values."issued_by_division", new_values."issued_on", new_values."kind", new_values."number", new_values."original_seen_at", new_values."original_seen_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."valid_from", new_values."valid_to" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="db14e2087559c2d62ebc5451eac0402ca77094e7",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_05a89",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_certification",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_certificationevent" ("category", "claimed", "components", "copy_kept_at", "copy_kept_by_id", "disability_grade", "disability_kind", "ended_on", "funder_list", "household_id", "id", "issued_by_division", "issued_on", "kind", "number", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") SELECT old_values."category", old_values."claimed", old_values."components", old_values."copy_kept_at", old_values."copy_kept_by_id", old_values."disability_grade", old_values."disability_kind", old_values."ended_on", old_values."funder_list", old_values."household_id", old_values."id", old_values."issued_by_division", old_values."issued_on", old_values."kind", old_values."number", old_values."original_seen_at", old_values."original_seen_by_id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."valid_from", old_values."valid_to" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="6a9b5936f4352a3ea0a12a32eff5d570de769417",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_609aa",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_certification",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="HouseholdEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("division_code", models.CharField(db_collation="C", max_length=12, verbose_name="村（社区）")),
                ("number", models.CharField(db_collation="C", max_length=20, verbose_name="户号")),
                (
                    "hukou_book_no",
                    models.CharField(blank=True, db_collation="C", max_length=30, verbose_name="户口簿号"),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="居住地址")),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=20, verbose_name="联系电话")),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销户时间")),
                (
                    "office",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="offices.office",
                        verbose_name="经办机构",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.household",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f2e63016e1343f17670938299bd1e9d861fc9fb0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dd870",
                            table="households_householdevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("01", "本人"),
                            ("02", "户主"),
                            ("10", "配偶"),
                            ("11", "夫"),
                            ("12", "妻"),
                            ("20", "子"),
                            ("21", "独生子"),
                            ("22", "长子"),
                            ("23", "次子"),
                            ("24", "三子"),
                            ("25", "四子"),
                            ("26", "五子"),
                            ("27", "养子或继子"),
                            ("28", "女婿"),
                            ("29", "其他儿子"),
                            ("30", "女"),
                            ("31", "独生女"),
                            ("32", "长女"),
                            ("33", "次女"),
                            ("34", "三女"),
                            ("35", "四女"),
                            ("36", "五女"),
                            ("37", "养女或继女"),
                            ("38", "儿媳"),
                            ("39", "其他女儿"),
                            ("40", "孙子、孙女或外孙子、外孙女"),
                            ("41", "孙子"),
                            ("42", "孙女"),
                            ("43", "外孙子"),
                            ("44", "外孙女"),
                            ("45", "孙媳妇或外孙媳妇"),
                            ("46", "孙女婿或外孙女婿"),
                            ("47", "曾孙子或外曾孙子"),
                            ("48", "曾孙女或外曾孙女"),
                            ("49", "其他孙子、孙女或外孙子、外孙女"),
                            ("50", "父母"),
                            ("51", "父亲"),
                            ("52", "母亲"),
                            ("53", "公公"),
                            ("54", "婆婆"),
                            ("55", "岳父"),
                            ("56", "岳母"),
                            ("57", "继父或养父"),
                            ("58", "继母或养母"),
                            ("59", "其他父母关系"),
                            ("60", "祖父母或外祖父母"),
                            ("61", "祖父"),
                            ("62", "祖母"),
                            ("63", "外祖父"),
                            ("64", "外祖母"),
                            ("65", "配偶的祖父母或外祖父母"),
                            ("66", "曾祖父"),
                            ("67", "曾祖母"),
                            ("68", "配偶的曾祖父母或外曾祖父母"),
                            ("69", "其他祖父母或外祖父母关系"),
                            ("70", "兄弟姐妹"),
                            ("71", "兄"),
                            ("72", "嫂"),
                            ("73", "弟"),
                            ("74", "弟媳"),
                            ("75", "姐姐"),
                            ("76", "姐夫"),
                            ("77", "妹妹"),
                            ("78", "妹夫"),
                            ("79", "其他兄弟姐妹"),
                            ("80", "其他"),
                            ("81", "伯父"),
                            ("82", "伯母"),
                            ("83", "叔父"),
                            ("84", "婶母"),
                            ("85", "舅父"),
                            ("86", "舅母"),
                            ("87", "姨父"),
                            ("88", "姨母"),
                            ("89", "姑父"),
                            ("90", "姑母"),
                            ("91", "堂兄弟、堂姐妹"),
                            ("92", "表兄弟、表姐妹"),
                            ("93", "侄子"),
                            ("94", "侄女"),
                            ("95", "外甥"),
                            ("96", "外甥女"),
                            ("97", "其他亲属"),
                            ("99", "非亲属"),
                        ],
                        max_length=2,
                        verbose_name="与户主关系",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="加入日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="最后一日")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "家庭成员",
                "verbose_name_plural": "家庭成员",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="membership_span_is_forward",
                        violation_error_message="截止日期早于开始日期，请核对两个日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relation__regex", "^[0-9]{2}$")),
                        name="membership_relation_has_2_digits",
                        violation_error_message="请选择与户主的关系。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("person", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="DATERANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="person_in_one_household_at_a_time",
                        violation_error_message="此人同一时期已在另一户中，一人只能属于一户。今天迁来的，原户的最后一日应是昨天。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("relation", "02")),
                        expressions=[
                            ("household", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="DATERANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="household_has_one_head_at_a_time",
                        violation_error_message="一户同一时期只能有一位户主。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="has_a_head",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE changed bigint;",
                            func="""
                    changed := CASE WHEN TG_OP = 'DELETE' THEN OLD.household_id ELSE NEW.household_id END;
                    IF EXISTS (SELECT 1 FROM households_membership
                               WHERE household_id = changed AND ends_on IS NULL)
                       AND NOT EXISTS (SELECT 1 FROM households_membership
                               WHERE household_id = changed AND ends_on IS NULL AND relation = '02')
                    THEN
                        RAISE EXCEPTION 'household % has members but no head', changed
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'household_has_a_head';
                    END IF;
                    RETURN NULL;
                """,
                            hash="fbff0b0b8033aba94c07518c8b7379d6f6766f47",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_has_a_head_d4d13",
                            table="households_membership",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_membershipevent" ("ends_on", "household_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "starts_on") SELECT new_values."ends_on", new_values."household_id", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."relation", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="e8954625e9ab0ba517ab1558a4b9b827c71df6e3",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_08a65",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_membershipevent" ("ends_on", "household_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "starts_on") SELECT new_values."ends_on", new_values."household_id", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."relation", new_values."starts_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="f6943a034633811c0f72b8825998f4c8760b4579",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e8420",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_membershipevent" ("ends_on", "household_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "starts_on") SELECT old_values."ends_on", old_values."household_id", old_values."id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."relation", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="9ecf0e44adbb540a7058445220e9f322beb43f77",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1d877",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(db_collation="C", max_length=12, verbose_name="村（社区）")),
                ("last_number", models.PositiveIntegerField(default=0, verbose_name="最后户号")),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.office"
                    ),
                ),
            ],
            options={
                "verbose_name": "户号序列",
                "verbose_name_plural": "户号序列",
                "constraints": [
                    models.UniqueConstraint(fields=("office", "prefix"), name="number_series_once_per_village")
                ],
            },
        ),
        CreateModel(
            name="OtherCover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("employee", "职工医保"), ("nrcms", "新农合")], max_length=10, verbose_name="险种"
                    ),
                ),
                ("division", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="参保地区划")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="最后一日")),
                (
                    "certificate_number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="医保证号"),
                ),
                ("certificate_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="医保证原件查验时间")),
                (
                    "certificate_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="医保证原件查验人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="other_covers",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "其他医保",
                "verbose_name_plural": "其他医保",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["employee", "nrcms"])),
                        name="other_cover_kind_is_known",
                        violation_error_message="请选择其他医保的险种。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="other_cover_span_is_forward",
                        violation_error_message="截止日期早于开始日期，请核对两个日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certificate_seen_at__isnull", True), ("certificate_seen_by__isnull", True)),
                            models.Q(("certificate_seen_at__isnull", False), ("certificate_seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="other_cover_certificate_seen_by_someone",
                        violation_error_message="查验医保证原件须记录时间和查验人。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("person", "="),
                            ("kind", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="DATERANGE",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="other_cover_once_per_kind_at_a_time",
                        violation_error_message="此人同一时期已有这种医保的记录，请在原记录上修改。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_othercoverevent" ("certificate_number", "certificate_seen_at", "certificate_seen_by_id", "division", "ends_on", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") SELECT new_values."certificate_number", new_values."certificate_seen_at", new_values."certificate_seen_by_id", new_values."division", new_values."ends_on", new_values."id", new_values."kind", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="16ac5bd34247515201f5829b46775052955aa192",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f9acf",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_othercover",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_othercoverevent" ("certificate_number", "certificate_seen_at", "certificate_seen_by_id", "division", "ends_on", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") SELECT new_values."certificate_number", new_values."certificate_seen_at", new_values."certificate_seen_by_id", new_values."division", new_values."ends_on", new_values."id", new_values."kind", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."starts_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="4e78a7f2ee5d52b25bed7b04ca54a52a42f669a7",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b87b1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_othercover",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_othercoverevent" ("certificate_number", "certificate_seen_at", "certificate_seen_by_id", "division", "ends_on", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") SELECT old_values."certificate_number", old_values."certificate_seen_at", old_values."certificate_seen_by_id", old_values."division", old_values."ends_on", old_values."id", old_values."kind", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="9cda1b9001c9f5d247904dcf2306ca5e698d8d76",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c07ef",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_othercover",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.CharField(max_length=40, verbose_name="材料")),
                ("coverage_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="缴费年度")),
                ("original_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="原件查验时间")),
                ("copies", models.PositiveSmallIntegerField(default=0, verbose_name="留存份数")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "original_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="原件查验人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "verbose_name": "材料",
                "verbose_name_plural": "材料",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("household", "person", "document", "coverage_year"),
                        name="paper_once",
                        nulls_distinct=False,
                        violation_error_message="这份材料已经登记过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True),
                        name="paper_is_named",
                        violation_error_message="请选择材料。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("original_seen_at__isnull", True), ("original_seen_by__isnull", True)),
                            models.Q(("original_seen_at__isnull", False), ("original_seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="paper_original_seen_by_someone",
                        violation_error_message="查验原件须记录时间和查验人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_paperevent" ("copies", "coverage_year", "document", "household_id", "id", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."copies", new_values."coverage_year", new_values."document", new_values."household_id", new_values."id", new_values."original_seen_at", new_values."original_seen_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="55207e76b9d095253170335742d048cc6332ee5f",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_94915",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_paper",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_paperevent" ("copies", "coverage_year", "document", "household_id", "id", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."copies", new_values."coverage_year", new_values."document", new_values."household_id", new_values."id", new_values."original_seen_at", new_values."original_seen_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="3e41bd0d6375d6dfd4e6fd37424224f66dd5a09f",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_64fee",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_paper",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_paperevent" ("copies", "coverage_year", "document", "household_id", "id", "original_seen_at", "original_seen_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."copies", old_values."coverage_year", old_values."document", old_values."household_id", old_values."id", old_values."original_seen_at", old_values."original_seen_by_id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c4974ceb73ad0aaa9d8dc32692f7249bcc0810f0",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bc747",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_paper",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="PaperEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("document", models.CharField(max_length=40, verbose_name="材料")),
                ("coverage_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="缴费年度")),
                ("original_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="原件查验时间")),
                ("copies", models.PositiveSmallIntegerField(default=0, verbose_name="留存份数")),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "original_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="原件查验人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.paper",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="313330d1c44b30e905b2aa0eb124c0ab07e211a0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e507b",
                            table="households_paperevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="OtherCoverEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("employee", "职工医保"), ("nrcms", "新农合")], max_length=10, verbose_name="险种"
                    ),
                ),
                ("division", models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="参保地区划")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="最后一日")),
                (
                    "certificate_number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="医保证号"),
                ),
                ("certificate_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="医保证原件查验时间")),
                (
                    "certificate_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="医保证原件查验人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.othercover",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b0d10057e496079c3ae5fa0a173510eafd6e6330",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_87e31",
                            table="households_othercoverevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="MembershipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("01", "本人"),
                            ("02", "户主"),
                            ("10", "配偶"),
                            ("11", "夫"),
                            ("12", "妻"),
                            ("20", "子"),
                            ("21", "独生子"),
                            ("22", "长子"),
                            ("23", "次子"),
                            ("24", "三子"),
                            ("25", "四子"),
                            ("26", "五子"),
                            ("27", "养子或继子"),
                            ("28", "女婿"),
                            ("29", "其他儿子"),
                            ("30", "女"),
                            ("31", "独生女"),
                            ("32", "长女"),
                            ("33", "次女"),
                            ("34", "三女"),
                            ("35", "四女"),
                            ("36", "五女"),
                            ("37", "养女或继女"),
                            ("38", "儿媳"),
                            ("39", "其他女儿"),
                            ("40", "孙子、孙女或外孙子、外孙女"),
                            ("41", "孙子"),
                            ("42", "孙女"),
                            ("43", "外孙子"),
                            ("44", "外孙女"),
                            ("45", "孙媳妇或外孙媳妇"),
                            ("46", "孙女婿或外孙女婿"),
                            ("47", "曾孙子或外曾孙子"),
                            ("48", "曾孙女或外曾孙女"),
                            ("49", "其他孙子、孙女或外孙子、外孙女"),
                            ("50", "父母"),
                            ("51", "父亲"),
                            ("52", "母亲"),
                            ("53", "公公"),
                            ("54", "婆婆"),
                            ("55", "岳父"),
                            ("56", "岳母"),
                            ("57", "继父或养父"),
                            ("58", "继母或养母"),
                            ("59", "其他父母关系"),
                            ("60", "祖父母或外祖父母"),
                            ("61", "祖父"),
                            ("62", "祖母"),
                            ("63", "外祖父"),
                            ("64", "外祖母"),
                            ("65", "配偶的祖父母或外祖父母"),
                            ("66", "曾祖父"),
                            ("67", "曾祖母"),
                            ("68", "配偶的曾祖父母或外曾祖父母"),
                            ("69", "其他祖父母或外祖父母关系"),
                            ("70", "兄弟姐妹"),
                            ("71", "兄"),
                            ("72", "嫂"),
                            ("73", "弟"),
                            ("74", "弟媳"),
                            ("75", "姐姐"),
                            ("76", "姐夫"),
                            ("77", "妹妹"),
                            ("78", "妹夫"),
                            ("79", "其他兄弟姐妹"),
                            ("80", "其他"),
                            ("81", "伯父"),
                            ("82", "伯母"),
                            ("83", "叔父"),
                            ("84", "婶母"),
                            ("85", "舅父"),
                            ("86", "舅母"),
                            ("87", "姨父"),
                            ("88", "姨母"),
                            ("89", "姑父"),
                            ("90", "姑母"),
                            ("91", "堂兄弟、堂姐妹"),
                            ("92", "表兄弟、表姐妹"),
                            ("93", "侄子"),
                            ("94", "侄女"),
                            ("95", "外甥"),
                            ("96", "外甥女"),
                            ("97", "其他亲属"),
                            ("99", "非亲属"),
                        ],
                        max_length=2,
                        verbose_name="与户主关系",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="加入日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="最后一日")),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.membership",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a6a7182e895ac4d2690dee09e85c92850ae46b93",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ea8b2",
                            table="households_membershipevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="CertificationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="人员类别")),
                (
                    "disability_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("视力", "视力"),
                            ("听力", "听力"),
                            ("言语", "言语"),
                            ("肢体", "肢体"),
                            ("智力", "智力"),
                            ("精神", "精神"),
                            ("多重", "多重"),
                        ],
                        max_length=2,
                        verbose_name="残疾类别",
                    ),
                ),
                ("disability_grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="残疾等级")),
                ("components", models.JSONField(blank=True, default=list, verbose_name="多重残疾各项")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="证件名称")),
                (
                    "number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="证件号码"),
                ),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                (
                    "issued_by_division",
                    models.CharField(blank=True, db_collation="C", max_length=12, verbose_name="发证地区划"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="有效期自")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("original_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="原件查验时间")),
                ("copy_kept_at", models.DateTimeField(blank=True, null=True, verbose_name="复印件留存时间")),
                ("funder_list", models.CharField(blank=True, max_length=80, verbose_name="资助部门名单")),
                ("claimed", models.BooleanField(default=True, verbose_name="按此类别缴费")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                (
                    "copy_kept_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复印件留存人",
                    ),
                ),
                (
                    "original_seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="原件查验人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.certification",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="49bc4cfb4aca1950d4ead9ec0a2b0a77ab508291",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_38eb4",
                            table="households_certificationevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="PersonEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(db_collation="C", max_length=60, verbose_name="姓名")),
                (
                    "id_no",
                    offices.sealed.SealedField(
                        blank=True, kind="id_no", max_length=18, null=True, verbose_name="身份证号"
                    ),
                ),
                (
                    "birth_certificate_no",
                    models.CharField(blank=True, db_collation="C", max_length=20, verbose_name="出生医学证明编号"),
                ),
                (
                    "mother_id_no",
                    offices.sealed.SealedField(blank=True, kind="id_no", max_length=18, verbose_name="母亲身份证号"),
                ),
                ("sex", models.CharField(choices=[("M", "男"), ("F", "女")], max_length=1, verbose_name="性别")),
                ("birth_date", models.DateField(verbose_name="出生日期")),
                ("ethnicity", models.CharField(blank=True, max_length=20, verbose_name="民族")),
                ("phone", offices.sealed.SealedField(blank=True, kind="phone", max_length=20, verbose_name="电话")),
                ("hukou_division", models.CharField(db_collation="C", max_length=12, verbose_name="户籍所在地")),
                (
                    "hukou_kind",
                    models.CharField(
                        choices=[("urban", "城镇"), ("rural", "农业"), ("converted", "农转城")],
                        max_length=10,
                        verbose_name="户口性质",
                    ),
                ),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="死亡日期")),
                (
                    "exemption",
                    models.CharField(
                        blank=True,
                        choices=[("municipal_staff_child", "市级行政事业单位职工子女")],
                        max_length=30,
                        verbose_name="可不参保",
                    ),
                ),
                ("parent_unit", models.CharField(blank=True, max_length=80, verbose_name="父母工作单位")),
                (
                    "parent_unit_level",
                    models.CharField(
                        blank=True,
                        choices=[("municipal", "市级"), ("district", "区（县）级"), ("other", "其他")],
                        max_length=10,
                        verbose_name="父母单位级别",
                    ),
                ),
                ("in_employee_scope", models.BooleanField(default=False, verbose_name="属于职工医保参保范围")),
                ("student_kind", models.CharField(blank=True, max_length=20, verbose_name="在校学生类别")),
                ("school_name", models.CharField(blank=True, max_length=80, verbose_name="学校")),
                ("school_in_area", models.BooleanField(default=False, verbose_name="学校在统筹区内")),
                (
                    "residence_holder",
                    models.CharField(
                        blank=True,
                        choices=[("self", "本人"), ("parent", "父母")],
                        max_length=10,
                        verbose_name="居住证持有人",
                    ),
                ),
                ("residence_kind", models.CharField(blank=True, max_length=20, verbose_name="居住证件种类")),
                (
                    "residence_number",
                    offices.sealed.SealedField(blank=True, kind="document", max_length=40, verbose_name="居住证件号码"),
                ),
                ("residence_valid_to", models.DateField(blank=True, null=True, verbose_name="居住证件有效期至")),
                ("photos", models.PositiveSmallIntegerField(default=0, verbose_name="已交照片张数")),
                ("admitted_at", models.DateTimeField(blank=True, null=True, verbose_name="特准参保审批时间")),
                ("admission_reason", models.CharField(blank=True, max_length=200, verbose_name="特准参保事由")),
                (
                    "admitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="特准参保审批人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c15f41546414d237f6f61cb5837fa58f0334c26f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_49055",
                            table="households_personevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="RegistrationDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", offices.sealed.SealedJSONField(default=dict, kind="form", verbose_name="内容")),
                ("updated_at", models.DateTimeField(verbose_name="更新时间")),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registration_draft",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "登记草稿",
                "verbose_name_plural": "登记草稿",
            },
        ),
        CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("photo", "照片"),
                            ("hukou_book", "户口簿"),
                            ("id_card", "身份证"),
                            ("low_income", "低保证"),
                            ("disability", "残疾人证"),
                            ("residence", "居住证"),
                            ("birth", "出生医学证明"),
                            ("other_cover", "其他医保凭证"),
                            ("signed_form", "签字的参保登记表"),
                            ("other", "其他材料"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="存放名")),
                (
                    "content",
                    models.CharField(
                        choices=[("image/jpeg", "JPEG"), ("image/png", "PNG"), ("application/pdf", "PDF")],
                        max_length=20,
                        verbose_name="格式",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("pages", models.PositiveSmallIntegerField(default=1, verbose_name="页数")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("stored_at", models.DateTimeField(verbose_name="存入时间")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="移除时间")),
                ("removal_reason", models.CharField(blank=True, max_length=200, verbose_name="移除事由")),
                ("purged_at", models.DateTimeField(blank=True, null=True, verbose_name="销毁时间")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="移除人",
                    ),
                ),
                (
                    "stored_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="存入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "档案文件",
                "verbose_name_plural": "档案文件",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("content__in", ["image/jpeg", "image/png", "application/pdf"])),
                        name="file_is_jpeg_png_or_pdf",
                        violation_error_message="只收JPEG、PNG图片和PDF文件。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "photo"), _negated=True),
                            models.Q(("person__isnull", False), ("content", "image/jpeg")),
                            _connector="OR",
                        ),
                        name="file_photo_is_of_a_person",
                        violation_error_message="照片应属于一个人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pages__gt", 0), ("sha256__regex", "^[0-9a-f]{64}$"), ("size__gt", 0)),
                        name="file_has_a_digest",
                        violation_error_message="文件是空的，或没有算出校验值，请重新上传。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("removal_reason", ""), ("removed_at__isnull", True), ("removed_by__isnull", True)
                            ),
                            models.Q(
                                ("removed_at__isnull", False),
                                ("removed_by__isnull", False),
                                models.Q(("removal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="file_removed_by_someone_for_a_reason",
                        violation_error_message="移除文件须有时间、移除人和事由。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purged_at__isnull", True),
                            models.Q(("purged_at__gte", models.F("removed_at")), ("removed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="file_purged_after_removed",
                        violation_error_message="移除之后才能销毁。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_storedfileevent" ("content", "household_id", "id", "kind", "name", "pages", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "removal_reason", "removed_at", "removed_by_id", "sha256", "size", "stored_at", "stored_by_id") SELECT new_values."content", new_values."household_id", new_values."id", new_values."kind", new_values."name", new_values."pages", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purged_at", new_values."removal_reason", new_values."removed_at", new_values."removed_by_id", new_values."sha256", new_values."size", new_values."stored_at", new_values."stored_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="14a2fdec9b98a5b796b55b1d0037192f2981a9a4",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_38bf9",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_storedfile",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_storedfileevent" ("content", "household_id", "id", "kind", "name", "pages", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "removal_reason", "removed_at", "removed_by_id", "sha256", "size", "stored_at", "stored_by_id") SELECT new_values."content", new_values."household_id", new_values."id", new_values."kind", new_values."name", new_values."pages", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purged_at", new_values."removal_reason", new_values."removed_at", new_values."removed_by_id", new_values."sha256", new_values."size", new_values."stored_at", new_values."stored_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1f16f5468d31014ca8b44c88f9603ffaa7ae88e7",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e6e95",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_storedfile",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_storedfileevent" ("content", "household_id", "id", "kind", "name", "pages", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purged_at", "removal_reason", "removed_at", "removed_by_id", "sha256", "size", "stored_at", "stored_by_id") SELECT old_values."content", old_values."household_id", old_values."id", old_values."kind", old_values."name", old_values."pages", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purged_at", old_values."removal_reason", old_values."removed_at", old_values."removed_by_id", old_values."sha256", old_values."size", old_values."stored_at", old_values."stored_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1a09d29743eb3ccbc0b2b646a1b87ea0e85a64e9",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_96b4b",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_storedfile",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="StoredFileEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("photo", "照片"),
                            ("hukou_book", "户口簿"),
                            ("id_card", "身份证"),
                            ("low_income", "低保证"),
                            ("disability", "残疾人证"),
                            ("residence", "居住证"),
                            ("birth", "出生医学证明"),
                            ("other_cover", "其他医保凭证"),
                            ("signed_form", "签字的参保登记表"),
                            ("other", "其他材料"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="存放名")),
                (
                    "content",
                    models.CharField(
                        choices=[("image/jpeg", "JPEG"), ("image/png", "PNG"), ("application/pdf", "PDF")],
                        max_length=20,
                        verbose_name="格式",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("pages", models.PositiveSmallIntegerField(default=1, verbose_name="页数")),
                ("sha256", models.CharField(db_collation="C", max_length=64, verbose_name="SHA-256")),
                ("stored_at", models.DateTimeField(verbose_name="存入时间")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="移除时间")),
                ("removal_reason", models.CharField(blank=True, max_length=200, verbose_name="移除事由")),
                ("purged_at", models.DateTimeField(blank=True, null=True, verbose_name="销毁时间")),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.storedfile",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="移除人",
                    ),
                ),
                (
                    "stored_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="存入人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="707172954ff74ead17eeab5c45c1c26e14d073c8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_48709",
                            table="households_storedfileevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        CreateModel(
            name="RepaidYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="补缴的年度")),
                ("paid_on", models.DateField(verbose_name="补缴日期")),
                ("evidence", models.CharField(max_length=60, verbose_name="缴费凭证号")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repaid_years",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "补缴年度",
                "verbose_name_plural": "补缴年度",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("person", "coverage_year"),
                        name="repaid_once_a_year",
                        violation_error_message="这一年度已经登记过补缴。请核对年度。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("evidence", ""), _negated=True), ("coverage_year__range", (1990, 2199))
                        ),
                        name="repaid_year_has_evidence",
                        violation_error_message="补缴须写明年度和缴费凭证号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="repaid_withdrawn_by_someone",
                        violation_error_message="撤回须记录时间和撤回人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="4fd45a5ede0839a9395a18ec89c9284b2742cc02",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_f45e1",
                            table="households_repaidyear",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_withdrawn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."coverage_year" IS DISTINCT FROM (NEW."coverage_year") OR OLD."paid_on" IS DISTINCT FROM (NEW."paid_on") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="934d260068688986109cf1c4396d755d7ae7448e",
                            operation="UPDATE",
                            pgid="pgtrigger_only_withdrawn_64099",
                            table="households_repaidyear",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_repaidyearevent" ("coverage_year", "evidence", "id", "paid_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "withdrawn_at", "withdrawn_by_id") SELECT new_values."coverage_year", new_values."evidence", new_values."id", new_values."paid_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."withdrawn_at", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="1e6a52c2e72a739f43f0be0d76bd7a4dc4b7becd",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bcf3b",
                            referencing="REFERENCING NEW TABLE AS new_values ",
                            table="households_repaidyear",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_repaidyearevent" ("coverage_year", "evidence", "id", "paid_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "withdrawn_at", "withdrawn_by_id") SELECT new_values."coverage_year", new_values."evidence", new_values."id", new_values."paid_on", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."withdrawn_at", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                            hash="ad5224ae849bd569e0323390c3c5f0d9954a938c",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e4b28",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="households_repaidyear",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "households_repaidyearevent" ("coverage_year", "evidence", "id", "paid_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "withdrawn_at", "withdrawn_by_id") SELECT old_values."coverage_year", old_values."evidence", old_values."id", old_values."paid_on", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."recorded_at", old_values."recorded_by_id", old_values."withdrawn_at", old_values."withdrawn_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="30e7cfdbbab748bce41e572571c4776a1529f03a",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_427e1",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="households_repaidyear",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        CreateModel(
            name="RepaidYearEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("coverage_year", models.PositiveSmallIntegerField(verbose_name="补缴的年度")),
                ("paid_on", models.DateField(verbose_name="补缴日期")),
                ("evidence", models.CharField(max_length=60, verbose_name="缴费凭证号")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="households.person",
                        verbose_name="参保人",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="households.repaidyear",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b516f42780745fb47fa3c89d5f2b55c8985a1c80",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5ebb7",
                            table="households_repaidyearevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
