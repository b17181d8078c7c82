"""Issuing many at once: the ordinary cycle, each step for all of them, and a refusal for the one it concerns."""

from collections.abc import Callable, Sequence
from datetime import datetime

from rukhsa.errors import RukhsaError
from rukhsa.issuance import faults
from rukhsa.issuance.cycle import log, release, render, seal, sign
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.prepare import Grant, prepare

type Outcome = Instrument | Exception


def issue_together(grants: Sequence[Grant], *, at: datetime) -> dict[str, Outcome]:
    """For each origin the released instrument, or the refusal that concerns it alone.

    What a single one goes through, all go through (`cycle.issue_grant`), and it is as safe to be killed and to be
    run again. Raises whatever is not one document's own refusal.
    """
    origins = {grant.origin: grant for grant in grants}
    rows = Instrument.objects.select_related("intent").filter(intent__origin__in=origins)
    issued = {row.intent.origin: row for row in rows}
    waiting = {origin: grant for origin, grant in origins.items() if origin not in issued}
    refused: dict[str, Exception] = {}

    with faults.step("prepare"):
        prepared = _all(lambda some: prepare(some, at=at), waiting, refused)
    with faults.step("seal"):
        sealed = _all(lambda some: seal(some, at=at), prepared, refused)
    with faults.step("log"):
        logged = _all(lambda some: log(some, at=at), sealed, refused)
    with faults.step("render"):
        rendered = _all(render, logged, refused)
    with faults.step("sign"):
        signed = _all(lambda some: sign(some, at=at), rendered, refused)
    with faults.step("release"):
        return issued | _all(lambda some: release(some, at=at), signed, refused) | refused


def _all[Before, After](
    step: Callable[[Sequence[Before]], list[After]], before: dict[str, Before], refused: dict[str, Exception]
) -> dict[str, After]:
    """The step for all at once; where one is refused for itself, for each alone: it goes no further, the others do."""
    if not before:
        return {}
    try:
        return dict(zip(before, step(list(before.values())), strict=True))
    except Exception as error:
        # A refusal concerns one document; any other exception concerns the whole run.
        if not isinstance(error, RukhsaError):
            raise
        if len(before) == 1:
            refused |= dict.fromkeys(before, error)
            return {}
    after: dict[str, After] = {}
    for origin, value in before.items():
        after |= _all(step, {origin: value}, refused)
    return after
