"""Limits the questions of an address that the server answers. Codes checked in the browser never come here."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import connection, models

from rukhsa.errors import RukhsaError

A_MINUTE: Final = {
    "number": 20,
    "file": 20,
    "text": 600,
    "status": 20,
    "feedback": 10,
    "bulk": 60,
    "feed": 60,
}
_KEPT: Final = timedelta(hours=1)


class AskedCount(models.Model):
    """The questions of one address in one minute. The address is a keyed digest, and the row is kept for an hour."""

    address = models.CharField(max_length=64)
    what = models.CharField(max_length=10)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "what", "minute"], name="one_count_an_address_a_minute"
            )
        ]


class TooMany(RukhsaError):
    """The address has asked too often within a minute."""

    code = "too-many-questions"


def count(address: str, what: str, *, at: datetime) -> None:
    """Count one question of an address, for all processes together. Raises `TooMany`.

    The address is that of the peer. A proxy in front must pass on the address of the client.
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
