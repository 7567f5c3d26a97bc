"""Steps of migrations that Django and pgtrigger have too, without their price: they render all models around a change
anew, which would make a first start of a hundred tables and hundreds of triggers long.

For the same reason a migration that makes a table names its constraints, indexes and triggers in the options of
`CreateModel`: no step of its own is needed then.
"""

import pgtrigger.migrations
from django.db import migrations
from django.db.migrations.state import ProjectState


class CreateModel(migrations.CreateModel):
    """Make a table. Of the models around it only what points back at them changes, so it alone is rendered."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        rendered = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
        if rendered is not None:
            rendered.render_multiple([state.models[app_label, self.name_lower]])
            state.__dict__["apps"] = rendered


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """Install a trigger. No model looks different for it, so the models around it are not rendered anew."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


class RemoveTrigger(pgtrigger.migrations.RemoveTrigger):
    """Take a trigger away, at the same price."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [each for each in options.get("triggers", []) if each.name != self.name]
