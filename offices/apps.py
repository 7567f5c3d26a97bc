"""机构: the application's name in Django."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = "机构"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import orjson
        from psycopg.types.json import set_json_loads

        import offices.lookups  # noqa: F401 - registers a lookup
        from offices.opened import prepare_session

        set_json_loads(orjson.loads)  # of `json`, which long statements answer; JSON fields are read by Django
        connection_created.connect(prepare_session)
