"""Django's entry for the room `payments`."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "rukhsa.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
