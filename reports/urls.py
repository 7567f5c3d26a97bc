"""进度的地址."""

from django.urls import path

from reports.views import bases, progress, visits, weekly

urlpatterns = [
    path("progress/", progress.dashboard, name="progress"),
    path("progress/wall/", progress.wall, name="progress-wall"),
    path("progress/sheet.xlsx", progress.workbook, name="progress-file"),
    path("progress/sheet.pdf", progress.paper, name="progress-paper"),
    path("progress/visits/", visits.visits, name="visits"),
    path("progress/visits/record/", visits.visit_record, name="visit-record"),
    path("progress/visits/<int:visit_id>/finish/", visits.visit_finish, name="visit-finish"),
    path("progress/duty/", visits.duties, name="duties"),
    path("progress/duty/assign/", visits.duty_assign, name="duty-assign"),
    path("progress/names/", progress.names, name="progress-names"),
    path("progress/base/", bases.base_list, name="base-population"),
    path("progress/base/fill/", bases.base_fill, name="base-population-fill"),
    path("progress/base/<int:base_id>/confirm/", bases.base_confirm, name="base-population-confirm"),
    path("progress/weekly/", weekly.reports, name="weekly-reports"),
    path("progress/weekly/make/", weekly.make, name="weekly-report-make"),
    path("progress/weekly/sheet.xlsx", weekly.workbook, name="weekly-reports-file"),
    path("progress/weekly/sheet.pdf", weekly.paper, name="weekly-reports-paper"),
]
