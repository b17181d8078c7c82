"""Django's settings for the portal, the desk and the API: those of the worker without what leads to keys."""

from rukhsa.project.config import without_keys
from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import CONFIG, THE_WORKERS_ALONE

CONFIG = without_keys(CONFIG)
for _name in THE_WORKERS_ALONE:
    del globals()[_name]
