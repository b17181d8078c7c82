"""Django's entry for the room `correspondence`."""

from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "rukhsa.correspondence"
    label = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"
