"""What members of staff declare of themselves, so that no one acts on their own or a relative's application."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.values.writing import latin_digits

MOST = 30  # relatives, and companies, that a person may name


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    """What people declared."""

    def newest_of(self, person: Person) -> "Declaration | None":
        """What the person declared last."""
        return self.filter(person=person).order_by("-id").first()


class Declaration(models.Model):
    """One's own personal number, those of the household and relatives, one's companies and home. Written once; the
    newest counts. Only the person reads it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    personal_number = models.CharField(max_length=20)
    relatives = ArrayField(models.CharField(max_length=20), default=list)  # personal numbers
    companies = ArrayField(models.CharField(max_length=20), default=list)  # registrations
    home = ArrayField(models.CharField(max_length=10), default=list)  # flat, building, road, block; or empty
    at = models.DateTimeField()

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="declarations_newest_first")]

    @property
    def numbers(self) -> list[str]:
        """The personal numbers of the person and of those named."""
        return [self.personal_number, *self.relatives]


def declare(
    personal_number: str,
    *,
    relatives: Sequence[str] = (),
    companies: Sequence[str] = (),
    home: Sequence[str] = (),
    actor: Actor,
    at: datetime,
) -> Declaration:
    """Write down what the actor declares; the journal says that it was done, and nothing of its content."""
    made = Declaration.objects.create(
        person=actor.person,
        personal_number=_plain(personal_number),
        relatives=[_plain(each) for each in relatives][:MOST],
        companies=[_plain(each) for each in companies][:MOST],
        home=[_plain(each) for each in home],
        at=at,
    )
    record("declare-interests", actor.person, actor=actor, at=at)
    return made


def _plain(typed: str) -> str:
    return latin_digits(typed).strip()
