"""Steps of migrations that Django and pgtrigger have too, without their price: they render all models around a change
anew, which would make a first start of a hundred tables and hundreds of triggers long.

For the same reason a migration that makes a table names its constraints, indexes and triggers in the options of
`CreateModel`: no step of its own is needed then.
"""

from typing import Any

import pgtrigger.migrations
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

# What a trigger compares may lie beyond the writer's divisions, and what it writes (the rows' history, the sums) is not
# the writer's to write: triggers work with the owner's rights. pg_temp last, or a temporary table could pass for ours.
# The wall sees to it (upkeep/wall/building.py), but stands only when all migrations are done.
AS_OWNER = "ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp"


class CreateModel(migrations.CreateModel):
    """Make a table. Of the models around it only what points back at them changes, so it alone is rendered."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        rendered = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
        if rendered is not None:
            rendered.render_multiple([state.models[app_label, self.name_lower]])
            state.__dict__["apps"] = rendered


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """Install a trigger, with its owner's rights at once: the counter works while a release migrates.

    No model looks different for it, so the models around it are not rendered anew.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any) -> None:
        super().database_forwards(app_label, schema_editor, *states)
        schema_editor.execute(AS_OWNER.format(function=f"{self.trigger.sql.pgid}()"))


class RemoveTrigger(pgtrigger.migrations.RemoveTrigger):
    """Take a trigger away, at the same price."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [each for each in options.get("triggers", []) if each.name != self.name]
