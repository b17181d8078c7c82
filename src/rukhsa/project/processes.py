"""The processes of a deployment on one machine, and how to check that they serve."""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from rukhsa.project import rehearsal
from rukhsa.project.buffering import CONNECTIONS
from rukhsa.project.config import Config
from rukhsa.project.databases import address_of
from rukhsa.project.observation import PROCESSES
from rukhsa.project.postgres.location import ROLE_OF_SERVING, ROLE_OF_SIGNER
from rukhsa.project.supervisor import Process
from rukhsa.project.users import Users

RUKHSA = (sys.executable, "-m", "rukhsa.project.command")
WORKER = ("worker",)
# For a process that hangs, on a machine that may be busy; one that ends is noticed at once.
SECONDS_TO_SERVE = 600
WITHOUT_TOKEN = dict.fromkeys(("RUKHSA_PKCS11_MODULE", "RUKHSA_PKCS11_PIN_FILE"), "")
LONGEST_SOCKET = 107  # of a path in sun_path, unix(7)


class NotServing(Exception):
    """A process did not answer in time."""

    code = "not-serving"


def processes(config: Config, users: Users | None = None) -> list[Process]:
    """Sandbox, signer, worker, verifier and portal, in the order in which they start; they end in reverse.

    Without `users` they run as the user who starts them. Raises NoRehearsal.
    """
    addresses = config.addresses
    everything = [
        *rehearsal.processes(config),
        _signer(config),
        _worker(config),
        _web("verifier", "rukhsa.project.asgi_public:application", addresses.public_port, config),
        _web("portal", "rukhsa.project.asgi:application", addresses.portal_port, config),
    ]
    everything = [_with_a_port_of_metrics(part, config) for part in everything]
    return [_as_its_user(part, users, config) for part in everything] if users else everything


def socket_of_signer(config: Config) -> Path:
    """The socket of `rukhsa run`'s signer: in the deployment's folder if the path is short enough."""
    if config.signing.socket:
        return Path(config.signing.socket)
    inside = config.data / "signer" / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(config.data)).hexdigest()[:12]
    return Path("/tmp") / f"rukhsa-{os.geteuid()}-signer-{digest}" / "socket"  # noqa: S108 - the signer makes it, 0750


def wait_until_serving(config: Config, *, alive: Callable[[], bool] = lambda: True) -> None:
    """Return when every address answers; raise NotServing when `alive` says no, or after a long time."""
    until = time.monotonic() + SECONDS_TO_SERVE
    waiting = _health(config)
    while waiting:
        waiting = {address: host for address, host in waiting.items() if not _answers(address, host)}
        if waiting and (time.monotonic() > until or not alive()):
            raise NotServing(f"No answer from {', '.join(waiting)}.")
        if waiting:
            time.sleep(0.1)


def _health(config: Config) -> dict[str, str]:
    """The addresses to ask on this machine, each with the host name that its process accepts."""
    addresses = config.addresses
    ours = {
        f"http://127.0.0.1:{addresses.portal_port}/healthz": urlsplit(addresses.portal_url).netloc,
        f"http://127.0.0.1:{addresses.public_port}/healthz": urlsplit(addresses.public_url).netloc,
    }
    sandbox = {f"{addresses.sandbox_url}/health": urlsplit(addresses.sandbox_url).netloc}
    return ours if config.in_production else ours | sandbox


def _answers(address: str, host: str) -> bool:
    # As a proxy asks: in production each process accepts its public host only, and only over TLS.
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    where = urlsplit(address)
    try:
        with closing(HTTPConnection(where.netloc, timeout=10)) as connection:
            connection.request("GET", where.path, headers=headers)
            return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False


def _signer(config: Config) -> Process:
    environment = {
        "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings_signer",
        "RUKHSA_SIGNER_SOCKET": str(socket_of_signer(config)),
        "DATABASE_URL": config.signing.database_url
        or config.database_url
        or address_of(config, ROLE_OF_SIGNER),
    }
    return Process(name="signer", command=(*RUKHSA, "signer", "serve"), environment=environment)


def _worker(config: Config) -> Process:
    environment = {
        "DJANGO_SETTINGS_MODULE": "rukhsa.project.settings_worker",
        "RUKHSA_SIGNER_SOCKET": str(socket_of_signer(config)),
        "DATABASE_URL": _database_to_serve(config),
        **WITHOUT_TOKEN,
    }
    return Process(name="worker", command=(*RUKHSA, *WORKER), environment=environment)


def _with_a_port_of_metrics(part: Process, config: Config) -> Process:
    """On one machine RUKHSA_METRICS names the first port: of the portal; the others have those after it."""
    told = config.observation
    if not told.metrics_port or part.name not in PROCESSES:
        return part
    host = f"[{told.metrics_host}]" if ":" in told.metrics_host else told.metrics_host
    address = f"{host}:{told.metrics_port + PROCESSES.index(part.name)}"
    return replace(part, environment={**part.environment, "RUKHSA_METRICS": address})


def _database_to_serve(config: Config) -> str:
    """The address under which portal, verifier and worker come to the database: not as the owner of its tables."""
    return config.serving_database_url or config.database_url or address_of(config, ROLE_OF_SERVING)


def _as_its_user(part: Process, users: Users, config: Config) -> Process:
    account = {"signer": users.signer, "worker": users.worker}.get(part.name, users.others)
    # Only root knows the location of the embedded server.
    database = {"DATABASE_URL": _database_to_serve(config)}
    folder = {"RUKHSA_DATA": str(config.data), "HOME": "/nonexistent"}
    return replace(part, account=account, environment={**database, **folder, **part.environment})


def _web(name: str, application: str, port: int, config: Config) -> Process:
    return Process(
        name=name,
        environment={"DATABASE_URL": _database_to_serve(config), **WITHOUT_TOKEN},
        command=(
            *(sys.executable, "-m", "granian", application, "--interface", "asginl", "--no-ws"),
            *("--host", config.addresses.bind, "--port", str(port)),
            # Slow headers end a connection after ten seconds; slow bodies and answers occupy no thread (buffering.py).
            *("--http", "1", "--http1-header-read-timeout", "10000"),
            *("--backlog", "2048", "--backpressure", str(CONNECTIONS)),
            *("--workers", "1", "--log-level", "warning", "--workers-kill-timeout", "10"),
        ),
    )
