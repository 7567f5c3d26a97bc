"""Pages of the enrollment application."""

from django.urls import path

from enrollment.views import accounts, changes, desk, rulesets, trial

urlpatterns = [
    path("rulesets/", rulesets.ruleset_list, name="rulesets"),
    path("rulesets/<str:code>/", rulesets.ruleset, name="ruleset"),
    path("rulesets/<str:code>/workmanship-fee/", rulesets.workmanship_fee, name="ruleset-fee"),
    path("rulesets/<str:code>/desk/", desk.desk, name="ruleset-desk"),
    path("rulesets/<str:code>/desk/start/", desk.start, name="draft-start"),
    path("rulesets/<str:code>/desk/year/<int:coverage_year>/", desk.year, name="draft-year"),
    path("rulesets/<str:code>/desk/impact/<int:coverage_year>/", desk.impact, name="draft-impact"),
    path("rulesets/<str:code>/desk/paid/<int:coverage_year>/", desk.paid_impact, name="draft-paid"),
    path("rulesets/<str:code>/desk/text/", desk.text, name="draft-text"),
    path("rulesets/<str:code>/desk/discard/", desk.discard, name="draft-discard"),
    path("rulesets/<str:code>/desk/submit/", desk.submit, name="draft-submit"),
    path("rulesets/<str:code>/desk/withdraw/", desk.withdraw, name="draft-withdraw"),
    path("rulesets/<str:code>/desk/publish/", desk.publish, name="draft-publish"),
    path("rulesets/<str:code>/desk/file/<str:which>/", desk.download, name="ruleset-file"),
    path("ruleset-import/", desk.import_file, name="ruleset-import"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/credit/", accounts.account_credit, name="accounts-credit"),
    path("accounts/persons/<int:person_id>/", accounts.account, name="account"),
    path("accounts/entries/<int:entry_id>/reverse/", accounts.entry_reverse, name="account-reverse"),
    path("accounts/entries/<int:entry_id>/again/", accounts.entry_again, name="account-again"),
    path("trial/", trial.trial, name="trial"),
    path("trial/open/", trial.trial_open, name="trial-open"),
    path("trial/case.json", trial.trial_case, name="trial-case"),
    path("trial/save/", trial.trial_save, name="trial-save"),
    path("trial/households/<int:household_id>/", trial.trial_of_household, name="trial-of-household"),
    path("trial/<slug:token>/", trial.trial_saved, name="trial-saved"),
    path("clauses/<str:code>/<str:key>/", rulesets.clause, name="clause"),
    path("households/<int:household_id>/changes/", changes.household_changes, name="household-changes"),
    path("households/<int:household_id>/changes/<slug:kind>/", changes.change, name="household-change"),
    path(
        "households/<int:household_id>/members/<int:person_id>/changes/<slug:kind>/",
        changes.change,
        name="person-change",
    ),
    path("persons/<int:person_id>/", changes.person_life, name="person-life"),
    path("changes/<int:change_id>/refund/", changes.refund, name="change-refund"),
    path("changes/<int:change_id>/undo/", changes.undo, name="change-undo"),
]
