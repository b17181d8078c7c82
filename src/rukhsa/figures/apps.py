"""Django's entry for the room `figures`."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "rukhsa.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"
