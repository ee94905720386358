"""Addresses of the audit trail."""

from __future__ import annotations

from django.urls import path

from kieng.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("kiem-tra/", views.check, name="check"),
]
