"""Runs a separate deployment while a block lasts: its own folder, database and ports, and all processes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from rukhsa.project import postgres, tether
from rukhsa.project.config import Config, read
from rukhsa.project.ports import held_ports
from rukhsa.project.processes import RUKHSA, NotServing, wait_until_serving
from rukhsa.project.supervisor import only_one

SECONDS_TO_END = 60
PORTS = ("PORTAL", "PUBLIC", "SANDBOX", "MAIL")


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment that serves; `config` has its addresses and folders."""

    config: Config
    environment: Mapping[str, str]

    @property
    def mailbox(self) -> str:
        """Where the sandbox shows what was sent by mail and SMS, as JSON."""
        return f"{self.config.addresses.sandbox_url}/mailbox.json"

    def command(self, *arguments: str) -> str:
        """The output of a `rukhsa` command in this deployment; raises CalledProcessError if it fails."""
        answer = subprocess.run(  # noqa: S603 - our own command
            [*RUKHSA, *arguments], env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return answer.stdout


@contextmanager
def deployed(
    folder: Path, *, settings: Mapping[str, str] | None = None, again: bool = False
) -> Iterator[Deployment]:
    """Empty `folder`, serve from it on free ports, and end everything with the block; `again`: go on with what it has.

    `settings` are further RUKHSA_ variables. The output of the processes is in `processes.log` of the folder.
    """
    if not again:
        empty(folder)
    with held_ports(len(PORTS)) as ports, (folder / "processes.log").open("wb") as log:
        environment = environment_in(folder, settings or {}, ports=ports)
        config = read(environment)
        process = subprocess.Popen(  # noqa: S603 - our own command
            tether.command(*RUKHSA, "run", "--serve-only"),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(config, process, folder)
            yield Deployment(config=config, environment=environment)
        finally:
            _end(process)


def empty(folder: Path) -> None:
    """Delete an earlier deployment in `folder`. Raises AlreadyRunning or PostgresError while it runs."""
    with only_one(folder / "running"):
        postgres.remove(folder / "postgres")
        for path in folder.iterdir():
            if path.name == "running":
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def environment_in(folder: Path, settings: Mapping[str, str], *, ports: Sequence[int]) -> dict[str, str]:
    """The environment of a deployment in `folder`: its own database, and these ports, one for each of PORTS."""
    named = {f"RUKHSA_{name}_PORT": str(port) for name, port in zip(PORTS, ports, strict=True)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RUKHSA_")}
    if "DATABASE_URL" in kept:
        kept["DATABASE_URL"] = _own_database(kept["DATABASE_URL"], folder.name)
    kept["DJANGO_SETTINGS_MODULE"] = "rukhsa.project.settings"
    told = {"RUKHSA_ENVIRONMENT": "development", "RUKHSA_DATA": str(folder.absolute())}
    return {**kept, **named, **told, **settings}


def _own_database(url: str, name: str) -> str:
    """Create a database beside the one that `url` names, replacing the one of the last time."""
    database = f"{conninfo_to_dict(url)['dbname']}_{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{database}{question}{options}"


def _wait(config: Config, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    try:
        wait_until_serving(config, alive=lambda: process.poll() is None)
    except NotServing as error:
        last = (folder / "processes.log").read_text(errors="replace")[-3000:]
        sys.stderr.write(last)
        raise NotServing(f"{error} The last of processes.log stands above.") from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
