"""The operator: the person who runs a command on this machine."""

import getpass
import os


def operator() -> str:
    """The name of the user, or of the user before `sudo`."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
