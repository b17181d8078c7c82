"""Instruments: which are in force, how they are revoked and followed by others, and what is known of each."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import require_another, require_reason
from rukhsa.applications import competence
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.intent import Intent
from rukhsa.jobs import advance_soon, run_named_later
from rukhsa.mandates.mandate import Act, Mandate
from rukhsa.places import occupation, seat
from rukhsa.values.names import Text
from rukhsa.values.periods import Period


class NoSuchInstrument(IssuanceError):
    """No instrument with this number exists, or it is no longer in force."""

    code = "no-such-instrument"


class AlreadyRevoked(IssuanceError):
    code = "already-revoked"


class Status(models.TextChoices):
    """How an instrument stands on a day."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class InstrumentQuerySet(ScopedQuerySet["Instrument"]):
    """Instruments by how they stand."""

    def in_force(self, *, at: datetime) -> "InstrumentQuerySet":
        """Those that hold, on a day of their period."""
        today = timezone.localdate(at)
        days = Q(intent__valid_from=None) | Q(intent__valid_from__lte=today)
        days &= Q(intent__valid_until=None) | Q(intent__valid_until__gte=today)
        return self.holding().filter(days)

    def holding(self) -> "InstrumentQuerySet":
        """Those that are not ended or suspended, whatever the day. A copy holds while its original does."""
        return self.not_ended().not_ended(of="intent__copies")

    def not_ended(self, of: str = "pk") -> "InstrumentQuerySet":
        """Those that are not revoked, suspended, superseded or closed themselves, whatever they copy; with `of`, those
        whose instrument at that path, such as the one they copy, is not.

        Each fact is looked for by the instrument. As a list of all that hold, the whole register was read."""
        found = self
        for _, facts, path in ending_facts():
            found = found.exclude(Exists(facts.filter(**{path: OuterRef(of)})))
        return found

    def not_superseded(self) -> "InstrumentQuerySet":
        """The newest version of each period."""
        return self.exclude(Exists(Instrument.objects.filter(intent__supersedes=OuterRef("pk"))))

    def newest_of(self, application: Application) -> "Instrument":
        """The instrument of an application in its newest version, with amendments. Raises DoesNotExist."""
        issued = self.select_related("intent").get(intent__application=application)
        amended = self.select_related("intent").filter(intent__number=issued.number, intent__application=None)
        return amended.order_by("-intent__version").first() or issued

    def with_standing(self) -> "InstrumentQuerySet":
        """The same, each with `standing_as_read`: its own standing, or its original's if its own is valid."""
        own, original = _standing(OuterRef("pk")), _standing(OuterRef("intent__copies"))
        stands = Q(standing_itself=Status.VALID)
        return self.annotate(standing_itself=own).annotate(
            standing_as_read=Case(When(stands, then=original), default=F("standing_itself"))
        )

    def of_services(self, services: Iterable[str]) -> "InstrumentQuerySet":
        """Those of these services. An amendment or a renewal belongs to the service of its first version, too."""
        services = list(services)
        first = Intent.objects.filter(
            number=OuterRef("intent__number"), version=1, service_version__service__in=services
        )
        return self.filter(Exists(first) | Q(intent__service_version__service__in=services))


class Instrument(Scoped):
    """A released document. It exists only once everything about it is verified."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="instrument")
    file_digest = models.CharField(max_length=64)
    released_at = models.DateTimeField()

    authority_path = "intent__authority"
    objects = InstrumentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["released_at", "-id"], name="instruments_newest_last")]

    def __str__(self) -> str:
        return str(self.intent)

    @property
    def number(self) -> str:
        """The public number, with its check character."""
        return self.intent.number

    @property
    def version(self) -> int:
        """Which version of the number it is."""
        return self.intent.version

    @property
    def period(self) -> Period:
        """Its first and last day; an instrument without an end has no last day."""
        start: date = self.intent.valid_from or timezone.localdate(self.released_at)
        return Period(start=start, end=self.intent.valid_until)

    def status(self, at: datetime) -> Status:
        """How it stands at a moment, by the facts recorded now, or when it was read `with_standing`."""
        standing = Status(vars(self).get("standing_as_read") or self.standing)
        if standing is not Status.VALID:
            return standing
        today = timezone.localdate(at)
        if today in self.period:
            return Status.VALID
        return Status.NOT_YET_VALID if today < self.period.start else Status.EXPIRED

    @property
    def standing(self) -> Status:
        """How it stands, whatever the day, as the status list says."""
        return Status(vars(Instrument.objects.with_standing().get(pk=self.pk))["standing_as_read"])


def _standing(instrument: OuterRef) -> Case:
    """How an instrument stands by its own facts, whatever it copies."""
    return Case(
        *(
            When(Exists(facts.filter(**{path: instrument})), then=Value(status))
            for status, facts, path in ending_facts()
        ),
        default=Value(Status.VALID),
        output_field=models.CharField(),
    )


def ending_facts() -> list[tuple[Status, models.QuerySet[Any], str]]:
    """The facts that end or suspend an instrument, the strongest first, each with its path to the instrument.

    How an instrument stands is decided here and nowhere else.
    """
    return [
        (Status.REVOKED, Revocation.objects.all(), "instrument"),
        (
            Status.SUPERSEDED,
            Instrument.objects.filter(intent__supersedes__isnull=False),
            "intent__supersedes",
        ),
        (Status.SUPERSEDED, Closure.objects.all(), "instrument"),
        (Status.SUSPENDED, Suspension.objects.filter(reinstatement=None), "instrument"),
    ]


class Suspension(models.Model):
    """An instrument is out of force until it is reinstated.

    One person proposed it and another carried it out; or one did so at once, and another confirms it until
    `confirm_by`, or it lapses.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirm_by = models.DateTimeField(null=True)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["confirm_by"],
                name="suspensions_to_confirm",
                condition=Q(confirm_by__isnull=False),
            ),
            models.Index(fields=["at"], name="suspensions_by_day"),
        ]


