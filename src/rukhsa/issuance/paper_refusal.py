"""Why a paper about money that somebody asked for could not be issued: a row for each reason, when it was first met."""

from django.db import models

from rukhsa.applications.models import Application
from rukhsa.authorities.scope import Scoped, ScopedQuerySet


class PaperRefusal(Scoped):
    """One reason against one paper; it is open until the paper is there."""

    origin = models.CharField(max_length=80)  # of the paper: "receipt:12"
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    at = models.DateTimeField()

    authority_path = "application__authority"
    objects = ScopedQuerySet["PaperRefusal"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "code"], name="paper_refused_once_for_each_reason")
        ]
        indexes = [models.Index(fields=["-at"], name="paper_refusals_newest_first")]
