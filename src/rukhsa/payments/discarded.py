"""Notices that were not kept, counted by sender and hour: a flood leaves few rows, which can be deleted later."""

import hmac
import ipaddress
import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import connection

from rukhsa.payments.models import NoticeCount

logger = logging.getLogger(__name__)

LASTS: Final = timedelta(days=30)
MOST_SENDERS: Final = 200  # told apart in an hour, for one gateway
OTHERS: Final = "others"
SAMPLE: Final = 512  # bytes of the first one


def count(gateway: str, sender: str, raw: bytes, *, reason: str, at: datetime) -> int:
    """Count one notice of a sender, in the database that all processes share; how many there are in this hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    told_apart = _told_apart(gateway, _digest(sender), hour)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_noticecount (gateway, sender, hour, reason, sample, count)"
            " VALUES (%s, %s, %s, %s, %s, 1) ON CONFLICT (gateway, sender, hour, reason)"
            " DO UPDATE SET count = payments_noticecount.count + 1 RETURNING count",
            (gateway, told_apart, hour, reason[:20], raw[:SAMPLE]),
        )
        (counted,) = cursor.fetchone()
    if counted == 1:
        NoticeCount.objects.filter(hour__lt=hour - LASTS).delete()
    if str(counted).rstrip("0") == "1":  # 1, 10, 100: a flood is told in a few lines
        logger.error(
            "notices from %s were not kept: %s, %d of one sender in this hour", gateway, reason, counted
        )
    return int(counted)


def _told_apart(gateway: str, sender: str, hour: datetime) -> str:
    """The sender, or OTHERS where so many are told apart already: addresses are cheap."""
    of_the_hour = NoticeCount.objects.filter(gateway=gateway, hour=hour)
    if of_the_hour.filter(sender=sender).exists() or of_the_hour.count() < MOST_SENDERS:
        return sender
    return OTHERS


def _digest(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), _network(address).encode(), sha256).hexdigest()


def _network(address: str) -> str:
    """Of an IPv6 address the first half: who has one has all that begin so."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False)) if read.version == 6 else address
