"""Logging in and out, the second factor, and the province's own log-in."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.urls")),
]
