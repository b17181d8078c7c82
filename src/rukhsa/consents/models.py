"""The models of consents, for Django to find."""

from rukhsa.consents.consent import Consent as Consent
from rukhsa.consents.consent import ConsentAnswer as ConsentAnswer
from rukhsa.consents.consent import ConsentEnd as ConsentEnd
from rukhsa.consents.deed import Deed as Deed
