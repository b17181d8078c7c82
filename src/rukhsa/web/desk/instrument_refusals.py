"""What is refused to those who act on a document, and how it is told."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rukhsa.agreement import AgreementError
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.errors import RukhsaError
from rukhsa.issuance.errors import IssuanceError
from rukhsa.mandates.errors import MandateError
from rukhsa.payments.errors import PaymentsError
from rukhsa.trust.errors import TrustError
from rukhsa.web.sentences import sentence_for

REFUSALS: Final = (AgreementError, CatalogueError, IssuanceError, MandateError, PaymentsError, TrustError)


def sentence(error: RukhsaError | TrustError) -> Promise | str:
    """What is told of a refusal; of letters that the font lacks, what is wrong."""
    if isinstance(error, TrustError):
        return _("The document cannot be written with these answers:") + f" {error}"
    return sentence_for(error)
