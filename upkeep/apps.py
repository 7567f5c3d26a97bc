"""运维: the application's name in Django."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "upkeep"
    verbose_name = "运维"
    default_auto_field = "django.db.models.BigAutoField"
