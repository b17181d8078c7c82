"""What an application still owes, and holding its money still while it ends."""

from django.db.models import Exists, OuterRef, QuerySet

from rukhsa.applications.models import Application
from rukhsa.payments.errors import OutcomeUnknown
from rukhsa.payments.models import Attempt, Charge


def unpaid(application: Application) -> QuerySet[Charge]:
    """The newest charge of each moment that claims something and has no receipt."""
    newer = Charge.objects.filter(application=application, due=OuterRef("due"), number__gt=OuterRef("number"))
    return Charge.objects.filter(~Exists(newer), application=application, receipt=None, amount__gt=0)


def require_standstill(application: Application) -> None:
    """Let no payment of the application begin or end until the open transaction does; its row is locked already.

    Raises OutcomeUnknown while one is under way or in doubt.
    """
    charges = Charge.objects.select_for_update(of=("self",)).filter(application=application)
    attempts = Attempt.objects.filter(charge__in=list(charges.order_by("pk")))
    if attempts.unsettled().exists():
        raise OutcomeUnknown(application.reference)
