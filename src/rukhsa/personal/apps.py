"""Django's entry for the room `personal`."""

from django.apps import AppConfig


class PersonalConfig(AppConfig):
    name = "rukhsa.personal"
    label = "personal"
    default_auto_field = "django.db.models.BigAutoField"
