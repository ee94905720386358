from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kieng.web.people"
    label = "people"

    def ready(self) -> None:
        from kieng.web.people import presenters  # noqa: F401
