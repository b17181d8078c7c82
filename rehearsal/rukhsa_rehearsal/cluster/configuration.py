"""The configuration files of a cluster, written from the templates beside this module."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rukhsa.project.postgres.location import copy_programs, locate
from rukhsa_rehearsal.cluster.layout import BACKUP, NODES, TWO, Layout

# What is written is no page: nothing of it is escaped, and no value is a stranger's.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701
)
# Seconds that nginx waits for an answer: a commit may wait for the next primary, a verdict for nothing, and what one
# verifier does not answer the other one is asked.
PATIENCE = {"portal": 60, "verifier": 3}


def write_all(layout: Layout) -> None:
    """Write every file that the parts read, each under the account of its part."""
    location = locate(layout.folder / "postgres")
    copy_programs(location)
    for node in NODES:
        kind = f"node-{node}"
        folder = layout.own_folder(kind)
        text = rendered("patroni.yml", layout, node=node, folder=folder, programs=location.programs)
        layout.write(kind, folder / "patroni.yml", text)
        text = rendered("pgbackrest.conf", layout, node=node, folder=folder, bucket=BACKUP)
        layout.write(kind, folder / "pgbackrest.conf", text)
    front = layout.own_folder("front", mode=0o711)
    for name in ("haproxy.cfg", "pgbouncer.ini", "nginx.conf"):
        layout.write("front", front / name, rendered(name, layout, folder=front))
    passwords = "".join(f'"{role}" "{layout.passwords[role]}"\n' for role in ("rukhsa_serving",))
    layout.write("front", front / "users.txt", passwords)
    write_certificate(layout, front)
    store = layout.own_folder("store")
    layout.write("store", store / "s3.json", rendered("s3.json", layout))


def rendered(name: str, layout: Layout, **values: Any) -> str:
    """A configuration file of this layout."""
    return _TEMPLATES.get_template(name).render(
        layout=layout, nodes=NODES, two=TWO, patience=PATIENCE, **values
    )


def write_certificate(layout: Layout, folder: Path) -> None:
    """Write a key and a certificate that it signed itself, for loopback, valid a month."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster of the rehearsal")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    layout.write("front", folder / "key.pem", secret.decode())
    written = layout.write(
        "front", folder / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM).decode()
    )
    written.chmod(0o644)
