"""TLS as docs/operating says: nginx with certbot, and Caddy by itself, before an authority that speaks ACME."""

import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from cryptography import x509

from rukhsa.project.config import PROJECT, config
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import processes
from rukhsa.web.public import export
from tests import certificate_authority, opinions
from tests.certificate_authority import ELSEWHERE, Authority
from tests.project.nginx_machine import HERE, Machine
from tests.rooms.issuance.conftest import town
from tests.rooms.objects.test_served_copy import exported
from tests.waiting import LONGEST, wait_until

__all__ = ["town"]
PORTAL, VERIFIER = "portal.mun.example", "v.mun.example"
PAGES = PROJECT / "docs/operating"
MONTHS = timedelta(days=90)
# Caddy looks each second here, and renews in the last third.
SHORT = timedelta(seconds=12)
BEFORE_IT_ENDS = 30  # days, in which certbot renews
RENEW = "certbot -q renew --no-random-sleep-on-renew"  # of Debian's certbot.service
AS_DEBIAN_INSTALLS_IT = "server { listen 80 default_server; root /var/www/html; }"
# X509_V_FLAG_NO_CHECK_TIME: pebble and Caddy heed no shifted clock, and the tests run under one too (tests/days.py).
ON_ANY_DAY = ssl.VerifyFlags(0x200000)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An answer over TLS whose certificate holds for the name, and that certificate."""

    status: int
    told: Message
    body: bytes
    certificate: x509.Certificate


def asked(authority: Authority, port: int, name: str, path: str) -> Seen:
    """What a name answers; raises SSLError where its certificate is not of this authority, or for another name."""
    trusted = ssl.create_default_context(cadata=authority.root)
    trusted.verify_flags |= ON_ANY_DAY
    plain = socket.create_connection((HERE, port), LONGEST)
    with trusted.wrap_socket(plain, server_hostname=name) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        known = x509.load_der_x509_certificate(line.getpeercert(binary_form=True) or b"")
        return Seen(status=answer.status, told=answer.msg, body=answer.read(), certificate=known)


def block(page: str, first: str) -> str:
    """The block of a page of docs/operating that holds this line, without its fence or indent."""
    text = (PAGES / page).read_text()
    fenced = re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    indented = [
        re.sub("^    ", "", each, flags=re.MULTILINE)
        for each in re.findall(r"(?:^ {4}.*\n)+", text, re.MULTILINE)
    ]
    (found,) = (each for each in (*fenced, *indented) if first in each)
    return str(found)


@contextmanager
def product(ports: dict[str, int]) -> Iterator[None]:
    """Portal and verifier, behind a proxy that ends TLS."""
    addresses = replace(config().addresses, portal_port=ports["portal"], public_port=ports["verifier"])
    names = {
        "RUKHSA_PORTAL_URL": f"https://{PORTAL}",
        "RUKHSA_PUBLIC_URL": f"https://{VERIFIER}",
        "RUKHSA_TRUSTED_PROXIES": "127.0.0.1",
    }
    with ExitStack() as stack:
        for part in processes(replace(config(), addresses=addresses)):
            if part.name in ("portal", "verifier"):
                process = subprocess.Popen(
                    part.command, cwd=PROJECT, env=os.environ | part.environment | names
                )
                stack.callback(process.wait, LONGEST)
                stack.callback(process.terminate)
        for name in ("portal", "verifier"):
            wait_until(lambda name=name: answers(ports[name]))
        yield


def answers(port: int) -> bool:
    line = http.client.HTTPConnection(HERE, port, timeout=LONGEST)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


@pytest.mark.slow
def test_nginx_serves_with_what_certbot_got_and_renews_and_keeps_it_where_a_renewal_is_refused(
    tmp_path: Path, db: None
) -> None:
    with machine_of(tmp_path) as (machine, authority, port), product(machine.ports):
        machine.site(machine.here(AS_DEBIAN_INSTALLS_IT))
        with machine.serving():
            page = block("install.md", "certbot certonly")
            authority.lead(VERIFIER, ELSEWHERE)
            assert machine.told(page, authority).returncode, "a name that leads elsewhere is proved by no one"
            assert not (machine.root / "etc/ssl/rukhsa").exists()
            authority.lead(VERIFIER, HERE)
            assert said(machine.told(page, authority)) == 0
            machine.install_site()
            machine.reload()
            first = machine.certificate
            wait_until(lambda: served(authority, port) == {first})

            soon, late = (
                first.not_valid_after_utc - timedelta(days=days)
                for days in (BEFORE_IT_ENDS + 5, BEFORE_IT_ENDS - 5)
            )
            reloads = machine.reloads
            assert said(machine.told(RENEW, authority, at=soon)) == 0
            assert (machine.reloads, machine.certificate) == (reloads, first)
            assert said(machine.told(RENEW, authority, at=late)) == 0
            assert machine.reloads == reloads + 1
            second = machine.certificate
            assert second != first
            wait_until(lambda: served(authority, port) == {second})

            authority.lead(PORTAL, ELSEWHERE)
            # Once in a hundred times it takes the proof of before, and gives another certificate.
            wait_until(lambda: machine.told(f"{RENEW} --force-renewal", authority).returncode != 0)
            machine.reload()
            wait_until(lambda: served(authority, port) == {machine.certificate})


@pytest.mark.slow
def test_a_certificate_that_no_browser_trusts_is_replaced_while_nginx_serves(tmp_path: Path) -> None:
    with machine_of(tmp_path) as (machine, authority, port):
        opinions.program("openssl", package="openssl")
        assert said(machine.told(block("install.md", "openssl req"), authority)) == 0
        machine.install_site()
        with machine.serving():
            with pytest.raises(ssl.SSLCertVerificationError):
                asked(authority, port, PORTAL, "/")
            assert said(machine.told(block("install.md", "certbot certonly"), authority)) == 0
            wait_until(lambda: is_given_by(authority, port))


@pytest.mark.slow
def test_caddy_gets_and_renews_its_certificate_and_serves_a_copy_of_the_verifier_with_it(
    town: object, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    built = exported(served)
    with caddy(tmp_path, served, leads_to=HERE) as (authority, port):
        wait_until(lambda: is_given_by(authority, port))
        page = asked(authority, port, VERIFIER, "/en/")
        assert (page.status, page.body) == (200, built.files["en/index.html"])
        assert (
            page.told["Content-Security-Policy"]
            == built.headers_of("en/index.html")["Content-Security-Policy"]
        )
        lasts = page.certificate.not_valid_after_utc - page.certificate.not_valid_before_utc
        assert lasts < SHORT
        wait_until(lambda: asked(authority, port, VERIFIER, "/").certificate != page.certificate)
    assert "certificate renewed successfully" in (tmp_path / "said").read_text()


def test_caddy_serves_no_name_for_which_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / export.CADDY).parent.mkdir()
    (tmp_path / export.CADDY).write_text("respond /headers/* 404\n")
    with caddy(tmp_path, tmp_path, leads_to=ELSEWHERE) as (authority, port):
        wait_until(lambda: "could not get certificate" in (tmp_path / "said").read_text())
        with pytest.raises(ssl.SSLError):
            asked(authority, port, VERIFIER, "/")


@contextmanager
def machine_of(folder: Path) -> Iterator[tuple[Machine, Authority, int]]:
    """A machine, an authority that gives for months, and the machine's port of TLS."""
    with held_ports(4) as given:
        ports = dict(zip(("http", "https", "portal", "verifier"), given, strict=True))
        asks = {"http": ports["http"], "tls": ports["https"]}
        with certificate_authority.running(folder, **asks, lasting=MONTHS) as authority:
            yield Machine(folder / "machine", ports), authority, ports["https"]


