"""Checks that the gateways which the territory offers are set up and take its currency."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from rukhsa.catalogue.territory import territory
from rukhsa.payments.gateways.port import UnknownGateway
from rukhsa.payments.gateways.registry import gateway


@register()
def check_gateways(**_: Any) -> list[CheckMessage]:
    """An error for each gateway that no payer could use: people would be asked for a fee that they cannot pay."""
    return [*_faults(territory().gateways, territory().currency)]


def _faults(codes: tuple[str, ...], currency: str) -> Iterator[CheckMessage]:
    for code in codes:
        try:
            takes = gateway(code).currency
        except UnknownGateway:
            hint = "Take it out of gateways in territory.yaml, or set it up: docs/operating/gateways.md."
            yield Error(
                f"The territory offers the gateway {code}, and there is none.", hint=hint, id="rukhsa.E002"
            )
            continue
        if takes != currency:
            hint = "Take it out of gateways in territory.yaml, or correct the currency."
            told = f"The gateway {code} takes {takes}, and the territory charges in {currency}."
            yield Error(told, hint=hint, id="rukhsa.E003")
