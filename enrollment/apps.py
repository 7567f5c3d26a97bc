"""参保: the application's name in Django."""

from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = "参保"
    default_auto_field = "django.db.models.BigAutoField"
