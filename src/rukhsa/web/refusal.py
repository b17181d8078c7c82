"""Refusals for the security log: who was refused, at which page, and which permission was missing."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils import timezone

from rukhsa.accounts.client import client_address, network_of
from rukhsa.accounts.models import Person, PersonKind
from rukhsa.audit.journal import record_event
from rukhsa.audit.security import Event
from rukhsa.authorities.actor import NotPermitted


def note_refusal(request: HttpRequest, error: Exception) -> None:
    """Record that a person was refused; outside of the transaction that was rolled back with the act itself."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return
    if isinstance(error, NotPermitted):
        permission, authority, why = " ".join(error.args), error.at.code if error.at else "", ""
    elif isinstance(error, ObjectDoesNotExist) and person.kind == PersonKind.STAFF:
        permission, authority, why = "", "", "absent"  # it does not exist, or belongs to another authority
    else:
        return
    route = request.resolver_match.view_name if request.resolver_match else ""
    network = network_of(client_address(request))
    record_event(
        Event.REFUSE_ACCESS,
        by=person,
        about=person,
        at=timezone.now(),
        route=route,
        permission=permission,
        authority=authority,
        why=why,
        network=network,
    )
