"""Django's entry for the room `rounds`."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "rukhsa.rounds"
    label = "rounds"
    default_auto_field = "django.db.models.BigAutoField"
