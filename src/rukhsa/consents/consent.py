"""A consent: asked for by who wants to act, answered in the owner's own sign-in, and withdrawn by the owner at once."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from rukhsa.accounts.models import Company, Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor, NotPermitted, Represented
from rukhsa.consents.request import ask_owner
from rukhsa.errors import RukhsaError
from rukhsa.jobs import run_later
from rukhsa.locks import one_at_a_time
from rukhsa.values.names import Text

LONGEST = timedelta(days=730)
WAITS = timedelta(days=14)  # for the owner's answer
MOST_OPEN = 20  # requests of one person that wait


class ConsentRefused(RukhsaError):
    """The request cannot be made or answered so; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Which consents hold, and which wait."""

    def in_force(self, *, at: datetime) -> Self:
        """Those that the owner gave, and that have neither ended nor been withdrawn."""
        return self.filter(answer__given=True, end=None, until__gte=timezone.localdate(at))

    def waiting(self, *, at: datetime) -> Self:
        """Those that their owner has not answered and can still answer; a child is not asked."""
        open_ = self.exclude(basis=Consent.Basis.PARENT)
        return open_.filter(answer=None, asked_at__gt=at - WAITS, until__gte=timezone.localdate(at))

    def to_check(self, *, at: datetime) -> Self:
        """Those that rest on a document which no officer has checked."""
        return self.exclude(deed=None).filter(answer=None, end=None, until__gte=timezone.localdate(at))

    def of_owner(self, actor: Actor) -> Self:
        """Those that name the person who acts, by personal number; none while the person acts for another."""
        if not actor.holds(Permission.READ_OWN, at=actor.oneself) or not actor.is_oneself:
            return self.none()
        return self.filter(owner_number=actor.person.personal_number)

    def held_by(self, person: Person, *, at: datetime) -> Self:
        """Those in force by which a person may act, directly or for a company that eKey names."""
        companies = person.representations.in_force(at=at).values("company")
        return (
            self.in_force(at=at)
            .filter(Q(agent=person, company=None) | Q(company__in=companies))
            .exclude(answer__owner=person)
        )


class Consent(models.Model):
    """A request to act for the person of a personal number, for some services until a day. Written once."""

    class Basis(models.TextChoices):
        CONSENT = "consent"  # of the owner, in an own sign-in
        POWER = "power-of-attorney"
        PARENT = "parent"  # of a minor, by the birth certificate

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.CONSENT)
    agent = models.ForeignKey(Person, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    owner_number = models.CharField(max_length=20)
    services = models.JSONField()
    until = models.DateField()
    code = models.CharField(max_length=6)  # shown to both, so that the owner can compare
    asked_at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner_number", "-asked_at"], name="consents_of_owner")]

    @property
    def holder(self) -> Text:
        """The name of who may act by it: the company, or the person who asked."""
        return (self.company or self.agent).name


class ConsentAnswer(models.Model):
    """What the owner answered, signed in as the person of the personal number, or an officer about a deed.

    Written once.
    """

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="answer")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given = models.BooleanField()
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # the officer
    reason = models.CharField(max_length=1000, blank=True)  # why a deed was refused
    at = models.DateTimeField()


class ConsentEnd(models.Model):
    """A consent ended before its day, by its owner or by who held it. Written once."""

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="end")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def ask(owner_number: str, services: Iterable[str], *, until: date, actor: Actor, at: datetime) -> Consent:
    """Ask the person of a personal number to let the actor, or the actor's company, apply for them.

    It says the same whether or not that person is known here. Raises ConsentRefused.
    """
    if actor.represented:
        raise ConsentRefused("consent-not-passed-on")
    actor.require(Permission.APPLY, at=actor.oneself)
    today = timezone.localdate(at)
    if owner_number == actor.person.personal_number:
        raise ConsentRefused("consent-of-oneself")
    if not today <= until <= today + LONGEST:
        raise ConsentRefused("consent-too-long")
    one_at_a_time(f"consents:{actor.person.pk}")
    if Consent.objects.waiting(at=at).filter(agent=actor.person).count() >= MOST_OPEN:
        raise ConsentRefused("too-many-consents")
    consent = Consent.objects.create(
        agent=actor.person,
        company=actor.company,
        owner_number=owner_number,
        services=sorted(set(services)),
        until=until,
        code=f"{secrets.randbelow(10**6):06}",
        asked_at=at,
    )
    record("ask-consent", consent, actor=actor, at=at)
    run_later(ask_owner, consent=str(consent.pk))
    return consent


@transaction.atomic
def answer(consent: Consent, *, given: bool, actor: Actor, at: datetime) -> ConsentAnswer:
    """The owner's answer, once. Raises NotPermitted for anyone else, ConsentRefused when it can no longer be given."""
    if not actor.is_oneself or actor.person.personal_number != consent.owner_number:
        raise NotPermitted(Permission.APPLY)
    locked = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if not Consent.objects.waiting(at=at).filter(pk=locked.pk).exists():
        raise ConsentRefused("consent-answered")
    record("give-consent" if given else "decline-consent", locked, actor=actor, at=at)
    return ConsentAnswer.objects.create(consent=locked, owner=actor.person, given=given, at=at)


@transaction.atomic
def withdraw(consent: Consent, *, actor: Actor, at: datetime) -> None:
    """End a consent at once, by its owner or by who holds it; ending it twice changes nothing. Raises NotPermitted."""
    locked = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    is_owner = actor.is_oneself and actor.person.personal_number == locked.owner_number
    is_owner = is_owner and locked.basis != Consent.Basis.PARENT
    is_holder = Consent.objects.held_by(actor.person, at=at).filter(pk=locked.pk).exists()
    if not (is_owner or is_holder):
        raise NotPermitted(Permission.APPLY)
    if not ConsentEnd.objects.filter(consent=locked).exists():
        ConsentEnd.objects.create(consent=locked, by=actor.person, at=at)
        record("withdraw-consent", locked, actor=actor, at=at)


def represented(person: Person, consent: str, *, at: datetime) -> Represented | None:
    """For whom a person acts by a consent at this moment; None when it does not hold, or is not theirs."""
    held = Consent.objects.held_by(person, at=at).filter(pk=consent).select_related("answer__owner").first()
    if held is None or not held.answer.owner.is_active:
        return None
    return Represented(owner=held.answer.owner, services=frozenset(held.services), until=held.until)


def still_holding(people: Iterable[Person], owner: Person, service: str, *, at: datetime) -> list[Person]:
    """Those of some people who may act for an owner in a service at this moment."""
    given = Consent.objects.filter(answer__owner=owner, services__contains=[service])
    return [one for one in people if given.held_by(one, at=at).exists()]
