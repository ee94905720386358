from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "kieng.web.public"
    label = "public"
