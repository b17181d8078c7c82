"""The facts of issuing: intents, seals, the log, released instruments, and what happened to them later."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance.cap import CapAlarm, Signing
from rukhsa.issuance.custody import IssuingStart, IssuingStop, KeyCompromise, PublishedTrustList
from rukhsa.issuance.legacy.document import LegacyDocument, LegacyImport, LegacyOmission, LegacyRefusal
from rukhsa.issuance.paper_refusal import PaperRefusal
from rukhsa.values.periods import Period

__all__ = [
    "CapAlarm",
    "Claim",
    "Closure",
    "Cosignature",
    "Decoy",
    "Instrument",
    "Intent",
    "IssuingStart",
    "IssuingStop",
    "KeyCompromise",
    "LegacyDocument",
    "LegacyImport",
    "LegacyOmission",
    "LegacyRefusal",
    "LogCheckpoint",
    "LogLeaf",
    "LogPlace",
    "PaperRefusal",
    "PublishedTrustList",
    "Reinstatement",
    "Revocation",
    "Sealing",
    "SignedFile",
    "Signing",
    "Stall",
    "Status",
    "Suspension",
    "TimeStamp",
    "WaitingLeaf",
    "WaitingStamp",
]


class Status(models.TextChoices):
    """How an instrument stands on a day."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Intent(models.Model):
    """What we are about to seal, committed before any key is touched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is issued for: "application:<id>" or "legacy:<id>". One origin, one intent.
    origin = models.CharField(max_length=80, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    verification_code = models.CharField(max_length=24, unique=True)
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    profile = models.PositiveIntegerField()
    facts = models.JSONField()  # as sealed: {"2": "…", "4": [12, 1705, 317], …}
    printed = (
        models.JSONField()
    )  # what is on the page beyond the facts: title, statement, conditions, languages
    supersedes = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    # The version before, which holds to its end: this one is for the time after it.
    renews = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    # The original of a certified copy, whose state it follows.
    copies = models.ForeignKey("issuance.Instrument", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="number_and_version_once"),
            models.UniqueConstraint(fields=["application"], name="one_intent_an_application"),
            models.UniqueConstraint(
                fields=["authority", "status_list", "status_index"], name="status_index_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"], condition=Q(valid_until__isnull=False), name="intents_by_their_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.version}"


class Sealing(models.Model):
    """The authority's signature over an intent's facts."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="sealing")
    kid = models.CharField(max_length=16)  # in hexadecimal
    signature = models.CharField(max_length=128)  # r and s, in hexadecimal
    issued_at = models.DateTimeField()


class LogLeaf(models.Model):
    """An entry of the log, recorded with what it is about; it stands in the log once it has a place."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    intent = models.ForeignKey(Intent, models.PROTECT, null=True, related_name="leaves")
    kind = models.CharField(max_length=20)  # seal | file | status-list | trust-list | key-compromise
    entry = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intent", "kind"], name="one_leaf_of_a_kind")]


class WaitingLeaf(models.Model):
    """A leaf that has no place in its log yet: the sequencer's queue, and the only rows here that go away."""

    leaf = models.OneToOneField(LogLeaf, models.PROTECT, primary_key=True, related_name="waiting")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")


class LogCheckpoint(models.Model):
    """A state of an authority's log. The next one is the next number: whoever comes second is refused."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "sequence"], name="one_next_checkpoint"),
            models.UniqueConstraint(fields=["authority", "size"], name="log_only_grows"),
        ]


class Cosignature(models.Model):
    """A witness's word that it saw a checkpoint and that the log had only grown: its line of the note."""

    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=16)  # the kid of its key, in hexadecimal
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_a_witness")
        ]


class LogPlace(models.Model):
    """Where a leaf stands in its log, and the first checkpoint that covers it."""

    leaf = models.OneToOneField(LogLeaf, models.PROTECT, related_name="place")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    index = models.PositiveBigIntegerField()
    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "index"], name="one_leaf_a_place")]


class SignedFile(models.Model):
    """The signed document of an intent, kept by its digest; nobody is given it before its release."""

    intent = models.OneToOneField(Intent, models.PROTECT, related_name="file")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class WaitingStamp(models.Model):
    """A signed file that has no time stamp yet: a queue, whose rows go away."""

    file = models.OneToOneField(SignedFile, models.PROTECT, primary_key=True, related_name="waiting_stamp")


class TimeStamp(models.Model):
    """A third party's word that a file was signed by then; put beside the signature whenever the file is handed out."""

    file = models.OneToOneField(SignedFile, models.PROTECT, related_name="stamp")
    token = models.BinaryField()  # a TimeStampToken (RFC 3161) in DER
    stamped_at = models.DateTimeField()  # as the token says
    at = models.DateTimeField()


