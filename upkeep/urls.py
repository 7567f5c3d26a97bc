"""Addresses of 运维."""

from django.urls import path

from upkeep import views
from upkeep.monitoring import views as monitoring
from upkeep.start import views as start

urlpatterns = [
    path("upkeep/backups/", views.backups, name="backups"),
    path("acts/file/", views.acts_file, name="acts-file"),
    path("upkeep/audits/", views.audits, name="audits"),
    path("upkeep/audits/told/", views.audits_told, name="audits-told"),
    path("upkeep/audits/<int:audit_id>/", views.audit_acknowledge, name="audit-acknowledge"),
    path("upkeep/backups/told/", views.backups_told, name="backups-told"),
    path("setup/", start.setup, name="setup"),
    path("setup/told/", start.told, name="setup-told"),
    path("setup/divisions/", start.divisions, name="setup-divisions"),
    path("setup/divisions/<int:pk>/name/", start.division_name, name="division-name"),
    path("setup/divisions/<int:pk>/end/", start.division_end, name="division-end"),
    path("setup/office/", start.office, name="setup-office"),
    path("setup/rules/", start.rules, name="setup-rules"),
    path("setup/books/", start.books, name="setup-books"),
    path("setup/staff/", start.people, name="setup-staff"),
    path("health/live", monitoring.live, name="health-live"),
    path("health/ready", monitoring.ready, name="health-ready"),
    path("metrics", monitoring.metrics, name="metrics"),
]
