"""Competence: whether an actor may do an act on an application today, by permission, office and mandate.

Every room that decides something about an application or its document asks here, and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.application import Application
from rukhsa.authorities import scope
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.scope import Scope
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.office import office_now
from rukhsa.catalogue.steps import CheckStep
from rukhsa.mandates.errors import MandateError
from rukhsa.mandates.mandate import NEEDS, Act, Mandate, MandateQuerySet
from rukhsa.values.money import Money


class OutsideMandate(MandateError):
    """No mandate that the actor holds today, or has as a deputy, allows the act."""

    code = "outside-mandate"
    text = _("Your mandate does not include this. Ask your supervisor who may do it.")


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What an act is about where that is no application, as a document is: its authority and what its service says."""

    authority_id: str
    definition: Definition

    @property
    def scope(self) -> Scope:
        """Where the permission is needed."""
        return scope.authority(self.authority_id)


def may(
    actor: Actor, act: Act, application: Application | Matter, *, at: datetime, amount: Money | None = None
) -> bool:
    """Whether the actor may do the act on the application at a moment; `amount` is what it gives away."""
    return mandate_by_which(actor, act, application, at=at, amount=amount) is not None


def require(
    actor: Actor, act: Act, application: Application | Matter, *, at: datetime, amount: Money | None = None
) -> Mandate:
    """The mandate by which the actor may do the act; the caller keeps it beside what was decided.

    Raises NotPermitted without the permission at the authority of the application, and OutsideMandate.
    """
    actor.require(NEEDS[act], at=application.scope)
    mandate = mandate_by_which(actor, act, application, at=at, amount=amount)
    if mandate is None:
        raise OutsideMandate(act)
    return mandate


def mandate_by_which(
    actor: Actor, act: Act, application: Application | Matter, *, at: datetime, amount: Money | None = None
) -> Mandate | None:
    """The mandate by which the actor may do the act: the actor's own, or an absent officer's as the deputy.

    The amount of a grant is what the applicant would pay after it at this moment, unless one is given.
    """
    if not actor.holds(NEEDS[act], at=application.scope):
        return None
    usable = mandates_for(act, application, amount=amount).used_by(actor.person, at=at)
    if amount is not None or act is not Act.GRANT or isinstance(application, Matter):
        return usable.first()
    return next((each for each in usable if _reaches(each, application, at)), None)


def outside(actor: Actor, act: Act, applications: Iterable[Application], *, at: datetime) -> set[UUID]:
    """Those of the applications on which the actor may not do the act; one statement for each kind that a mandate
    tells apart: authority, service, office."""
    known: dict[tuple[str | None, ...], list[Mandate]] = {}
    found = set()
    for each in applications:
        decided = each.definition
        kind = (each.authority_id, decided.service, decided.decision.mandate, office_of_decision(decided))
        if kind not in known:
            may_at_all = actor.holds(NEEDS[act], at=each.scope)
            known[kind] = list(mandates_for(act, each).used_by(actor.person, at=at)) if may_at_all else []
        if not any(act is not Act.GRANT or _reaches(one, each, at) for one in known[kind]):
            found.add(each.pk)
    return found


type Reckoning = Callable[[Application, datetime], Money | None]

_RECKONINGS: Final[list[Reckoning]] = []


def register_reckoning(reckoning: Reckoning) -> None:
    """Register how a later room reckons what an applicant would pay after a grant at a moment; None where it cannot be
    said."""
    _RECKONINGS.append(reckoning)


def _reaches(mandate: Mandate, application: Application, at: datetime) -> bool:
    """Whether what a grant brings is within the mandate; where it cannot be said, only one without a limit reaches."""
    if mandate.up_to is None:
        return True
    brought = [reckoning(application, at) for reckoning in _RECKONINGS]
    return bool(brought) and all(each is not None and each.minor <= mandate.up_to for each in brought)


def mandates_for(
    act: Act, application: Application | Matter, *, amount: Money | None = None
) -> MandateQuerySet:
    """The mandates of the authority that allow the act on the application, no matter who holds them and when; those
    of posts in the office that decides it, or in no office and so in all."""
    definition = application.definition
    office = office_of_decision(definition)
    reaching = Q(post__office=None) | Q(post__office__code=office) if office else Q()
    return Mandate.objects.filter(reaching, authority=application.authority_id).covering(
        act, service=definition.service, subject=definition.decision.mandate, amount=amount
    )


def office_of_decision(definition: Definition) -> str:
    """The office in which a service is decided today: that of its last check; empty where none is named."""
    offices = [step.office for step in definition.steps if isinstance(step, CheckStep)]
    return office_now(offices[-1]) if offices else ""
