"""Looks at one person's data: who looked at which application, when, and for which purpose, from the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.audit.models import JournalEntry
from rukhsa.personal.own_looks import MOST_APPLICATIONS, looks_at
from rukhsa.personal.purpose import Purpose


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look, with the purpose that its person had given on that day, where one was asked for."""

    entry: JournalEntry
    application: Application
    purpose: Purpose | None


def applications_of(number: str, authorities: Collection[str]) -> list[Application]:
    """The newest applications of the person of a personal number, at some authorities."""
    found = Application.objects.filter(applicant__personal_number=number, authority__in=authorities)
    return list(
        found.exclude(reference=None).defer("answers", "typed").order_by("-submitted_at")[:MOST_APPLICATIONS]
    )


def entries_about(applications: Collection[Application]) -> QuerySet[JournalEntry]:
    """The looks of people at any of the applications, the newest first."""
    return looks_at(each.pk for each in applications)


def looks(entries: Collection[JournalEntry], applications: Collection[Application]) -> list[Look]:
    """The entries with their applications and purposes; one statement for any number of them."""
    by_pk = {each.pk: each for each in applications}
    given: dict[tuple[UUID, UUID], list[Purpose]] = {}
    people = {entry.actor for entry in entries}
    for purpose in Purpose.objects.filter(application__in=by_pk, person__in=people).order_by("-at"):
        given.setdefault((purpose.application_id, purpose.person_id), []).append(purpose)
    return [
        Look(
            entry=entry,
            application=by_pk[entry.application],
            purpose=_then(given.get((entry.application, entry.actor), []), entry.at) if entry.actor else None,
        )
        for entry in entries
        if entry.application in by_pk
    ]


def _then(purposes: list[Purpose], at: datetime) -> Purpose | None:
    """The newest purpose that was given on the day of the look, before it."""
    day = timezone.localdate(at)
    return next((each for each in purposes if each.at <= at and timezone.localdate(each.at) == day), None)


def people_of(entries: Collection[JournalEntry]) -> dict[UUID, Person]:
    """Who acted, by id."""
    return Person.objects.in_bulk({entry.actor for entry in entries if entry.actor})
