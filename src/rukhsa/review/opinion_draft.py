"""Drafts of opinions: what an agency's people have written so far, kept until the answer is sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.taken import MOST_FILES, Taken, taken_again
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.review.errors import Closed
from rukhsa.review.referral import Referral


class OpinionDraft(models.Model):
    """The answer as it is typed so far, and its files; one for each question, seen by the agency alone.

    It is no fact: the answer deletes it.
    """

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="draft")
    typed = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    @property
    def taken(self) -> list[Taken]:
        """Its files."""
        return [taken_again(each) for each in self.files]


@transaction.atomic
def save_draft(
    referral: Referral, typed: Mapping[str, Any], files: Iterable[Taken], *, actor: Actor, at: datetime
) -> OpinionDraft:
    """Keep what is typed and the first files in place of the draft before. Raises Referral.DoesNotExist, Closed."""
    found = Referral.objects.on_which(actor, Permission.ANSWER_REFERRAL).get(pk=referral.pk)
    if not Referral.objects.open().filter(pk=found.pk).exists():
        raise Closed
    kept = [each.columns for each in files][:MOST_FILES]
    draft, _new = OpinionDraft.objects.update_or_create(
        referral=found,
        defaults={"typed": dict(typed), "files": kept, "person": actor.person, "saved_at": at},
    )
    record("keep-opinion-draft", found, actor=actor, at=at)
    return draft


def draft_of(referral: Referral) -> OpinionDraft | None:
    """What was kept of an answer, if anything was."""
    return OpinionDraft.objects.select_related("person").filter(referral=referral).first()
