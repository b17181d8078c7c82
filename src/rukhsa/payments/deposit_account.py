"""Deposit accounts: the bank account to which an applicant wants the deposits of an application to go back."""

from datetime import datetime

from django.db import models, transaction
from django.utils.functional import Promise

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.catalogue.banks import BadAccountNumber, read_account_number
from rukhsa.catalogue.questions.iban import IbanQuestion
from rukhsa.jobs import advance_soon
from rukhsa.payments.errors import PaymentsError


class BadIban(PaymentsError):
    """No money can be sent to what was given as an account; `text` says why and what to do."""

    code = "bad-iban"

    def __init__(self, text: Promise | str) -> None:
        super().__init__(str(text))
        self.text = text


class DepositAccount(models.Model):
    """The account to which an applicant wants deposits of an application to go back; the newest counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="deposit_accounts")
    iban = models.CharField(max_length=34)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def give_account(application: Application, iban: str, *, actor: Actor, at: datetime) -> DepositAccount:
    """Record where the deposits of an application that the actor may see go back to, and queue what waited for it.

    Raises BadIban; NotPermitted for who acts by consent: money goes back to an account that the owner names."""
    if actor.represented:
        raise NotPermitted(Permission.APPLY, at=application.owner)
    account = DepositAccount.objects.create(
        application=application, iban=read_account(iban), given_by=actor.person, at=at
    )
    journal.record("give-deposit-account", application, actor=actor, at=at)
    advance_soon(application.pk)
    return account


def read_account(iban: str) -> str:
    """The number of an account to which money can go, in its canonical form. Raises BadIban."""
    try:
        return read_account_number(iban)
    except BadAccountNumber as error:
        raise BadIban(str(error.text)) from error


def iban_of(application: Application) -> str:
    """The account to which an application's money goes back, as the applicant gave it; or an empty text."""
    given = DepositAccount.objects.filter(application=application).order_by("-pk").first()
    return given.iban if given else _answered_iban(application)


def prefetched_iban_of(application: Application) -> str:
    """The same, where `deposit_accounts` was prefetched with the application."""
    given = max(application.deposit_accounts.all(), key=lambda each: each.pk, default=None)
    return given.iban if given else _answered_iban(application)


def _answered_iban(application: Application) -> str:
    questions = [
        question.id for question in application.definition.questions if isinstance(question, IbanQuestion)
    ]
    return next((str(application.answers[one]) for one in questions if application.answers.get(one)), "")
