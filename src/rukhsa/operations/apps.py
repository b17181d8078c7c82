"""Django's entry for the room `operations`."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "rukhsa.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
