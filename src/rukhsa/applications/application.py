"""Applications and the steps that they take, from one stage to the next."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import OF_APPLICANTS, Act, Stage, after
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Holder, Scope, Scoped, ScopedQuerySet, applicant
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.service_version import followed
from rukhsa.errors import RukhsaError

# How long a draft waits for the applicant. Assumed: no source states a period.
DRAFT_LASTS = timedelta(days=90)


class NotEditable(RukhsaError):
    """The application is with the authority, or closed: the applicant can change nothing now."""

    code = "not-editable"


class DraftExpired(RukhsaError):
    """The draft waited longer than drafts are kept."""

    code = "draft-expired"


class ApplicationQuerySet(ScopedQuerySet["Application"]):
    """Which applications an actor may open."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """What was submitted to the authorities in which the actor holds all of these permissions."""
        return super().on_which(actor, permission, *also).exclude(stage=Stage.DRAFT)

    def of_applicant(self, actor: Actor) -> Self:
        """An applicant's own, or those of the company for which the actor acts; none for staff."""
        if actor.represented:
            services = [each for each in actor.represented.services if _reads(actor, each)]
            owned = self.filter(applicant=actor.represented.owner, company=None)
            return owned.filter(service_version__service__in=services)
        if not actor.holds(Permission.READ_OWN, at=actor.oneself):
            return self.none()
        if actor.company:
            return self.filter(company=actor.company)
        return self.filter(applicant=actor.person, company=None)


def _reads(actor: Actor, service: str) -> bool:
    return actor.holds(Permission.READ_OWN, at=actor.own(service))


class Application(Scoped):
    """A request for a service, with the answers given so far.

    It keeps the form, the charges and the instrument of the version it began with; its process may be changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=24, null=True, unique=True)
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    process_version = models.ForeignKey(
        ServiceVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT)
    language = models.CharField(max_length=2, default="ar")
    typed = models.JSONField(default=dict)  # as it was typed, so that nothing is lost while it is wrong
    typed_on = models.JSONField(default=dict)  # the page on which each field was typed last (merge.py)
    answers = models.JSONField(default=dict)  # the part that is right, as values
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # How many steps officers added to its review: those that its definition does not have are read where there are any.
    added_steps = models.PositiveSmallIntegerField(default=0, db_default=0)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
                | Q(reference__isnull=False, authority__isnull=False, submitted_at__isnull=False),
                name="submitted_has_reference_and_authority",
            )
        ]
        indexes = [
            models.Index(fields=["authority", "stage", "submitted_at"], name="application_queue"),
            models.Index(fields=["applicant", "-saved_at"], name="application_of_applicant"),
            models.Index(fields=["company", "-saved_at"], name="application_of_company"),
            # The sweep for lost work reads these alone, and none that ended.
            models.Index(
                fields=["submitted_at"],
                condition=Q(stage__in=[Stage.SUBMITTED, Stage.RETURNED]),
                name="applications_open",
            ),
            models.Index(
                fields=["process_version"],
                condition=Q(process_version__isnull=False),
                name="applications_of_new_process",
            ),
            # What other rooms' lists ask of each application, without reading its answers.
            models.Index(fields=["id"], include=["authority", "stage"], name="application_reach"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    @property
    def definition(self) -> Definition:
        """The definition with which this application began, with the process that it follows now."""
        if self.process_version is None:
            return self.service_version.definition
        return followed(self.service_version, self.process_version)

    @property
    def owner(self) -> Scope:
        """The scope of the applicant, or of the company."""
        return applicant(self.applicant_id, self.company_id)

    @property
    def part(self) -> Scope:
        """The part of the owner's scope to which it belongs: what is of its service."""
        return applicant(self.applicant_id, self.company_id, service=self.service_version.service)

    @property
    def agents(self) -> list[Person]:
        """Those who submitted or withdrew it for the applicant, by consent or as a colleague, the last first."""
        steps = self.steps.filter(act__in=OF_APPLICANTS).exclude(actor=self.applicant_id).exclude(actor=None)
        return list(
            dict.fromkeys(step.actor for step in steps.select_related("actor").order_by("-id") if step.actor)
        )

    @property
    def cosigners(self) -> list[Person]:
        """The others who agreed to it, where its service asks for that; no statement where it does not."""
        if self.definition.co_signed_by is None and self.definition.submitted_with is None:
            return []
        agreed = self.signatories.filter(removed_at=None, signings__agreed=True)
        return list(Person.objects.filter(pk__in=agreed.values("signings__person")).order_by("pk"))


class Step(models.Model):
    """One act in the life of an application, recorded once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10, choices=Act)
    stage_before = models.CharField(max_length=10, choices=Stage)
    stage_after = models.CharField(max_length=10, choices=Stage)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    # What was submitted: the answers at that moment and the digests of the files.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="steps_by_day")]


def lock(application: Application) -> Application:
    """The same application, fresh and locked until the transaction ends."""
    rows = Application.objects.select_for_update(of=("self",))
    if not Application.service_version.is_cached(application):
        return rows.select_related("service_version").get(pk=application.pk)
    locked = rows.get(pk=application.pk)
    locked.service_version = application.service_version  # the version with which it began never changes
    return locked


def move(
    application: Application,
    act: Act,
    *,
    actor: Actor | None,
    at: datetime,
    content: dict[str, Any] | None = None,
) -> Step:
    """Move a locked application by one act, and record the step. Raises NotPossible."""
    before = Stage(application.stage)
    application.stage = after(before, act)
    application.save()
    record(act, application, actor=actor, at=at)
    return Step.objects.create(
        application=application,
        act=act,
        stage_before=before,
        stage_after=application.stage,
        actor=actor.person if actor else None,
        at=at,
        content=content or {},
    )


def lock_editable(application: Application, *, at: datetime | None = None) -> Application:
    """The same application, locked and fresh. Raises NotEditable, DraftExpired."""
    application = lock(application)
    require_editable(application, at=at)
    return application


def require_editable(application: Application, *, at: datetime | None = None) -> None:
    """Raise NotEditable or DraftExpired unless the applicant may still change it; `at` is for drafts."""
    if application.stage not in {Stage.DRAFT, Stage.RETURNED}:
        raise NotEditable(application.stage)
    if at and is_expired(application, at=at):
        raise DraftExpired


def is_open(application: Application, *, at: datetime) -> bool:
    """Whether the applicant may still change it."""
    return application.stage in {Stage.DRAFT, Stage.RETURNED} and not is_expired(application, at=at)


def is_expired(application: Application, *, at: datetime) -> bool:
    """Whether it is a draft that waited longer than drafts are kept."""
    return application.stage == Stage.DRAFT and at - application.saved_at > DRAFT_LASTS
