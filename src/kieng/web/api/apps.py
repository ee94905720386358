from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kieng.web.api"
    label = "api"

    def ready(self) -> None:
        from kieng.web.api import presenters  # noqa: F401
