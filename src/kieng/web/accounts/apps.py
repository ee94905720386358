from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kieng.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        from kieng.web.accounts import presenters, signals  # noqa: F401
