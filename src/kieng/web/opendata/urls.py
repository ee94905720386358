"""Addresses of the open data."""

from __future__ import annotations

from django.urls import path

from kieng.web.opendata import views

app_name = "opendata"
urlpatterns = [
    path("catalog", views.catalogue, name="catalogue"),
    path("catalog.<str:form>", views.catalogue, name="catalogue_file"),
    path("so-sanh/", views.compare, name="compare"),
    path("tai/muc-dat.<str:form>", views.standings, name="standings"),
    path("tai/<str:name>.<str:form>", views.download, name="download"),
    path("noi-bo/<str:indicator>.csv", views.mine, name="mine"),
]
