"""What several parts of a review refuse, each with a lasting code and a sentence in the language of the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError


class ReviewError(RukhsaError):
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
    """A grant before the steps that precede it are done; `about` names the first of them."""

    code = "steps-not-done"
    text = _("Steps before the decision are not done yet. Finish them first, or refuse.")


class ReasonsMissing(ReviewError):
    """A refusal without reasons."""

    code = "reasons-missing"
    text = _("Write the reasons. The applicant reads them, and can object to them.")


class AlreadyDecided(ReviewError):
    """The application was decided otherwise before."""

    code = "already-decided"
    text = _("This application is already decided, and a decision is taken once.")


class Closed(ReviewError):
    """The application was decided or withdrawn meanwhile."""

    code = "application-closed"
    text = _("This application was closed meanwhile. Nothing is asked of you any more.")


class DecidedBefore(ReviewError):
    """An officer who refused an application cannot decide it when it is reconsidered."""

    code = "decided-before"
    text = _("You refused this application before. Another officer must decide it now.")