class SuspensionConfirmation(models.Model):
    """That a second person found a suspension right that one person had carried out at once."""

    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="confirmation")
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Reinstatement(models.Model):
    """The end of a suspension; no one's where it lapsed because no second person confirmed it."""

    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="reinstatement")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="reinstatements_by_day")]


class Revocation(models.Model):
    """The final end of an instrument. One person proposed it, and another carried it out."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="revocation")
    reason = models.TextField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("actor")), name="revoked_by_another"
            )
        ]
        indexes = [models.Index(fields=["at"], name="revocations_by_day")]


class Closure(models.Model):
    """The end of an instrument whose purpose another one fulfils, as a completion certificate ends a permit."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="closure")
    by = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="closures_by_day")]


@transaction.atomic
def revoke(
    instrument: Instrument, *, reason: str, proposed_by: Person, actor: Actor, at: datetime
) -> Revocation:
    """End an instrument finally, and the later periods for which it was renewed, as another person proposed.

    Raises NotPermitted, NoSuchInstrument, AlreadyRevoked, ReasonMissing, ProposedByYourself, OutsideMandate.
    """
    require_another(proposed_by.pk, actor)
    instrument = lock_to_change(instrument, actor, Permission.REVOKE)
    reason = require_reason(reason)
    mandate = competence.require(actor, Act.REVOKE, matter_of(instrument), at=at)
    for renewal in Instrument.objects.select_related("intent").filter(intent__renews=instrument):
        if not hasattr(renewal, "revocation"):
            revoke(renewal, reason=reason, proposed_by=proposed_by, actor=actor, at=at)
    revocation = Revocation.objects.create(
        instrument=instrument,
        reason=reason,
        proposed_by=proposed_by,
        actor=actor.person,
        mandate=mandate,
        at=at,
    )
    free_place(instrument)
    record("revoke", instrument, actor=actor, at=at)
    publish_and_tell(instrument)
    return revocation


def free_place(instrument: Instrument) -> None:
    """Free the place and the seat of an instrument that ends before its last day; without effect where it has none."""
    if application := application_behind(instrument):
        # They were taken when the application was granted, under its reference.
        occupation.vacate(application.reference or "")
        seat.free(application.reference or "")


def lock_to_change(instrument: Instrument, actor: Actor, permission: Permission) -> Instrument:
    """The instrument, locked until the transaction ends, at whose authority the actor holds the permission.

    Raises NotPermitted for an actor who holds it nowhere, NoSuchInstrument for another authority's instrument, and
    AlreadyRevoked: nothing follows a revocation; OwnInterest.
    """
    actor.require_somewhere(permission)
    instruments = Instrument.objects.on_which(actor, permission).select_related(
        "intent__authority", "intent__application", "intent__service_version"
    )
    found = instruments.select_for_update(of=("self",)).filter(pk=instrument.pk).first()
    if found is None:
        raise NoSuchInstrument(str(instrument.pk))
    if hasattr(found, "revocation"):
        raise AlreadyRevoked(found.number)
    if application := application_behind(found):
        require_no_interest(application, actor.person)
    return found


def matter_of(instrument: Instrument) -> competence.Matter:
    """What a mandate for an act on a document has to allow: its authority, and the service of this version."""
    intent = instrument.intent
    return competence.Matter(authority_id=intent.authority_id, definition=intent.service_version.definition)


def publish_and_tell(instrument: Instrument) -> None:
    """Queue the publication of what stands now, and the journey that tells the holder."""
    publish_status_later(instrument)
    if application := application_behind(instrument):
        advance_soon(application.pk)


def publish_status_later(instrument: Instrument) -> None:
    """Queue the publication of its status list and of its copies' in the open transaction."""
    copies = Intent.objects.filter(copies=instrument).values_list("authority_id", "status_list")
    own = (instrument.intent.authority_id, instrument.intent.status_list)
    for authority, number in sorted({own, *copies}):
        run_named_later(
            "issuance.publish_status", queue="issuance", priority=10, authority=authority, number=number
        )


def application_of(instrument: Instrument) -> Application:
    """The application of an instrument; of an amendment, that of the version before."""
    application = application_behind(instrument)
    assert application is not None
    return application


def application_behind(instrument: Instrument) -> Application | None:
    """The same; None for a paper document that was issued again, which has none."""
    if instrument.intent.application:
        return instrument.intent.application
    intents = Intent.objects.filter(number=instrument.number, application__isnull=False)
    earlier = intents.filter(version__lt=instrument.version).select_related("application__applicant")
    newest = earlier.order_by("-version").first()
    return newest.application if newest else None


@dataclass(frozen=True, kw_only=True)
class Successor:
    """The instrument that took the place of another: its next version, or one that closes it."""

    instrument: Instrument
    closes: bool
    on: date

    @property
    def title(self) -> Text:
        """What kind of document it is."""
        return self.instrument.intent.service_version.definition.instrument.title


def successor_of(instrument: Instrument) -> Successor | None:
    """What ended a superseded instrument; of a copy, what ended its original."""
    closures = Closure.objects.select_related("by__intent__service_version")
    if closure := closures.filter(instrument=instrument).first():
        return Successor(instrument=closure.by, closes=True, on=timezone.localdate(closure.at))
    versions = Instrument.objects.select_related("intent__service_version")
    if newer := versions.filter(intent__supersedes=instrument).first():
        return Successor(instrument=newer, closes=False, on=timezone.localdate(newer.released_at))
    return successor_of(instrument.intent.copies) if instrument.intent.copies else None
