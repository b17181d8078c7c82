"""Django's entry for the room `delivery`."""

from django.apps import AppConfig, apps


class DeliveryConfig(AppConfig):
    name = "rukhsa.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the desk may change of this room."""
        from rukhsa.delivery import message_text

        message_text.register()
        if apps.is_installed("rukhsa.staff"):  # the verifier has no staff
            from rukhsa.delivery import letter_text

            letter_text.register()
