"""Django's entry for the room `places`."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "rukhsa.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
