"""Settings of somebody's own, in which the inside of a failure would be shown."""

from rukhsa.project.settings import *  # noqa: F403

DEBUG = True
