from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kieng.web.audit"
    label = "audit"
