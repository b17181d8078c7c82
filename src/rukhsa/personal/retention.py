"""Retention: what is over by the territory's rules, shown before it goes, and erased in batches."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from rukhsa.applications.application import Step
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.issuance.models import Intent
from rukhsa.personal.erasure import Erasure, StillKept, delete_left_over, erase
from rukhsa.personal.erasure_hold import free
from rukhsa.personal.retention_rule import OF_APPLICATIONS, Kind, RetentionRule, rules

A_BATCH: Final = 200
EXAMPLES: Final = 5
_STAGES: Final[dict[Kind, Stage]] = {
    "drafts": Stage.DRAFT,
    "withdrawn": Stage.WITHDRAWN,
    "lapsed": Stage.LAPSED,
    "refused": Stage.REFUSED,
    "granted": Stage.GRANTED,
}


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is over of one kind: how many, the oldest, a few by their references, and how many are kept all the same."""

    kind: Kind
    rule: RetentionRule
    count: int
    held: int
    oldest: datetime | None
    examples: list[str]


def dry_run(*, at: datetime, authorities: Collection[str] | None = None) -> Iterator[Due]:
    """What would be erased now, kind by kind, at some authorities or at all. It changes nothing."""
    for kind in OF_APPLICATIONS:
        rule = rules().get(kind)
        if rule is None:
            continue
        whole = over(kind, rule, at=at)
        if authorities is not None:
            whole = whole.filter(authority__in=authorities)
        waiting = free(whole, at=at).order_by("saved_at", "pk")
        first = list(waiting.values_list("reference", "pk", "saved_at")[:EXAMPLES])
        count = waiting.count()
        yield Due(
            kind=kind,
            rule=rule,
            count=count,
            held=whole.count() - count,
            oldest=first[0][2] if first else None,
            examples=[reference or str(pk) for reference, pk, _saved in first],
        )


def over(kind: Kind, rule: RetentionRule, *, at: datetime) -> QuerySet[Application]:
    """The applications of a kind whose time is over and which are not erased yet."""
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

    Each application has a transaction of its own. Stopped anywhere it goes on with the next one; what was erased is not
    found again.
    """
    rule = rules().get(kind)
    if rule is None:
        return 0
    done = 0
    waiting = free(over(kind, rule, at=at), at=at).order_by("pk")
    if authority:
        waiting = waiting.filter(authority=authority)
    for application in waiting.select_related("service_version")[:most]:
        try:
            why = f"{rule.text.en} {rule.keep} ({rule.from_})"
            erase(application, rule=kind, why=why, cause=Erasure.Cause.RETENTION, actor=None, at=at)
        except StillKept:  # something happened to it in this moment
            continue
        done += 1
    return done


def sweep(*, at: datetime) -> int:
    """Erase a batch of each kind that its rule lets go by itself, and the files that the last run left over."""
    newest = Application.objects.filter(erasure__isnull=False).order_by("-erasure__pk")[:A_BATCH]
    for application in newest:
        delete_left_over(application)
    nightly = [kind for kind in OF_APPLICATIONS if kind in rules() and rules()[kind].by == "nightly"]
    return sum(carry_out(kind, at=at) for kind in nightly)
