"""Settings of a developer, with which a failure would show its details."""

from rukhsa.project.settings import *  # noqa: F403

DEBUG = True
