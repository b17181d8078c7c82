"""Holds: what keeps an application from being erased, a dispute that two people wrote down, or what the facts say."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rukhsa.applications.models import Application
from rukhsa.issuance.models import Instrument, Revocation
from rukhsa.payments.models import Attempt, DepositMovement, HeldDeposit, Payout, Refund
from rukhsa.personal.dispute_hold import DisputeHold


def held(*, at: datetime) -> dict[str, Q]:
    """What keeps applications at a moment, by its name: conditions on applications."""
    this = OuterRef("pk")
    holds = DisputeHold.objects.in_force(at=at).filter(application=this)
    deposits = HeldDeposit.objects.filter(line__charge__application=this)
    attempts = Attempt.objects.unsettled().filter(charge__application=this)
    sent, back = (
        Payout.objects.filter(state=Payout.State.DONE, **{of: OuterRef("pk")}) for of in ("refund", "release")
    )
    refunds = Refund.objects.filter(~Exists(sent), attempt__charge__application=this)
    releases = DepositMovement.objects.filter(
        ~Exists(back), kind=DepositMovement.Kind.RELEASED, line__charge__application=this
    )
    owed = Q(Exists(refunds)) | Q(Exists(releases))
    revoked = Revocation.objects.filter(instrument=OuterRef("pk"))
    lasting = Q(intent__valid_until=None) | Q(intent__valid_until__gte=timezone.localdate(at))
    documents = Instrument.objects.filter(~Exists(revoked), lasting, intent__application=this)
    return {
        "dispute": Q(Exists(holds)),
        "open-money": Q(Exists(deposits)) | Q(Exists(attempts)) | owed,
        "document-in-force": Q(Exists(documents)),
    }


def free(applications: QuerySet[Application], *, at: datetime) -> QuerySet[Application]:
    """Those of the applications that nothing keeps."""
    for condition in held(at=at).values():
        applications = applications.filter(~condition)
    return applications


def holds_on(application: Application, *, at: datetime) -> list[str]:
    """The names of what keeps one application; empty if nothing does."""
    this = Application.objects.filter(pk=application.pk)
    return [name for name, condition in held(at=at).items() if this.filter(condition).exists()]
