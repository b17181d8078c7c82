"""Sessions: how long they last without being used and altogether, and how they are ended earlier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from rukhsa.accounts.client import pseudonym
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.permissions import Role
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.models import Post
from rukhsa.staff.letter import tell

KEPT = "staff"  # the name under which a session keeps its own times, in seconds since 1970
A_WRITE = 60  # seconds: how often at most a session notes that it is in use
LOOK = "/session"  # where a page asks how long it still lasts, which is no use of it


@dataclass(frozen=True, kw_only=True)
class Span:
    """How long a session lasts: without being used, and altogether."""

    idle: timedelta
    absolute: timedelta


STAFF = Span(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
# An applicant who goes on is not signed out in the middle of a form; a telephone that was left open is, after an hour
# (NIST SP 800-63B-4, 2.2.3). After two weeks eKey is asked again.
APPLICANTS = Span(idle=timedelta(hours=1), absolute=timedelta(days=14))
# Roles that change accounts, or read who did what, have shorter sessions. The shortest of a person's roles counts.
SPANS = {
    Role.ADMINISTRATOR: Span(idle=timedelta(minutes=15), absolute=timedelta(hours=8)),
    Role.SECURITY_OFFICER: Span(idle=timedelta(minutes=15), absolute=timedelta(hours=8)),
}


def span_of(person: Person, *, at: datetime) -> Span:
    """How long a session of this person lasts: an applicant's, or that of the posts that they hold."""
    if person.kind != PersonKind.STAFF:
        return APPLICANTS
    posts = Post.objects.in_force(on=timezone.localdate(at)).filter(person=person)
    spans = [SPANS.get(Role(role), STAFF) for role in posts.values_list("role", flat=True)] or [STAFF]
    return Span(idle=min(each.idle for each in spans), absolute=min(each.absolute for each in spans))


@receiver(user_logged_in, dispatch_uid="rukhsa.staff.session")
def begin(request: HttpRequest, user: Person, **_: Any) -> None:
    """Store in a new session when it began and how long it lasts."""
    at = timezone.now()
    span, now = span_of(user, at=at), at.timestamp()
    lasts = {"idle": span.idle.total_seconds(), "absolute": span.absolute.total_seconds()}
    request.session[KEPT] = {"began": now, "seen": now, **lasts}


@dataclass(frozen=True, kw_only=True)
class Left:
    """How long a session still lasts; `may_stay` if using it prolongs it."""

    seconds: int
    may_stay: bool


def left_of(kept: dict[str, float] | None, *, at: datetime) -> Left | None:
    """What is left of a session with these times; None for one without a limit of ours."""
    if kept is None:
        return None
    idle, absolute = kept["seen"] + kept["idle"], kept["began"] + kept["absolute"]
    end = min(idle, absolute)
    return Left(seconds=max(0, int(end - at.timestamp())), may_stay=idle < absolute)


def stay(request: HttpRequest, *, at: datetime) -> None:
    """Note that a session is in use, at once; its longest time stays as it is."""
    kept = request.session[KEPT]
    request.session[KEPT] = kept | {"seen": at.timestamp()}


class Sessions:
    """Middleware: ends a session whose time is over, and notes once a minute that one is in use."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "_auth_user_id" in request.session:
            _keep(request, at=timezone.now())
        return self.respond(request)


def over(kept: dict[str, float], *, at: datetime) -> str:
    """Why a session with these times is over at this moment; an empty text while it is not."""
    now = at.timestamp()
    if now - kept["began"] >= kept["absolute"]:
        return "absolute"
    return "idle" if now - kept["seen"] >= kept["idle"] else ""


def _keep(request: HttpRequest, *, at: datetime) -> None:
    kept = request.session.get(KEPT)
    if kept is None:
        person = request.user
        if isinstance(person, Person) and person.kind == PersonKind.STAFF:
            _leave(request, "unlimited", at=at)  # it began before this software limited sessions
    elif why := over(kept, at=at):
        _leave(request, why, at=at)
    elif request.path_info == LOOK:
        return
    elif kept["idle"] < kept["absolute"] and at.timestamp() - kept["seen"] >= A_WRITE:
        request.session[KEPT] = kept | {"seen": at.timestamp()}


def _leave(request: HttpRequest, why: str, *, at: datetime) -> None:
    person, key = request.user, request.session.session_key or ""
    if isinstance(person, Person):
        UserSession.objects.filter(session_key=key).delete()
        record_event(Event.END_SESSION, by=None, about=person, at=at, why=why, session=pseudonym(key))
    request.session.flush()
    request.user = AnonymousUser()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A session as its owner sees it."""

    pk: int
    address: str
    browser: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(person: Person, *, current: str, at: datetime) -> list[Shown]:
    """The open sessions of a person, the one used last first."""
    shown = []
    for each in UserSession.objects.filter(user=person):
        kept = each._session_store(each.session_key).load().get(KEPT)
        if kept is not None and not over(kept, at=at):
            times = {name: datetime.fromtimestamp(kept[name], UTC) for name in ("began", "seen")}
            shown.append(
                Shown(
                    pk=each.pk,
                    address=each.ip,
                    browser=each.user_agent,
                    began_at=times["began"],
                    seen_at=times["seen"],
                    is_current=each.session_key == current,
                )
            )
    return sorted(shown, key=lambda each: each.seen_at, reverse=True)


@transaction.atomic
def sign_out(
    person: Person, *, why: str, by: Person, at: datetime, but: str = "", only: int | None = None
) -> None:
    """End sessions of a person as `end_sessions` does, and write to the person that they were ended."""
    end_sessions(person, why=why, by=by, at=at, but=but, only=only)
    tell(person, "sessions-ended", at=at)


def end_sessions(
    person: Person, *, why: str, by: Person | None, at: datetime, but: str = "", only: int | None = None
) -> int:
    """End the sessions of a person, but that of a key, or only one of them; how many there were."""
    found = UserSession.objects.filter(user=person).exclude(session_key=but)
    ended = list(found if only is None else found.filter(pk=only))
    for each in ended:
        each.end()
        session = pseudonym(each.session_key)
        record_event(Event.END_SESSION, by=by, about=person, at=at, why=why, session=session)
    return len(ended)


def renew(request: HttpRequest, person: Person) -> None:
    """Keep the session of a request open after its owner changed the password, under a new key."""
    before = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
