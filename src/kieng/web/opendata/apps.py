from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "kieng.web.opendata"
    label = "opendata"
