"""Retention: what is over by the territory's rules, shown before it goes, and erased in batches."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from rukhsa.applications.application import Step
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.issuance.models import Intent
from rukhsa.personal.erasure import Erasure, StillKept, delete_left_over, erase_each
from rukhsa.personal.erasure_hold import free
from rukhsa.personal.person_erasure import erase_person, people_free, people_over
from rukhsa.personal.retention_rule import (
    ERASED,
    OF_APPLICATIONS,
    OF_NO_AUTHORITY,
    Kind,
    RetentionRule,
    rules,
)
from rukhsa.personal.violation_erasure import erase_violation, violations_free, violations_over

A_BATCH: Final = 200
EXAMPLES: Final = 5
_STAGES: Final[dict[Kind, Stage]] = {
    "drafts": Stage.DRAFT,
    "withdrawn": Stage.WITHDRAWN,
    "lapsed": Stage.LAPSED,
    "refused": Stage.REFUSED,
    "granted": Stage.GRANTED,
}
# By which column a row is the oldest, and what it is known by, where that is not as of applications.
_TOLD: Final[dict[Kind, tuple[str, str]]] = {
    "violations": ("decided_at", "number"),
    "persons": ("joined_at", "pk"),
}
_ERASES: Final[dict[Kind, Callable[..., Erasure]]] = {"violations": erase_violation, "persons": erase_person}


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is over of one kind: how many, the oldest, a few by their references, and how many are kept all the same.

    Of people no one is named."""

    kind: Kind
    rule: RetentionRule
    count: int
    held: int
    oldest: datetime | None
    examples: list[str]


def dry_run(*, at: datetime, authorities: Collection[str] | None = None) -> Iterator[Due]:
    """What would be erased now, kind by kind, at some authorities or at all. It changes nothing.

    People belong to no authority: all are counted for each reader."""
    for kind in ERASED:
        rule = rules().get(kind)
        if rule is None:
            continue
        whole, (age, name) = over(kind, rule, at=at), _TOLD.get(kind, ("saved_at", "reference"))
        if authorities is not None and kind not in OF_NO_AUTHORITY:
            whole = whole.filter(authority__in=authorities)
        waiting = _free(kind, whole, at).order_by(age, "pk")
        first = list(waiting.values_list(name, "pk", age)[:EXAMPLES])
        count = waiting.count()
        yield Due(
            kind=kind,
            rule=rule,
            count=count,
            held=whole.count() - count,
            oldest=first[0][2] if first else None,
            examples=[]
            if kind in OF_NO_AUTHORITY
            else [reference or str(pk) for reference, pk, _age in first],
        )


def over(kind: Kind, rule: RetentionRule, *, at: datetime) -> QuerySet[Any]:
    """What of a kind has its time over and is not erased yet: applications, violations or people."""
    if kind == "violations":
        return violations_over(rule, at=at)
    if kind == "persons":
        return people_over(rule, at=at)
    return _applications_over(kind, rule, at)


def _free(kind: Kind, rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Those of what is over that nothing keeps."""
    if kind == "violations":
        return violations_free(rows)
    return people_free(rows, at=at) if kind == "persons" else free(rows, at=at)


def _applications_over(kind: Kind, rule: RetentionRule, at: datetime) -> QuerySet[Application]:
    latest = rule.latest(at)
    if latest is None:
        return Application.objects.none()
    found: QuerySet[Application] = Application.objects.filter(stage=_STAGES[kind], erasure=None)
    if kind == "drafts":
        return found.filter(saved_at__lt=latest)
    # What ended before was saved before: the column narrows before the newest step is looked for.
    ended = Step.objects.filter(application=OuterRef("pk")).order_by("-id").values("at")[:1]
    found = found.filter(saved_at__lt=latest).alias(ended=Subquery(ended)).filter(ended__lt=latest)
    if rule.from_ != "document-end":
        return found
    lasting = Intent.objects.filter(application=OuterRef("pk")).values("valid_until")[:1]
    known = found.alias(lasting=Subquery(lasting))
    return known.filter(lasting__lt=timezone.localdate(latest)) | known.filter(lasting=None)


def carry_out(kind: Kind, *, at: datetime, most: int = A_BATCH, authority: str = "") -> int:
    """Erase a batch of what is over of a kind, at one authority or at all; how many.

    A batch of applications is one transaction; a violation or a person has one of its own. Stopped anywhere it goes on
    with what is left; what was erased is not found again.
    """
    rule = rules().get(kind)
    if rule is None:
        return 0
    waiting = _free(kind, over(kind, rule, at=at), at).order_by("pk")
    if authority:
        waiting = waiting.filter(authority=authority)
    found = list(waiting[:most])
    because = {
        "rule": kind,
        "why": f"{rule.text.en} {rule.keep} ({rule.from_})",
        "cause": Erasure.Cause.RETENTION,
    }
    if kind in OF_APPLICATIONS:
        return erase_each(found, **because, actor=None, at=at) if found else 0
    done = 0
    for each in found:
        try:
            _ERASES[kind](each, **because, actor=None, at=at)
        except StillKept:  # something happened to it in this moment
            continue
        done += 1
    return done


def sweep(*, at: datetime) -> int:
    """Erase a batch of each kind that its rule lets go by itself, and the files that the last run left over."""
    delete_left_over(Erasure.objects.order_by("-pk")[:A_BATCH])
    nightly = [kind for kind in ERASED if kind in rules() and rules()[kind].by == "nightly"]
    return sum(carry_out(kind, at=at) for kind in nightly)
