"""Django's entry for the wiring, so that its commands are found."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "rukhsa.project"
    label = "project"
