"""Invitations: a link that opens once and for some hours, by which one of the staff sets their own password."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.errors import RukhsaError
from rukhsa.staff.letter import tell
from rukhsa.staff.session import end_sessions

_SALT = "rukhsa invitations of staff"


class InvitationEnded(RukhsaError):
    """The link was used, is too old, was followed by a newer one, or was never made."""

    code = "invitation-ended"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations can still be used."""

    def open(self, *, at: datetime) -> "InvitationQuerySet":
        """Those that were not used and have not ended."""
        return self.filter(use=None, ends_at__gt=at, person__is_active=True)


class Invitation(models.Model):
    """A person may set up their account until `ends_at`.

    Its link is not kept: it follows from the id and the secret of the deployment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # None: an operator
    at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="invitations_newest_first")]


class InvitationUse(models.Model):
    """That an invitation was used; the database lets it happen once."""

    invitation = models.OneToOneField(Invitation, models.PROTECT, primary_key=True, related_name="use")
    at = models.DateTimeField()


@transaction.atomic
def invite(person: Person, *, by: Person | None, letter: str = "invitation", at: datetime) -> Invitation:
    """Send a person a new link; earlier links stop working."""
    invitation = Invitation.objects.create(
        person=person, made_by=by, at=at, ends_at=at + settings.CONFIG.invitation_lasts
    )
    tell(person, letter, at=at, invitation=invitation.pk)
    record_event(Event.INVITE, by=by, about=person, at=at)
    return invitation


def address_of(invitation: str) -> str:
    """The path of the link of an invitation."""
    return reverse("welcome", args=[signing.Signer(salt=_SALT).sign(invitation)])


def opened(token: str, *, at: datetime) -> Invitation:
    """The invitation of a link. Raises InvitationEnded."""
    try:
        pk = uuid.UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        raise InvitationEnded from None
    invitation = Invitation.objects.open(at=at).select_related("person").filter(pk=pk).first()
    if (
        invitation is None
        or Invitation.objects.filter(person=invitation.person, at__gt=invitation.at).exists()
    ):
        raise InvitationEnded
    return invitation


@transaction.atomic
def accept(invitation: Invitation, password: str, *, at: datetime) -> Person:
    """Use an invitation: the person has the password that they chose. Raises ValidationError, InvitationEnded."""
    person = Person.objects.select_for_update().get(pk=invitation.person_id)
    validate_password(password, person)
    try:
        with transaction.atomic():
            InvitationUse.objects.create(invitation=invitation, at=at)
    except IntegrityError:
        raise InvitationEnded from None
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person, why="invitation-accepted", by=person, at=at)
    record_event(Event.ACCEPT_INVITATION, by=person, about=person, at=at)
    return person
