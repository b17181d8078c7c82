"""Django's entry for the room `feedback`."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "rukhsa.feedback"
    label = "feedback"
    default_auto_field = "django.db.models.BigAutoField"
