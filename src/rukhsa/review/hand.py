"""Hands: who examined an application, and so does not decide it too."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.catalogue.definition import Definition
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
    hands = _hands(application, person)
    if hands["examined"] and not decides_alone(application.definition):
        raise SameOfficer
    if hands["decided"]:
        raise DecidedBefore


def examined_by(application: Application, person: Person) -> bool:
    """Whether the person found a step of it in order, reported a visit, or answered for an agency, at any time."""
    return bool(_hands(application, person)["examined"])


def _hands(application: Application, person: Person) -> Mapping[str, Any]:
    checks = Check.objects.filter(application=OuterRef("pk"), officer=person)
    reports = InspectionReport.objects.filter(inspection__application=OuterRef("pk"), inspector=person)
    opinions = Opinion.objects.filter(referral__application=OuterRef("pk"), officer=person)
    decided = Application.objects.filter(pk=OuterRef("pk"), decisions__officer=person)
    did = Q(Exists(checks)) | Q(Exists(reports)) | Q(Exists(opinions))
    return Application.objects.values(examined=did, decided=Exists(decided)).get(pk=application.pk)
