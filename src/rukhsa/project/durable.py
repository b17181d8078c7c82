"""A check of the deployment: the database, whoever runs it, keeps what it confirmed."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from rukhsa.project.postgres import PostgresError, assert_durable


@register(Tags.database)
def commits_are_durable(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for each database that could lose a committed transaction in a crash."""
    return [error for alias in databases or () if (error := _error(alias))]


def _error(alias: str) -> Error | None:
    with connections[alias].cursor() as cursor:
        try:
            assert_durable(cursor.connection)
        except PostgresError as error:
            return Error(
                str(error), hint="Set it to on for the server, the database and the role.", id="rukhsa.E001"
            )
    return None