class InstrumentQuerySet(ScopedQuerySet["Instrument"]):
    """Which instruments hold."""

    def in_force(self, *, at: datetime) -> "InstrumentQuerySet":
        """Those within their days, and neither revoked, suspended, superseded nor closed."""
        today = timezone.localdate(at)
        days = Q(intent__valid_from=None) | Q(intent__valid_from__lte=today)
        days &= Q(intent__valid_until=None) | Q(intent__valid_until__gte=today)
        return self.holding().filter(days)

    def holding(self) -> "InstrumentQuerySet":
        """Those that nobody ended or suspended, whatever the day; a copy holds while its original does."""
        originals = Instrument.objects.all().not_ended()
        return self.not_ended().filter(Q(intent__copies=None) | Q(intent__copies__in=originals))

    def not_ended(self) -> "InstrumentQuerySet":
        """Those that are themselves neither revoked, suspended, superseded nor closed."""
        newer = Instrument.objects.filter(intent__supersedes=OuterRef("pk"))
        suspended = Suspension.objects.filter(instrument=OuterRef("pk"), reinstatement=None)
        standing = self.filter(revocation=None, closure=None)
        return standing.exclude(Exists(newer)).exclude(Exists(suspended))

    def with_standing(self) -> "InstrumentQuerySet":
        """The same, each with `standing_as_read`: its own, or that of what it copies while it stands itself."""
        own, original = _standing(OuterRef("pk")), _standing(OuterRef("intent__copies"))
        stands = Q(standing_itself=Status.VALID)
        return self.annotate(standing_itself=own).annotate(
            standing_as_read=Case(When(stands, then=original), default=F("standing_itself"))
        )

    def of_services(self, services: Iterable[str]) -> "InstrumentQuerySet":
        """Those of these services, in whatever version: an amendment and a renewal stay what they were."""
        services = list(services)
        first = Intent.objects.filter(
            number=OuterRef("intent__number"), version=1, service_version__service__in=services
        )
        return self.filter(Exists(first) | Q(intent__service_version__service__in=services))


class Instrument(Scoped):
    """A released document: it exists only when everything about it was verified."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="instrument")
    file_digest = models.CharField(max_length=64)
    released_at = models.DateTimeField()

    authority_path = "intent__authority"
    objects = InstrumentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-released_at", "id"], name="instruments_newest_first")]

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
        """How it stands at a moment, by the facts recorded until now, or until it was read `with_standing`."""
        standing = Status(vars(self).get("standing_as_read") or self.standing)
        if standing is not Status.VALID:
            return standing
        today = timezone.localdate(at)
        if today in self.period:
            return Status.VALID
        return Status.NOT_YET_VALID if today < self.period.start else Status.EXPIRED

    @property
    def standing(self) -> Status:
        """How it stands, whatever the day: what the status list says."""
        return Status(vars(Instrument.objects.with_standing().get(pk=self.pk))["standing_as_read"])


def _standing(instrument: OuterRef) -> Case:
    """The one rule of how an instrument stands by what was recorded of it, without what it copies."""
    revoked = Revocation.objects.filter(instrument=instrument)
    newer = Instrument.objects.filter(intent__supersedes=instrument)
    closed = Closure.objects.filter(instrument=instrument)
    suspended = Suspension.objects.filter(instrument=instrument, reinstatement=None)
    return Case(
        When(Exists(revoked), then=Value(Status.REVOKED)),
        When(Exists(newer) | Exists(closed), then=Value(Status.SUPERSEDED)),
        When(Exists(suspended), then=Value(Status.SUSPENDED)),
        default=Value(Status.VALID),
        output_field=models.CharField(),
    )


class Suspension(models.Model):
    """An instrument is out of force until reinstated."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Reinstatement(models.Model):
    """The end of a suspension."""

    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="reinstatement")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Revocation(models.Model):
    """The end of an instrument, for good."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="revocation")
    reason = models.TextField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Closure(models.Model):
    """The end of an instrument whose purpose another one fulfils, as a completion certificate does a permit."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="closure")
    by = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Claim(models.Model):
    """An intent is going to close this instrument: the first one is, and no second one."""

    instrument = models.OneToOneField(Instrument, models.PROTECT, related_name="claim")
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="claim")
    at = models.DateTimeField()


class StallQuerySet(ScopedQuerySet["Stall"]):
    """Which stalls still hold somebody up."""

    def open(self) -> "StallQuerySet":
        """Those of applications that are granted and have no document yet."""
        issued = Instrument.objects.filter(intent__application=OuterRef("application"))
        return self.filter(application__stage=Stage.GRANTED).exclude(Exists(issued))


class Stall(Scoped):
    """Why a granted and paid application could not be issued: a row for each reason, the first time it was met."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="stalls")
    code = models.CharField(max_length=40)
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = StallQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="each_reason_once")]
        indexes = [models.Index(fields=["-at"], name="stalls_newest_first")]


class Decoy(models.Model):
    """A place of a status list that says what no instrument is, see `decoys`."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField()
    until = models.DateTimeField(null=True)  # a suspension that ends
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "status_list", "status_index"], name="decoy_once"),
        ]
