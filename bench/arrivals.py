"""From paid to released, with one worker as in production: what an applicant waits after paying."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from bench.figure import Figure
from bench.town import FOLDER, charged, granted, open_town

APPLICATIONS = 200
SECONDS_APART = 0.25
SECONDS_TO_WAIT = 120
LIMIT_OF_MEDIAN, LIMIT_OF_95TH = 0.15, 2.0


def figures() -> Iterator[Figure]:
    """Receipts are committed one each quarter of a second; a document counts when others see its release."""
    open_town()
    attempts = _attempts(granted(APPLICATIONS + 1, at=datetime.now(UTC)))
    with _running("sandbox", "worker"):
        waited = _wait_for_each(attempts)
    values = [
        ("median", median(waited), LIMIT_OF_MEDIAN),
        ("95th percentile", quantiles(waited, n=20)[-1], LIMIT_OF_95TH),
    ]
    for name, seconds, limit in values:
        yield Figure(
            name=f"paid to released, one worker, {APPLICATIONS} at one each {SECONDS_APART:g} s, {name}",
            ours=seconds,
            peer=limit,
            wanted=1,
            unit="seconds",
            less_is_better=True,
            other="limit",
            digits=2,
        )


def _attempts(applications: list[Any]) -> list[Any]:
    """An attempt to pay each, at the point where only the gateway's word is missing."""
    from rukhsa.payments.models import Attempt

    at = datetime.now(UTC)
    return Attempt.objects.bulk_create(
        Attempt(
            charge=charge,
            gateway="national",
            reference=f"bench-{charge.pk.hex[:24]}",
            gateway_reference=f"{number:018d}",
            return_address="https://portal.example/",
            amount=charge.amount,
            currency=charge.currency,
            state=Attempt.State.REDIRECTED,
            started_at=at,
        )
        for number, charge in enumerate(charged(applications, at=at))
    )


def _wait_for_each(attempts: list[Any]) -> list[float]:
    """Seconds from the commit of each receipt until a stranger's connection sees the instrument."""
    _warm_up(attempts.pop())
    watch = _Watch({attempt.charge.application_id for attempt in attempts})
    watch.start()
    paid, start = {}, time.monotonic()
    for number, attempt in enumerate(attempts):
        time.sleep(max(0.0, start + number * SECONDS_APART - time.monotonic()))
        paid[attempt.charge.application_id] = _pay(attempt)
    watch.join(SECONDS_TO_WAIT)
    # What is not released when the patience ends has waited at least until then, and says so by its length.
    end = time.monotonic()
    return [watch.seen.get(pk, end) - moment for pk, moment in paid.items()]


def _warm_up(attempt: Any) -> None:
    """The worker has started once it has issued one document."""
    watch = _Watch({attempt.charge.application_id})
    watch.start()
    _pay(attempt)
    watch.join(SECONDS_TO_WAIT)


def _pay(attempt: Any) -> float:
    """Record what the gateway proves, as its notification leads to it; gives the moment of the commit."""
    from django.db import transaction

    from rukhsa.jobs import advance_soon
    from rukhsa.payments.gateways.port import Fate, GatewayReport
    from rukhsa.payments.gateways.registry import gateway
    from rukhsa.payments.outcome import record

    report = GatewayReport(
        fate=Fate.CAPTURED,
        reference=attempt.reference,
        gateway_reference=attempt.gateway_reference,
        merchant=gateway(attempt.gateway).merchant,
        money=attempt.money,
        result="CAPTURED",
    )
    with transaction.atomic():
        record(attempt.pk, report, at=datetime.now(UTC))
        advance_soon(attempt.charge.application_id)
    return time.monotonic()


class _Watch(threading.Thread):
    """Looks for committed instruments 50 times a second, until all are seen."""

    def __init__(self, wanted: set[UUID]) -> None:
        super().__init__(daemon=True)
        self.seen: dict[UUID, float] = {}
        self._wanted = wanted

    def run(self) -> None:
        from django.db import connection

        from rukhsa.issuance.models import Instrument

        try:
            until = time.monotonic() + SECONDS_TO_WAIT + SECONDS_APART * len(self._wanted)
            while self._wanted - self.seen.keys() and time.monotonic() < until:
                left = self._wanted - self.seen.keys()
                found = Instrument.objects.filter(intent__application__in=left)
                for pk in found.values_list("intent__application_id", flat=True):
                    self.seen[pk] = time.monotonic()
                time.sleep(0.02)
        finally:
            connection.close()


@contextmanager
def _running(*names: str) -> Iterator[None]:
    """Some of the processes of the deployment, with the command lines they have in production."""
    from rukhsa.project import tether
    from rukhsa.project.config import config
    from rukhsa.project.processes import processes

    with ExitStack() as stack:
        log = stack.enter_context((FOLDER / "processes.log").open("wb"))
        for part in processes(config()):
            if part.name in names:
                process = subprocess.Popen(tether.command(*part.command), stdout=log, stderr=log)
                stack.callback(process.wait, 30)
                stack.callback(process.terminate)
        yield
