"""Django's entry for the room `batches`."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "rukhsa.batches"
    label = "batches"
    default_auto_field = "django.db.models.BigAutoField"
