"""Django's entry for the room `staff`."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "rukhsa.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
