"""Addresses of 运维."""

from django.urls import path

from upkeep import views

urlpatterns = [
    path("upkeep/backups/", views.backups, name="backups"),
    path("upkeep/backups/told/", views.backups_told, name="backups-told"),
]
