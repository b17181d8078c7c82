"""An authority that gives certificates by ACME (RFC 8555): pebble, and a DNS in which each name leads here."""

import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rukhsa.project.ports import held_ports
from tests import opinions
from tests.waiting import wait_until

# Where nothing of this machine listens: a name that leads there is another's.
ELSEWHERE = "127.0.0.77"
# At full speed, with no refusals by chance, and each name asked for at each order.
AS_MEANT = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}


@dataclass(frozen=True, kw_only=True)
class Authority:
    """An authority that runs: its directory, the certificate of its own server, and the root of what it gives."""

    directory: str
    believed: Path
    root: str
    dns: str

    def lead(self, name: str, address: str) -> None:
        """Let a name lead to an address of loopback."""
        told = {"host": name, "addresses": [address]}
        for act, body in (("clear-a", {"host": name}), ("add-a", told)):
            httpx.post(f"{self.dns}/{act}", json=body, trust_env=False).raise_for_status()


@contextmanager
def running(folder: Path, *, http: int, tls: int, lasting: timedelta) -> Iterator[Authority]:
    """An authority whose certificates last so long, and which asks for proofs at these ports."""
    pebble = opinions.program("pebble", package="pebble")
    resolver = opinions.program("pebble-challtestsrv", package="pebble")
    with held_ports(4) as (acme, management, dns, records):
        believed, key = own_certificate(folder)
        told = {
            "listenAddress": f"127.0.0.1:{acme}",
            "managementListenAddress": f"127.0.0.1:{management}",
            "certificate": str(believed),
            "privateKey": str(key),
            "httpPort": http,
            "tlsPort": tls,
            "certificateValidityPeriod": int(lasting.total_seconds()),
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": told}))
        off = ("-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", "")
        at = ("-dns01", f"127.0.0.1:{dns}", "-management", f"127.0.0.1:{records}")
        answers = (pebble, "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{dns}")
        with _process(folder / "dns.said", resolver, *off, *at), _process(folder / "pebble.said", *answers):
            root = f"https://127.0.0.1:{management}/roots/0"
            with httpx.Client(
                verify=ssl.create_default_context(cafile=str(believed)), trust_env=False
            ) as client:
                wait_until(lambda: _answers(client, root))
                wait_until(lambda: _answers(client, f"http://127.0.0.1:{records}/"))
                given = client.get(root).text
            yield Authority(
                directory=f"https://127.0.0.1:{acme}/dir",
                believed=believed,
                root=given,
                dns=f"http://127.0.0.1:{records}",
            )


def _answers(client: httpx.Client, address: str) -> bool:
    try:
        return bool(client.get(address).status_code)
    except httpx.TransportError:
        return False


@contextmanager
def _process(said: Path, *command: str) -> Iterator[None]:
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=os.environ | AS_MEANT, cwd=said.parent
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of a server of this machine that its clients are told to believe, on any day, and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of the tests")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    there = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(there, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    written, secret = folder / "server.crt", folder / "server.key"
    written.write_bytes(certificate.public_bytes(pem))
    secret.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return written, secret
