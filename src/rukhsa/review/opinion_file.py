"""Files that an agency sends with its opinion, each with its safe copy for the authority and the committee."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.applications.taken import MOST_FILES, Taken, TakenFile
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.review import participant
from rukhsa.review.errors import ReviewError


class TooManyFiles(ReviewError):
    """More files than one answer takes."""

    code = "too-many-files"
    text = _("An answer takes at most 5 files. Put several into one PDF.")


class OpinionFileQuerySet(models.QuerySet["OpinionFile"]):
    """Whose files they are."""

    def seen_by(self, actor: Actor) -> "OpinionFileQuerySet":
        """Those of opinions about what the actor may open: at an authority, before a committee, or for an agency."""
        about = Q(opinion__referral__application__in=participant.applications(actor))
        agencies = actor.agencies_where(Permission.ANSWER_REFERRAL)
        if agencies:
            mine = Application.objects.filter(referrals__agency__in=agencies)
            about |= Q(opinion__referral__application__in=mine.values("pk"))
        if actor.holds_somewhere(Permission.VOTE):
            about |= Q(opinion__referral__application__in=participant.matters(actor))
        return self.filter(about)


class OpinionFile(TakenFile):
    """A file sent with an opinion."""

    opinion = models.ForeignKey("review.Opinion", models.PROTECT, related_name="files")

    authority_path = "opinion__referral__application__authority"
    objects = OpinionFileQuerySet.as_manager()

    class Meta:
        ordering = ["name"]


def keep(opinion: int, files: Iterable[Taken]) -> None:
    """Keep the files that are sent with the opinion with this key. Raises TooManyFiles."""
    rows = [OpinionFile(opinion_id=opinion, **each.columns) for each in files]
    if len(rows) > MOST_FILES:
        raise TooManyFiles
    if rows:
        OpinionFile.objects.bulk_create(rows)


def see(file: OpinionFile, *, actor: Actor, at: datetime) -> OpinionFile:
    """Record in the journal that the actor opens the file."""
    record("see-opinion-file", file, actor=actor, at=at)
    return file
