"""How currencies are written in sentences and on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WRITTEN: Final[dict[str, Promise]] = {"BHD": _("BD"), "USD": _("USD")}
"""By their codes of ISO 4217; one that is not here is written as its code."""
