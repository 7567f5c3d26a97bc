"""权限: what the application's role may do to a table, read off the triggers that protect the model's rows.

What a trigger refuses the role is not granted either, so that it holds where triggers are put aside: rows that are
only added to take no UPDATE, rows of which some columns may change take an UPDATE of these alone.
"""

from dataclasses import dataclass

import pghistory.models
import pgtrigger
from django.apps import apps
from django.db import models

from upkeep.wall.tables import DELETED_FROM, LOCKED, ONLY_READ

APPEND_ONLY = "append_only"


@dataclass(frozen=True, slots=True)
class Grant:
    """What the role may do to one table. `changes`: the columns that it may update, None for all of them."""

    adds: bool
    changes: tuple[str, ...] | None
    deletes: bool

    @property
    def privileges(self) -> str:
        """As GRANT lists them."""
        found = ["SELECT"]
        if self.adds:
            found.append("INSERT")
        if self.changes is None:
            found.append("UPDATE")
        elif self.changes:
            found.append(f"UPDATE ({', '.join(self.changes)})")
        if self.deletes:
            found.append("DELETE")
        return ", ".join(found)


def grant_on(table: str) -> Grant:
    """The grant for a table, with a model or without one."""
    if table in ONLY_READ:
        return Grant(adds=False, changes=(), deletes=False)
    model = _models().get(table)
    if model is None:
        return Grant(adds=True, changes=None, deletes=table in DELETED_FROM)
    written_by_triggers = issubclass(model, pghistory.models.Event)
    return Grant(adds=not written_by_triggers, changes=_changes(model), deletes=table in DELETED_FROM)


def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if model._meta.managed}


def _changes(model: type[models.Model]) -> tuple[str, ...] | None:
    """The columns that no trigger holds fast; None where none is held."""
    table, columns = model._meta.db_table, {field.name: field.column for field in model._meta.concrete_fields}
    free = set(columns)
    for trigger in getattr(model._meta, "triggers", []):
        if trigger.name == APPEND_ONLY:
            free = set()
        elif isinstance(trigger, pgtrigger.ReadOnly):
            free &= set(trigger.exclude or ()) or set(columns) - set(trigger.fields or columns)
    if free == set(columns):
        return None
    key = {model._meta.pk.name}
    return tuple(sorted(columns[name] for name in (free - key) or (key if table in LOCKED else ())))
