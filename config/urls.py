"""The URL map: each application brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", views.favicon),
    path("healthz/", views.healthz, name="healthz"),
    path("", include("offices.urls")),
    path("", include("enrollment.urls")),
    path("", include("households.urls")),
    path("", include("payments.urls")),
    path("", include("rosters.urls")),
    path("", include("reports.urls")),
    path("", include("upkeep.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
