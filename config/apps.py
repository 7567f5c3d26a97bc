"""The application as a whole, as Django's registry knows it: it brings the checks of the server."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "config"
    verbose_name = "平台"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers them, once the registry is ready
