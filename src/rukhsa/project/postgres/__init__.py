"""The embedded PostgreSQL 18: one server for each data folder, shared by the processes that use it."""

from rukhsa.project.postgres.cluster import PostgresError, assert_durable
from rukhsa.project.postgres.hold import Hold, hold, remove
from rukhsa.project.postgres.location import DATABASE, ROLE, Location, LocationError, locate

__all__ = [
    "DATABASE",
    "ROLE",
    "Hold",
    "Location",
    "LocationError",
    "PostgresError",
    "assert_durable",
    "hold",
    "locate",
    "remove",
]
