"""Steps of migrations that pgtrigger has too, without their price: hundreds of triggers would make a first start long.

For the same reason a migration that makes a table names its constraints and indexes in the options of `CreateModel`:
each step of its own renders all models around it anew.
"""

import pgtrigger.migrations
from django.db.migrations.state import ProjectState


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
