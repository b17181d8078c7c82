"""A share: a link by which a holder lets another check a document, once or for a week, and who checked it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.errors import RukhsaError
from rukhsa.issuance.models import Instrument

LASTS: Final = timedelta(days=7)
MOST_OPEN: Final = 20


class ShareError(RukhsaError):
    """A share that cannot be made or opened, with a sentence."""

    text: Promise | str = ""


class ShareClosed(ShareError):
    """It was used, has ended, is for another, or never was: these look alike."""

    code = "share-closed"
    text = _("This link was used, has expired or is for someone else. Ask the sender for a new link.")


class TooManyShares(ShareError):
    """More links of a document are open than a holder keeps track of."""

    code = "too-many-shares"
    text = _("Many links of this document are open. End one of them first.")


class Share(models.Model):
    """A link to one document. Its id is its secret: 122 random bits."""

    class Times(models.TextChoices):
        ONCE = "once"
        WEEK = "week"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+"
    )  # None: anyone with the link
    times = models.CharField(max_length=4, choices=Times)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["instrument", "-made_at"], name="shares_of_instrument")]


class ShareEnd(models.Model):
    """That the holder ended a share before its time."""

    share = models.OneToOneField(Share, models.PROTECT, primary_key=True, related_name="end")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ShareCheck(models.Model):
    """That a share was opened: by an agency whose officer had signed in, or by anyone. Nothing else is kept of them."""

    share = models.ForeignKey(Share, models.PROTECT, related_name="checks")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A share as its holder sees it: whether it still opens, and how often anyone and each agency checked."""

    share: Share
    is_open: bool
    by_anyone: int
    by_agency: tuple[tuple[Agency, int], ...]


@transaction.atomic
def share_document(
    instrument: Instrument,
    application: Application,
    *,
    agency: Agency | None,
    once: bool,
    actor: Actor,
    at: datetime,
) -> Share:
    """Make a link to a document of an application of the actor's own. Raises TooManyShares."""
    actor.require(Permission.APPLY, at=application.owner)
    Instrument.objects.select_for_update(of=("self",)).get(pk=instrument.pk)
    if Share.objects.filter(instrument=instrument, end=None, expires_at__gt=at).count() >= MOST_OPEN:
        raise TooManyShares
    share = Share.objects.create(
        instrument=instrument,
        agency=agency,
        times=Share.Times.ONCE if once else Share.Times.WEEK,
        made_by=actor.person,
        made_at=at,
        expires_at=at + LASTS,
    )
    record("share-document", instrument, actor=actor, at=at, agency=agency.pk if agency else "")
    return share


@transaction.atomic
def end_share(share: Share, application: Application, *, actor: Actor, at: datetime) -> None:
    """Let the link open no more, from now on; again changes nothing."""
    actor.require(Permission.APPLY, at=application.owner)
    _ended, is_new = ShareEnd.objects.get_or_create(share=share, defaults={"person": actor.person, "at": at})
    if is_new:
        record("end-share", share.instrument, actor=actor, at=at)


@transaction.atomic
def check_by(pk: uuid.UUID, *, agencies: Iterable[str] = (), at: datetime) -> Share:
    """The share, with one check more: of an agency among `agencies`, whose officer signed in, or of anyone.

    Raises ShareClosed. A link that opens once opens for the first of two who press at the same moment.
    """
    found = Share.objects.select_for_update(of=("self",)).select_related("instrument__intent")
    share = found.filter(pk=pk, end=None, expires_at__gt=at).first()
    known = sorted(agencies)
    if share is None or (share.agency_id and share.agency_id not in known):
        raise ShareClosed
    if share.times == Share.Times.ONCE and share.checks.exists():
        raise ShareClosed
    checker = share.agency_id or next(iter(known), None)
    ShareCheck.objects.create(share=share, agency_id=checker, at=at)
    return share


def shares_of(instrument: Instrument, *, at: datetime) -> list[Shared]:
    """The shares of a document of the last months, the newest first, in two queries."""
    recent = Q(instrument=instrument, made_at__gt=at - timedelta(days=90))
    shares = Share.objects.filter(recent).select_related("agency", "end").order_by("-made_at")[:100]
    return [as_holder_sees(share, at) for share in shares.prefetch_related("checks__agency")]


def as_holder_sees(share: Share, at: datetime) -> Shared:
    """A share whose checks were fetched, with its checks counted by who made them."""
    checks = list(share.checks.all())
    counts: dict[Agency, int] = {}
    for check in checks:
        if check.agency:
            counts[check.agency] = counts.get(check.agency, 0) + 1
    is_used = share.times == Share.Times.ONCE and bool(checks)
    return Shared(
        share=share,
        is_open=not hasattr(share, "end") and at < share.expires_at and not is_used,
        by_anyone=sum(check.agency is None for check in checks),
        by_agency=tuple(counts.items()),
    )
