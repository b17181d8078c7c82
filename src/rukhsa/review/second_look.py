"""Second looks: a random share of each day's grants is examined again by a person who had no hand in them."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.interest import require_no_interest
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Scoped, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.review import participant
from rukhsa.review.decision import Decision
from rukhsa.review.errors import ReasonsMissing, ReviewError
from rukhsa.review.hand import examined_by

# How many grants of 1000 are examined again. Assumed: no source states a share.
SHARE: Final = 20


class LookedAgain(ReviewError):
    """Another person examined the grant again before."""

    code = "looked-again"
    text = _("Another person has already looked at this approval again.")


class OwnGrant(ReviewError):
    """The person had a hand in the grant, and so does not examine it again."""

    code = "own-grant"
    text = _("You had a hand in this approval. Another person must look at it again.")


class Draw(models.Model):
    """The draw of a day: its seed is chosen when the day is over, once, so that no one who grants knows it."""

    day = models.DateField(unique=True)
    seed = models.CharField(max_length=64)  # 32 bytes in hexadecimal digits
    share = models.PositiveSmallIntegerField()  # of 1000
    at = models.DateTimeField()

    def draws(self, reference: str) -> bool:
        """Whether a reference is drawn: SHA-256 of the seed's digits, a colon and the reference, modulo 1000."""
        digest = hashlib.sha256(f"{self.seed}:{reference}".encode()).digest()
        return int.from_bytes(digest) % 1000 < self.share


class DrawnGrantQuerySet(ScopedQuerySet["DrawnGrant"]):
    """Grants that were drawn."""

    def for_another(self, person: Person) -> "DrawnGrantQuerySet":
        """Those that wait, without the ones that the person granted, proposed or found in order."""
        own = Decision.objects.filter(Q(officer=person) | Q(proposed_by=person)).filter(
            pk=models.OuterRef("decision")
        )
        checked = Application.objects.filter(
            checks__officer=person, pk=models.OuterRef("decision__application")
        )
        return self.filter(second_look=None).exclude(models.Exists(own)).exclude(models.Exists(checked))


class DrawnGrant(Scoped):
    """A grant that was drawn, and waits for a second look."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="grants")

    objects = DrawnGrantQuerySet.as_manager()


class SecondLook(models.Model):
    """What another person found of a grant that was drawn. It changes nothing of the grant."""

    grant = models.OneToOneField(DrawnGrant, models.PROTECT, related_name="second_look")
    agrees = models.BooleanField()
    reasons = models.TextField(blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@transaction.atomic
def draw(day: date, *, at: datetime, share: int = SHARE) -> int:
    """Draw from the grants that officers took on a day that is over; how many. A second time changes nothing."""
    first, last = territory().bounds(day)
    assert last <= at
    drawn, is_new = Draw.objects.get_or_create(
        day=day, defaults={"seed": secrets.token_hex(32), "share": share, "at": at}
    )
    if not is_new:
        return 0
    grants = Decision.objects.filter(outcome=Decision.Outcome.GRANTED, officer__isnull=False)
    found = grants.filter(at__gte=first, at__lt=last).values_list(
        "pk", "application__reference", "application__authority"
    )
    rows = [
        DrawnGrant(draw=drawn, decision_id=pk, authority_id=authority)
        for pk, reference, authority in found.iterator()
        if drawn.draws(reference or "")
    ]
    DrawnGrant.objects.bulk_create(rows, batch_size=500)
    record("draw-grants", drawn, actor=None, at=at, day=str(day), drawn=len(rows))
    return len(rows)


@transaction.atomic
def look_again(grant: DrawnGrant, agrees: bool, reasons: str, *, actor: Actor, at: datetime) -> SecondLook:
    """Keep what a person found of a grant that was drawn; where it differs, the supervisors are told.

    Raises NotPermitted, OwnGrant, OwnInterest, ReasonsMissing, LookedAgain.
    """
    actor.require(Permission.DECIDE, at=grant.scope)
    application = grant.decision.application
    had_a_hand = actor.person.pk in {grant.decision.officer_id, grant.decision.proposed_by_id}
    if had_a_hand or examined_by(application, actor.person):
        raise OwnGrant
    require_no_interest(application, actor.person)
    if not agrees and not reasons.strip():
        raise ReasonsMissing
    try:
        with transaction.atomic():
            look = SecondLook.objects.create(
                grant=grant, agrees=agrees, reasons=reasons.strip(), officer=actor.person, at=at
            )
    except IntegrityError as error:
        raise LookedAgain from error
    record("look-again", application, actor=actor, at=at, agrees=agrees)
    if not agrees:
        participant.tell_authority(application, "second-look", at=at)
    return look
