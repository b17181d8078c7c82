"""A form that was sent after the session had ended: kept for an hour, and given back to the owner who signs in."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.signals import user_logged_in
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage

LASTS: Final = timedelta(hours=1)
LONGEST: Final = 100_000  # characters of a form; a drawn route of 500 points has a fifth of it
_IN_SESSION: Final = "interrupted"


def keep(request: HttpRequest) -> None:
    """Keep a form in a session without a person, which only this browser can open; the next form replaces it.

    The form was checked against forgery before. It is kept only for an application that its applicant may change, so
    that a stranger cannot fill the store.
    """
    form, pk = request.POST.copy(), request.resolver_match.kwargs["pk"]  # type: ignore[union-attr]
    form.pop("csrfmiddlewaretoken", None)
    is_ours = Application.objects.filter(pk=pk, stage__in=[Stage.DRAFT, Stage.RETURNED]).exists()
    if is_ours and len(form.urlencode()) <= LONGEST:
        request.session[_IN_SESSION] = {
            "path": request.path,
            "application": str(pk),
            "form": form.urlencode(),
            "at": timezone.now().timestamp(),
        }


def take(request: HttpRequest) -> QueryDict | None:
    """The form kept for the page of a request, once; None where there is none, or its hour is over."""
    kept = request.session.get(_IN_SESSION)
    if kept is None or kept["path"] != request.path:
        return None
    drop(request)
    age = timezone.now().timestamp() - kept["at"]
    return QueryDict(kept["form"]) if age < LASTS.total_seconds() else None


def drop(request: HttpRequest) -> None:
    """Forget the form that was kept."""
    request.session.pop(_IN_SESSION, None)


@receiver(user_logged_in, dispatch_uid="rukhsa.web.interrupted")
def drop_of_another(request: HttpRequest, user: Person, **_: Any) -> None:
    """Forget the form of another person when someone else signs in with the same browser."""
    kept = request.session.get(_IN_SESSION)
    if kept and not may_open(user, UUID(kept["application"])):
        drop(request)


def may_open(person: Person, pk: UUID) -> bool:
    """Whether a draft is a person's own, or of a company for which the person may act."""
    companies = person.representations.in_force(at=timezone.now()).values("company")
    own = Q(applicant=person, company=None) | Q(company__in=companies)
    return Application.objects.filter(own, pk=pk).exists()
