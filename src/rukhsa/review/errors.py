"""What a review refuses, each with a lasting code and a sentence in the language of the page."""

from datetime import date

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class ReviewError(Exception):
    """An act of the review that cannot be done."""

    code = "review-error"
    text: Promise | str = ""

    def __init__(self, about: str = "") -> None:
        super().__init__(f"{self.code}: {about}" if about else self.code)
        self.about = about


class StepNotOpen(ReviewError):
    """The step is not asked for, or its turn has not come."""

    code = "step-not-open"
    text = _("It is not the turn of this step now.")


class StepsNotDone(ReviewError):
    """A grant before every step that precedes it is done; `about` names the first of them."""

    code = "steps-not-done"
    text = _("Steps before the decision are not done yet. Finish them first, or refuse.")


class ReasonsMissing(ReviewError):
    """A refusal without reasons."""

    code = "reasons-missing"
    text = _("Write the reasons. The applicant reads them, and can object to them.")


class AlreadyDecided(ReviewError):
    """Somebody decided otherwise before."""

    code = "already-decided"
    text = _("This application is already decided, and a decision is taken once.")


class SameOfficer(ReviewError):
    """The one who examined may not decide."""

    code = "same-officer"
    text = _("You examined this application. Another officer must decide it.")


class LimitReached(ReviewError):
    """A grant of what there is nothing left of: the place is full, or the quota was used."""

    code = "limit-reached"
    text = _("Nothing is left of what is asked for in that time. Return the application, or refuse it.")


class PlaceTaken(ReviewError):
    """A grant for a place and days that other works hold; `about` names them."""

    code = "place-taken"

    def __init__(self, about: str, until: date | None) -> None:
        super().__init__(about)
        day = until.isoformat() if until else "–"
        self.text = format_lazy(
            _("Other works hold this place until {day}. Return the application, or refuse it."), day=day
        )


class DecidedByRule(ReviewError):
    """The definition leaves the decision to a rule, or to an officer."""

    code = "decided-by-rule"
    text = _("A rule decides this service. No officer decides it.")


class FindingsMissing(ReviewError):
    """A return that says nothing."""

    code = "findings-missing"
    text = _("Write at least one finding, so that the applicant knows what to change.")


class UnknownSubject(ReviewError):
    """A finding about something that is neither a question nor a document of the service."""

    code = "unknown-subject"
    text = _("Choose the question or the document that the finding is about.")


class AnswerUnknown(ReviewError):
    """An opinion that is neither an objection nor its absence."""

    code = "answer-unknown"
    text = _("Choose whether you object.")


class ObjectionWithoutReason(ReviewError):
    """An objection that does not say why."""

    code = "objection-without-reason"
    text = _("Say why you object, so that the officer and the applicant can act on it.")


class AlreadyAnswered(ReviewError):
    """The referral has another answer."""

    code = "already-answered"
    text = _("This referral was answered before, and an answer is given once.")


class Closed(ReviewError):
    """The application was decided or withdrawn meanwhile."""

    code = "application-closed"
    text = _("This application was closed meanwhile. Nothing is asked of you any more.")


class PointsMissing(ReviewError):
    """A report that leaves a point of the checklist out."""

    code = "points-missing"
    text = _("Mark every point of the checklist.")


class PassedWithFaults(ReviewError):
    """A report that passes although a point failed."""

    code = "passed-with-faults"
    text = _("A point failed, so the inspection cannot pass. Correct the point or choose failed.")


class FaultsWithoutText(ReviewError):
    """A failed inspection that does not say what to do."""

    code = "faults-without-text"
    text = _("Say what is wrong and what must be done.")


class NotTheirs(ReviewError):
    """An application handed to somebody who holds no post that could take it."""

    code = "not-an-officer-here"
    text = _("This person is no officer of this authority.")
