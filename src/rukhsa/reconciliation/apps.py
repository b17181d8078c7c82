"""Django's entry for the room `reconciliation`."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "rukhsa.reconciliation"
    label = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
