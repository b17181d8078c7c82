"""Unclaimed deposits: what could go back and does not, listed with its age, and its owner told by rule, once each."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit import journal
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.banks import BadAccountNumber, read_account_number
from rukhsa.jobs import advance_soon
from rukhsa.payments.errors import BadIban
from rukhsa.payments.held import DepositAccount, HeldDeposit
from rukhsa.payments.models import ChargeLine

# Assumed: no source says how often an owner is told.
REMINDERS = (timedelta(0), timedelta(days=30), timedelta(days=90))


def unclaimed(actor: Actor) -> QuerySet[HeldDeposit]:
    """What is unclaimed where the actor reads about money, the oldest first."""
    ours = HeldDeposit.objects.on_which(actor, Permission.READ_MONEY).filter(unclaimed_since__isnull=False)
    return ours.order_by("unclaimed_since", "pk")


def mark(lines: QuerySet[ChargeLine], *, at: datetime) -> int:
    """Say of deposits that they are unclaimed from now on; again changes nothing."""
    found = HeldDeposit.objects.filter(line__in=lines, unclaimed_since=None)
    return found.update(unclaimed_since=at)


def remind(*, at: datetime, tell: Callable[[HeldDeposit, int], None], only: int = 200) -> int:
    """Tell the owners whose turn it is, each of the reminders once; how many. Its cost grows with what is unclaimed."""
    told = 0
    for number, after in enumerate(REMINDERS):
        due = HeldDeposit.objects.filter(reminders=number, unclaimed_since__lte=at - after)
        needed = ("line__charge__application__applicant",)
        for held in due.select_related(*needed).order_by("unclaimed_since")[:only]:
            tell(held, number)
            HeldDeposit.objects.filter(pk=held.pk, reminders=number).update(reminders=number + 1)
            told += 1
    return told


@transaction.atomic
def give_account(application: Application, iban: str, *, actor: Actor, at: datetime) -> DepositAccount:
    """Write down where the deposits of an application that the actor reached go back to: what waited for it goes on.

    Raises BadIban."""
    account = DepositAccount.objects.create(
        application=application, iban=read_account(iban), given_by=actor.person, at=at
    )
    journal.record("give-deposit-account", application, actor=actor, at=at)
    advance_soon(application.pk)
    return account


def read_account(iban: str) -> str:
    """The number of an account to which money can go, in its one form. Raises BadIban."""
    try:
        return read_account_number(iban)
    except BadAccountNumber as error:
        raise BadIban(str(error.text)) from error
