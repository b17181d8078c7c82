"""A limit on questions that the server answers; codes checked in the browser never come here."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import connection

from rukhsa.errors import RukhsaError
from rukhsa.verification.models import AskedCount

A_MINUTE: Final = {"number": 20, "file": 20, "text": 600}
_KEPT: Final = timedelta(hours=1)


class TooMany(RukhsaError):
    """The address has asked too often in this minute."""

    code = "too-many-questions"


def count(address: str, what: str, *, at: datetime) -> None:
    """Count one question of an address, in the database that all processes share. Raises `TooMany`.

    The address is the peer's: behind a proxy the server in front must pass on the true one.
    """
    minute = at.replace(second=0, microsecond=0)
    key = hmac.new(settings.SECRET_KEY.encode(), address.encode(), sha256).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO verification_askedcount (address, what, minute, count) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (address, what, minute) DO UPDATE SET count = verification_askedcount.count + 1"
            " RETURNING count",
            [key, what, minute],
        )
        (asked,) = cursor.fetchone()
    if asked == 1:
        AskedCount.objects.filter(minute__lt=minute - _KEPT).delete()
    if asked > A_MINUTE[what]:
        raise TooMany
