"""Hands: who may not decide an application, having examined it, an interest in it, or no mandate for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications import competence, interest
from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import Definition
from rukhsa.errors import RukhsaError
from rukhsa.mandates.mandate import Act
from rukhsa.review.check import Check
from rukhsa.review.errors import DecidedBefore, ReviewError
from rukhsa.review.inspection import InspectionReport
from rukhsa.review.referral import Opinion


class SameOfficer(ReviewError):
    """The person who examined the application cannot decide it."""

    code = "same-officer"
    text = _("You reviewed this application. Another officer must decide it.")


def decides_alone(definition: Definition) -> bool:
    """Whether the definition lets one person examine an application and decide it, and says why."""
    return definition.decision.one_hand_because is not None


def require_second_hand(application: Application, person: Person) -> None:
    """Raise SameOfficer if the person examined the application and its service is not decided by one hand.

    Raises DecidedBefore if the person decided it in an earlier round.
    """
    if refused := second_hand_problems([application], person).get(application.pk):
        raise refused


def second_hand_problems(applications: Sequence[Application], person: Person) -> dict[UUID, ReviewError]:
    """Why the person may not decide some of these, having examined or decided them; one statement for all."""
    found: dict[UUID, ReviewError] = {}
    hands = _hands(applications, person)
    for each in applications:
        if hands[each.pk].examined and not decides_alone(each.definition):
            found[each.pk] = SameOfficer()
        elif hands[each.pk].decided:
            found[each.pk] = DecidedBefore()
    return found


def barred(
    applications: Sequence[Application], act: Act, *, actor: Actor, at: datetime
) -> dict[UUID, RukhsaError]:
    """Why the actor could not decide some of these so, by their keys, with the errors that `decide` raises.

    An own interest comes before a hand in it, and that before the mandate; as many statements for many as for one of
    each service.
    """
    outside = competence.outside(actor, act, applications, at=at)
    return {
        **{pk: competence.OutsideMandate(act) for pk in outside},
        **second_hand_problems(applications, actor.person),
        **interest.barred(applications, actor.person),
    }


def examined_by(application: Application, person: Person) -> bool:
    """Whether the person found a step of it in order, reported a visit, or answered for an agency, at any time."""
    return _hands([application], person)[application.pk].examined


@dataclass(frozen=True, kw_only=True)
class _Hand:
    """What a person did in an application before."""

    examined: bool
    decided: bool


def _hands(applications: Sequence[Application], person: Person) -> dict[UUID, _Hand]:
    checks = Check.objects.filter(application=OuterRef("pk"), officer=person)
    reports = InspectionReport.objects.filter(inspection__application=OuterRef("pk"), inspector=person)
    opinions = Opinion.objects.filter(referral__application=OuterRef("pk"), officer=person)
    decided = Application.objects.filter(pk=OuterRef("pk"), decisions__officer=person)
    did = Q(Exists(checks)) | Q(Exists(reports)) | Q(Exists(opinions))
    here = Application.objects.filter(pk__in=[each.pk for each in applications]).order_by()
    found = here.values("pk", examined=did, decided=Exists(decided))
    return {each["pk"]: _Hand(examined=each["examined"], decided=each["decided"]) for each in found}
