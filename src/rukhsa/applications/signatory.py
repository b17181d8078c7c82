"""Signatories: others, such as heirs or partners, who must agree before an application is submitted."""

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import taking_part
from rukhsa.applications.answers import Problem
from rukhsa.applications.application import Application, lock_editable
from rukhsa.applications.stages import Stage
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.catalogue.definition import co_signing
from rukhsa.errors import RukhsaError
from rukhsa.jobs import run_named_later
from rukhsa.values.names import Text

WAITS: Final = timedelta(days=14)  # for an answer, as a consent does
REMINDED: Final = timedelta(days=7)
AGAIN: Final = timedelta(hours=1)  # between two messages to one telephone, however often is pressed
MOST: Final = 50
COMPANY_TO_AGREE: Final = _(
    "Name a person who signs for this company, by eKey, or let the company apply for you by your consent."
)
ABOUT: Final = "co-signed-by"  # what a problem with them is about


class SignatoryRefused(RukhsaError):
    """The signatory cannot be named, or cannot sign so; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Which signatories count, and which wait for a person."""

    def named(self) -> Self:
        """Those whom the applicant did not take back, each with the content that was signed last."""
        last = Signing.objects.filter(signatory=OuterRef("pk")).order_by("-id")
        return self.filter(removed_at=None).annotate(
            signed=Subquery(last.values("content")[:1]), agreed=Subquery(last.values("agreed")[:1])
        )

    def of_person(self, actor: Actor, *, at: datetime) -> Self:
        """Those by which a person is asked, by personal number; none while the person acts for another."""
        if not actor.is_oneself or not actor.person.personal_number:
            return self.none()
        open_ = self.named().filter(application__stage__in=[Stage.DRAFT, Stage.RETURNED])
        return open_.filter(number=actor.person.personal_number, asked_at__gt=at - WAITS)


class Signatory(models.Model):
    """A person whose agreement an application needs: named by the applicant, by personal number and phone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="signatories")
    number = models.CharField(max_length=20)
    phone = models.CharField(max_length=20)
    code = models.CharField(max_length=6)  # shown to both, so that they can compare
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    asked_at = models.DateTimeField()  # last; an answer is waited for from here
    removed_at = models.DateTimeField(null=True)

    signed: str | None  # of `named`: the content that was signed last, and whether it was agreed to
    agreed: bool | None

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        ordering = ["named_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"],
                condition=models.Q(removed_at=None),
                name="signatory_once_in_an_application",
            )
        ]
        indexes = [models.Index(fields=["number", "-asked_at"], name="signatories_by_number")]


class Signing(models.Model):
    """What a signatory answered, in an own sign-in, about what the application said then. Written once."""

    signatory = models.ForeignKey(Signatory, models.PROTECT, related_name="signings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    agreed = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    content = models.CharField(max_length=64)  # the digest of the answers and files
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signatory and how it stands: `agreed`, `declined`, `changed` since then, `waiting`, or `over`."""

    signatory: Signatory
    state: str
    signing: Signing | None


@transaction.atomic
def name(application: Application, number: str, phone: str, *, actor: Actor, at: datetime) -> Signatory:
    """Ask the person of a personal number to agree. Raises SignatoryRefused, NotEditable, NotPermitted."""
    actor.require(Permission.APPLY, at=application.part)
    application = lock_editable(application, at=at)
    if number == application.applicant.personal_number:
        raise SignatoryRefused("signatory-is-applicant")
    present = application.signatories.filter(removed_at=None)
    if present.filter(number=number).exists():
        raise SignatoryRefused("signatory-named")
    if application.signatories.count() >= MOST:
        raise SignatoryRefused("too-many-signatories")
    signatory = Signatory.objects.create(
        application=application,
        number=number,
        phone=phone,
        code=f"{secrets.randbelow(10**6):06}",
        named_by=actor.person,
        named_at=at,
        asked_at=at,
    )
    record("name-signatory", signatory, actor=actor, at=at)
    _ask(signatory)
    return signatory


@transaction.atomic
def remove(signatory: Signatory, *, actor: Actor, at: datetime) -> None:
    """Take a signatory back; what they answered stays in the record."""
    actor.require(Permission.APPLY, at=signatory.application.part)
    lock_editable(signatory.application)
    if Signatory.objects.filter(pk=signatory.pk, removed_at=None).update(removed_at=at):
        record("remove-signatory", signatory, actor=actor, at=at)


