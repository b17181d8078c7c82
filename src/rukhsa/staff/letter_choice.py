"""How one of the staff wants to be told of work: at once, once a day or not by mail; and of the figures each week."""

from datetime import datetime

from django.db import models

from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor


class How(models.TextChoices):
    """When letters about work are sent; letters about the account itself are always sent."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


class LetterChoice(models.Model):
    """What one person chose; without a row, one letter a day."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="letter_choice")
    how = models.CharField(max_length=8, choices=How, default=How.DAILY)
    figures = models.BooleanField(default=False, db_default=False)  # each week, to those who may read them
    at = models.DateTimeField()


def choice_of(person: Person) -> How:
    """How a person wants to be told of work."""
    return How(letters_of(person).how)


def letters_of(person: Person) -> LetterChoice:
    """What a person chose; without a choice, one letter a day and no figures."""
    return LetterChoice.objects.filter(person=person).first() or LetterChoice(person=person)


def choose(how: How, *, figures: bool = False, actor: Actor, at: datetime) -> LetterChoice:
    """Choose for oneself."""
    chosen, _new = LetterChoice.objects.update_or_create(
        person=actor.person, defaults={"how": how, "figures": figures, "at": at}
    )
    record("choose-letters", actor.person, actor=actor, at=at, how=how, figures=figures)
    return chosen
