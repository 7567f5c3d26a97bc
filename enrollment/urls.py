"""Pages of the enrollment application."""

from django.urls import path

from enrollment import views

urlpatterns = [
    path("rulesets/", views.ruleset_list, name="rulesets"),
    path("rulesets/<str:code>/", views.ruleset, name="ruleset"),
    path("rulesets/<str:code>/workmanship-fee/", views.workmanship_fee, name="ruleset-fee"),
    path("clauses/<str:code>/<str:key>/", views.clause, name="clause"),
]
