"""Django's settings for the signer, which asks no other signer."""

from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import CONFIG

SIGNER_LISTENS_AT = CONFIG.signing.socket or str(CONFIG.data / "signer" / "socket")
RUKHSA_SIGNER_SOCKET = ""
RUKHSA_PROCESS = "signer"
