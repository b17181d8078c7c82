"""The secrets of one-time codes, encrypted in the database under a key that follows from SECRET_KEY."""

import base64
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

ENCRYPTED = ("secret", "seed")  # of a one-time code; of recovery codes


def cipher() -> MultiFernet:
    """Encrypts under SECRET_KEY, and decrypts what was encrypted under it or under an earlier key."""
    return MultiFernet([_under(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@transaction.atomic
def encrypt_again() -> int:
    """Encrypt every secret under SECRET_KEY, so that earlier keys can be dropped; how many secrets there are."""
    count = 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        for name in _encrypted(authenticator):
            token = authenticator.data[name].encode()
            authenticator.data[name] = cipher().rotate(token).decode()
            authenticator.save(update_fields=["data"])
            count += 1
    return count


def _encrypted(authenticator: Authenticator) -> Iterator[str]:
    yield from (name for name in ENCRYPTED if name in authenticator.data)


def _under(key: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rukhsa secrets of one-time codes")
    return Fernet(base64.urlsafe_b64encode(derive.derive(key.encode())))
