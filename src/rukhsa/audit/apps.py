"""Django's entry for the room `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "rukhsa.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
