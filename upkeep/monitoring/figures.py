"""指标: what Prometheus reads: requests counted by all processes of the server, and gauges asked of the database.

Counts and ages only: no name, number or amount of anybody.
"""

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from upkeep.models import ActSeal, NightAudit
from upkeep.monitoring.readiness import free_at, heard_of, points
from upkeep.standing import Standing, standing

QUEUE = """
    SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
           coalesce(extract(epoch FROM now() - min(e.at) FILTER (WHERE status = 'todo')), 0)::float
    FROM procrastinate_jobs j
    LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true
    WHERE status IN ('todo', 'doing')
"""
SESSIONS = """
    SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity
    WHERE datname = current_database()
"""


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    return _counted() + generate_latest(_asked())


def _counted() -> bytes:
    """Of all processes where they share a folder (`config.serve`), else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def _asked() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Gauges())
    return registry


class Gauges(Collector):
    """What stands in the database and on the disk at the moment of asking."""

    def describe(self) -> list[Metric]:
        """Nothing ahead of the asking: a registry would ask the database to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily("canbao_ready", "1 where the point holds.", labels=["point"])
        held = list(points())
        for point in held:
            ready.add_metric([point.name], int(point.is_well))
        yield ready
        yield _free_bytes()
        if {"database", "migrations"} <= {point.name for point in held if point.is_well}:
            yield from _of_the_queue()
            yield from _of_backups(standing())
            yield from _of_audits()


def _free_bytes() -> Metric:
    free = GaugeMetricFamily("canbao_disk_free_bytes", "Bytes that may still be written.", labels=["folder"])
    free.add_metric(["files"], free_at(settings.FILES_DIR))
    free.add_metric(["backups"], free_at(settings.BACKUP_DIR))
    return free


def _of_the_queue() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        waiting, doing, oldest = cursor.fetchone()
        cursor.execute(SESSIONS)
        sessions, most = cursor.fetchone()
    yield GaugeMetricFamily("canbao_workers", "Workers heard of within a minute.", heard_of())
    yield GaugeMetricFamily("canbao_jobs_waiting", "Jobs in the queue.", waiting)
    yield GaugeMetricFamily("canbao_jobs_under_way", "Jobs being done.", doing)
    yield GaugeMetricFamily("canbao_jobs_oldest_seconds", "How long the oldest job has waited.", oldest)
    yield GaugeMetricFamily("canbao_database_sessions", "Sessions of the database.", sessions)
    yield GaugeMetricFamily("canbao_database_sessions_limit", "Sessions that the server allows in all.", most)


def _of_backups(now: Standing) -> Iterator[Metric]:
    """Ages in seconds; what never was has no age, and an alert on its absence."""
    ages = GaugeMetricFamily("canbao_age_seconds", "Seconds since it was last done.", labels=["what"])
    last = {
        "backup": now.backup and now.backup.made_at,
        "backup_proof": now.proof and now.proof.proved_at,
        "log_seal": ActSeal.objects.values_list("sealed_at", flat=True).first(),
    }
    for what, moment in last.items():
        if moment:
            ages.add_metric([what], (now.at - moment).total_seconds())
    yield ages
    if now.proof:
        holds = not now.proof.fault
        yield GaugeMetricFamily("canbao_backup_proof_holds", "1 where the last drill found no fault.", holds)


def _of_audits() -> Iterator[Metric]:
    """What the newest audit of each kind found, acknowledged or not, and how long ago."""
    found = GaugeMetricFamily("canbao_audit_faults", "Faults that the last audit found.", labels=["kind"])
    ages = GaugeMetricFamily("canbao_audit_age_seconds", "Seconds since the last audit.", labels=["kind"])
    for audit in NightAudit.objects.order_by("kind", "-id").distinct("kind"):
        found.add_metric([audit.kind], audit.count)
        ages.add_metric([audit.kind], (timezone.now() - audit.at).total_seconds())
    yield found
    yield ages
