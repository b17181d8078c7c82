"""Django's entry for the wiring, so that its commands are found."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "rukhsa.project"
    label = "project"

    def ready(self) -> None:
        from django.conf import settings

        from rukhsa.project import system_checks  # noqa: F401 - registers its checks
        from rukhsa.project.config import config, refuse_debug

        refuse_debug(config(), debug=settings.DEBUG)
