"""The gateways that are set up: code to adapter, chosen by dotted path in the settings."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from rukhsa.catalogue.territory import territory
from rukhsa.payments.gateways.port import Gateway, UnknownGateway
from rukhsa.payments.gateways.trial import lacks
from rukhsa.values.names import Text


def gateway(code: str) -> Gateway:
    """The gateway of that code: `PAYMENT_GATEWAYS[code] = {"adapter": dotted path, option: value, …}`."""
    try:
        options = dict(settings.PAYMENT_GATEWAYS[code])
    except KeyError:
        raise UnknownGateway(code) from None
    return cast(Gateway, import_string(options.pop("adapter"))(**options))


def gateways() -> list[Gateway]:
    """The gateways that the territory offers, in its order."""
    return [gateway(code) for code in territory().gateways]


def names() -> dict[str, Text]:
    """What each gateway that is set up is called, by its code."""
    return {code: gateway(code).name for code in settings.PAYMENT_GATEWAYS}


def usable() -> list[Gateway]:
    """The gateways whose account is set up: a gateway that cannot work is not offered to a payer."""
    return [one for one in gateways() if not lacks(one)]
