"""Addresses of the cockpit."""

from __future__ import annotations

from django.urls import path

from kieng.web.cockpit import views

app_name = "cockpit"
urlpatterns = [
    path("", views.home, name="home"),
    path("co-quan/<str:agency>/", views.everything, name="everything"),
    path("viec/<str:agency>/<str:kind>/", views.waiting, name="waiting"),
    path("chi-so/<str:indicator>/<str:agency>/", views.indicator, name="indicator"),
    path("dau-vet/<str:indicator>/<str:agency>/<str:period>/", views.trace, name="trace"),
    path("dau-vet/<str:indicator>/<str:agency>/<str:period>/goi.zip", views.bundle, name="bundle"),
]
