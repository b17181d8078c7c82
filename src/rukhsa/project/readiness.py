"""Whether a process of this machine can start as its unit starts it: its folders, its role, its tables."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.core.checks import CheckMessage, Error, Warning
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from rukhsa.errors import RukhsaError
from rukhsa.issuance.signers import rights
from rukhsa.project import serving_rights
from rukhsa.project.config import config
from rukhsa.project.management.commands.static_files import MANIFEST

SETUP: Final = "Run `rukhsa setup` as the owner of the tables."
SERVE: Final = "Give it a DATABASE_URL of the role rukhsa_serving: docs/operating/production.md#postgresql."


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a process needs below RUKHSA_DATA, and the test of its role in the database."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    role: Callable[[], None]
    serves_without_database: bool = False
    reads_migrations: bool = True  # the signer's role knows the tables alone from which it signs


NEEDS: Final[Mapping[str, Needs]] = {
    "portal": Needs(
        reads=(f"static/{MANIFEST}", "public"), writes=("files",), role=serving_rights.require_no_more
    ),
    "verifier": Needs(
        reads=("public", "look"), role=serving_rights.require_no_more, serves_without_database=True
    ),
    "worker": Needs(writes=("files", "public"), role=serving_rights.require_no_more),
    "signer": Needs(reads=("keys", "public"), role=rights.require_no_more, reads_migrations=False),
}


def faults(process: str) -> list[CheckMessage]:
    """Everything that keeps a process from its work, each with what to do; a warning where it works all the same."""
    needs = NEEDS[process]
    found = [*_folders(needs)]
    try:
        return [*found, *_database(needs)]
    except ProgrammingError as error:
        return [*found, Error(f"The tables are not ready: {error}".strip(), hint=SETUP, id="rukhsa.E007")]
    except OperationalError as error:
        kind = Warning if needs.serves_without_database else Error
        hint = "Is PostgreSQL running, and does DATABASE_URL name it? It is asked again at the next start."
        return [*found, kind(f"The database does not answer: {error}".strip(), hint=hint, id="rukhsa.E005")]


def _folders(needs: Needs) -> Iterator[CheckMessage]:
    data, storing = config().data, config().storing
    # What lies in a store of objects needs no folder here.
    kept = {"files": bool(storing.files), "public": not isinstance(storing.public, Path)}
    for name in needs.reads:
        if kept.get(name):
            continue
        if not os.access(data / name, os.R_OK):
            yield _missing(data / name, "read", SETUP if name.startswith(("static", "look")) else "")
    for name in needs.writes:
        if not kept.get(name) and not os.access(data / name, os.W_OK | os.X_OK):
            yield _missing(data / name, "write to", "")


def _missing(path: Path, act: str, hint: str) -> CheckMessage:
    told = "is not there" if not path.exists() else f"is not ours to {act}"
    also = f"Make it and give it to user {os.geteuid()}: docs/operating/install.md."
    return Error(f"{path} {told}.", hint=hint or also, id="rukhsa.E006")


def _database(needs: Needs) -> Iterator[CheckMessage]:
    executor = MigrationExecutor(connection) if needs.reads_migrations else None
    if executor and (waiting := executor.migration_plan(executor.loader.graph.leaf_nodes())):
        yield Error(f"{len(waiting)} migrations were not applied.", hint=SETUP, id="rukhsa.E007")
    try:
        needs.role()
    except RukhsaError as error:
        yield Error(f"{error}.", hint=SERVE, id="rukhsa.E008")
