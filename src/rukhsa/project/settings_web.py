"""Django's settings for the portal, the desk and the API, without anything that leads to keys."""

from rukhsa.project.config import without_keys
from rukhsa.project.databases import limited
from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import CONFIG, DATABASES, KEPT_FROM_OTHERS

CONFIG = without_keys(CONFIG)
DATABASES = {"default": limited(DATABASES["default"])}
for _name in (*KEPT_FROM_OTHERS, "RUKHSA_SIGNER_SOCKET"):
    del globals()[_name]
RUKHSA_PROCESS = "portal"
