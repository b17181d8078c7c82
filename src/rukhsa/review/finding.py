"""Findings: what is to be changed in an application that goes back to the applicant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import move
from rukhsa.applications.models import Application, Step
from rukhsa.applications.stages import Act, Stage
from rukhsa.applications.submission import changes_since
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import Reason
from rukhsa.catalogue.reason import Told, Use, told
from rukhsa.jobs import advance_soon
from rukhsa.review import participant, queue
from rukhsa.review.assignment import take_if_free
from rukhsa.review.errors import ReviewError


class Noted(NamedTuple):
    """What an officer notes: about a question or a document, or "" for the whole; in own words, by a code, or both."""

    about: str
    text: str
    code: str = ""  # of a standard finding


NOTHING_NOTED = Noted("", "")


class FindingsMissing(ReviewError):
    """A return without a finding."""

    code = "findings-missing"
    text = _("Enter at least one finding, so that the applicant knows what to change.")


class UnknownSubject(ReviewError):
    """A finding about something that is neither a question nor a document of the service."""

    code = "unknown-subject"
    text = _("Choose the question or the document that the finding is about.")


class FindingsUnanswered(ReviewError):
    """A resubmission that neither changes what was asked nor says why not; `findings` says which."""

    code = "findings-unanswered"
    text = _("Change what the officer asked for, or write why it stays as it is.")

    def __init__(self, findings: Sequence["Finding"]) -> None:
        super().__init__(self.code)
        self.findings = findings


class FindingQuerySet(models.QuerySet["Finding"]):
    """Which findings still wait for the applicant."""

    def open(self) -> "FindingQuerySet":
        """The findings of a return that the applicant has not answered yet."""
        newer = Step.objects.filter(application=OuterRef("application"), id__gt=OuterRef("returned_by"))
        return self.filter(application__stage=Stage.RETURNED).exclude(Exists(newer))


class Finding(models.Model):
    """One fault noted, about a question or a document, and sent to the applicant with a return."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    about = models.CharField(max_length=60, blank=True)  # the id of a question or of a document; empty: all
    # A standard finding; `text` has the officer's own words beside it, and is never empty without one.
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField()
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    returned_by = models.ForeignKey(Step, models.PROTECT, related_name="+")

    objects = FindingQuerySet.as_manager()

    def told(self, language: str) -> Told:
        """What is to be changed, and the legal basis of a standard finding, for a reader of this language."""
        return told([self.reason] if self.reason else [], self.text, "", language, otherwise=self.text)


@transaction.atomic
def return_to_applicant(
    application: Application, findings: Sequence[Noted | tuple[str, str]], *, actor: Actor, at: datetime
) -> list[Finding]:
    """Return the application with at least one finding; returning it again with the same changes nothing.

    One that no officer has is then in hand of the officer who returned it, to whom its answer comes back.
    Raises FindingsMissing, UnknownSubject, UnknownReason, and NotPossible when it is not with the authority.
    """
    application = participant.lock_for(application, actor, Permission.RETURN, at=at)
    noted = _all_noted(application, findings)
    if application.stage == Stage.RETURNED:
        findings_open = Finding.objects.open().filter(application=application).select_related("reason")
        present = list(findings_open.order_by("id"))
        if present and [_noted(each) for each in present] == noted:
            return present
    codes = {each.code for each in noted if each.code}
    standard = {
        each.code: each for each in Reason.objects.chosen(codes, Use.RETURN, application.definition.service)
    }
    step = move(application, Act.RETURN, actor=actor, at=at, content={"findings": len(noted)})
    made = [
        Finding.objects.create(
            application=application,
            about=each.about,
            reason=standard.get(each.code),
            text=each.text,
            officer=actor.person,
            at=at,
            returned_by=step,
        )
        for each in noted
    ]
    take_if_free(application, actor, at)
    queue.refresh(application, at)
    advance_soon(application.pk)
    return made


def _all_noted(application: Application, findings: Sequence[Noted | tuple[str, str]]) -> list[Noted]:
    typed = (Noted(*finding) for finding in findings)
    noted = [each._replace(text=each.text.strip()) for each in typed if each.text.strip() or each.code]
    if not noted:
        raise FindingsMissing
    known = {"", *subjects(application)}
    if unknown := [each.about for each in noted if each.about not in known]:
        raise UnknownSubject(unknown[0])
    return noted


def _noted(finding: Finding) -> Noted:
    return Noted(finding.about, finding.text, finding.reason.code if finding.reason else "")


def unanswered(application: Application, replies: Mapping[int, str], *, at: datetime) -> list[Finding]:
    """The open findings which neither a change of what they are about nor a reply answers."""
    changed = changes_since(application, at=at)
    findings = Finding.objects.open().filter(application=application).select_related("reason").order_by("id")
    return [
        finding
        for finding in findings
        if not (finding.about in changed if finding.about else changed)
        and not replies.get(finding.pk, "").strip()
    ]


def replies_to(application: Application) -> dict[int, str]:
    """What the applicant wrote to findings instead of a change, by finding; one query."""
    again = application.steps.filter(act=Act.RESUBMIT)
    return {int(id): text for step in again for id, text in step.content.get("replies", {}).items()}


def subjects(application: Application) -> list[str]:
    """The ids of everything a finding may be about."""
    definition = application.definition
    return [*(question.id for question in definition.questions), *(each.id for each in definition.documents)]
