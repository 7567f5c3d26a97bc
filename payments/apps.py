"""缴费: the application's name in Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "缴费"
    default_auto_field = "django.db.models.BigAutoField"
