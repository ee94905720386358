"""Logging in and out, the second factor, the province's own log-in, and who holds which post.

allauth's pages that are not named here are not there: no sign-up, no e-mail, no reset by mail.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import include, path

from kieng.web.accounts import views

_own = [
    path("", views.me, name="me"),
    path("vao/", views.enter, name="enter"),
    path("dang-xuat-moi-noi/", views.end_sessions, name="end_sessions"),
    path("uy-quyen/", views.delegate, name="delegate"),
    path("uy-quyen/<int:post>/ket-thuc/", views.end_delegation, name="end_delegation"),
    path("nguoi-dung/", views.people, name="people"),
    path("nguoi-dung/moi/", views.new_person, name="new_person"),
    path("nguoi-dung/<int:user>/", views.one_person, name="one_person"),
    path("nguoi-dung/<int:user>/chuc-vu/", views.give_post, name="give_post"),
    path("nguoi-dung/<int:user>/dang-nhap-chung/", views.province_login, name="province_login"),
    path("nguoi-dung/<int:user>/<slug:deed>/", views.do, name="do"),
    path("chuc-vu/<int:post>/ket-thuc/", views.end_post, name="end_post"),
]
urlpatterns = [
    path("", include((_own, "accounts"))),
    path("login/", views.log_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", social.login_error, name="socialaccount_login_error"),
    path("oidc/<slug:provider_id>/login/", views.province_begins, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.province_answers, name="openid_connect_callback"),
]
