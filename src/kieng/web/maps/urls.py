"""The address of the map."""

from __future__ import annotations

from django.urls import path

from kieng.web.maps import views

app_name = "maps"
urlpatterns = [path("", views.show, name="map")]
