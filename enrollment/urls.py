"""Pages of the enrollment application."""

from django.urls import path

from enrollment import desk_views as desk
from enrollment import views

urlpatterns = [
    path("rulesets/", views.ruleset_list, name="rulesets"),
    path("rulesets/<str:code>/", views.ruleset, name="ruleset"),
    path("rulesets/<str:code>/workmanship-fee/", views.workmanship_fee, name="ruleset-fee"),
    path("rulesets/<str:code>/desk/", desk.desk, name="ruleset-desk"),
    path("rulesets/<str:code>/desk/start/", desk.start, name="draft-start"),
    path("rulesets/<str:code>/desk/year/<int:coverage_year>/", desk.year, name="draft-year"),
    path("rulesets/<str:code>/desk/impact/<int:coverage_year>/", desk.impact, name="draft-impact"),
    path("rulesets/<str:code>/desk/text/", desk.text, name="draft-text"),
    path("rulesets/<str:code>/desk/discard/", desk.discard, name="draft-discard"),
    path("rulesets/<str:code>/desk/submit/", desk.submit, name="draft-submit"),
    path("rulesets/<str:code>/desk/withdraw/", desk.withdraw, name="draft-withdraw"),
    path("rulesets/<str:code>/desk/publish/", desk.publish, name="draft-publish"),
    path("rulesets/<str:code>/desk/file/<str:which>/", desk.download, name="ruleset-file"),
    path("ruleset-import/", desk.import_file, name="ruleset-import"),
    path("clauses/<str:code>/<str:key>/", views.clause, name="clause"),
]
