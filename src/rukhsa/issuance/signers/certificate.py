"""The self-signed certificate of a `pdf` key."""

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rukhsa.catalogue.territory import territory
from rukhsa.issuance import key_index
from rukhsa.issuance.errors import SignerRefused
from rukhsa.issuance.key_index import IndexedKey
from rukhsa.issuance.signers.holder import holder_of
from rukhsa.trust.keys import to_der


def make(key: IndexedKey) -> x509.Certificate:
    """A new certificate. Readers find its public key in the trust list.

    The library signs only with keys that it holds. So a key that is thrown away makes the part to be signed, and the
    holder of the true key signs this part.
    """
    part = _builder(key).sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).tbs_certificate_bytes
    whole = asn1.Certificate(
        {
            "tbs_certificate": asn1.TbsCertificate.load(part),
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature_value": to_der(holder_of(key).sign(key, part)),
        }
    )
    return x509.load_der_x509_certificate(whole.dump())


def read(key: IndexedKey) -> x509.Certificate:
    """The certificate of a `pdf` key. Raises SignerRefused."""
    file = key_index.folder() / f"{key.name}.crt"
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SignerRefused(f"{file.name} cannot be read") from error


def _builder(key: IndexedKey) -> x509.CertificateBuilder:
    called = territory().authority(key.authority).names[-1].name
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called.in_language("en"))])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"), False)
    usage |= {"crl_sign": False, "encipher_only": False, "decipher_only": False}
    public = key.public.loaded
    assert isinstance(public, ec.EllipticCurvePublicKey)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(key.not_before)
        .not_valid_after(key.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
    )
