"""The processes that `rukhsa run` adds in development."""

import sys

from rukhsa.project.config import Config
from rukhsa.project.supervisor import Part


def sandbox(config: Config) -> Part:
    """The sandbox of the outside parties, on the ports and in the folder of a deployment."""
    ports = ("--port", str(config.addresses.sandbox_port), "--smtp-port", str(config.mail.port))
    folders = ("--data", str(config.data / "sandbox"), "--logs", str(config.data / "public"))
    return Part(name="sandbox", command=(sys.executable, "-m", "rukhsa_rehearsal.sandbox", *ports, *folders))
