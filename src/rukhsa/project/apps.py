"""Django's entry for the wiring, so that its commands are found."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "rukhsa.project"
    label = "project"

    def ready(self) -> None:
        from django.conf import settings

        from rukhsa.project import durable, ways_of_paying  # noqa: F401 - they register themselves
        from rukhsa.project.config import config, refuse_debug

        refuse_debug(config(), debug=settings.DEBUG)
