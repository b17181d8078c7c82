"""Django's entry for the wiring, so that its commands are found."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "rukhsa.project"
    label = "project"

    def ready(self) -> None:
        from rukhsa.project import durable  # noqa: F401 - it registers itself
