"""How portal and verifier look from outside: what the proxy in front of them was asked to do (production.md), tried.

Each name is asked as a visitor asks it, and then as no visitor of today would: by an old version of TLS, by ciphers
that keep no secret forward, with a header that the proxy has to drop.
"""

import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning

from rukhsa.catalogue.territory import territory
from rukhsa.outside import believed
from rukhsa.project.config import config

SECONDS: Final = 10
HALF_A_YEAR: Final = 180 * 86_400  # seconds, that browsers keep to https at least
LATE: Final = 0.2  # of a certificate's time; certbot and Caddy renew in the last third
OLD: Final = "ALL:@SECLEVEL=0"
NOT_FORWARD: Final = "kRSA:@SECLEVEL=0"
NOT_AUTHENTICATED: Final = "ALL:!AESGCM:!AESCCM:!CHACHA20:!aNULL:!eNULL:@SECLEVEL=0"
PAGE: Final = "docs/operating/production.md#the-proxy"
MOVED: Final = (301, 302, 307, 308)
OF_THE_PORTAL: Final = "/desk/"


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where the names are asked: a machine in place of the one that they lead to, and its ports."""

    machine: str = ""
    tls_port: int = 443
    plain_port: int = 80


@dataclass(frozen=True, kw_only=True)
class _Name:
    """One of the two names, and where it is asked."""

    host: str
    where: Where

    def connect(self, port: int) -> socket.socket:
        return socket.create_connection((self.where.machine or self.host, port), SECONDS)

    def greet(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        return context.wrap_socket(self.connect(self.where.tls_port), server_hostname=self.host)


def faults(where: Where = Where()) -> list[CheckMessage]:
    """Everything in which the two names differ from what production.md asks, each with what to do."""
    addresses, found = config().addresses, list[CheckMessage]()
    portal, verifier = (urlsplit(each) for each in (addresses.portal_url, addresses.public_url))
    if verifier.hostname != territory().verifier:
        found.append(
            Error(
                f"RUKHSA_PUBLIC_URL is at {verifier.hostname}, and documents name {territory().verifier}.",
                hint="Set it to the verifier of territory.yaml: that name is printed on every document.",
                id="rukhsa.E010",
            )
        )
    for url in (portal, verifier):
        if url.scheme != "https" or not url.hostname:
            found.append(
                Error(f"{url.geturl()} is not https.", hint="Set an https:// address.", id="rukhsa.E011")
            )
            continue
        found += _of(_Name(host=url.hostname, where=where), is_verifier=url is verifier)
    return found


def _of(name: _Name, *, is_verifier: bool) -> Iterator[CheckMessage]:
    try:
        yield from _certificate(name)
        yield from _answers(name, is_verifier=is_verifier)
    except ssl.SSLCertVerificationError as error:
        hint = "Have one of a publicly trusted authority, for this name, with its intermediate certificates."
        yield Error(
            f"{name.host}: browsers refuse its certificate: {error.verify_message}.",
            hint=hint,
            id="rukhsa.E012",
        )
    except (OSError, http.client.HTTPException) as error:
        yield Error(
            f"{name.host} does not answer: {error}.", hint="Do name and proxy lead here?", id="rukhsa.E013"
        )
        return
    yield from _old(name)
    yield from _plain(name)


def _certificate(name: _Name) -> Iterator[CheckMessage]:
    with name.greet(believed(named_by_environment=True)) as line:
        told: dict[str, Any] = line.getpeercert() or {}
    begins, ends = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(told[each]), UTC)
        for each in ("notBefore", "notAfter")
    )
    left = ends - datetime.now(UTC)
    if left < (ends - begins) * LATE:
        yield Warning(
            f"{name.host}: its certificate ends on {ends:%d %B %Y at %H:%M} UTC, in {_in_words(left)}.",
            hint="Its renewal has failed: see what certbot or Caddy logged.",
            id="rukhsa.W010",
        )


def _in_words(left: timedelta) -> str:
    return f"{left.days} days" if left.days > 1 else f"{left.total_seconds() / 3600:.0f} hours"


def _answers(name: _Name, *, is_verifier: bool) -> Iterator[CheckMessage]:
    with _asked(name, "/") as answer:
        if answer.status >= 400:
            yield Error(
                f"{name.host} answers {answer.status}.", hint="Does its process run?", id="rukhsa.E013"
            )
            return
        lasting = _lasting(answer.getheader("Strict-Transport-Security", ""))
    if lasting < HALF_A_YEAR:
        hint = "The product sends Strict-Transport-Security: the proxy must leave it."
        yield Error(f"{name.host} does not tell browsers to keep to https.", hint=hint, id="rukhsa.E014")
    with _asked(name, "/", {"X-Forwarded-Proto": "http"}) as answer:
        if answer.status in MOVED and (answer.getheader("Location") or "").startswith("https://"):
            hint = f"Have the proxy set it itself: {PAGE}."
            yield Error(f"{name.host} passes on X-Forwarded-Proto as it comes.", hint=hint, id="rukhsa.E015")
    if is_verifier:
        with _asked(name, OF_THE_PORTAL) as answer:
            if answer.status != http.client.NOT_FOUND:
                hint = "Give each name to its own process."
                yield Error(f"{name.host} also serves the portal.", hint=hint, id="rukhsa.E016")


def _lasting(told: str) -> int:
    """Seconds of Strict-Transport-Security (RFC 6797 §6.1.1); 0 where there are none."""
    for part in told.split(";"):
        word, _, value = part.strip().partition("=")
        if word.lower() == "max-age" and value.strip('"').isdecimal():
            return int(value.strip('"'))
    return 0


def _old(name: _Name) -> Iterator[CheckMessage]:
    """What no browser of today speaks must be refused."""
    tries = (
        (_context(OLD, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1), "TLS 1.0 or 1.1", "ssl_protocols"),
        (_context(NOT_FORWARD), "ciphers that keep no secret forward", "ssl_ciphers"),
        (
            _context(NOT_AUTHENTICATED),
            "ciphers that do not authenticate as they encrypt (CBC)",
            "ssl_ciphers",
        ),
    )
    for context, told, setting in tries:
        with suppress(OSError), name.greet(context):
            hint = f"Set nginx's {setting}, or what other proxies have for it, as in {PAGE}."
            yield Error(f"{name.host} still speaks {told}.", hint=hint, id="rukhsa.E017")


def _context(
    ciphers: str,
    least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nothing is sent: it is asked only whether they would speak.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version, context.maximum_version = least, most
    context.set_ciphers(ciphers)
    return context


def _plain(name: _Name) -> Iterator[CheckMessage]:
    """Where http is answered at all, it sends visitors on to https."""
    line = http.client.HTTPConnection(name.host)
    try:
        line.sock = name.connect(name.where.plain_port)
    except OSError:
        return
    try:
        line.request("GET", "/", headers={"Host": name.host, "Connection": "close"})
        answer = line.getresponse()
        to = urlsplit(answer.getheader("Location") or "")
    except (OSError, http.client.HTTPException):
        return
    finally:
        line.close()
    if answer.status not in MOVED or (to.scheme, to.hostname) != ("https", name.host):
        hint = f"Send it on to https, as in {PAGE}."
        yield Error(f"http://{name.host} answers {answer.status} by itself.", hint=hint, id="rukhsa.E018")


@contextmanager
def _asked(
    name: _Name, path: str, headers: dict[str, str] | None = None
) -> Iterator[http.client.HTTPResponse]:
    line = http.client.HTTPConnection(name.host)
    line.sock = name.greet(believed(named_by_environment=True))
    try:
        line.request("GET", path, headers={"Host": name.host, "Connection": "close", **(headers or {})})
        yield line.getresponse()
    finally:
        line.close()
