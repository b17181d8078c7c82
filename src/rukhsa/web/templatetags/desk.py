"""Filters and tags of the desk's templates."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Agency
from rukhsa.catalogue.models import Reason
from rukhsa.issuance import cap
from rukhsa.payments.models import ChargeLine
from rukhsa.review.plan import PlannedStep
from rukhsa.review.referral import Referral
from rukhsa.values.money import Money
from rukhsa.web.templatetags.texts import text

if TYPE_CHECKING:
    from rukhsa.web.desk.menu import Menu

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_menu(context: Mapping[str, Any]) -> "Menu":
    """The menu above every page of the desk, with the stop of issuing that is in effect."""
    # The verifier's process loads every library of tags, and has none of the staff whose work the menu counts.
    from rukhsa.web.desk.menu import menu_of

    return menu_of(context["actor"], context["request"].path, at=timezone.now())


@register.simple_tag
def cap_reached(actor: Actor) -> bool:
    """Whether one of the actor's authorities has reached its cap of documents within the hour."""
    return bool(cap.alarms(actor.authorities_where(Permission.READ_INSTRUMENTS), at=timezone.now()))


@register.simple_tag
def offered_reasons(use: str, service: str) -> list[Reason]:
    """The coded reasons that may be given for an act on a service."""
    return list(Reason.objects.offered(use, service))


@register.simple_tag
def agencies() -> list[Agency]:
    """Every agency of the territory."""
    return list(Agency.objects.order_by("code"))


@register.filter
def holds_somewhere(actor: Actor, permission: str) -> bool:
    """Whether a menu offers a page; the page itself checks the scope of what it shows."""
    return actor.holds_somewhere(Permission(permission))


@register.filter
def may_resolve_silence(actor: Actor, application: Application) -> bool:
    """Whether the actor may act on the silence of an agency about the application."""
    return actor.holds(Permission.RESOLVE_SILENCE, at=application.scope)


@register.filter
def last_day(due_at: datetime) -> date:
    """The last day on which something is in time: a deadline is the end of that day."""
    return timezone.localdate(due_at - timedelta(microseconds=1))


@register.filter
def late_at(waiting: PlannedStep | Referral, at: datetime) -> bool:
    """Whether a step or a referral is late at a moment."""
    if isinstance(waiting, PlannedStep):
        return waiting.is_late(at)
    return at >= waiting.term


@register.filter
def grouped(number: int) -> str:
    """A whole number with its thousands apart: 21,400."""
    return f"{number:,}"


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is in a variable."""
    return mapping.get(key)


@register.filter
def amount(line: ChargeLine, currency: str) -> Money:
    """The amount of one line of a charge."""
    return Money(minor=line.amount, currency=currency)


@register.filter
def agency_of(step: PlannedStep, referrals: Iterable[Referral]) -> str:
    """The name of the agency that a referral step asks; before it is asked, the name of the step."""
    asked = next((referral for referral in referrals if referral.step == step.id), None)
    return text(asked.agency.name if asked else step.name)


@register.filter
def lasting(age: timedelta) -> str:
    """How long something has lasted, in its largest unit."""
    if age >= timedelta(days=1):
        return ngettext("%(count)s day", "%(count)s days", age.days) % {"count": age.days}
    hours = age // timedelta(hours=1)
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    minutes = age // timedelta(minutes=1)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
