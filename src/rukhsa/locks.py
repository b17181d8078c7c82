"""Lets one transaction at a time do a thing that no row stands for."""

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait until nobody else does what has this name, and be alone with it until the open transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
