"""Django's entry for the room `delivery`."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "rukhsa.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the desk may change of this room."""
        from rukhsa.delivery import letter_text, message_text

        message_text.register()
        letter_text.register()
