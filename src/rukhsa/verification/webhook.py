"""Webhooks: the changes of the feed, sent signed to an address of a relying agency, and tried for three days."""

import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission, Role
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency, Post
from rukhsa.errors import RukhsaError
from rukhsa.jobs import run_later
from rukhsa.outside import InnerAddress, believed, place_of
from rukhsa.values.http_signature import signed
from rukhsa.verification.change_feed import changes_since, cursor_at

GIVEN_UP_AFTER: Final = timedelta(days=3)
KIND: Final = "application/json"
_LONGEST: Final = 400
_SECONDS: Final = 10.0
_LONGEST_WAIT: Final = timedelta(hours=1)
_ENCRYPTED, _IN_CLEAR = 443, 80


class AddressRefused(RukhsaError):
    """The address is none of https, names a person or a part of a page, or lies in an inner network."""

    code = "webhook-address"


class Unwelcome(Exception):
    """The other side answered with something else than 2xx."""


class Webhook(models.Model):
    """An address of an agency that is told of changes, and how far it was told.

    The secret is kept as it is, since both sides sign with it. Who reads it can announce a change that never was; the
    signed status list says what is true.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    address = models.CharField(max_length=_LONGEST)
    secret = models.CharField(max_length=43)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=200)  # of the feed: what it was told last
    told_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # since it was told last
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=Q(ended_at=None), name="one_webhook_of_an_agency"
            )
        ]


@transaction.atomic
def register_webhook(agency: Agency, address: str, *, actor: Actor, at: datetime) -> Webhook:
    """Tell the agency at this address from now on, in place of the one before, which loses nothing by it.

    Raises NotPermitted, AddressRefused.
    """
    actor.require(Permission.COORDINATE_AGENCY, at=agency.scope)
    _require_address(address := address.strip())
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = Webhook.objects.filter(agency=agency, ended_at=None).first()
    if before:
        end_webhook(before, actor=actor, at=at)
    hook = Webhook.objects.create(
        agency=agency,
        address=address,
        secret=secrets.token_urlsafe(32),
        made_by=actor.person,
        made_at=at,
        cursor=before.cursor if before else cursor_at(at),
        next_at=at,
    )
    record("register-webhook", hook, actor=actor, at=at, agency=agency.pk, host=urlsplit(address).hostname)
    return hook


@transaction.atomic
def end_webhook(hook: Webhook, *, actor: Actor, at: datetime) -> None:
    """Send nothing to it any more; again changes nothing. Raises NotPermitted."""
    actor.require(Permission.COORDINATE_AGENCY, at=hook.agency.scope)
    if Webhook.objects.filter(pk=hook.pk, ended_at=None).update(ended_at=at):
        record("end-webhook", hook, actor=actor, at=at, agency=hook.agency_id)


@app.periodic(cron="* * * * *")
@app.task(name="verification.tell_agencies", queue="outside", queueing_lock="verification.tell_agencies")
def tell_agencies(timestamp: int) -> None:
    """Queue one job for each webhook whose turn it is and that has none; one that is failing waits longer each time."""
    due = Webhook.objects.filter(ended_at=None, next_at__lte=datetime.now(UTC))
    jobs = ProcrastinateJob.objects.filter(task_name=tell_agency.name, status="todo")
    queued = set(jobs.values_list("lock", flat=True))
    for key in due.values_list("pk", flat=True):
        if (lock := f"webhook:{key}") not in queued:
            run_later(tell_agency, lock=lock, webhook=str(key))


@app.task(name="verification.tell_agency", queue="outside")
def tell_agency(*, webhook: str) -> None:
    """Send what happened since the agency was told last; nothing where nothing did.

    The cursor moves on with an answer of 2xx alone, so that a change may come twice, and none is passed over.
    """
    at = datetime.now(UTC)
    hook = Webhook.objects.filter(pk=webhook, ended_at=None, next_at__lte=at).first()
    if hook is None:
        return
    feed = changes_since(hook.agency_id, hook.cursor, at=at)
    if not feed.changes:
        return
    try:
        _post(hook, json.dumps(feed.as_json, ensure_ascii=False).encode(), at)
    except (httpx.HTTPError, OSError, InnerAddress, Unwelcome):
        _failed(hook, at)
        return
    row = Webhook.objects.filter(pk=hook.pk)
    row.update(cursor=feed.cursor, told_at=at, failures=0, failing_since=None)
    if feed.has_more:
        run_later(tell_agency, lock=f"webhook:{hook.pk}", webhook=webhook)


def _failed(hook: Webhook, at: datetime) -> None:
    """Wait twice as long as before, an hour at most; after three days end it, and write to the coordinators."""
    since = hook.failing_since or at
    wait = min(timedelta(minutes=2 ** min(hook.failures, 6)), _LONGEST_WAIT)
    change: dict[str, object] = {"failures": hook.failures + 1, "failing_since": since, "next_at": at + wait}
    with transaction.atomic():
        if at - since >= GIVEN_UP_AFTER:
            change["ended_at"] = at
            _write_to_coordinators(hook, at)
        Webhook.objects.filter(pk=hook.pk).update(**change)


def _write_to_coordinators(hook: Webhook, at: datetime) -> None:
    from rukhsa.staff.letter import tell  # the verifier's process has no staff

    held = Post.objects.in_force(on=timezone.localdate(at)).filter(agency=hook.agency_id)
    posts = held.filter(role=Role.AGENCY_COORDINATOR, person__is_active=True)
    for post in posts.select_related("person"):
        tell(post.person, "webhook-ended", at=at, about=urlsplit(hook.address).hostname or "")


def _post(hook: Webhook, content: bytes, at: datetime) -> None:
    """Send it to the very address that was checked, following nothing. Raises HTTPError, InnerAddress, Unwelcome."""
    parts = urlsplit(hook.address)
    host, port = parts.hostname or "", parts.port or (_ENCRYPTED if parts.scheme == "https" else _IN_CLEAR)
    place = place_of(host, port, inner=_inner())
    written = f"[{place}]" if ":" in place else place
    address = parts._replace(netloc=f"{written}:{port}").geturl()
    headers = signed(
        hook.secret.encode(), key=str(hook.pk), target=hook.address, kind=KIND, content=content,
        at=int(at.timestamp()),
    )  # fmt: skip
    told = {"headers": {**headers, "Host": parts.netloc}, "extensions": {"sni_hostname": host}}
    with (
        httpx.Client(timeout=_SECONDS, verify=believed(), trust_env=False) as client,
        client.stream("POST", address, content=content, **told) as answer,  # type: ignore[arg-type]
    ):
        if not answer.is_success:
            raise Unwelcome(str(answer.status_code))


def _require_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise AddressRefused from error
    schemes = {"https"} if settings.CONFIG.in_production else {"https", "http"}
    is_plain = parts.scheme in schemes and parts.hostname and not parts.username and not parts.fragment
    is_plain = is_plain and len(address) <= _LONGEST and address.isascii() and " " not in address
    if not is_plain or (port is not None and port != _ENCRYPTED and port < 1024):
        raise AddressRefused
    try:
        place_of(parts.hostname or "", port or _ENCRYPTED, inner=_inner())
    except (OSError, InnerAddress) as error:
        raise AddressRefused from error


def _inner() -> Sequence[str]:
    networks: Sequence[str] = settings.CONFIG.relying_networks
    return networks
