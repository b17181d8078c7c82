"""Where a request came from: the client's address behind trusted proxies, and pseudonyms of it for logs."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

type Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """The address of the client, or "" where the server names none.

    `X-Forwarded-For` is read from its end, where the nearest proxy wrote, and only as far as the writers are trusted:
    what stands before the first stranger is the stranger's own invention.
    """
    address = _read(str(request.META.get("REMOTE_ADDR", "")))
    for named in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if address is None or not _is_trusted(address):
            break
        earlier = _read(named)
        if earlier is None:
            break
        address = earlier
    return str(address) if address else ""


def came_by_proxy(request: HttpRequest) -> bool:
    """Whether a trusted proxy handed the request on, whose headers are believed."""
    address = _read(str(request.META.get("REMOTE_ADDR", "")))
    return address is not None and _is_trusted(address)


def network_of(address: str) -> str:
    """The network of an address: 256 hosts of IPv4, a site of IPv6 (RFC 6177); it names no household."""
    read = _read(address)
    if read is None:
        return ""
    return str(ip_network(f"{read}/{24 if read.version == 4 else 48}", strict=False))


def one_subscriber(address: str) -> str:
    """What one subscriber has: one IPv4 address, or one IPv6 network of 2**64 addresses."""
    read = _read(address)
    if read is None:
        return ""
    return str(ip_network(f"{read}/{32 if read.version == 4 else 64}", strict=False))


def pseudonym(text: str) -> str:
    """A pseudonym of a mail address or a network, for logs: a keyed hash, equal for equal text."""
    mac = salted_hmac("rukhsa pseudonyms", text.strip().lower(), algorithm="sha256")
    return mac.hexdigest()[:32]


def _is_trusted(address: Address) -> bool:
    return any(address in ip_network(each) for each in settings.CONFIG.trusted_proxies)


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
