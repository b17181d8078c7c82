"""Checks of a deployment that `rukhsa check` runs: commits are durable, and every gateway on offer can be used."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from rukhsa.catalogue.territory import territory
from rukhsa.payments.gateways.port import UnknownGateway
from rukhsa.payments.gateways.registry import gateway
from rukhsa.project.postgres import PostgresError, assert_durable


@register(Tags.database)
def commits_are_durable(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each database that could lose a committed transaction in a crash."""
    return [error for alias in databases or () if (error := _durability_fault(alias))]


def _durability_fault(alias: str) -> Error | None:
    with connections[alias].cursor() as cursor:
        try:
            assert_durable(cursor.connection)
        except PostgresError as error:
            return Error(
                str(error), hint="Set it to on for the server, the database and the role.", id="rukhsa.E001"
            )
    return None


@register()
def check_gateways(**_: Any) -> list[CheckMessage]:
    """An error for each gateway that no payer could use: people would be asked for a fee that they cannot pay."""
    return [*_gateway_faults(territory().gateways, territory().currency)]


def _gateway_faults(codes: tuple[str, ...], currency: str) -> Iterator[CheckMessage]:
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
