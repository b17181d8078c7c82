"""The journal of an authority, for its auditors and supervisors: filtered, by page, and as a file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application, Attachment
from rukhsa.audit import journal_search
from rukhsa.audit.journal import record
from rukhsa.audit.journal_search import Sought
from rukhsa.audit.models import JournalEntry
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.correspondence.models import Enclosure
from rukhsa.review.models import CaseFile
from rukhsa.values.names import Text
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.entries import ACTS

A_PAGE = 50

APPLICATION = Application._meta.label_lower
_PERSON = Person._meta.label_lower
_KEY = "issuance.key"
_FILES: tuple[type[Attachment | Enclosure | CaseFile], ...] = (Attachment, Enclosure, CaseFile)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry in words, with the names of who acted and what it is about."""

    entry: JournalEntry
    act: Promise | str
    who: Text | None
    operator: str
    about: str
    staff: Text | None  # whom an entry about the staff concerns
    reference: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What was typed into the filter of the page, and what it means; `problem` says what was not understood."""

    typed: dict[str, str]
    sought: Sought
    problem: Promise | None = None

    @property
    def query(self) -> str:
        """The filter as the query string of an address."""
        return urlencode({name: value for name, value in self.typed.items() if value})


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show_all(request: PortalRequest) -> HttpResponse:
    """What was done and seen at the reader's authorities, by anyone and by the system, the newest first."""
    chosen = _chosen(request.actor, request.GET)
    mine = request.actor.authorities_where(Permission.READ_JOURNAL)
    entries = [] if chosen.problem else journal_search.page_of(mine, chosen.sought, most=A_PAGE + 1)
    record("see-journal", request.actor.person, actor=request.actor, at=timezone.now(), **_told(chosen))
    more = {
        "chosen": chosen,
        "acts": sorted(((act, str(words)) for act, words in ACTS.items()), key=lambda each: each[1]),
        "people": [(str(person.pk), person.name) for person in _staff(request.actor)],
        "is_being_placed": journal_search.is_being_placed(),
    }
    return _page(request, entries, f"{reverse('desk:journal')}?{chosen.query}", **more)


@requires(Permission.READ_JOURNAL)
@require_GET
@transaction.atomic
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Who did or saw what of one application."""
    application = Application.objects.on_which(request.actor, Permission.READ_JOURNAL).get(pk=pk)
    sought = Sought(before=_number(request.GET.get("before", "")))
    entries = journal_search.narrowed(journal_search.of_application(pk), sought)
    record("see-journal", application, actor=request.actor, at=timezone.now())
    address = f"{reverse('desk:journal-of-application', args=[pk])}?"
    return _page(request, list(entries.order_by("-pk")[: A_PAGE + 1]), address, application=application)


@requires(Permission.READ_JOURNAL, fresh=True)
@require_POST
def export(request: PortalRequest) -> StreamingHttpResponse:
    """The filtered entries as comma-separated values, the newest first, written while they are read."""
    chosen = _chosen(request.actor, request.POST)
    record("export-journal", request.actor.person, actor=request.actor, at=timezone.now(), **_told(chosen))
    mine = request.actor.authorities_where(Permission.READ_JOURNAL)
    entries = iter(()) if chosen.problem else journal_search.each_of(mine, chosen.sought)
    response = StreamingHttpResponse(_written(entries), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: PortalRequest, entries: list[JournalEntry], address: str, **more: Any) -> HttpResponse:
    shown = entries[:A_PAGE]
    joined = "" if address.endswith("?") else "&"
    older = f"{address}{joined}{urlencode({'before': shown[-1].pk})}" if len(entries) > A_PAGE else ""
    return render(request, "desk/journal.html", {"lines": _lines(shown), "older": older, **more})


def _chosen(actor: Actor, said: QueryDict) -> Filter:
    typed = {name: said.get(name, "")[:100].strip() for name in ("who", "act", "case", "day")}
    application, problem = None, None
    if typed["case"]:
        mine = Application.objects.on_which(actor, Permission.READ_JOURNAL)
        application = mine.filter(reference=typed["case"].upper()).values_list("pk", flat=True).first()
        problem = None if application else _("No application here has this reference.")
    sought = Sought(
        person=_id(typed["who"]),
        act=typed["act"] if typed["act"] in ACTS else "",
        application=application,
        day=_day(typed["day"]),
        before=_number(said.get("before", "")),
    )
    return Filter(typed=typed, sought=sought, problem=problem)


def _told(chosen: Filter) -> dict[str, str]:
    """The filter, as the entry about the look itself keeps it."""
    return {f"sought_{name}": value for name, value in chosen.typed.items() if value}


def _staff(actor: Actor) -> Iterable[Person]:
    posts = Post.objects.filter(authority__in=actor.authorities_where(Permission.READ_JOURNAL))
    return Person.objects.filter(pk__in=posts.values("person")).order_by("name_en", "pk")


def _lines(entries: list[JournalEntry]) -> list[Line]:
    subjects = {entry.subject for entry in entries if entry.subject_kind == _PERSON}
    people = Person.objects.in_bulk({*subjects, *(str(entry.actor) for entry in entries if entry.actor)})
    named = {str(pk): person for pk, person in people.items()}
    references, files = _references(entries), _files(entries)
    return [
        Line(
            entry=entry,
            act=ACTS.get(entry.act, entry.act),
            who=named[str(entry.actor)].name if str(entry.actor) in named else None,
            operator=str(entry.detail.get("operator", "")),
            about=files.get((entry.subject_kind, entry.subject), "") or _key(entry),
            staff=named[entry.subject].name if _is_another(entry) and entry.subject in named else None,
            reference=references.get(str(entry.application or entry.subject), ""),
        )
        for entry in entries
    ]


def _is_another(entry: JournalEntry) -> bool:
    return entry.subject_kind == _PERSON and entry.subject != str(entry.actor)


def _key(entry: JournalEntry) -> str:
    """The name of a key that an entry is about."""
    return str(entry.detail.get("key", "")) or (entry.subject if entry.subject_kind == _KEY else "")


def _references(entries: list[JournalEntry]) -> dict[str, str]:
    about = {entry.subject for entry in entries if entry.subject_kind == APPLICATION}
    about |= {str(entry.application) for entry in entries if entry.application}
    known = Application.objects.filter(pk__in=about).values_list("pk", "reference")
    return {str(pk): reference or "" for pk, reference in known}


def _files(entries: list[JournalEntry]) -> dict[tuple[str, str], str]:
    """The names of the files that entries are about."""
    names = {}
    for model in _FILES:
        kind = model._meta.label_lower
        if about := {entry.subject for entry in entries if entry.subject_kind == kind}:
            rows = model._default_manager.filter(pk__in=about).values_list("pk", "name")
            names.update({(kind, str(pk)): name for pk, name in rows})
    return names


class _Echo:
    """What `csv` writes to: it gives back each line."""

    def write(self, line: str) -> str:
        return line


def _written(entries: Iterator[JournalEntry]) -> Iterator[str]:
    write = csv.writer(_Echo()).writerow
    yield write(("entry", "at", "act", "by", "subject", "application", "authority", "detail"))
    for entry in entries:
        about = f"{entry.subject_kind}:{entry.subject}"
        told = "; ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
        where = (entry.application or "", entry.authority)
        yield write((entry.pk, entry.at.isoformat(), entry.act, entry.actor or "", about, *where, told))


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _number(said: str) -> int | None:
    return int(said[:18]) if said.isascii() and said.isdigit() else None
