"""Django's entry for the room `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rukhsa.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
