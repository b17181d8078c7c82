"""The whole cycle of issuing on all cores, against the peer that composes and signs the same page and does no more."""

import os
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import batched
from pathlib import Path

from bench import compose as composing
from bench.crew import Act, Crew, best_of_crews
from bench.figure import Figure
from bench.town import FOLDER, enter_town, open_town, paid

# As many documents share a transaction, a checkpoint and a statement, as where a register is issued again.
BATCH = 64
WAITING = FOLDER / "waiting.pickle"
PAGE = FOLDER / "page.pickle"


def figures() -> Iterator[Figure]:
    """Intent, seal, log, page, signature, reading back, release; every commit and every file durable."""
    open_town()
    _prepare()
    with Crew(partial(_ours, WAITING)) as ours, Crew(partial(_peer, PAGE)) as peer:
        rate, rate_of_peer = best_of_crews(ours, peer)
    batches = f"{ours.processes} processes, {BATCH} at once"
    yield Figure(
        name=f"the whole cycle, {batches}, against composing and signing only",
        ours=rate * BATCH,
        peer=rate_of_peer,
        wanted=4,
    )


def _prepare() -> None:
    """Applications that are paid for, enough for all rounds, and the page of a first one for the peer."""
    from rukhsa.issuance import cycle
    from rukhsa.issuance.intent import page_of, seal_of
    from rukhsa.issuance.log import place_of, proof_of

    at = datetime.now(UTC)
    applications = paid(1500 * (os.cpu_count() or 1), at=at)
    intent = cycle.issue(applications.pop(), at=at).intent
    place = place_of(intent, "seal")
    assert place is not None
    seal_bytes = seal_of(intent.sealing, log_index=place.index)
    page = page_of(intent, seal_bytes=seal_bytes, proof=proof_of(place))
    PAGE.write_bytes(pickle.dumps(page))
    WAITING.write_bytes(pickle.dumps([each.pk for each in applications]))


def _ours(waiting: Path) -> Act:
    enter_town()
    from rukhsa.applications.models import Application
    from rukhsa.issuance.cycle import issue_together
    from rukhsa.issuance.grant import grants_of

    batches = list(batched(pickle.loads(waiting.read_bytes()), BATCH))
    whole = Application.objects.select_related("applicant", "company", "authority")
    whole = whole.prefetch_related("service_version")

    def act(number: int) -> None:
        at = datetime.now(UTC)
        applications = list(whole.filter(pk__in=batches[number]))
        issued = issue_together(grants_of(applications, at=at), at=at)
        refused = [outcome for outcome in issued.values() if isinstance(outcome, Exception)]
        if refused or len(issued) < BATCH:
            raise RuntimeError(f"{len(refused)} of {len(issued)} were refused: {refused[:1]}")

    return act


def _peer(page: Path) -> Act:
    return composing.peer(*composing.key_and_certificate(), pickle.loads(page.read_bytes()))
