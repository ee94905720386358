"""Every address of the site. Who may open each stands in ``access.py``."""

from __future__ import annotations

from django.urls import include, path

from kieng.web import views, watched
from kieng.web.api.documentation import documentation
from kieng.web.api.endpoints import api

urlpatterns = [
    path("", include("kieng.web.public.urls")),
    path("ban-do/", include("kieng.web.maps.urls")),
    path("api/v1/", api.urls),
    path("du-lieu/khoa/", include("kieng.web.api.urls")),
    path("du-lieu/", documentation, name="open_data"),
    path("du-lieu/", include("kieng.web.opendata.urls")),
    path("toi/", include("kieng.web.cockpit.urls")),
    path("tai-khoan/", include("kieng.web.people.urls")),
    path("tai-khoan/", include("kieng.web.accounts.urls")),
    path("nhat-ky/", include("kieng.web.audit.urls")),
    path("ngon-ngu/", views.choose_language, name="language"),
    path("suc-khoe/", views.health, name="health"),
    path("so-do/", watched.service, name="service"),
]
handler400 = "kieng.web.views.bad_request"
handler403 = "kieng.web.views.refused"
handler404 = "kieng.web.views.not_found"
handler500 = "kieng.web.views.failed"
handler429 = "kieng.web.views.too_many"
