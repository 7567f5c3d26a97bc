"""进度: the application's name in Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "进度"
    default_auto_field = "django.db.models.BigAutoField"
