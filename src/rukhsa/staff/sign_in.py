"""How the staff sign in: who may, limits on guessing that all processes share, and what the security log has of it."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.core import context
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from rukhsa.accounts.client import client_address, network_of, one_subscriber, pseudonym
from rukhsa.accounts.fresh_sign_in import FRESH
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.second_factor import has_second_factor
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.models import Post
from rukhsa.staff.device import remember
from rukhsa.staff.letter import tell
from rukhsa.staff.limit import ADDRESS, CODES, LimitReached, Rate, count_attempt, limits_of_passwords

# Recovery codes are for people who lost a factor: they open the desk, but are no fresh proof.
PROOFS = frozenset({"totp", "webauthn"})
INVITED = "invited"  # in a session that a link of an invitation opened: whose
# A limit that is reached is noted once per period, so that repeated guessing cannot fill the journal.
_TOLD = Rate(name="told", burst=1, every=timedelta(minutes=15))
_WARNED = Rate(name="warned", burst=1, every=timedelta(days=1))


class StaffSignIn(LoginForm):  # type: ignore[misc]
    """Mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self.fields["login"], _("Work email address"), dir="ltr")
        label(self.fields["password"], _("Password"), dir="ltr")


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """How allauth signs people in here: a password is for staff alone, and no form opens an account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email address or the password is not correct."),
        "too_many_login_attempts": _("Too many attempts. Wait a while, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        staff = isinstance(request.user, Person) and request.user.kind == PersonKind.STAFF
        return "/desk/" if staff else "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - no address to listen on: the server named none

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Switch off allauth's own limits: they count in one process, and strangers' guesses lock the owner out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person of a mail address and a password. Raises a form's error where a limit is reached."""
        email = str(credentials.get("email", ""))
        try:
            attempt = count_attempt(*limits_of_passwords(request, email), at=timezone.now())
        except LimitReached as reached:
            limit_reached(request, email, reached)
            raise self.validation_error("too_many_login_attempts") from None
        person = super().authenticate(request, **credentials)
        if not isinstance(person, Person) or person.kind != PersonKind.STAFF:
            _note(Event.FAIL_SIGN_IN, request, email, method="password")
            return None
        attempt.give_back()
        return person

    def pre_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse | None:
        """Refuse staff without a post, and a password alone: without a second factor only a link opens an account."""
        response: HttpResponse | None = super().pre_login(request, user, **how)
        if response is not None or user.kind != PersonKind.STAFF or _may_enter(request, user):
            return response
        _note(Event.FAIL_SIGN_IN, request, user.email, method="password", why="not-set-up")
        messages.error(
            request, _("This account cannot open the desk now. Ask your administrator for a new link.")
        )
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **how)
        if user.kind == PersonKind.STAFF:
            remember(request, response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """A factor that was used in the last minutes is proof enough to change factors too."""
        return not is_fresh(context.request, at=timezone.now())

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """Offer a passkey first, then a code; the password is no fresh proof for people who have either."""
        offered: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [each for each in offered if each["id"] != "reauthenticate"]
        return sorted(stronger, key=lambda each: "webauthn" not in each["id"]) or offered


def label(field: Any, label: Any, **attributes: str) -> None:
    """Give a field of allauth our own label and no other text."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.help_text = ""
    field.widget.attrs.update(attributes)


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person of the session used a passkey or a one-time code in the last minutes."""
    records = get_authentication_records(request, request.user)
    proved = [each["at"] for each in records if each["method"] == "mfa" and each.get("type") in PROOFS]
    return any(0 <= at.timestamp() - moment < FRESH.total_seconds() for moment in proved)


def limit_reached(request: HttpRequest, email: str, reached: LimitReached) -> None:
    """Note in the security log that a limit was reached; warn the owner by mail when the guesser knows the password."""
    at = timezone.now()
    where = pseudonym(client_address(request))
    try:
        count_attempt((_TOLD, f"{reached.rate.name}:{pseudonym(email)}:{where}"), at=at)
    except LimitReached:
        return
    _note(Event.REACH_LIMIT, request, email, limit=reached.rate.name)
    person = Person.objects.filter(email__iexact=email, kind=PersonKind.STAFF).first()
    if reached.rate == CODES and person:
        try:
            count_attempt((_WARNED, pseudonym(email)), at=at)
        except LimitReached:
            return
        tell(person, "guessed", at=at)


def passkey_failed(request: HttpRequest, person: Person | None) -> None:
    """Note a failed passkey in the security log; repeated failures of one client are noted at a limited rate."""
    where = pseudonym(one_subscriber(client_address(request)))
    try:
        count_attempt((ADDRESS, f"passkey:{where}"), at=timezone.now())
    except LimitReached:
        return
    event = Event.FAIL_PROOF if person else Event.FAIL_SIGN_IN
    _note(event, request, person.email if person else "", method="webauthn")


@receiver(user_logged_in, dispatch_uid="rukhsa.staff.signed_in")
def _signed_in(request: HttpRequest, user: Person, **_how: Any) -> None:
    used = [each.get("type") or each["method"] for each in get_authentication_records(request, user)]
    _note(Event.SIGN_IN, request, user.email, by=user, method="+".join(dict.fromkeys(used)))


@receiver(user_logged_out, dispatch_uid="rukhsa.staff.signed_out")
def _signed_out(request: HttpRequest, user: Person | None, **_how: Any) -> None:
    if user is not None:
        _note(Event.SIGN_OUT, request, user.email, by=user)


def _note(event: Event, request: HttpRequest, email: str, *, by: Person | None = None, **detail: str) -> None:
    about = by or Person.objects.filter(email__iexact=email).first() or pseudonym(email)
    network = network_of(client_address(request))
    record_event(event, by=by, about=about, at=timezone.now(), network=network, **detail)


def _may_enter(request: HttpRequest, person: Person) -> bool:
    has_post = Post.objects.in_force(on=timezone.localdate()).filter(person=person).exists()
    is_invited = request.session.get(INVITED) == str(person.pk)
    return has_post and (has_second_factor(person) or is_invited)
