"""Django's entry for the room `applications`."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "rukhsa.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"
