"""Deeds: a power of attorney, or a birth certificate, that an officer checks once; it then works as a consent."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.utils import timezone

from rukhsa.accounts.models import NO_MAIL, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import TERRITORY
from rukhsa.consents.consent import Consent, ConsentAnswer, ConsentRefused
from rukhsa.consents.request import tell_checked
from rukhsa.jobs import run_later

LONGEST: Final = timedelta(days=3653)


class Deed(models.Model):
    """The document on which a consent rests, and what it says of the person acted for. Written once."""

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="deed")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of the bytes as they were sent
    shown_digest = models.CharField(max_length=64)  # of the copy that officers see
    shown_media_type = models.CharField(max_length=40)
    owner_name = models.CharField(max_length=120)
    owner_birth = models.DateField(null=True)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A document as it was taken in, and the person acted for, as the agent names them."""

    name: str
    digest: str
    shown_digest: str
    shown_media_type: str
    owner_number: str
    owner_name: str
    owner_birth: date | None = None  # of a child


@transaction.atomic
def send(
    sent: Sent,
    services: Iterable[str],
    *,
    until: date | None,
    majority: int,
    actor: Actor,
    at: datetime,
) -> Consent:
    """Send a power of attorney until a day, or with a birth date a parent's birth certificate of a child.

    A parent acts until the day before the child is `majority` years old. Raises ConsentRefused."""
    if not actor.is_oneself:
        raise ConsentRefused("consent-not-passed-on")
    actor.require(Permission.APPLY, at=actor.oneself)
    if sent.owner_number == actor.person.personal_number:
        raise ConsentRefused("consent-of-oneself")
    today = timezone.localdate(at)
    is_parent = sent.owner_birth is not None
    last = day_before_majority(sent.owner_birth, majority) if sent.owner_birth else until
    if is_parent and last and last < today:
        raise ConsentRefused("deed-of-adult")
    if last is None or not today <= last or (not is_parent and last > today + LONGEST):
        raise ConsentRefused("deed-day")
    consent = Consent.objects.create(
        basis=Consent.Basis.PARENT if is_parent else Consent.Basis.POWER,
        agent=actor.person,
        owner_number=sent.owner_number,
        services=sorted(set(services)),
        until=last,
        code="",
        asked_at=at,
    )
    said = {field: value for field, value in asdict(sent).items() if field != "owner_number"}
    Deed.objects.create(consent=consent, **said)
    record("send-deed", consent, actor=actor, at=at, basis=consent.basis)
    return consent


@transaction.atomic
def check(consent: Consent, *, approved: bool, reason: str = "", actor: Actor, at: datetime) -> ConsentAnswer:
    """An officer's answer about the document, once; both people are told. Raises NotPermitted, ConsentRefused."""
    actor.require(Permission.CHECK_DEED, at=TERRITORY)  # a deed belongs to no one authority
    locked = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if actor.person.pk == locked.agent_id or actor.person.personal_number == locked.owner_number:
        raise ConsentRefused("deed-own")
    if not Consent.objects.to_check(at=at).filter(pk=locked.pk).exists():
        raise ConsentRefused("consent-answered")
    if not approved and not reason.strip():
        raise ConsentRefused("deed-reason-missing")
    record("approve-deed" if approved else "refuse-deed", locked, actor=actor, at=at)
    answer = ConsentAnswer.objects.create(
        consent=locked,
        owner=person_of(locked),
        given=approved,
        checked_by=actor.person,
        reason="" if approved else reason.strip()[:1000],
        at=at,
    )
    run_later(tell_checked, consent=str(locked.pk))
    return answer


def day_before_majority(birth: date, years: int) -> date:
    """The last day on which a parent acts; of a birth on 29 February, the last of that month."""
    try:
        of_age = birth.replace(year=birth.year + years)
    except ValueError:
        of_age = date(birth.year + years, 3, 1)
    return of_age - timedelta(days=1)


def person_of(consent: Consent) -> Person:
    """The person acted for; one who never signed in is made of what the document says, and eKey completes it later."""
    found = Person.objects.filter(personal_number=consent.owner_number).first()
    if found:
        return found
    person = Person(
        id=uuid.uuid4(),
        personal_number=consent.owner_number,
        kind=consent.agent.kind,
        name_ar=consent.deed.owner_name,
        name_en=consent.deed.owner_name,
        birth_date=consent.deed.owner_birth,
        language=consent.agent.language,
    )
    person.email = f"{person.pk}{NO_MAIL}"
    person.set_unusable_password()
    person.save()
    return person
