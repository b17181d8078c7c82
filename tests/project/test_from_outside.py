"""`rukhsa check --from-outside` finds what a proxy was not told, and nothing where it is as the release brings it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from rukhsa.project.config import PROJECT
from rukhsa.project.ports import held_ports
from tests.project.nginx_machine import DEPLOY, HERE, Machine

PORTAL, VERIFIER = "portal.mun.example", "v.mun.example"
MONTHS = timedelta(days=90)
# What stands behind the proxy: it sends on what did not come by https, and tells browsers to keep to it.
BEHIND = """
server {{
    listen 127.0.0.1:{port};
    location / {{
        if ($http_x_forwarded_proto != https) {{ return 301 https://$host$request_uri; }}
        {header}
        return 200;
    }}
    {desk}
}}
"""
KEEPS_TO_HTTPS = 'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;'
NO_DESK = "location /desk/ { return 404; }"


@dataclass(kw_only=True)
class Outside:
    """The proxy of the release before portal and verifier, and the authority of its certificate."""

    machine: Machine
    root: Path
    header: str = KEEPS_TO_HTTPS
    desk: str = NO_DESK
    server: str = (DEPLOY / "nginx/rukhsa-server.conf").read_text()
    proxy: str = (DEPLOY / "nginx/rukhsa-proxy.conf").read_text()
    site: str = (DEPLOY / "nginx/rukhsa.conf").read_text()
    public_url: str = f"https://{VERIFIER}"

    def told(self) -> tuple[int, str]:
        """How the command ends, and what it says."""
        (self.machine.root / "etc/nginx/rukhsa-server.conf").write_text(self.server)
        (self.machine.root / "etc/nginx/rukhsa-proxy.conf").write_text(self.proxy)
        behind = [
            BEHIND.format(port=self.machine.ports[name], header=self.header, desk=desk)
            for name, desk in (("portal", ""), ("verifier", self.desk))
        ]
        self.machine.site(self.machine.here(self.site) + "".join(behind))
        at = ["--at", HERE, "--tls-port", str(self.machine.ports["https"])]
        command = [sys.executable, "-m", "rukhsa.project.command", "check", "--from-outside", *at]
        names = {"RUKHSA_PORTAL_URL": f"https://{PORTAL}", "RUKHSA_PUBLIC_URL": self.public_url}
        names |= {"SSL_CERT_FILE": str(self.root), "RUKHSA_TRUSTED_PROXIES": HERE}
        with self.machine.serving():
            done = subprocess.run(
                [*command, "--plain-port", str(self.machine.ports["http"])], cwd=PROJECT, check=False,
                env=os.environ | names, capture_output=True, text=True,
            )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def sign(
        self, *, lasting: timedelta = MONTHS, begun: timedelta = timedelta(), by_rsa: bool = False
    ) -> None:
        """Give the proxy a certificate of the authority, for both names."""
        key = rsa.generate_private_key(65537, 2048) if by_rsa else ec.generate_private_key(ec.SECP256R1())
        root_key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the tests")])
        now = datetime.now(UTC)
        root = (
            x509.CertificateBuilder(named, named, root_key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=365)).not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
            .add_extension(_to_sign(), critical=True)
            .sign(root_key, SHA256())
        )  # fmt: skip
        given = (
            x509.CertificateBuilder(named, x509.Name([]), key.public_key(), x509.random_serial_number())
            .not_valid_before(now - begun).not_valid_after(now - begun + lasting)
            .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, (PORTAL, VERIFIER)))), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .sign(root_key, SHA256())
        )  # fmt: skip
        folder = self.machine.root / "etc/ssl/rukhsa"
        folder.mkdir(exist_ok=True)
        (folder / "fullchain.pem").write_bytes(given.public_bytes(Encoding.PEM))
        (folder / "privkey.pem").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.root.write_bytes(root.public_bytes(Encoding.PEM))


def _to_sign() -> x509.KeyUsage:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only")
    used = dict.fromkeys((*others, "digital_signature", "decipher_only"), False)
    return x509.KeyUsage(**used, key_cert_sign=True, crl_sign=True)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    """All as the release brings it."""
    with held_ports(4) as given:
        machine = Machine(
            tmp_path / "m", dict(zip(("http", "https", "portal", "verifier"), given, strict=True))
        )
        outside = Outside(machine=machine, root=tmp_path / "root.pem")
        outside.server, outside.proxy = machine.here(outside.server), machine.here(outside.proxy)
        outside.sign()
        yield outside


def test_the_proxy_of_the_release_is_as_it_should_be(outside: Outside) -> None:
    code, said = outside.told()
    assert (code, said.strip()) == (
        0,
        "Portal and verifier look from outside as docs/operating/production.md asks.",
    )


@pytest.mark.parametrize(
    ("part", "old", "new", "fault", "by_rsa"),
    [
        ("server", "ECDHE-ECDSA-AES128-GCM-SHA256:", "AES128-GCM-SHA256:", "keep no secret forward", True),
        ("server", "ECDHE-ECDSA-AES128-GCM-SHA256:", "ECDHE-ECDSA-AES128-SHA256:", "(CBC)", False),
        ("proxy", "Proto $scheme", "Proto $http_x_forwarded_proto", "passes on X-Forwarded-Proto", False),
        ("site", "return 308 https://$host$request_uri", "return 200", "answers 200 by itself", False),
        ("site", "proxy_pass http://verifier", "proxy_pass http://portal", "also serves the portal", False),
        ("site", "server_name v.mun.example", "server_name x.mun.example", "does not answer", False),
        ("header", KEEPS_TO_HTTPS, "", "does not tell browsers to keep to https", False),
        ("public_url", VERIFIER, PORTAL, "documents name", False),
    ],
)  # fmt: skip
def test_each_fault_of_a_proxy_is_told(
    outside: Outside, part: str, old: str, new: str, fault: str, by_rsa: bool
) -> None:
    if by_rsa:
        outside.sign(by_rsa=True)
    text = getattr(outside, part)
    assert old in text
    setattr(outside, part, text.replace(old, new))
    code, said = outside.told()
    assert code == 78
    assert fault in said


def test_an_old_version_of_tls_is_told(outside: Outside) -> None:
    old = "ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers @SECLEVEL=0:ALL;"
    outside.site = outside.site.replace("ssl_reject_handshake on;", f"ssl_reject_handshake on; {old}")
    outside.server = outside.server.replace("ssl_protocols TLSv1.2", "ssl_protocols TLSv1.1 TLSv1.2")
    outside.server = outside.server.replace("ssl_ciphers ", "ssl_ciphers @SECLEVEL=0:ECDHE-ECDSA-AES128-SHA:")
    code, said = outside.told()
    assert (code, said.count("still speaks TLS 1.0 or 1.1")) == (78, 2)


def test_a_certificate_that_browsers_refuse_or_that_ends_soon_is_told(outside: Outside) -> None:
    outside.sign(begun=timedelta(days=80))
    code, said = outside.told()
    assert (code, said.count("warning rukhsa.W010"), said.count("in 9 days")) == (0, 2, 2)
    outside.sign(begun=timedelta(days=91))
    code, said = outside.told()
    assert (code, said.count("certificate has expired")) == (78, 2)
    outside.root.write_text("")
    code, said = outside.told()
    assert code == 78


def test_a_machine_that_does_not_answer_is_told(outside: Outside) -> None:
    outside.site = "server { listen 80 ; return 404; }"
    code, said = outside.told()
    assert (code, said.count("does not answer")) == (78, 2)
