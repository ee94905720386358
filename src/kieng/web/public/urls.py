"""Addresses of the public site."""

from __future__ import annotations

from django.urls import path

from kieng.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.plan, name="plan"),
    path("chi-so/<slug:indicator>/", views.indicator, name="indicator"),
    path("chi-so/<slug:indicator>/bieu-do.svg", views.series_picture, name="series_picture"),
    path("chi-so/<slug:indicator>/bieu-do.json", views.series_spec, name="series_spec"),
    path("co-quan/", views.agencies, name="agencies"),
    path("co-quan/<slug:agency>/", views.agency, name="agency"),
    path("phien-ban/", views.revisions, name="revisions"),
    path("tro-giup/", views.help_page, name="help"),
]
