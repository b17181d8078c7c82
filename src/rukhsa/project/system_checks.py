"""Checks of a deployment that `rukhsa check` runs: of the database, and that every gateway on offer can be used."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from rukhsa.catalogue.territory import territory
from rukhsa.payments.gateways.port import UnknownGateway
from rukhsa.payments.gateways.registry import gateway
from rukhsa.project import serving_rights
from rukhsa.project.postgres import PostgresError, assert_durable, log_settings


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


@register(Tags.database)
def searches_are_by_index(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning for each database in whose collation a search by the beginning of a text reads the whole table."""
    return [warning for alias in databases or () if (warning := _collation_fault(alias))]


def _collation_fault(alias: str) -> Warning | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datcollate FROM pg_database WHERE datname = current_database()"
        )
        provider, collation = cursor.fetchone()
    # The builtin provider, and C of the system, sort by code point, so that an index serves for beginnings.
    if provider == "b" or collation in ("C", "POSIX"):
        return None
    return Warning(
        f"The database sorts by {collation}: searches by the beginning of a number or name read whole tables.",
        hint="Create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0, before it has rows.",
        id="rukhsa.W001",
    )


@register(Tags.database)
def commits_outlive_the_machine(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """In production, an error for each database without a synchronous standby: a lost machine loses commits.

    A warning where RUKHSA_STANDBY says that one machine is accepted."""
    if not settings.CONFIG.in_production:
        return []
    return [fault for alias in databases or () if (fault := _standby_fault(alias))]


def _standby_fault(alias: str) -> CheckMessage | None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW synchronous_standby_names")
        if cursor.fetchone()[0]:
            return None
    told = (
        "The database has no synchronous standby: if its machine is lost, so are its last commits, and the logs"
        " that were published cannot go on (log-rolled-back)."
    )
    if not settings.CONFIG.needs_standby:
        return Warning(told, hint="It was accepted with RUKHSA_STANDBY=no.", id="rukhsa.W002")
    hint = (
        "Name one in synchronous_standby_names, or accept one machine with RUKHSA_STANDBY=no:"
        " docs/operating/production.md."
    )
    return Error(told, hint=hint, id="rukhsa.E009")


@register(Tags.database)
def logs_tell_nothing_personal(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning for each database whose server would write what people typed into its own log."""
    return [warning for alias in databases or () if (warning := _log_fault(alias))]


def _log_fault(alias: str) -> Warning | None:
    with connections[alias].cursor() as cursor:
        told = log_settings.telling(log_settings.of_server(cursor))
    if not told:
        return None
    settings_now = ", ".join(f"{name} is {value}" for name, value in told.items())
    return Warning(
        f"The database's own log would hold what people typed: {settings_now}.",
        hint="Set them as deploy/postgresql/log.conf does: docs/operating/production.md#postgresql.",
        id="rukhsa.W004",
    )


@register(Tags.database)
def processes_change_no_table(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """In production, a warning where there is no role under which the processes could serve without owning tables."""
    if not settings.CONFIG.in_production or not databases or serving_rights.exists():
        return []
    told = Warning(
        f"There is no role {serving_rights.ROLE}: portal, verifier and worker would own the tables, and whoever broke"
        " into one of them could switch off the triggers that keep facts as they are.",
        hint="CREATE ROLE rukhsa_serving LOGIN, and setup again: docs/operating/production.md.",
        id="rukhsa.W003",
    )
    return [told]


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
