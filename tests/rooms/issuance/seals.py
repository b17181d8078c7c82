"""A development key and certificate for signing PDFs in tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator.registry import SimpleCertificateStore

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Seal:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, content: bytes) -> bytes:
        return self.key.sign(content, ec.ECDSA(hashes.SHA256()))

    def for_pyhanko(self) -> Any:
        """The certificate as pyHanko takes it."""
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    def key_for_pyhanko(self) -> Any:
        """The private key as pyHanko takes it."""
        encoded = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(encoded)

    def store(self) -> SimpleCertificateStore:
        """An empty store: there are no issuers above this certificate."""
        return SimpleCertificateStore()


def capital_secretariat() -> Seal:
    """A self-signed signing certificate of the Capital Secretariat."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Capital Secretariat")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    return Seal(key=key, certificate=builder.sign(key, hashes.SHA256()))
