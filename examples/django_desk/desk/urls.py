"""The paths of the application."""

from django.urls import path

from . import views

urlpatterns = [path("tickets", views.open_ticket), path("twilio", views.receive_event)]
