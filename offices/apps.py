"""机构: the application's name in Django."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = "机构"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import offices.lookups  # noqa: F401 - registers a lookup
        from offices.prepared import plan_once

        connection_created.connect(plan_once)
