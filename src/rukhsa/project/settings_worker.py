"""Django's settings for the worker: with a signer, they have nothing that leads to keys."""

from rukhsa.project.config import without_keys
from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import CONFIG, KEPT_FROM_OTHERS

RUKHSA_PROCESS = "worker"
if CONFIG.signing.socket:
    CONFIG = without_keys(CONFIG)
    for _name in KEPT_FROM_OTHERS:
        del globals()[_name]
