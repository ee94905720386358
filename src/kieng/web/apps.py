from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kieng.web"
    label = "web"