@transaction.atomic
def ask_again(application: Application, *, actor: Actor, at: datetime) -> None:
    """Ask those who have not agreed to what the application says now, and were not asked within the hour."""
    actor.require(Permission.APPLY, at=application.part)
    lock_editable(application, at=at)
    for each in standing_of(application, at=at):
        if each.state != "agreed" and at - each.signatory.asked_at >= AGAIN:
            Signatory.objects.filter(pk=each.signatory.pk).update(asked_at=at)
            record("name-signatory", each.signatory, actor=actor, at=at)
            _ask(each.signatory)


@transaction.atomic
def sign(
    signatory: Signatory, *, agreed: bool, content: str, reason: str = "", actor: Actor, at: datetime
) -> Signing:
    """Agree, or decline with a reason, to what the page showed (`content`).

    Raises NotPermitted for anyone else, SignatoryRefused where a reason is missing, the answers changed since the page
    was opened, or no answer is waited for any more."""
    if not actor.is_oneself or actor.person.personal_number != signatory.number:
        raise NotPermitted(Permission.APPLY)
    lock_editable(signatory.application)
    if not Signatory.objects.of_person(actor, at=at).filter(pk=signatory.pk).exists():
        raise SignatoryRefused("signing-over")
    if not agreed and not reason.strip():
        raise SignatoryRefused("signing-reason-missing")
    if content != content_of(signatory.application):
        raise SignatoryRefused("signing-changed")
    signing = Signing.objects.create(
        signatory=signatory,
        person=actor.person,
        agreed=agreed,
        reason="" if agreed else reason.strip()[:1000],
        content=content,
        at=at,
    )
    record("sign-application" if agreed else "decline-to-sign", signatory, actor=actor, at=at)
    run_named_later("applications.tell_signing", queue="delivery", signing=signing.pk)
    return signing


def standing_of(application: Application, *, at: datetime) -> list[Signed]:
    """How each signatory stands, in the order in which they were named; three statements."""
    content = content_of(application)
    named = list(application.signatories.named())
    last = {
        one.signatory_id: one for one in Signing.objects.filter(signatory__in=named).select_related("person")
    }
    return [
        Signed(
            signatory=each, state=state_of(each, last.get(each.pk), content, at), signing=last.get(each.pk)
        )
        for each in named
    ]


def state_of(signatory: Signatory, signing: Signing | None, content: str, at: datetime) -> str:
    """How a signatory stands, whose last answer this is."""
    if signing and signing.content == content:
        return "agreed" if signing.agreed else "declined"
    if at - signatory.asked_at > WAITS:
        return "over"
    return "changed" if signing else "waiting"


def problems(application: Application, *, at: datetime) -> tuple[Problem, ...]:
    """A problem while someone is to be named, or one of those named has not agreed to what it says now."""
    if not wanted_by(application):
        return ()
    found = standing_of(application, at=at)
    if any(each.state != "agreed" for each in found):
        return (Problem(about=ABOUT, code="signatures-missing", text=_("Wait until all have agreed.")),)
    agreed = {each.signing.person_id for each in found if each.signing}
    staff = set(taking_part.of_company(application, at=at).filter(pk__in=agreed).values_list("pk", flat=True))
    if co_signing(application.definition, application.answers) and not agreed - staff:
        return (Problem(about=ABOUT, code="signatories-missing", text=_("Name who else must agree.")),)
    if not staff and taking_part.is_missing(application, at=at):
        return (Problem(about=ABOUT, code="company-to-agree", text=COMPANY_TO_AGREE),)
    return ()


def wanted_by(application: Application) -> list[Text]:
    """Whom the applicant is to name, where the agreement of others is needed with these answers."""
    owners = co_signing(application.definition, application.answers)
    company = application.definition.submitted_with
    return [each.who for each in (owners, company) if each]


def content_of(application: Application) -> str:
    """The digest of what is signed: the answers as they count, and the files."""
    files = application.attachments.present().order_by("document", "digest").values_list("document", "digest")
    said = json.dumps(
        [application.answers, [list(each) for each in files]], sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _ask(signatory: Signatory) -> None:
    run_named_later("applications.ask_signatory", queue="delivery", signatory=str(signatory.pk))
