"""Field reports: what a device sends of a visit, once; where it meets another fact, a person decides which counts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import lock
from rukhsa.applications.interest import OwnInterest, require_no_interest
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.review import inspection as visits
from rukhsa.review.inspection import Inspection, InspectionReport, OnSite, Said
from rukhsa.rounds.errors import OwnReport, PhotosMissing, ReasonMissing, SettledBefore
from rukhsa.rounds.field_photo import photos_of
from rukhsa.rounds.round import Stop


class Conflict(models.TextChoices):
    """What a report met when it arrived."""

    NONE = "", _("none")
    REPORTED = "reported", _("Another report of this visit arrived first.")
    REASSIGNED = "reassigned", _("The visit was given to another inspector meanwhile.")
    WITHDRAWN = "withdrawn", _("The visit is no longer asked for.")
    ENDED = "ended", _("The application was decided, withdrawn or returned meanwhile.")
    OWN_INTEREST = "own-interest", _("The inspector has an interest in this application.")


class FieldReportQuerySet(ScopedQuerySet["FieldReport"]):
    """Reports that devices sent."""

    def in_conflict(self) -> "FieldReportQuerySet":
        """Those that wait for a person to decide."""
        return self.exclude(conflict="").exclude(said={}).filter(settlement=None)


class FieldReport(Scoped):
    """A report as a device sent it: taken as the visit's report at once, or in conflict. Written once, by its key."""

    id = models.UUIDField(primary_key=True, editable=False)  # made by the device, so that it arrives once
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+")
    said = models.JSONField()  # of `Said`
    seen = models.BigIntegerField(null=True)  # the newest report that the device knew
    conflict = models.CharField(max_length=12, choices=Conflict, blank=True)
    report = models.ForeignKey(InspectionReport, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    at = models.DateTimeField()

    authority_path = "inspection__application__authority"
    objects = FieldReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(conflict="", report__isnull=False) | (~Q(conflict="") & Q(report=None)),
                name="taken_or_in_conflict",
            )
        ]
        indexes = [models.Index(fields=["-at"], condition=~Q(conflict=""), name="reports_in_conflict")]

    @property
    def why(self) -> Promise | str:
        """What it met, in words."""
        return Conflict(self.conflict).label

    @property
    def content(self) -> Said:
        """What the device said."""
        told = dict(self.said)
        on_site = OnSite(**told.pop("on_site") | {"made_at": self.made_at})
        return Said(**told, on_site=on_site)


