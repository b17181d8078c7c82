"""Where a violation stands, in words, for its pages and for those of the case."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.agreement import State
from rukhsa.violations.violation import Violation


def state_of(violation: Violation) -> Promise:
    """Where a violation stands, in words."""
    if violation.state == State.PROPOSED:
        return _("Waiting for a second person")
    if violation.state == State.REFUSED:
        return _("Not confirmed")
    if violation.is_withdrawn:
        return _("Withdrawn")
    return _("Mended") if violation.is_mended else _("To be mended")
