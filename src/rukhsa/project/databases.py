"""The database as Django wants to hear of it: the server named by DATABASE_URL, or the embedded one."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from rukhsa.project import postgres
from rukhsa.project.config import Config, ConfigError, Environment

# libpq's words for what Django asks for by names of its own.
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
POOL = {"min_size": 1, "max_size": 8, "timeout": 10}


def database(config: Config) -> dict[str, Any]:
    """Django's entry for the one database of a deployment."""
    named = _external(config.database_url) if config.database_url else _embedded(config)
    # A pool keeps threads; tests count and close their connections themselves.
    pool = {} if config.environment is Environment.TEST else {"pool": POOL}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        **named,
        "OPTIONS": named["OPTIONS"] | pool,
    }


def _external(url: str) -> dict[str, Any]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigError("DATABASE_URL must begin with postgresql://; Rukhsa knows no other database.")
    parts = conninfo_to_dict(url)
    named = {NAMES[name]: parts.pop(name) for name in list(parts) if name in NAMES}
    return {**named, "OPTIONS": dict(parts)}


def _embedded(config: Config) -> dict[str, Any]:
    place = postgres.place(config.data / "postgres")
    return {
        "NAME": postgres.DATABASE,
        "USER": postgres.ROLE,
        "HOST": str(place.socket),
        "OPTIONS": {"requirepeer": place.account},
    }
