"""花名册: the application's name in Django."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "rosters"
    verbose_name = "花名册"
    default_auto_field = "django.db.models.BigAutoField"
