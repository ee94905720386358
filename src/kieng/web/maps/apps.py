from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "kieng.web.maps"
    label = "maps"
