"""Sheets of people, activation, handover."""

from __future__ import annotations

from django.urls import path

from kieng.web.people import views

app_name = "people"
urlpatterns = [
    path("nhan-su/", views.overview, name="overview"),
    path("nhan-su/tep/", views.sheet, name="sheet"),
    path("nhan-su/tep/nap/", views.accept, name="accept"),
    path("nhan-su/mau.xlsx", views.blank_sheet, name="blank_sheet"),
    path("nhan-su/lien-ket/", views.links, name="links"),
    path("nhan-su/ban-giao/<int:post>/", views.hand_over, name="hand_over"),
    path("nhan-su/ke-thua/<int:post>/", views.succeed, name="succeed"),
    path("nhan-su/ten/<int:user>/", views.rename, name="rename"),
    path("kich-hoat/<slug:token>/", views.activate, name="activate"),
]
