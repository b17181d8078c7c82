"""Checks before anything starts that the ports are free, and says what to do if they are not."""

import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rukhsa.project.config import Config

FIRST, FIRST_OF_CONNECTIONS = 16_384, 32_768  # the latter by ip_local_port_range of ip(7)


class PortsBusy(Exception):
    """Other programs listen on our ports; the text names the ports and the settings that change them."""

    code = "ports-busy"


def ports(config: Config) -> dict[str, int]:
    """Every port of a deployment, by the name of the setting that changes it."""
    ours = {
        "RUKHSA_PORTAL_PORT": config.addresses.portal_port,
        "RUKHSA_PUBLIC_PORT": config.addresses.public_port,
    }
    sandbox = {
        "RUKHSA_SANDBOX_PORT": config.addresses.sandbox_port,
        "RUKHSA_MAIL_PORT": config.mail.port,
    }
    return ours if config.in_production else ours | sandbox


def require_free(wanted: Mapping[str, int], *, bind: str) -> None:
    """Raise PortsBusy unless every port is free and no two are the same."""
    faults = [
        f"port {port} is busy: set {name} to a free one, such as {name}={free_port()}"
        for name, port in wanted.items()
        if not _is_free(port, bind)
    ]
    names = {port: name for name, port in wanted.items()}
    faults += [
        f"{name} and {names[port]} are both {port}" for name, port in wanted.items() if names[port] != name
    ]
    if faults:
        raise PortsBusy("Nothing was started: " + "; ".join(faults) + ".")


@contextmanager
def held_ports(count: int) -> Iterator[list[int]]:
    """Reserve `count` different ports of loopback for as long as the block lasts.

    Two programs can find the same free port at one moment; both would then listen on it, since our servers share
    ports, and answer for each other.
    """
    with ExitStack() as held:
        yield [held.enter_context(_held()).getsockname()[1] for _ in range(count)]


def _held() -> socket.socket:
    while True:
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", _any_port()))
        except OSError:
            holder.close()
            continue
        # Only after binding, so that the port is ours alone: a server that sets both can still listen on it.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return holder


def free_port() -> int:
    """A port of loopback on which nothing listens at this moment."""
    while True:
        port = _any_port()
        if _is_free(port, "127.0.0.1"):
            return port


def _any_port() -> int:
    # Outside the range that Linux uses for outgoing connections, which could take the port before our program does.
    return FIRST + secrets.randbelow(FIRST_OF_CONNECTIONS - FIRST)


def _is_free(port: int, bind: str) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        # Connections of a run that just ended linger for a minute, and do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen(1)
        except OSError:
            return False
    return True
