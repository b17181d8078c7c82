"""Django's entry for the room `authorities`."""

from django.apps import AppConfig


class AuthoritiesConfig(AppConfig):
    name = "rukhsa.authorities"
    label = "authorities"
    default_auto_field = "django.db.models.BigAutoField"
