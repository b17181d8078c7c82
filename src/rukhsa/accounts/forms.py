"""The forms of the staff's sign-in, in our own words."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.forms import BooleanField
from django.utils.translation import gettext_lazy as _


class StaffSignIn(LoginForm):  # type: ignore[misc]
    """Mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], _("Mail address at work"), dir="ltr")
        _say(self.fields["password"], _("Password"), dir="ltr")


class OneTimeCode(AuthenticateForm):  # type: ignore[misc]
    """The six digits, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _("Code"), dir="ltr", inputmode="numeric", autocomplete="one-time-code")


class Passkey(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: with which one signs in without a password, unless the device keeps none."""

    passwordless = BooleanField(initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["name"], _("Name of the device"), dir="auto")
        _say(self.fields["passwordless"], _("Sign in with it alone, without a password"))


def _say(field: Any, label: Any, **attributes: str) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.help_text = ""
    field.widget.attrs.update(attributes)
