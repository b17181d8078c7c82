"""What the files of one sender may cost in a minute, on every page that takes them."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from rukhsa import reader
from rukhsa.accounts.client import client_address
from rukhsa.accounts.models import Person
from rukhsa.reader.task import Task
from rukhsa.verification import rate

WHAT: Final = "upload"  # of rate.A_MINUTE


class ByPerson:
    """Middleware of the portal: each file counts for the person who signed in, or for the address of a stranger.

    A file over the budget is refused like one that comes while many others are read: with the page's form, what was
    typed in it and the same sentence, and with 503 on every page, since the same request may be taken in a minute.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        budget = _OfRequest(request)
        try:
            with reader.paid_from(budget):
                response = self.respond(request)
        finally:
            budget.settle()
        if budget.turned_away and response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return response


class ByQuestion:
    """Middleware of the verifier: each door counts its questions itself, and no file is opened beside them."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reader.paid_from(_Nothing()):
            return self.respond(request)


class _OfRequest:
    """The files of one request. They are counted after it, since its transaction may be rolled back."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._opened, self._seconds = 0, 0.0
        self.turned_away = False
        self._before: int | None = None

    def open(self, task: Task) -> None:
        """Raises Busy, which pages tell as such."""
        if not task.counts:
            return
        if self._before is None:
            self._before = rate.asked(self._sender, WHAT, at=timezone.now())
        if self._before + self._costs >= rate.A_MINUTE[WHAT]:
            raise reader.Busy("the sender's files of this minute cost enough")
        self._opened += 1

    def pay(self, seconds: float) -> None:
        self._seconds += seconds

    def turn_away(self) -> None:
        self.turned_away = True

    def settle(self) -> None:
        """Count what was opened, and one more for each second that it took."""
        if self._opened:
            with suppress(rate.TooMany):  # the next file is refused
                rate.count(self._sender, WHAT, at=timezone.now(), times=self._costs)

    @property
    def _costs(self) -> int:
        return self._opened + int(self._seconds)

    @property
    def _sender(self) -> str:
        person = getattr(self._request, "user", None)
        return f"person:{person.pk}" if isinstance(person, Person) else client_address(self._request)


class _Nothing:
    """A budget for files that nothing counts: a door that forgets to count fails when it is first tried."""

    def open(self, task: Task) -> None:
        raise RuntimeError(f"{task.name}: count the question first (rate.count_cost)")

    def pay(self, seconds: float) -> None:
        pass

    def turn_away(self) -> None:
        pass
