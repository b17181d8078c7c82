"""Django's entry for the room `review`."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "rukhsa.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"
