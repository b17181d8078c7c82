"""What is refused about mandates, deputies and absences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.errors import RukhsaError


class MandateError(RukhsaError):
    """The family; `text` is the sentence for the person who acts."""

    code = "mandate"
    text: Promise


class OwnMandate(MandateError):
    """A person signs what is about their own power."""

    code = "own-mandate"
    text = _("This is about your own powers. Another person must sign it.")
