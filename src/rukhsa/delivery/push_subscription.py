"""A push subscription: a device on which a person wants to see notices, and the sending of one to it.

The browser chooses its push service (RFC 8030), which sees neither text nor person: the message is encrypted for the
device alone (RFC 8291), and signed with the key of this installation (RFC 8292).
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Final, Self
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.preference import Preference
from rukhsa.delivery.push_key import push_key
from rukhsa.errors import RukhsaError
from rukhsa.outside import believed

MOST: Final = 10  # devices of one person; the oldest goes
LASTS: Final = 3 * 24 * 3600  # seconds for which the push service keeps a message for a device that is off
_LONGEST: Final = 1000
_GONE: Final = frozenset({404, 410})  # RFC 8030, section 7.3: the subscription does not exist any more


class BadSubscription(RukhsaError):
    """What a browser sent is no subscription, or belongs to a push service that is not known."""

    code = "bad-subscription"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Whose devices they are."""

    def of(self, actor: Actor) -> Self:
        return self.filter(person=actor.person)


class PushSubscription(models.Model):
    """A device: where its push service takes messages, and the keys with which only the device reads them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=_LONGEST, unique=True)
    p256dh = models.CharField(max_length=100)  # the device's public key, base64url
    auth = models.CharField(max_length=40)  # its secret of 16 bytes, base64url
    at = models.DateTimeField()

    objects = PushSubscriptionQuerySet.as_manager()


@transaction.atomic
def subscribe(said: Mapping[str, str], *, actor: Actor, at: datetime) -> PushSubscription:
    """Show the actor's notices on a device from now on; one that another person used before changes hands.

    `said` has `endpoint`, `p256dh` and `auth` as the browser gives them. Raises NotPermitted, BadSubscription.
    """
    actor.require(Permission.READ_OWN, at=actor.oneself)
    keys = {name: said.get(name, "") for name in ("p256dh", "auth")}
    endpoint = said.get("endpoint", "")
    _require_sound(endpoint, **keys)
    known, _new = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"person": actor.person, "at": at, **keys}
    )
    older = PushSubscription.objects.of(actor).order_by("-at", "-pk").values_list("pk", flat=True)[MOST:]
    PushSubscription.objects.filter(pk__in=list(older)).delete()
    # Who chose nothing has no row; notices ask for devices with the choice, in one statement.
    Preference.objects.get_or_create(person=actor.person, defaults={"changed_at": at})
    record("add-device", actor.person, actor=actor, at=at)
    return known


@transaction.atomic
def unsubscribe(endpoint: str, *, actor: Actor, at: datetime) -> None:
    """Show nothing more on a device of the actor's; on all of them where none is named. Raises NotPermitted."""
    actor.require(Permission.READ_OWN, at=actor.oneself)
    mine = PushSubscription.objects.of(actor)
    gone, _kinds = (mine.filter(endpoint=endpoint) if endpoint else mine).delete()
    if gone:
        record("remove-device", actor.person, actor=actor, at=at, devices=gone)


def preference_with_devices(person: Person) -> Preference | None:
    """What a person chose, with `has_device`: whether a device shows the person's notices now. One statement."""
    devices = PushSubscription.objects.filter(person=person)
    return Preference.objects.filter(person=person).annotate(has_device=Exists(devices)).first()


def push(person: Person, message: Mapping[str, str], *, topic: str) -> None:
    """Send a message to each device of a person, and forget those that are gone.

    `topic` has at most 32 characters of base64url: a device that is off gets the last message of a topic alone, so that
    one that is sent twice shows once. Raises httpx.HTTPError where a push service fails.
    """
    for device in PushSubscription.objects.filter(person=person).order_by("at"):
        answer = _send(device, json.dumps(dict(message), ensure_ascii=False).encode(), topic)
        if answer.status_code in _GONE:
            device.delete()
        else:
            answer.raise_for_status()


def _send(device: PushSubscription, content: bytes, topic: str) -> httpx.Response:
    # It brings a validator of mail addresses, which the worker alone needs.
    from webpush import WebPush, WebPushSubscription

    key = push_key()
    if key is None:
        raise httpx.UnsupportedProtocol("RUKHSA_PUSH_KEY is missing")
    sender = WebPush(BytesIO(key.private), BytesIO(key.public), settings.CONFIG.mail.sender, ttl=LASTS)
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    to = WebPushSubscription.model_validate({"endpoint": device.endpoint, "keys": keys})
    made = sender.get(content, to)
    return httpx.post(
        device.endpoint,
        content=made.encrypted,
        headers={**made.headers, "topic": topic, "urgency": "normal"},
        timeout=10,
        verify=believed(named_by_environment=True),
    )


def _require_sound(endpoint: str, p256dh: str, auth: str) -> None:
    """Refuse what is no subscription: an address of our own network would be asked by the worker otherwise."""
    if len(endpoint) > _LONGEST or not _is_of_a_push_service(endpoint):
        raise BadSubscription
    try:
        point, secret = (base64.urlsafe_b64decode(f"{each}==") for each in (p256dh, auth))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadSubscription from None
    if len(point) != 65 or len(secret) != 16:  # RFC 8291, sections 3.1 and 3.2
        raise BadSubscription


def _is_of_a_push_service(endpoint: str) -> bool:
    config = settings.CONFIG
    if not config.in_production and endpoint.startswith(f"{config.addresses.sandbox_url}/push/"):
        return True
    try:
        parts = urlsplit(endpoint)
        plain = parts.scheme == "https" and parts.port is None and parts.username is None
    except ValueError:
        return False
    host = parts.hostname or ""
    return plain and any(
        host == each or (each[0] == "." and host.endswith(each)) for each in config.push.hosts
    )
