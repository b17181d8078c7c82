"""Who runs a command: the name under which they came to this machine."""

import getpass
import os


def operator() -> str:
    """The user's name at the machine, and through whom they became another user, if they did."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
