"""Django's entry for the room `catalogue`."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rukhsa.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the desk may change of this room."""
        from rukhsa.catalogue import changed_at_desk

        changed_at_desk.register()
