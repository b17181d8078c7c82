"""Devices that hold a round: to whom what is on them belongs, told by a cookie, so that it is shown to no one else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.errors import RukhsaError
from rukhsa.web.edge import ROUND_KEPT

OWNER: Final = "rukhsa-round"  # whose data the device shows; gone at sign-out
KEPT: Final = ROUND_KEPT  # that the device holds something, which a sign-out does not delete
_SHOWN_FOR: Final = timedelta(days=1)
_KEPT_FOR: Final = timedelta(days=30)
_CHANGED: Final = "round_owner_changed"


class OfAnother(RukhsaError):
    """What a device sends was made by another person than the one who is signed in."""

    code = "field-report-of-another"
    text = _("This report was made by another person. It waits on the device until they sign in.")


def owner_of(person: Person) -> str:
    """The name by which a device knows a person: a keyed hash, which says nothing to others."""
    return salted_hmac("rukhsa.web.field_device", str(person.pk), algorithm="sha256").hexdigest()[:32]


def bind(response: HttpResponse, person: Person) -> None:
    """Let the device show what is this person's for a day; its scripts read the cookie without a network."""
    for name, value, lasts in ((OWNER, owner_of(person), _SHOWN_FOR), (KEPT, "yes", _KEPT_FOR)):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            name, value, max_age=int(lasts.total_seconds()), path="/", samesite="Lax", secure=secure
        )


def require_owner(request: Any) -> None:
    """Raise OfAnother unless the device says that the person who is signed in made what it sends."""
    if request.POST.get("owner") != owner_of(request.actor.person):
        raise OfAnother


class Devices:
    """Middleware: after a sign-out, and when another person signs in, the device shows nothing of the person before."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if OWNER in request.COOKIES and getattr(request, _CHANGED, False):
            response.delete_cookie(OWNER, path="/", samesite="Lax")
        return response


@receiver(user_logged_in, dispatch_uid="rukhsa.web.field_device.in")
@receiver(user_logged_out, dispatch_uid="rukhsa.web.field_device.out")
def note_change(request: HttpRequest | None, **_: Any) -> None:
    """Note on the request that its person changed; the owner's device is bound again when it loads."""
    if request is not None:
        setattr(request, _CHANGED, True)
