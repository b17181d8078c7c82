"""Django's entry for the room `consents`."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "rukhsa.consents"
    label = "consents"
    default_auto_field = "django.db.models.BigAutoField"
