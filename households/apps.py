"""户: the application's name in Django."""

from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = "户"
    default_auto_field = "django.db.models.BigAutoField"
