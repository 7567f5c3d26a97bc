"""Pages of the offices application."""

from django.urls import path

from offices import views

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("login/again/", views.log_in_again, name="login-again"),
    path("logout/", views.log_out, name="logout"),
]
