"""花名册的地址."""

from django.urls import path

from rosters.views import entry, files, listing, roster, steps, taking

urlpatterns = [
    path("rosters/", listing.rosters, name="rosters"),
    path("rosters/new/", listing.roster_add, name="roster-add"),
    path("rosters/returns/", entry.roster_returns, name="roster-returns"),
    path("rosters/<int:pk>/", roster.roster, name="roster"),
    path("rosters/<int:pk>/file/", roster.roster_file, name="roster-file"),
    path("rosters/<int:pk>/again/", roster.roster_again, name="roster-again"),
    path("rosters/<int:pk>/progress/", roster.roster_progress, name="roster-progress"),
    path("rosters/<int:pk>/stop/", roster.roster_stop, name="roster-stop"),
    path("rosters/<int:pk>/columns/", files.roster_columns, name="roster-columns"),
    path("rosters/<int:pk>/marked.xlsx", files.roster_marked, name="roster-marked"),
    path("rosters/<int:pk>/files/<int:number>/", files.roster_original, name="roster-original"),
    path("rosters/<int:pk>/agree/", steps.roster_agree, name="roster-agree"),
    path("rosters/<int:pk>/deposit/", steps.roster_deposit, name="roster-deposit"),
    path("rosters/<int:pk>/scan/", steps.roster_scan, name="roster-scan"),
    path("rosters/<int:pk>/take/", taking.roster_take, name="roster-take"),
    path("rosters/<int:pk>/submit/", steps.roster_submit, name="roster-submit"),
    path("rosters/<int:pk>/back/<slug:step>/", steps.roster_back, name="roster-back"),
    path("rosters/<int:pk>/entry/", entry.roster_entry, name="roster-entry"),
    path("rosters/<int:pk>/enter/", entry.rows_enter, name="roster-rows-enter"),
    path("rosters/rows/<int:pk>/aside/", steps.row_aside, name="roster-row-aside"),
    path("rosters/rows/<int:pk>/back/", steps.row_back, name="roster-row-back"),
    path("rosters/rows/<int:pk>/return/", entry.row_return, name="roster-row-return"),
    path("rosters/entries/<int:pk>/undo/", entry.entry_undo, name="roster-entry-undo"),
    path("rosters/entries/<int:pk>/answer/", entry.entry_answer, name="roster-entry-answer"),
]
