"""Django's entry for the rehearsal, so that its commands are found."""

from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "rukhsa_rehearsal"
    label = "rehearsal"
