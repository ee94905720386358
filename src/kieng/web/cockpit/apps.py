from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "kieng.web.cockpit"
    label = "cockpit"
