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
    text = _("It is not time for this step yet.")


class StepsNotDone(ReviewError):
    """A grant before the steps that precede it are done; `about` names the first of them."""

    code = "steps-not-done"
    text = _("Some steps before the decision are not finished. Finish them, or refuse the application.")


class ReasonsMissing(ReviewError):
    """A refusal without reasons."""

    code = "reasons-missing"
    text = _("Enter the reasons. The applicant can read them and object.")


class AlreadyDecided(ReviewError):
    """The application was decided otherwise before."""

    code = "already-decided"
    text = _("This application is already decided.")


class Closed(ReviewError):
    """The application was decided or withdrawn meanwhile."""

    code = "application-closed"
    text = _("This application was closed. You do not need to answer.")


class DecidedBefore(ReviewError):
    """An officer who refused an application cannot decide it when it is reconsidered."""

    code = "decided-before"
    text = _("You refused this application before. Another officer must decide it now.")
