"""The second factors of the staff: whether one is set up, and their secrets, encrypted in the database."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person

ENCRYPTED = ("secret", "seed")  # of a one-time code; of recovery codes


def has_second_factor(person: Person) -> bool:
    """Whether `person` has a one-time code or a passkey; recovery codes alone do not count."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).exists())


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Has allauth encrypt the secrets of one-time codes and recovery codes, and say in our words what is wrong."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "The code is not correct, or it has expired. Enter the code that the app shows now."
        ),
    }

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Rukhsa"


def cipher() -> MultiFernet:
    """Encrypts under SECRET_KEY, and decrypts what was encrypted under it or under an earlier key."""
    return MultiFernet([_under(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@transaction.atomic
def encrypt_again() -> int:
    """Encrypt every secret under SECRET_KEY, so that earlier keys can be dropped. Returns the number of secrets."""
    count = 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        for name in ENCRYPTED:
            if name in authenticator.data:
                token = authenticator.data[name].encode()
                authenticator.data[name] = cipher().rotate(token).decode()
                authenticator.save(update_fields=["data"])
                count += 1
    return count


def _under(key: str) -> Fernet:
    """Encryption under a key that is derived from a secret key of Django."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rukhsa secrets of one-time codes")
    return Fernet(base64.urlsafe_b64encode(derive.derive(key.encode())))
