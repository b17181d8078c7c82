"""Django's entry for the room `mandates`."""

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    name = "rukhsa.mandates"
    label = "mandates"
    default_auto_field = "django.db.models.BigAutoField"
