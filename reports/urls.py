"""进度的地址."""

from django.urls import path

from reports.views import bases, progress, weekly

urlpatterns = [
    path("progress/", progress.dashboard, name="progress"),
    path("progress/names/", progress.names, name="progress-names"),
    path("progress/base/", bases.base_list, name="base-population"),
    path("progress/base/fill/", bases.base_fill, name="base-population-fill"),
    path("progress/base/<int:base_id>/confirm/", bases.base_confirm, name="base-population-confirm"),
    path("progress/weekly/", weekly.reports, name="weekly-reports"),
    path("progress/weekly/make/", weekly.make, name="weekly-report-make"),
    path("progress/weekly/sheet.xlsx", weekly.workbook, name="weekly-reports-file"),
    path("progress/weekly/sheet.pdf", weekly.paper, name="weekly-reports-paper"),
]
