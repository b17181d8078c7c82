"""Committees that the desk forms, changes or ends: what one must be, and what keeps one from ending."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from rukhsa.authorities.models import Post
from rukhsa.catalogue.in_force import COMMITTEE
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.territory import formed_committee
from rukhsa.catalogue.territory_change import TerritoryChange, register_kind
from rukhsa.errors import RukhsaError
from rukhsa.review.agenda import Agenda
from rukhsa.review.office_work import CODE, LONGEST
from rukhsa.review.queue import WaitingMatter
from rukhsa.review.sitting import Sitting


class CommitteeUnfit(RukhsaError):
    """A committee without a short name, names, a quorum or what it rests on."""

    code = "committee-unfit"


class CommitteeHasWork(RukhsaError):
    """A committee is to end that a service names, or for which applications or a sitting wait."""

    code = "committee-has-work"


def _check(key: str, value: Any) -> None:
    """Raises CommitteeUnfit, CommitteeHasWork."""
    names = [value["ar"].strip(), value["en"].strip()]
    try:
        formed_committee(value)
    except ValidationError:
        raise CommitteeUnfit(key) from None
    is_named = all(names) and all(len(each) <= LONGEST for each in names) and value["source"].strip()
    if not (CODE.fullmatch(key) and is_named):
        raise CommitteeUnfit(key)
    if value.get("ended"):
        _require_no_work(key)


def _carry_out(change: TerritoryChange, _at: datetime) -> None:
    """Look again at what keeps it, since the proposal. Raises CommitteeHasWork."""
    if change.value is None:  # its forming is undone: only where it never sat
        _require_no_work(change.key)
        sat = Sitting.objects.filter(committee=change.key).exists()
        if sat or Post.objects.filter(committee=change.key).exists():
            raise CommitteeHasWork(change.key)
    elif change.value.get("ended"):
        _require_no_work(change.key)


def _require_no_work(id: str) -> None:
    later = ServiceVersion.objects.filter(effective_on__gt=timezone.localdate())
    decided = {each.definition.decision.committee for each in [*ServiceVersion.objects.current(), *later]}
    members = Post.objects.filter(committee=id).exclude(ends_on__lt=timezone.localdate())
    waiting = (
        WaitingMatter.objects.filter(committee=id),
        Agenda.objects.open().filter(committee=id),
        members,
    )
    if id in decided or any(each.exists() for each in waiting):
        raise CommitteeHasWork(id)


def register() -> None:
    """Say what a committee is."""
    register_kind(COMMITTEE, check=_check, effect=_carry_out)
