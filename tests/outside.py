"""The outside world of a test: a sandbox that runs, and gateways, SMS and the verifier's root that lead to it."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from rukhsa.outside import believed
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests.waiting import LONGEST

LOGS = "logs"  # a link in the folder of a shared sandbox, to the public files of the test at hand
PATIENCE = 120.0  # seconds
ADAPTERS = "rukhsa.payments.gateways"


@contextmanager
def shared(folder: Path) -> Iterator[Running]:
    """A sandbox for many tests; each begins by `begin_anew`."""
    with running(folder, logs=folder / LOGS) as sandbox:
        yield sandbox


def begin_anew(folder: Path, *, logs: Path | None = None) -> None:
    """The sandbox of a folder remembers nothing, none of its faults either; its witness watches these logs."""
    with closing(sqlite3.connect(folder / "sandbox.sqlite3", timeout=90)) as books, books:
        books.execute("DELETE FROM record")
    (folder / LOGS).unlink(missing_ok=True)
    if logs:
        (folder / LOGS).symlink_to(logs)


def connect(outside: Running, settings: Any) -> None:
    """Let the gateways and the SMS of the settings be those of the sandbox."""
    settings.PAYMENT_GATEWAYS = gateways(outside)
    settings.CONFIG = dataclasses.replace(settings.CONFIG, sms_url=f"{outside.address}/sms")


def gateways(outside: Running) -> dict[str, dict[str, Any]]:
    """PAYMENT_GATEWAYS for a sandbox; answers are awaited long, since the machine may be busy."""
    return {
        "national": {
            "adapter": f"{ADAPTERS}.national.NationalGateway", "url": f"{outside.address}/national",
            "tranportal_id": "10000001", "password": "sandbox-password",
            "resource_key": "0123456789ABCDEF0123456789ABCDEF", "inquiry": True, "seconds": PATIENCE,
        },
        "sadad": {
            "adapter": f"{ADAPTERS}.sadad.SadadGateway", "url": f"{outside.address}/sadad",
            "api_key": "sandbox-api-key", "vendor_id": "1", "branch_id": "1", "terminal_id": "1", "seconds": PATIENCE,
        },
        "cards": {
            "adapter": f"{ADAPTERS}.cards.CardsGateway", "url": f"{outside.address}/cards",
            "merchant": "MUNICIPALITIES", "password": "sandbox-password", "secret": "sandbox-notification-secret",
            "seconds": PATIENCE,
        },
    }  # fmt: skip


@contextmanager
def awaiting_briefly(settings: Any, mode: str = "hang") -> Iterator[None]:
    """Within the block give up soon on an answer, where a gateway hangs: the busy machine's own are waited for."""
    for options in settings.PAYMENT_GATEWAYS.values():
        options["seconds"] = 0.5 if mode == "hang" else PATIENCE
    yield
    for options in settings.PAYMENT_GATEWAYS.values():
        options["seconds"] = PATIENCE


def everything_works(outside: Running) -> None:
    """Clear every fault of the sandbox."""
    httpx.post(
        f"{outside.address}/control", trust_env=False, verify=believed(), timeout=LONGEST
    ).raise_for_status()


def break_down(outside: Running, operation: str, mode: str | None, **how: Any) -> None:
    """Set a fault of the sandbox."""
    body = {"operation": operation, "mode": mode, **how}
    httpx.post(
        f"{outside.address}/control", json=body, trust_env=False, verify=believed(), timeout=LONGEST
    ).raise_for_status()
