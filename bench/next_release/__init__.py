"""A release that never came out, for `bench/upgrade.py`: what it changes, written gently and as `makemigrations` would.

Each of the two packages is the migrations of `households` with more behind them.
"""

from pkgutil import iter_modules

from django.db import models
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import Q

from households import migrations

LAST = max(name for _, name, _ in iter_modules(migrations.__path__))
INDEX = models.Index(fields=["birth_date", "sex"], name="next_release_birth")
CHECK = models.CheckConstraint(condition=~Q(name=""), name="next_release_named")


def columns_and_a_table() -> list[Operation]:
    """A column to be filled, one with the database's own default, and a table that leans on persons."""
    person = models.ForeignKey("households.person", on_delete=models.PROTECT, related_name="+")
    return [
        AddField("household", "visit_note", models.CharField(max_length=100, null=True)),
        AddField("person", "channel", models.CharField(max_length=20, default="counter", db_default="counter")),
        CreateModel("NextRelease", [("id", models.BigAutoField(primary_key=True)), ("person", person)]),
    ]
