"""机构: the application's name in Django."""

from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = "机构"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import offices.lookups  # noqa: F401 - registers a lookup