@contextmanager
def caddy(folder: Path, served: Path, *, leads_to: str) -> Iterator[tuple[Authority, int]]:
    """Caddy with the lines of cdn.md, before an authority whose certificates last seconds, and its port of TLS."""
    program = opinions.program("caddy", package="caddy")
    with held_ports(2) as (http_port, port):
        asks = {"http": http_port, "tls": port}
        with certificate_authority.running(folder, **asks, lasting=SHORT) as authority:
            authority.lead(VERIFIER, leads_to)
            own = (
                f"acme_ca {authority.directory}\nacme_ca_root {authority.believed}\nhttp_port {http_port}\n"
                f"https_port {port}\ndefault_bind {HERE}\nrenew_interval 1s\nadmin off\n"
            )
            site = block("cdn.md", "# Caddy").replace("/srv/verifier", str(served))
            (folder / "Caddyfile").write_text(f"{{\n{own}}}\n{site}")
            command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
            with (folder / "said").open("wb") as out:
                environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
                process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
            try:
                wait_until(lambda: process.poll() is not None or is_taken(port))
                assert process.poll() is None, (folder / "said").read_text()
                yield authority, port
            finally:
                process.terminate()
                process.wait()


def is_taken(port: int) -> bool:
    """Whether a server takes connections."""
    with socket.socket() as line:
        return line.connect_ex((HERE, port)) == 0


def said(done: "subprocess.CompletedProcess[str]") -> int:
    """How commands ended; what they said is shown where a test fails."""
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


def served(authority: Authority, port: int) -> set[x509.Certificate]:
    """The certificates with which portal and verifier answer; none where one of them does not."""
    try:
        both = [asked(authority, port, name, "/healthz") for name in (PORTAL, VERIFIER)]
    except (ssl.SSLError, OSError):
        return set()
    return {each.certificate for each in both if each.status == 200}


def is_given_by(authority: Authority, port: int) -> bool:
    """Whether the verifier's name answers with a certificate of this authority."""
    try:
        return bool(asked(authority, port, VERIFIER, "/").certificate)
    except (ssl.SSLError, OSError):
        return False
