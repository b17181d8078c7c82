"""Django's entry for the room `verification`."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "rukhsa.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"
