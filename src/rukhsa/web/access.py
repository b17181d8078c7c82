"""Who may enter a page: every view carries exactly one of these decorators."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from rukhsa.accounts.models import Company, Person, PersonKind
from rukhsa.accounts.permissions import Permission
from rukhsa.authorities.actor import Actor, NotPermitted, Represented, actor_for
from rukhsa.errors import RukhsaError
from rukhsa.web.edge import is_partial

SECRETS = frozenset({"password", "current", "new", "code"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., HttpResponseBase]
COMPANY_IN_SESSION = "company"
CONSENT_IN_SESSION = "consent"
DONE = "rukhsa-done"  # a cookie


class MandateEnded(RukhsaError):
    """The person no longer acts for the company of this session."""

    code = "mandate-ended"


class ConsentEnded(RukhsaError):
    """The owner of this session's consent has withdrawn it, or it is over."""

    code = "consent-ended"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a view declares: open to anyone, to people who signed in, or to holders of permissions in some scope."""

    signed_in: bool
    permissions: frozenset[Permission] = frozenset()
    fresh: bool = False  # whether it needs a fresh proof
    keeps: bool = False  # whether a form is kept that arrives after the session ended
    is_same_for_all: bool = False  # whether its answer depends on no one, not even on a cookie


class PortalRequest(HttpRequest):
    """A request of a person who signed in: the actor is known."""

    actor: Actor


def public(view: View) -> View:
    """Anyone may enter; `request.actor` is the actor, or None before sign-in."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return _declared(enter, Access(signed_in=False))


def same_for_all(view: View) -> View:
    """Anyone may enter, and the view never learns who: what it answers is the same for all, so browsers may keep it."""
    return _declared(view, Access(signed_in=False, is_same_for_all=True))


def signed_in(view: View) -> View:
    """Anyone who signed in may enter."""
    return _guarded(view, Access(signed_in=True))


def requires(*permissions: Permission, fresh: bool = False, keeps: bool = False) -> Callable[[View], View]:
    """Only an actor who holds all of `permissions` in one scope may enter.

    Others get 403, strangers the sign-in page. This opens the page; each object on it is checked by itself:
    `Charge.objects.on_which(actor, …)`. With `fresh`, a POST needs a second factor, or of applicants a sign-in at eKey,
    of the last minutes. With `keeps`, a form that is sent after the session ended is kept until its owner signs in
    (interrupted.py).
    """

    def decorate(view: View) -> View:
        held = frozenset(permissions)
        return _guarded(view, Access(signed_in=True, permissions=held, fresh=fresh, keeps=keeps))

    return decorate


def staff_setting_up(view: View) -> View:
    """Staff may enter, even those who have still to set up their second factor."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor is None:
            return redirect_to_login(request.get_full_path(), "account_login")
        if actor.person.kind != PersonKind.STAFF:
            raise NotPermitted("staff only")
        request.actor = actor  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return _declared(enter, Access(signed_in=True))


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a request, with the session's company while the representation is in force."""
    # The verifier's process has no accounts.
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return None
    return actor_for(
        person,
        at=timezone.now(),
        company=_company_of(request, person),
        represented=_represented_in(request, person),
    )


def _guarded(view: View, access: Access) -> View:
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor is None:
            return _asked_to_sign_in(request, access)
        # The verifier's process declares public views with this module and has no second proofs installed.
        from rukhsa.accounts.second_factor import has_second_factor

        if actor.person.kind == PersonKind.STAFF and not has_second_factor(actor.person):
            return redirect("mfa_index")
        if access.permissions:
            actor.require_somewhere(*access.permissions)
        if access.fresh and (asked := proof_asked(request)):
            return asked
        request.actor = actor  # type: ignore[attr-defined]
        return _told_done(request, view(request, *args, **kwargs))

    return _declared(enter, access)


