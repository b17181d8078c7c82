"""Django's entry for the room `catalogue`."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rukhsa.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
