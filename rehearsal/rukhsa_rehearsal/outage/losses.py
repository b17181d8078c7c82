"""What became of everything that was acknowledged, asked of the database once all is mended."""

import subprocess
import time
from dataclasses import dataclass

import psycopg

from rukhsa.project.processes import RUKHSA
from rukhsa_rehearsal.cluster.layout import Layout
from rukhsa_rehearsal.cluster.parts import environment
from rukhsa_rehearsal.outage.told import Told

SECONDS_TO_SETTLE = 240
_DOCUMENTS = """
    SELECT intent.application_id::text, count(*) FROM issuance_instrument AS instrument
    JOIN issuance_intent AS intent ON intent.id = instrument.intent_id AND intent.version = 1
    WHERE intent.application_id = ANY(%s::uuid[]) GROUP BY 1
"""
_STAGES = "SELECT id::text, stage, reference FROM applications_application WHERE id = ANY(%s::uuid[])"
_SUBMISSIONS = """
    SELECT application_id::text, count(*) FROM applications_step
    WHERE act = 'submit' AND application_id = ANY(%s::uuid[]) GROUP BY 1
"""
_RECEIPTS = """
    SELECT charge.application_id::text, count(*) FROM payments_receipt AS receipt
    JOIN payments_charge AS charge ON charge.id = receipt.charge_id
    WHERE charge.application_id = ANY(%s::uuid[]) GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """Counts: what was acknowledged, and what of it is gone or there twice."""

    submissions: int
    documents: int
    lost: int
    double: int
    said: str  # by `rukhsa fsck`


def reckon(layout: Layout, told: Told) -> Reckoning:
    """Wait until each application that was submitted has its document, then count."""
    asked = list(told.submitted)
    until = time.monotonic() + SECONDS_TO_SETTLE
    while len(documents := _counted(layout, _DOCUMENTS, asked)) < len(_due(layout, told)):
        if time.monotonic() > until:
            break
        time.sleep(2)
    kept = {pk: reference for pk, stage, reference in _rows(layout, _STAGES, asked) if stage != "draft"}
    gone = [
        pk for pk, reference in told.submitted.items() if pk not in kept or reference not in ("", kept[pk])
    ]
    undone = [pk for pk in _due(layout, told) if pk not in documents]
    unpaid = told.paid - _counted(layout, _RECEIPTS, asked).keys()
    twice = sum(
        count > 1
        for statement in (_DOCUMENTS, _SUBMISSIONS, _RECEIPTS)
        for count in _counted(layout, statement, asked).values()
    )
    return Reckoning(
        submissions=len(asked),
        documents=len(documents),
        lost=len({*gone, *undone, *unpaid}),
        double=twice,
        said=_fsck(layout),
    )


def _due(layout: Layout, told: Told) -> list[str]:
    """Those that were submitted and have nothing left to pay: each is to have a document."""
    unpaid = {pk for (pk,) in _rows(layout, _UNPAID, list(told.submitted))}
    return [pk for pk in told.submitted if pk not in unpaid]


_UNPAID = """
    SELECT charge.application_id::text FROM payments_charge AS charge
    LEFT JOIN payments_receipt AS receipt ON receipt.charge_id = charge.id
    WHERE receipt.number IS NULL AND charge.application_id = ANY(%s::uuid[])
"""


def _counted(layout: Layout, statement: str, asked: list[str]) -> dict[str, int]:
    return {str(pk): int(number) for pk, number in _rows(layout, statement, asked)}


def _rows(layout: Layout, statement: str, asked: list[str]) -> list[tuple[str, ...]]:
    with psycopg.connect(layout.database_url("postgres"), connect_timeout=30) as connection:
        return connection.execute(statement, [asked]).fetchall()


def _fsck(layout: Layout) -> str:
    told = {**environment(layout)}
    answer = subprocess.run([*RUKHSA, "fsck"], env=told, check=False, capture_output=True, text=True)  # noqa: S603
    return (answer.stdout or answer.stderr).strip().rpartition("\n")[2]
