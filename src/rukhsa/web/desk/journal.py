"""The journal, for auditors: who did or saw what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.models import Post
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.entries import ACTS

A_PAGE = 50

APPLICATION = "applications.application"
KEY = "issuance.key"
# Acts of the operators of keys and issuing concern every authority.
OF_THE_HOUSE = (
    *("stop-issuing", "start-issuing", "create-key", "retire-key"),
    *("mark-key-compromised", "publish-trust-list"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry in words, with the names of who acted and what it is about."""

    entry: JournalEntry
    act: Promise | str
    who: Text | None
    operator: str
    about: str
    reference: str


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What the people of the reader's authorities did and saw there, the newest first."""
    return _page(
        request,
        _entries(request.actor.authorities_where(Permission.READ_JOURNAL)),
        request.actor.person,
        reverse("desk:journal"),
    )


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Who did or saw what of one application."""
    application = Application.objects.on_which(request.actor, Permission.READ_JOURNAL).get(pk=pk)
    entries = JournalEntry.objects.filter(subject_kind=APPLICATION, subject=str(pk))
    address = reverse("desk:journal-of-application", args=[pk])
    return _page(request, entries, application, address, application=application)


def _entries(authorities: Iterable[str]) -> QuerySet[JournalEntry]:
    """What people of these authorities did, except at other authorities where they also hold posts."""
    people = Post.objects.filter(authority__in=authorities).values("person")
    here = Q(detail__authority__in=list(authorities)) | Q(detail__authority__isnull=True)
    return JournalEntry.objects.filter(Q(actor__in=people) & here | Q(act__in=OF_THE_HOUSE))


def _page(
    request: PortalRequest, entries: QuerySet[JournalEntry], subject: Any, address: str, **more: Any
) -> HttpResponse:
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        entries = entries.filter(pk__lt=int(before[:18]))
    shown = list(entries.order_by("-pk")[: A_PAGE + 1])
    record("see-journal", subject, actor=request.actor, at=timezone.now())
    older = f"{address}?{urlencode({'before': shown[A_PAGE - 1].pk})}" if len(shown) > A_PAGE else ""
    context = {"lines": _lines(shown[:A_PAGE]), "older": older, **more}
    return render(request, "desk/journal.html", context)


def _lines(entries: list[JournalEntry]) -> list[Line]:
    people = Person.objects.in_bulk([entry.actor for entry in entries if entry.actor])
    references = _references(entries)
    return [
        Line(
            entry=entry,
            act=ACTS.get(entry.act, entry.act),
            who=people[entry.actor].name if entry.actor in people else None,
            operator=str(entry.detail.get("operator", "")),
            about=_about(entry),
            reference=references.get(entry.subject, ""),
        )
        for entry in entries
    ]


def _about(entry: JournalEntry) -> str:
    """What an entry is about if not an application: a key's name, or the beginning of an id."""
    key = str(entry.detail.get("key", "")) or (entry.subject if entry.subject_kind == KEY else "")
    return key or entry.subject[:8]


def _references(entries: list[JournalEntry]) -> dict[str, str]:
    about = [entry.subject for entry in entries if entry.subject_kind == APPLICATION]
    known = Application.objects.filter(pk__in=about).values_list("pk", "reference")
    return {str(pk): reference or "" for pk, reference in known}
