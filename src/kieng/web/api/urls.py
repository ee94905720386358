"""The API, and the administrator's pages about its keys."""

from __future__ import annotations

from django.urls import path

from kieng.web.api import views

app_name = "api_keys"
urlpatterns = [
    path("", views.keys, name="list"),
    path("moi/", views.new_key, name="new"),
    path("<int:key>/thu-hoi/", views.revoke, name="revoke"),
]