def _told_done(request: HttpRequest, answered: HttpResponseBase) -> HttpResponseBase:
    """The answer; after an act that was done, and not only asked to be confirmed, the script that keeps what is typed
    learns by a cookie which form it may forget (static/web/kept.js)."""
    if request.method == "POST" and answered.status_code == HTTPStatus.FOUND:
        done, path = quote(request.path, safe=""), "/desk/" if request.path.startswith("/desk/") else "/"
        answered.set_cookie(DONE, done, path=path, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answered


def _asked_to_sign_in(request: HttpRequest, access: Access) -> HttpResponse:
    """The way to the sign-in page and back; a part of a page is never replaced by it."""
    if access.keeps and request.method == "POST":
        # The verifier's process has no applications.
        from rukhsa.web import interrupted

        interrupted.keep(request)
    back = _page_of(request) if not access.keeps else request.get_full_path()
    to_sign_in = redirect_to_login(back, _sign_in_for(request))
    if is_partial(request):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": to_sign_in.url})
    return to_sign_in


def _page_of(request: HttpRequest) -> str:
    """The address of the page on which the request was made, to come back to.

    An address that only takes forms, or answers with a part of a page, cannot be opened.
    """
    back, page = request.get_full_path(), urlsplit(request.headers.get("HX-Current-URL", ""))
    if request.method not in SAFE and not page.netloc:
        page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc == request.get_host():
        back = urlunsplit(("", "", page.path, page.query, ""))
    return back


def _sign_in_for(request: HttpRequest) -> str:
    return "account_login" if request.path.startswith("/desk/") else str(settings.LOGIN_URL)


def _declared(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _company_of(request: HttpRequest, person: Person) -> Company | None:
    registration = request.session.get(COMPANY_IN_SESSION)
    if not registration:
        return None
    held = person.representations.in_force(at=timezone.now()).filter(company__registration=registration)
    representation = held.select_related("company").first()
    if representation is None:
        # The representation ended: to continue silently in one's own name would surprise.
        del request.session[COMPANY_IN_SESSION]
        raise MandateEnded(registration)
    return representation.company


def _represented_in(request: HttpRequest, person: Person) -> Represented | None:
    chosen = request.session.get(CONSENT_IN_SESSION)
    if not chosen:
        return None
    # Read when it is needed: few sessions act by consent.
    from rukhsa.consents.consent import represented

    found = represented(person, chosen, at=timezone.now())
    if found is None:
        del request.session[CONSENT_IN_SESSION]
        raise ConsentEnded(chosen)
    return found


def proof_asked(request: HttpRequest, *, to_look: bool = False) -> HttpResponse | None:
    """The redirect to give a fresh proof, or None if the request changes nothing or has one.

    Of the staff it is a second factor, and their form is kept; applicants sign in by eKey again, and press again.
    A page on which secrets are typed asks before it is shown: a secret is never stored in a session.
    """
    # The verifier's process declares public views with this module and has no allauth installed.
    from allauth.account.adapter import get_adapter
    from allauth.account.internal.flows import reauthentication

    from rukhsa.accounts import fresh_sign_in
    from rukhsa.staff.sign_in import is_fresh

    if isinstance(request.user, Person) and request.user.kind != PersonKind.STAFF:
        if request.method in SAFE or fresh_sign_in.is_fresh(request, at=timezone.now()):
            return None
        return redirect(f"{reverse('sign-in-again')}?{urlencode({'next': _page_of(request)})}")
    if (request.method in SAFE and not to_look) or is_fresh(request, at=timezone.now()):
        return None
    first = get_adapter().get_reauthentication_methods(request.user)[0]
    answer: HttpResponse = reauthentication.suspend_request(request, first["url"])
    request.session.pop(reauthentication.STATE_SESSION_KEY, None)
    if request.method == "POST" and not SECRETS & set(request.POST):
        request.session[reauthentication.STATE_SESSION_KEY] = {"request": _kept(request)}
    return answer


def _kept(request: HttpRequest) -> str:
    """The request as allauth resumes it, without its cookies."""
    from allauth.core.internal.httpkit import serialize_request

    whole = json.loads(serialize_request(request))
    whole["META"].pop("HTTP_COOKIE", None)
    return json.dumps(whole)
