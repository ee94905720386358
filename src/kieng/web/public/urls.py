"""Addresses of the public site."""

from __future__ import annotations

from django.urls import path

from kieng.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.plan, name="plan"),
]
