"""Which authority a block belongs to."""

from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.models import Authority
from rukhsa.places.address import AddressError
from rukhsa.places.models import Block


def authority_of(block: int) -> Authority:
    """The authority of a block. Raise `AddressError` for a block that does not exist."""
    found = Block.objects.select_related("authority").filter(number=block).first()
    if found is None:
        text = _("There is no block of this number. Look at the address plate.")
        raise AddressError("block-unknown", "block", text)
    return found.authority
