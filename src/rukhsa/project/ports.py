"""Find out before anything starts whether the ports are free, and say what to do when they are not."""

import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rukhsa.project.config import Config

FIRST, FIRST_OF_CONNECTIONS = 16_384, 32_768  # the latter by ip_local_port_range of ip(7)


class PortsBusy(Exception):
    """Other programs listen where ours would; the text names the ports and the settings that move them."""

    code = "ports-busy"


def ports(config: Config) -> dict[str, int]:
    """Every port that a deployment listens on, by the name of the setting that moves it."""
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
    """Raise PortsBusy unless every port can be listened on, and no two are the same."""
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
    """So many ports of loopback, all different, that nobody else is given for as long as the block lasts.

    A port that is merely free may be found by two programs at one moment; both would then listen on it, since our
    servers share ports, and answer in each other's place.
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
        # Only now, so that nobody else holds it: a server that sets either listens on what is only bound.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return holder


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    while True:
        port = _any_port()
        if _is_free(port, "127.0.0.1"):
            return port


def _any_port() -> int:
    # None of those that Linux gives to connections, any of which could be given it before our own program starts.
    return FIRST + secrets.randbelow(FIRST_OF_CONNECTIONS - FIRST)


def _is_free(port: int, bind: str) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        # Connections of a run that just ended linger for a minute and are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen(1)
        except OSError:
            return False
    return True
