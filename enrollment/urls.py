"""Pages of the enrollment application."""

from django.urls import path

from enrollment import change_views, views

urlpatterns = [
    path("rulesets/", views.ruleset_list, name="rulesets"),
    path("rulesets/<str:code>/", views.ruleset, name="ruleset"),
    path("rulesets/<str:code>/workmanship-fee/", views.workmanship_fee, name="ruleset-fee"),
    path("clauses/<str:code>/<str:key>/", views.clause, name="clause"),
    path("households/<int:household_id>/changes/", change_views.household_changes, name="household-changes"),
    path("households/<int:household_id>/changes/<slug:kind>/", change_views.change, name="household-change"),
    path(
        "households/<int:household_id>/members/<int:person_id>/changes/<slug:kind>/",
        change_views.change,
        name="person-change",
    ),
    path("persons/<int:person_id>/", change_views.person_life, name="person-life"),
    path("changes/<int:change_id>/undo/", change_views.undo, name="change-undo"),
]
