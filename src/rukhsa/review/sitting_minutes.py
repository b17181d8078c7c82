"""Signed minutes of a sitting: drawn from its votes and decisions, signed by secretary and chair, then fixed."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rukhsa import agreement
from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import Agreement, State
from rukhsa.authorities.actor import Actor, NotPermitted
from rukhsa.authorities.scope import Scope, ScopedQuerySet
from rukhsa.catalogue.territory import territory
from rukhsa.review.errors import ReviewError
from rukhsa.review.sitting import Minutes, MinutesMissing, NotPresent, Sitting
from rukhsa.values.names import Text


class CorrectionUnexplained(ReviewError):
    """Minutes that were signed are drawn again without saying what is corrected."""

    code = "correction-unexplained"
    text = _("These minutes are signed. Enter what the new version corrects.")


class SittingMinutes(Agreement):
    """The minutes of a whole sitting. The secretary signs by proposing them, and the chair by approving them.

    What both sign is `digest`, the SHA-256 of the content in its canonical form (RFC 8785 for what stands in it).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="signed_minutes")
    version = models.PositiveSmallIntegerField()
    correction = models.TextField(blank=True)
    chair = models.ForeignKey(Person, models.PROTECT, related_name="+")
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    authority_path = "sitting__authority"
    objects = ScopedQuerySet["SittingMinutes"].as_manager()

    class Meta(Agreement.Meta):
        ordering = ["-version"]
        constraints = [
            *Agreement.Meta.constraints,
            models.UniqueConstraint(
                fields=["sitting", "version"],
                condition=Q(state__in=["proposed", "approved"]),
                name="one_version_of_the_minutes",
            ),
            models.UniqueConstraint(
                fields=["sitting"], condition=Q(state="proposed"), name="one_draft_of_the_minutes"
            ),
        ]

    @property
    def scopes(self) -> frozenset[Scope]:
        """Where the chair votes: the committee."""
        return frozenset({self.sitting.committee_scope})

    @property
    def is_signed(self) -> bool:
        """Whether both have signed."""
        return self.state == State.APPROVED


@transaction.atomic
def draw_minutes(
    sitting: Sitting, chair: Person, correction: str = "", *, actor: Actor, at: datetime
) -> SittingMinutes:
    """Draw the minutes from what was voted and decided, signed by the actor as secretary; the chair signs next.

    Raises Sitting.DoesNotExist out of reach, MinutesMissing while nothing was decided, NotPresent for a chair who was
    not there, CorrectionUnexplained for minutes that are signed, and UnderWay.
    """
    actor.require_somewhere(Permission.CONVENE)
    found = Sitting.objects.on_which(actor, Permission.CONVENE).select_related("authority").get(pk=sitting.pk)
    if not found.attendances.filter(member=chair).exists():
        raise NotPresent
    signed = SittingMinutes.objects.filter(sitting=found, state=State.APPROVED).order_by("-version").first()
    if signed and not correction.strip():
        raise CorrectionUnexplained
    content = content_of(found, chair, at)
    if not content["matters"]:
        raise MinutesMissing
    drawn = SittingMinutes(
        sitting=found,
        version=signed.version + 1 if signed else 1,
        correction=correction.strip(),
        chair=chair,
        content=content,
        digest=hashlib.sha256(_canonical(content)).hexdigest(),
    )
    within = found.authority.scope
    return agreement.propose(drawn, permission=Permission.CONVENE, actor=actor, at=at, within=within)


@transaction.atomic
def sign_minutes(minutes: SittingMinutes, *, actor: Actor, at: datetime) -> SittingMinutes:
    """Sign as the chair. Raises NotPermitted for anyone else, and as `agreement.approve` does."""
    if actor.person.pk != minutes.chair_id:
        raise NotPermitted(Permission.VOTE)
    return agreement.approve(minutes, permission=Permission.VOTE, actor=actor, at=at)


@transaction.atomic
def send_back(minutes: SittingMinutes, reason: str, *, actor: Actor, at: datetime) -> SittingMinutes:
    """Refuse to sign, with a reason; the secretary draws them again. Raises as `agreement.refuse` does."""
    if actor.person.pk not in {minutes.chair_id, minutes.proposed_by_id}:
        raise NotPermitted(Permission.VOTE)
    return agreement.refuse(minutes, reason, permission=Permission.VOTE, actor=actor, at=at)


def content_of(sitting: Sitting, chair: Person, at: datetime) -> dict[str, Any]:
    """What the minutes say: committee, day, people, and each matter that was decided with its votes, as plain data."""
    rule = territory().committees[sitting.committee]
    votes: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for vote in sitting.votes.select_related("member"):
        told = {"member": _pair(vote.member.name), "choice": vote.choice, "reason": vote.reason}
        votes.setdefault(vote.application_id, []).append(told)
    rows = Minutes.objects.filter(sitting=sitting).select_related("application__service_version")
    matters = []
    for row in rows:
        decided = row.application.decisions.filter(sitting=sitting).first()
        matters.append(
            {
                "reference": row.application.reference,
                "service": _pair(row.application.definition.name),
                "text": row.text,
                "file": row.digest,
                "votes": votes.get(row.application_id, []),
                "outcome": decided.outcome if decided else "",
                "reasons": decided.reasons if decided else "",
                "legal_basis": decided.legal_basis if decided else "",
            }
        )
    return {
        "committee": _pair(rule.name),
        "authority": _pair(sitting.authority.name(on=sitting.held_on)),
        "held_on": sitting.held_on.isoformat(),
        "quorum": rule.quorum,
        "present": [_pair(each.member.name) for each in sitting.attendances.select_related("member")],
        "chair": _pair(chair.name),
        "drawn_at": timezone.localtime(at).isoformat(),
        "matters": matters,
    }


def _pair(name: Text) -> dict[str, str]:
    return {"ar": name.ar, "en": name.en}


def _canonical(content: dict[str, Any]) -> bytes:
    """RFC 8785 for texts and whole numbers: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
