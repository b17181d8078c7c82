"""Second factors: codes that work once across all processes; what follows when a factor is added, removed or used."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.forms import BooleanField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.client import client_address, network_of
from rukhsa.accounts.models import Person
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.staff.letter import tell
from rukhsa.staff.limit import LimitReached, count_attempt, limits_of_codes
from rukhsa.staff.session import end_sessions
from rukhsa.staff.sign_in import label, limit_reached, passkey_failed
from rukhsa.staff.used_code import use_once


class _Code:
    """A form that takes a code: counted before it is looked at, and used at most once."""

    def clean_code(self) -> str:
        form: Any = self
        try:
            attempt = count_attempt(*limits_of_codes(context.request, form.user.email), at=timezone.now())
        except LimitReached as reached:
            limit_reached(context.request, form.user.email, reached)
            raise account_adapter().validation_error("too_many_login_attempts") from None
        code = str(super().clean_code())  # type: ignore[misc]
        _use(form.authenticator, code)
        attempt.give_back()
        return code


class CodeAtSignIn(_Code, AuthenticateForm):  # type: ignore[misc]
    """The six digits, or a recovery code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self.fields["code"], _("Code"), dir="ltr", inputmode="numeric", autocomplete="one-time-code")


class CodeOnceMore(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The same asked again during a session, before the acts that matter most."""


class Passkey(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, for signing in without a password where the device can store it."""

    passwordless = BooleanField(initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self.fields["name"], _("Name of the device"), dir="auto")
        label(self.fields["passwordless"], _("Sign in with it alone, without a password"))


class _Passkey:
    """A form for the answer of a passkey: it cannot be guessed, so there is no limit, but a failure is noted."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            passkey_failed(context.request, getattr(self, "user", None))
            raise


class PasskeyAtSignIn(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""


class PasskeyAfterPassword(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyOnceMore(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey asked for again during a session, before the acts that matter most."""


def _use(authenticator: Authenticator, code: str) -> None:
    """Raise a form's error where the code was used before; a recovery code is struck out by allauth."""
    if authenticator.type != Authenticator.Type.TOTP:
        return
    secret = decrypt(authenticator.data["secret"])
    expected = {step: format_hotp_value(hotp_value(secret, step)) for step in yield_hotp_counters_from_time()}
    steps = [step for step, value in expected.items() if compare_user_code(actual=code, expected=value)]
    if not any(use_once(authenticator, step) for step in steps):
        raise get_adapter().validation_error("incorrect_code")


@receiver(authenticator_added, dispatch_uid="rukhsa.staff.factor_added")
def _added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _renewed(request, user, authenticator)
        return
    _note(Event.ADD_FACTOR, request, user, authenticator)
    _leave_elsewhere(request, user, "factor-added")


@receiver(authenticator_removed, dispatch_uid="rukhsa.staff.factor_removed")
def _removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    _note(Event.REMOVE_FACTOR, request, user, authenticator)
    _leave_elsewhere(request, user, "factor-removed")


@receiver(authenticator_reset, dispatch_uid="rukhsa.staff.factor_renewed")
def _renewed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    _note(Event.RENEW_RECOVERY_CODES, request, user, authenticator)
    _leave_elsewhere(request, user, "recovery-codes")


@receiver(authenticator_used, dispatch_uid="rukhsa.staff.factor_used")
def _used(
    request: HttpRequest, user: Person, authenticator: Authenticator, reauthenticated: bool, **_: Any
) -> None:
    if reauthenticated:
        _note(Event.PROVE_AGAIN, request, user, authenticator)


@receiver(authentication_failed, dispatch_uid="rukhsa.staff.proof_failed")
def _failed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    _note(Event.FAIL_PROOF, request, user, authenticator, is_proved=False)


def _note(
    event: Event, request: HttpRequest, person: Person, factor: Authenticator, *, is_proved: bool = True
) -> None:
    network = network_of(client_address(request))
    by = person if is_proved else None
    record_event(event, by=by, about=person, at=timezone.now(), method=str(factor.type), network=network)


def _leave_elsewhere(request: HttpRequest, person: Person, letter: str) -> None:
    at = timezone.now()
    end_sessions(person, why=letter, by=person, at=at, but=request.session.session_key or "")
    tell(person, letter, at=at)