class Settlement(Scoped):
    """That a person decided whether a report in conflict counts, and why. Nothing of either report is lost."""

    class Choice(models.TextChoices):
        """Which of the two counts."""

        TAKE = "take", _("The report from the device counts")
        LEAVE = "leave", _("What stands counts")

    field_report = models.OneToOneField(FieldReport, models.PROTECT, related_name="settlement")
    choice = models.CharField(max_length=5, choices=Choice)
    reason = models.CharField(max_length=400)
    report = models.OneToOneField(InspectionReport, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    authority_path = "field_report__inspection__application__authority"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A report as a device sends it; `photos` and `signature` are the keys of pictures that were sent before."""

    key: uuid.UUID
    passed: bool
    points: Mapping[str, bool]
    text: str
    records: Mapping[str, Any]
    photos: Sequence[uuid.UUID]
    present: str
    signature: uuid.UUID | None
    seen: int | None
    made_at: datetime


@transaction.atomic
def receive(inspection: uuid.UUID, sent: Sent, *, actor: Actor, at: datetime) -> FieldReport:
    """Take a report from a device: as the visit's report, or in conflict where something happened meanwhile.

    The same key again changes nothing, and answers as before. Raises PhotosMissing, and what `inspection.report` raises
    of the content; then nothing is kept here, and the device still has it.
    """
    actor.require_somewhere(Permission.INSPECT)
    visit = Inspection.objects.on_which(actor, Permission.INSPECT).get(pk=inspection)
    lock(visit.application)
    if same := FieldReport.objects.filter(pk=sent.key, inspection=visit, by=actor.person).first():
        return same
    said = _said(sent, visit, actor.person)
    conflict = _conflict_of(visit, sent, actor)
    report = None
    if conflict is Conflict.NONE:
        fields = {name: getattr(said, name) for name in said.__dataclass_fields__}
        report = visits.report(visit, **fields, actor=actor, at=at)
    kept = FieldReport.objects.create(
        id=sent.key,
        inspection=visit,
        said=_as_json(said),
        seen=sent.seen,
        conflict=conflict,
        report=report,
        by=actor.person,
        made_at=sent.made_at,
        at=at,
    )
    record("receive-field-report", visit, actor=actor, at=at, conflict=str(conflict.value))
    return kept


@transaction.atomic
def settle(
    field_report: FieldReport, choice: Settlement.Choice, reason: str, *, actor: Actor, at: datetime
) -> Settlement:
    """Decide which of two reports of a visit counts; both stay. The same again changes nothing.

    Raises OwnReport, ReasonMissing, SettledBefore; Closed where nothing can be reported any more.
    """
    actor.require_somewhere(Permission.SETTLE_REPORT)
    found = FieldReport.objects.on_which(actor, Permission.SETTLE_REPORT).exclude(conflict="")
    field_report = found.select_related("inspection__application", "by").get(pk=field_report.pk)
    lock(field_report.inspection.application)
    if field_report.by_id == actor.person.pk:
        raise OwnReport
    if not (reason := reason.strip()):
        raise ReasonMissing
    if before := Settlement.objects.filter(field_report=field_report).first():
        if before.choice != choice:
            raise SettledBefore
        return before
    report = None
    if choice == Settlement.Choice.TAKE:
        report = visits.accept(
            field_report.inspection, field_report.content, field_report.by, actor=actor, at=at
        )
    made = Settlement.objects.create(
        field_report=field_report, choice=choice, reason=reason, report=report, by=actor.person, at=at
    )
    record("settle-field-report", field_report.inspection, actor=actor, at=at, choice=str(choice))
    return made


def _said(sent: Sent, visit: Inspection, person: Person) -> Said:
    """What is reported, once all its pictures have arrived."""
    photos = photos_of(sent.photos, visit, person)
    signed = photos_of([sent.signature] if sent.signature else [], visit, person)
    if len(photos) != len(set(sent.photos)) or bool(signed) != bool(sent.signature):
        raise PhotosMissing
    on_site = OnSite(
        made_at=sent.made_at,
        present=sent.present.strip()[:120],
        signature=signed[0].shown_digest if signed else "",
        taken={photo.shown_digest: photo.facts for photo in photos},
    )
    return Said(
        passed=sent.passed,
        points=dict(sent.points),
        text=sent.text.strip(),
        photos=list(dict.fromkeys(photo.shown_digest for photo in photos)),
        records=dict(sent.records),
        on_site=on_site,
    )


def _as_json(said: Said) -> dict[str, Any]:
    told = asdict(said)
    del told["on_site"]["made_at"]  # a column has it
    return told


def _conflict_of(visit: Inspection, sent: Sent, actor: Actor) -> Conflict:
    """What stands against taking the report as it is; read under the lock of the application."""
    found = Inspection.objects.filter(pk=visit.pk)
    if not found.filter(visits.still_wanted()).exists():
        return Conflict.ENDED
    if not found.wanted().exists():
        return Conflict.WITHDRAWN
    newest = visit.newest_report
    if (newest.pk if newest else None) != sent.seen or not found.open().exists():
        return Conflict.REPORTED
    stop = Stop.objects.standing().filter(inspection=visit).select_related("round").first()
    if stop and stop.round and stop.round.inspector_id != actor.person.pk:
        return Conflict.REASSIGNED
    try:
        require_no_interest(visit.application, actor.person)
    except OwnInterest:
        return Conflict.OWN_INTEREST
    return Conflict.NONE
