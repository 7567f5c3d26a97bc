"""The URL map: each application brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", views.favicon),
    path("healthz/", views.healthz, name="healthz"),
    path("", include("offices.urls")),
    path("", include("enrollment.urls")),
    path("", include("payments.urls")),
]
