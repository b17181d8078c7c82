"""How outside parties are called: the certificates that are believed, and addresses that a stranger named."""

import socket
import ssl
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address, ip_network

import httpx

from rukhsa.errors import RukhsaError


@cache
def believed(*, named_by_environment: bool = False) -> ssl.SSLContext:
    """The certificates of the system's authorities, or those that SSL_CERT_FILE and SSL_CERT_DIR name instead.

    They are read once in a process, since reading them takes longer than most calls.
    """
    return httpx.create_ssl_context(trust_env=named_by_environment)


class InnerAddress(RukhsaError):
    """A name that leads into a network of our own, or to no machine of the internet."""

    code = "inner-address"


def place_of(host: str, port: int, *, inner: Sequence[str]) -> str:
    """The IP address of a host that a stranger named, to be called as it is: asked again, the name may lead elsewhere.

    Every address of the name must lie in the internet, or in one of the networks `inner`. Raises InnerAddress, OSError.
    """
    found = {each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    allowed = [ip_network(each) for each in inner]
    for place in map(ip_address, map(str, found)):
        mapped = getattr(place, "ipv4_mapped", None) or place
        is_public = mapped.is_global and not mapped.is_multicast
        if not is_public and not any(mapped in network for network in allowed):
            raise InnerAddress(host)
    return str(min(found, key=lambda each: ":" in str(each)))  # IPv4 first: more machines have it
