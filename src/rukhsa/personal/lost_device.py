"""A lost device: every session of an applicant is ended for them, its notices stop, and the person is told."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.notice import tell_of_own
from rukhsa.delivery.push_subscription import PushSubscription
from rukhsa.errors import RukhsaError
from rukhsa.staff.session import end_sessions


class Why(models.TextChoices):
    """Why an applicant is signed out: a code, since the journal holds no words about a person."""

    LOST = "lost-device", _("A phone or computer was lost or stolen")
    MISUSED = "misused", _("Another person may be using the account")
    LEFT_OPEN = "left-open", _("The person did not sign out on another person's device")


class NoSuchApplicant(RukhsaError):
    """No applicant has this personal number."""

    code = "no-such-applicant"


@transaction.atomic
def sign_out_applicant(number: str, why: Why, *, actor: Actor, at: datetime) -> int:
    """End every session of the applicant of a personal number; how many there were.

    Notices are shown on none of the person's devices any more, since one of them is in other hands. An account belongs
    to no one authority, so the permission counts wherever it is held. Raises NotPermitted, NoSuchApplicant.
    """
    actor.require_somewhere(Permission.END_SESSIONS)
    applicants = Person.objects.exclude(kind=PersonKind.STAFF).select_for_update(of=("self",))
    person = applicants.filter(personal_number=number).first() if number else None
    if person is None:
        raise NoSuchApplicant
    ended = end_sessions(person, why=why, by=actor.person, at=at)
    PushSubscription.objects.filter(person=person).delete()
    record_event(Event.END_SESSIONS, by=actor.person, about=person, at=at, why=why.value, ended=ended)
    tell_of_own(person, f"signed-out:{int(at.timestamp())}", language=person.language, at=at)
    return ended
