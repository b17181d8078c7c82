"""Django's entry for the room `issuance`."""

from django.apps import AppConfig


class IssuanceConfig(AppConfig):
    name = "rukhsa.issuance"
    label = "issuance"
    default_auto_field = "django.db.models.BigAutoField"
