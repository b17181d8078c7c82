"""Second factors: one-time codes that open once, in whichever process, and may not be guessed for long."""

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.utils import timezone

from rukhsa.accounts.forms import OneTimeCode
from rukhsa.staff.guessing import limits_of_codes
from rukhsa.staff.limit import LimitReached, take
from rukhsa.staff.used_code import use_once


class _Code:
    """A form that takes a code: counted before it is looked at, and used at most once."""

    def clean_code(self) -> str:
        form: Any = self
        try:
            attempt = take(*limits_of_codes(context.request, form.user.email), at=timezone.now())
        except LimitReached:
            raise account_adapter().validation_error("too_many_login_attempts") from None
        code = str(super().clean_code())  # type: ignore[misc]
        _use(form.authenticator, code)
        attempt.give_back()
        return code


class CodeAtSignIn(_Code, OneTimeCode):
    """The six digits, or a recovery code, after the password."""


class CodeOnceMore(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The same of somebody who has signed in, before what matters most."""


def _use(authenticator: Authenticator, code: str) -> None:
    """Raise a form's error where the code was used before; a recovery code is struck out by allauth."""
    if authenticator.type != Authenticator.Type.TOTP:
        return
    secret = decrypt(authenticator.data["secret"])
    expected = {step: format_hotp_value(hotp_value(secret, step)) for step in yield_hotp_counters_from_time()}
    steps = [step for step, value in expected.items() if compare_user_code(actual=code, expected=value)]
    if not any(use_once(authenticator, step) for step in steps):
        raise get_adapter().validation_error("incorrect_code")
