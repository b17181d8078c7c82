"""What a round refuses, each with a lasting code and a sentence in the language of the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError


class RoundError(RukhsaError):
    """An act on a round that cannot be done."""

    code = "round-error"
    text: Promise | str = ""


class NothingChosen(RoundError):
    """No visit was chosen, or none of those chosen is open any more."""

    code = "no-visit-chosen"
    text = _("Choose at least one open visit.")


class RoundOver(RoundError):
    """The day of a round is over."""

    code = "round-over"
    text = _("Choose today or a later day.")


class NoInspector(RoundError):
    """The person does not inspect for the authority of the visits on that day."""

    code = "not-an-inspector"
    text = _("Choose an inspector of the authority that the visits belong to.")


class RoundFull(RoundError):
    """More visits than a day holds."""

    code = "round-full"
    text = _("This is more than one inspector can visit in a day. Choose 40 visits or fewer.")


class FixedOnAnotherDay(RoundError):
    """The applicant of one of the visits chose a time on another day."""

    code = "visit-fixed-on-another-day"
    text = _("The applicant chose another day for one of these visits. Move the appointment first.")


class TooManyPhotos(RoundError):
    """More pictures of a visit than are kept."""

    code = "too-many-photos"
    text = _("This visit has too many photos already.")


class PhotosMissing(RoundError):
    """A report that names pictures which have not arrived: the device sends them first, and then the report."""

    code = "photos-missing"
    text = _("The photos of this report have not arrived yet. Send the report again.")


class OwnReport(RoundError):
    """The person who sent a report does not decide whether it counts."""

    code = "own-field-report"
    text = _("You sent this report yourself. Another person decides whether it counts.")


class SettledBefore(RoundError):
    """It was decided before, and otherwise."""

    code = "field-report-settled"
    text = _("Another person has already decided this.")


class ReasonMissing(RoundError):
    """A choice between two reports without a reason."""

    code = "choice-without-reason"
    text = _("Write why.")
