"""How the staff sign in: limits on guessing that all processes share, and browsers that are known."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from rukhsa.accounts.adapters import AccountAdapter
from rukhsa.accounts.client import client_address
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.staff.device import remember
from rukhsa.staff.guessing import limits_of_passwords
from rukhsa.staff.limit import LimitReached, take


class SignIn(AccountAdapter):
    """allauth's questions about signing in, answered for the staff."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 - no address to listen on: the server named none

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own limits count in one process, and lock the account whoever guessed."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person of a mail address and a password. Raises a form's error where a limit is reached."""
        email = str(credentials.get("email", ""))
        try:
            attempt = take(*limits_of_passwords(request, email), at=timezone.now())
        except LimitReached:
            raise self.validation_error("too_many_login_attempts") from None
        person = super().authenticate(request, **credentials)
        if person is not None:
            attempt.give_back()
        return person

    def post_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **how)
        if user.kind == PersonKind.STAFF:
            remember(request, response, user.email)
        return response
