"""Which authority a block belongs to."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rukhsa.authorities.models import Authority
from rukhsa.places.address import AddressError
from rukhsa.places.models import Block


def authority_of(block: int) -> Authority:
    """The authority of a block. Raises AddressError("block-unknown")."""
    found = Block.objects.select_related("authority").filter(number=block).first()
    if found is None:
        text = format_lazy(_("There is no block {block}. Look at the address plate."), block=block)
        raise AddressError("block-unknown", text, part="block")
    return found.authority
