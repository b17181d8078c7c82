"""Django's entry for the room `review`."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "rukhsa.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the desk may change of this room."""
        from rukhsa.review import closed_day

        closed_day.register()
