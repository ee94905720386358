from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kieng.web.accounts"
    label = "accounts"
