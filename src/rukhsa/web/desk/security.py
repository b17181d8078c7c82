"""The security log of an authority for its security officer: filtered by event, person and day, and as a file."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import CODES, record
from rukhsa.audit.models import JournalEntry
from rukhsa.audit.security import ACCOUNT, OF_THE_HOUSE, Event
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Post
from rukhsa.values.names import Text
from rukhsa.verification.relying_key import RelyingKey
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.desk.entries import ACTS

A_PAGE = 50
A_FILE = 50_000  # rows of the exported file
_PERSON, _KEY = Person._meta.label_lower, RelyingKey._meta.label_lower
_TOLD = (*CODES, "network", "operator")


@dataclass(frozen=True, kw_only=True)
class Sought:
    """The filter of the page; every part may be empty."""

    event: str
    person: str
    day: date | None

    @property
    def query(self) -> str:
        """The filter as the query string of an address."""
        told = {"kind": self.event, "person": self.person, "day": self.day.isoformat() if self.day else ""}
        return urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry in words."""

    entry: JournalEntry
    act: Promise | str
    who: Text | None
    about: Text | None
    told: list[str]


@requires(Permission.READ_SECURITY_LOG)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The newest entries, by page."""
    sought = _sought(request.GET)
    entries = _entries(request.actor, sought)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        entries = entries.filter(pk__lt=int(before[:18]))
    shown = list(entries.order_by("-pk")[: A_PAGE + 1])
    record(Event.SEE_SECURITY_LOG, request.actor.person, actor=request.actor, at=timezone.now())
    older = f"&before={shown[A_PAGE - 1].pk}" if len(shown) > A_PAGE else ""
    context = {
        "lines": _lines(shown[:A_PAGE]),
        "older": f"{reverse('desk:security-log')}?{sought.query}{older}" if older else "",
        "sought": sought,
        "kinds": [(event.value, ACTS[event]) for event in Event],
        "people": [(str(person.pk), person.name) for person in _staff(request.actor)],
    }
    return render(request, "desk/security_log.html", context)


@requires(Permission.READ_SECURITY_LOG, fresh=True)
@require_POST
def export(request: PortalRequest) -> HttpResponse:
    """The filtered entries as comma-separated values, the newest first."""
    sought, at = _sought(request.POST), timezone.now()
    entries = list(_entries(request.actor, sought).order_by("-pk")[:A_FILE])
    asked = {"kind": sought.event, "day": str(sought.day or ""), "lines": len(entries)}
    record(Event.EXPORT_SECURITY_LOG, request.actor.person, actor=request.actor, at=at, **asked)
    file = io.StringIO()
    write = csv.writer(file).writerow
    write(("entry", "at", "event", "by", "subject", *_TOLD))
    for entry in entries:
        told = [_harmless(entry.detail.get(name, "")) for name in _TOLD]
        subject = f"{entry.subject_kind}:{entry.subject}"
        write((entry.pk, entry.at.isoformat(), entry.act, entry.actor or "", subject, *told))
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="security-log.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _entries(actor: Actor, sought: Sought) -> QuerySet[JournalEntry]:
    """The entries of the reader's authorities: named in the entry, or else by the posts of the people in it."""
    places = actor.authorities_where(Permission.READ_SECURITY_LOG)
    staff = [str(person.pk) for person in _staff(actor)]
    unplaced = Q(detail__authority__isnull=True)
    ours = (
        Q(detail__authority__in=list(places))
        | unplaced & Q(actor__in=staff)
        | unplaced & Q(actor=None, subject__in=staff)
        | Q(act__in=OF_THE_HOUSE)
        | Q(subject_kind=ACCOUNT)
    )
    entries = JournalEntry.objects.filter(ours, is_security=True)
    if sought.event:
        entries = entries.filter(act=sought.event)
    if sought.person:
        entries = entries.filter(Q(actor=sought.person) | Q(subject=sought.person))
    if sought.day:
        start = timezone.make_aware(datetime.combine(sought.day, time()))
        entries = entries.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return entries


def _staff(actor: Actor) -> QuerySet[Person]:
    """The people of the reader's authorities, and those of agencies, which belong to no authority and answer all."""
    places = actor.authorities_where(Permission.READ_SECURITY_LOG)
    posts = Post.objects.filter(Q(authority__in=places) | Q(agency__isnull=False))
    return Person.objects.filter(pk__in=posts.values("person")).order_by("email")


def _sought(said: Any) -> Sought:
    event = said.get("kind", "")
    try:
        day = date.fromisoformat(said.get("day", ""))
    except ValueError:
        day = None
    return Sought(event=event if event in set(Event) else "", person=_id(said.get("person", "")), day=day)


def _id(said: str) -> str:
    try:
        return str(UUID(said))
    except ValueError:
        return ""


def _lines(entries: list[JournalEntry]) -> list[Line]:
    names = _names(entries)
    return [
        Line(
            entry=entry,
            act=ACTS.get(entry.act, entry.act),
            who=names.get(str(entry.actor)),
            about=names.get(_meant(entry)),
            told=[str(entry.detail[name]) for name in _TOLD if entry.detail.get(name)],
        )
        for entry in entries
    ]


def _names(entries: list[JournalEntry]) -> dict[str, Text]:
    """The names of the people who acted and who are meant, and of the keys of agencies' systems, by their ids."""
    meant = {_meant(entry) for entry in entries}
    people = Person.objects.in_bulk({*filter(_id, meant), *(str(one.actor) for one in entries if one.actor)})
    keys = RelyingKey.objects.in_bulk(
        [_id(one.subject) for one in entries if one.subject_kind == _KEY and _id(one.subject)]
    )
    return {str(pk): one.name for pk, one in people.items()} | {
        str(pk): Text(ar=one.name, en=one.name) for pk, one in keys.items()
    }


def _meant(entry: JournalEntry) -> str:
    """The id of the person or key that an entry concerns, directly or through a proposal; empty if none."""
    direct = entry.subject_kind in {_PERSON, _KEY}
    return entry.subject if direct else str(entry.detail.get("person", ""))


def _harmless(value: object) -> str:
    """A cell that no spreadsheet treats as a formula (ASVS 1.2.10)."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text
