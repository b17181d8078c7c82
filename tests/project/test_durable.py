"""A database that could lose what it confirmed is reported before anything serves, whatever user runs it."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection


@pytest.mark.django_db
def test_a_durable_database_passes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")  # the tests' own connections wait for no disk
    call_command("check", "--database", "default", verbosity=0)


@pytest.mark.django_db
def test_a_database_that_could_lose_a_commit_stops_the_setup() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    with pytest.raises(SystemCheckError, match="synchronous_commit is off"):
        call_command("check", "--database", "default", verbosity=0)
