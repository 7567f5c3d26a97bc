"""Pages of the payments application."""

from django.urls import path

from payments.views import books, changes, counter, forms, home, office, receipts, registration, search

urlpatterns = [
    path("", home.home, name="home"),
    path("counter/", counter.start, name="counter"),
    path("search/", search.find, name="search"),
    path("counter/<int:household_id>/", counter.household, name="household"),
    path("counter/<int:household_id>/assess/", counter.assess, name="household-assess"),
    path("counter/<int:household_id>/papers/", counter.papers, name="papers-seen"),
    path("counter/<int:household_id>/pay/", counter.pay, name="household-pay"),
    path("counter/<int:household_id>/override/<slug:code>/", counter.override, name="household-override"),
    path("counter/<int:household_id>/cancel/", counter.cancel, name="sponsored-cancel"),
    path("counter/<int:household_id>/history/", home.history, name="household-history"),
    path("counter/<int:household_id>/edit/", changes.household_edit, name="household-edit"),
    path("counter/<int:household_id>/members/add/", registration.member_add, name="member-add"),
    path("counter/<int:household_id>/members/check/", registration.member_check, name="member-check"),
    path("counter/<int:household_id>/members/<int:person_id>/", changes.member_edit, name="member-edit"),
    path(
        "counter/<int:household_id>/members/<int:person_id>/certifications/add/",
        changes.certification,
        name="certification-add",
    ),
    path("counter/<int:household_id>/certifications/add/", changes.certification, name="household-certification-add"),
    path("counter/<int:household_id>/certifications/<int:pk>/", changes.certification, name="certification-edit"),
    path("counter/<int:household_id>/members/<int:person_id>/covers/add/", changes.other_cover, name="cover-add"),
    path("counter/<int:household_id>/covers/<int:pk>/", changes.other_cover, name="cover-edit"),
    path("counter/form.pdf", forms.blank, name="form-blank"),
    path("counter/<int:household_id>/form.pdf", forms.filled, name="form-filled"),
    path("counter/<int:household_id>/checklist/", forms.papers, name="checklist"),
    path("counter/<int:household_id>/checklist.pdf", forms.papers_paper, name="checklist-paper"),
    path("counter/<int:household_id>/photos.pdf", forms.photos, name="photos-paper"),
    path("registration/", registration.registration, name="registration"),
    path("registration/check/", registration.check, name="registration-check"),
    path("registration/start/", registration.start, name="registration-start"),
    path("registration/discard/", registration.discard, name="registration-discard"),
    path("receipts/", office.receipt_list, name="receipts"),
    path("receipts/<int:receipt_id>/", office.receipt, name="receipt"),
    path("receipts/<int:receipt_id>/print/", receipts.print_, name="receipt-print"),
    path("receipts/<int:receipt_id>/<int:copy>.pdf", receipts.paper, name="receipt-paper"),
    path("receipts/<int:receipt_id>/void/", receipts.void, name="receipt-void"),
    path("books/", books.book_list, name="books"),
    path("books/receive/", books.receive, name="book-receive"),
    path("books/<int:book_id>/allot/", books.allot, name="book-allot"),
    path("books/<int:book_id>/close/", books.close, name="book-close"),
]
