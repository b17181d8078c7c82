"""The end of violations: which are over by the territory's rule, what keeps one, and erasing its party."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from rukhsa.agreement import State
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.personal.erasure import Erasable, Erasure, StillKept, carry_out_erasures
from rukhsa.personal.retention_rule import RetentionRule
from rukhsa.violations.contesting import NOTICE, SERVICE
from rukhsa.violations.models import Violation, WithdrawalProposal

_OWN: Final = "id = %(of)s"
_OF_IT: Final = "violation_id = %(of)s"
COLUMNS: Final[tuple[Erasable, ...]] = (
    *(
        Erasable(table="violations_violation", column=column, empty="''", rows=_OWN)
        for column in ("party_name", "party_number", "party_phone", "place", "text", "refusal")
    ),
    Erasable(table="violations_violation", column="latitude", empty="NULL", rows=_OWN),
    Erasable(table="violations_violation", column="longitude", empty="NULL", rows=_OWN),
    Erasable(table="violations_mending", column="text", empty="''", rows=_OF_IT),
    Erasable(table="violations_withdrawal", column="reason", empty="''", rows=_OF_IT),
    Erasable(table="violations_withdrawalproposal", column="reason", empty="''", rows=_OF_IT),
    Erasable(table="violations_withdrawalproposal", column="refusal", empty="''", rows=_OF_IT),
    Erasable(table="violations_papernotice", column="taken_by", empty="''", rows=_OF_IT),
    # One address of one channel is told once: the row's own id stands there afterwards, so that two stay apart.
    Erasable(table="violations_partynotice", column="to", empty="id::text", rows=_OF_IT, is_fact=False),
)


def violations_over(rule: RetentionRule, *, at: datetime) -> QuerySet[Violation]:
    """The decided violations whose time is over and which are not erased yet.

    Time counts from the last of these: its decision, its last day to contest, that it was mended or withdrawn."""
    latest = rule.latest(at)
    if latest is None:
        return Violation.objects.none()
    ended = Violation.objects.exclude(state=State.PROPOSED).filter(erasure=None, decided_at__lt=latest)
    return ended.filter(
        Q(mending=None) | Q(mending__at__lt=latest),
        Q(withdrawal=None) | Q(withdrawal__at__lt=latest),
        contest_by__lt=timezone.localdate(latest),
    )


def violations_free(violations: QuerySet[Violation]) -> QuerySet[Violation]:
    """Those that no application names which is kept itself, since what settles or contests one goes first, and whose
    withdrawal waits for no second person."""
    naming = Application.objects.filter(service_version__service=SERVICE, erasure=None)
    naming = naming.exclude(stage=Stage.DRAFT).alias(notice=KT(f"answers__{NOTICE}"))
    waiting = WithdrawalProposal.objects.filter(violation=OuterRef("pk"), state=State.PROPOSED)
    return violations.filter(~Exists(naming.filter(**{"notice": OuterRef("number")})), ~Exists(waiting))


@transaction.atomic
def erase_violation(
    violation: Violation, *, rule: str, why: str, cause: str, actor: Actor | None, at: datetime
) -> Erasure:
    """Erase who it was against, where it was, what was seen, the photos and the addresses of its notices.

    Its number, kind, law, fine, days and people of the staff stay. Once more changes nothing. Raises StillKept.
    """
    locked = Violation.objects.select_for_update(of=("self",)).get(pk=violation.pk)
    if done := Erasure.objects.filter(violation=locked).first():
        return done
    if locked.waits or not violations_free(Violation.objects.filter(pk=locked.pk)).exists():
        raise StillKept(locked.number)
    erasure = Erasure(violation=locked, rule=rule, why=why[:400], cause=cause, at=at)
    erasure.decided_by = actor.person if actor else None
    carry_out_erasures([erasure], COLUMNS, act="erase-violation", actor=actor)
    return erasure
