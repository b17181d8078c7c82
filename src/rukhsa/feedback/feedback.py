"""Feedback: a rating after a part of the way, or what is wrong with a page; no person is named in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django.db import models, transaction
from django.db.models import Avg, Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.authorities.scope import Holder, Scoped, ScopedQuerySet
from rukhsa.errors import RukhsaError

LONGEST: Final = 2000


class NothingSaid(RukhsaError):
    """Feedback without a rating and without words."""

    code = "nothing-said"
    text: Promise = _("Choose a rating, or write what is wrong.")


class FeedbackQuerySet(ScopedQuerySet["Feedback"]):
    """Which feedback an actor may read."""

    def on_which(self, actor: Holder, permission: Permission, *also: Permission) -> Self:
        """That about the authorities in which the actor holds the permission, and that about no authority."""
        here = actor.authorities_where(permission, *also)
        return self.filter(Q(authority__in=here) | Q(authority=None)) if here else self.none()

    def by_service(self) -> Any:
        """For each service and part of the way: how many, how many rated, and the mean of the ratings."""
        counted = self.values("service", "after").annotate(
            count=Count("pk"), rated=Count("rating"), mean=Avg("rating")
        )
        return counted.order_by("service", "after")


class Feedback(Scoped):
    """What was said once; about an authority where one had the application."""

    class After(models.TextChoices):
        SUBMITTED = "submitted"
        CORRECTED = "corrected"
        VISITED = "visited"
        PAID = "paid"
        REFUSED = "refused"
        RECEIVED = "received"
        PAGE = "page"

    after = models.CharField(max_length=10, choices=After)
    service = models.CharField(max_length=60, blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    page = models.CharField(
        max_length=60, blank=True
    )  # the name of its route: an address may name an application
    rating = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    at = models.DateTimeField()

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="a_rating_is_one_to_five"
            ),
            models.CheckConstraint(condition=~Q(rating=None, text=""), name="feedback_says_something"),
        ]
        indexes = [
            models.Index(fields=["authority", "-id"], name="feedback_newest"),
            models.Index(fields=["at"], name="feedback_by_day"),
        ]


@dataclass(frozen=True, kw_only=True)
class About:
    """What feedback is about."""

    after: Feedback.After
    service: str = ""
    authority: Authority | None = None
    page: str = ""


@transaction.atomic
def give(about: About, *, rating: int | None, text: str, language: str, at: datetime) -> Feedback:
    """Keep what was said, without a name. Raises NothingSaid."""
    text = text.strip()[:LONGEST]
    if rating is None and not text:
        raise NothingSaid
    feedback = Feedback.objects.create(
        after=about.after,
        service=about.service,
        authority=about.authority,
        page=about.page[:60],
        rating=rating,
        text=text,
        language=language,
        at=at,
    )
    record("give-feedback", feedback, actor=None, at=at)
    return feedback
