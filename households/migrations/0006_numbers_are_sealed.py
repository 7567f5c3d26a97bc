import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("households", "0005_seal_what_was_there")]

    operations = [
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                fields=("id_no_index",),
                name="person_id_no_once",
                violation_error_message="这个身份证号已有登记，请先查找此人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("id_no__isnull", True),
                    django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F("id_no")), 82),
                    _connector="OR",
                ),
                name="person_id_no_is_18_characters",
                violation_error_message="身份证号应为18位：17位数字，末位是数字或大写X。",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("birth_certificate_no", ""), _negated=True),
                fields=("birth_certificate_no", "mother_id_no_index"),
                name="person_newborns_key_once",
                violation_error_message="这份出生医学证明已经登记过，请按母亲身份证号查找。",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("residence_holder", ""),
                    ("residence_kind", ""),
                    ("residence_number", ""),
                    ("residence_valid_to__isnull", True),
                )
                | models.Q(
                    models.Q(("residence_holder", ""), _negated=True),
                    models.Q(("residence_kind", ""), _negated=True),
                    models.Q(("residence_number", ""), _negated=True),
                ),
                name="person_residence_is_whole",
                violation_error_message="居住证件须填持有人、种类和号码。",
            ),
        ),
    ]
