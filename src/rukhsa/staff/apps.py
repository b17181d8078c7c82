"""Django's entry for the room `staff`."""

from importlib import import_module

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "rukhsa.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what allauth and Django tell: a module connects its receivers when it is read."""
        for name in ("factor", "session", "sign_in"):
            import_module(f"rukhsa.staff.{name}")
