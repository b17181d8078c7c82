"""Applications, the steps they took, and what was attached."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.term import Term
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Holder, Scope, Scoped, ScopedQuerySet, applicant
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.models import ServiceVersion, followed

__all__ = [
    "Application",
    "ApplicationQuerySet",
    "Attachment",
    "AttachmentVerdict",
    "ProcessChange",
    "QuotaUse",
    "Renewing",
    "Step",
    "Term",
]


class ApplicationQuerySet(ScopedQuerySet["Application"]):
    """Which applications an actor may reach."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """What was submitted to the authorities in which the actor holds all of these permissions."""
        return super().on_which(actor, permission, *also).exclude(stage=Stage.DRAFT)

    def of_applicant(self, actor: Actor) -> Self:
        """An applicant's own, or those of the company for which the actor acts; none for staff."""
        if not actor.holds(Permission.READ_OWN, at=actor.oneself):
            return self.none()
        if actor.company:
            return self.filter(company=actor.company)
        return self.filter(applicant=actor.person, company=None)


class Application(Scoped):
    """A request for a service, with the answers given so far.

    It keeps the form, the charges and the instrument of the version it began with; its process may be migrated.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=24, null=True, unique=True)
    service_version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    process_version = models.ForeignKey(ServiceVersion, models.PROTECT, null=True, related_name="+")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT)
    language = models.CharField(max_length=2, default="ar")
    typed = models.JSONField(default=dict)  # as it was typed, so that nothing is lost while it is wrong
    answers = models.JSONField(default=dict)  # what of it is right, as values
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

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
        """Whose own it is: the applicant's, or the company's."""
        return applicant(self.applicant_id, self.company_id)


class ProcessChange(models.Model):
    """That an officer had an application follow the process of a newer version from then on, and why."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="process_changes")
    before = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    after = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Step(models.Model):
    """One act in the life of an application, recorded once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10, choices=Act)
    stage_before = models.CharField(max_length=10, choices=Stage)
    stage_after = models.CharField(max_length=10, choices=Stage)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # What was submitted, word for word: the answers at that moment and the digests of the files.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Which files count."""

    def present(self) -> "AttachmentQuerySet":
        """Those that were not taken away again."""
        return self.filter(removed_at=None)


class Attachment(Scoped):
    """A file given for one of the documents that the service asks for; bytes are stored by digest.

    `digest` is of the bytes as they were sent, which are evidence; `shown_digest` of the copy that officers see
    (docs/decisions/0051).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    document = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    shown_digest = models.CharField(max_length=64, default="")  # empty: not made yet
    shown_media_type = models.CharField(max_length=40, default="")
    notes = models.JSONField(default=list)  # of rukhsa.files.accepted.NOTES
    is_sealed = models.BooleanField(default=False)  # carries, or shows the code of, a document to verify
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    authority_path = "application__authority"
    objects = AttachmentQuerySet.as_manager()


class QuotaUse(models.Model):
    """One of the many that a quota allows its holder in a period, used by an application.

    The row goes away when the application ends without an instrument.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="quota_use")
    quota = models.CharField(max_length=60)
    holder = models.CharField(max_length=200)  # the applicant's key, or the answer by which it is counted
    since = models.DateField()  # the first day of the month, the year or the season
    number = models.PositiveIntegerField()  # from 1 to what is allowed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "holder", "since", "number"], name="quota_used_once"),
        ]


class AttachmentVerdict(models.Model):
    """What verification said of an attached document at one moment; a later row says what has changed since."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="verdicts")
    word = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    told = models.JSONField()  # docs/formats/verdict.md: the facts and sentences in both languages
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Renewing(models.Model):
    """That an application renews the document of a number: one at a time. The row goes away when it ends."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="renewing")
    number = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="one_renewal_at_a_time")]
