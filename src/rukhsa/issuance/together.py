"""Issuing many at once: the ordinary cycle, each step for all of them, so that they share the log's checkpoints."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rukhsa.authorities.models import Authority
from rukhsa.issuance import faults, sequencer
from rukhsa.issuance.cycle import log, release, released, render, seal, sign
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.prepare import Grant, prepare

type Outcome = Instrument | Exception


def issue_together(grants: Sequence[Grant], *, at: datetime) -> dict[str, Outcome]:
    """For each origin the released instrument, or the refusal that concerns it alone.

    What a single one goes through, all go through (`cycle.issue_grant`), and it is as safe to be killed and to be
    run again. Raises whatever is not one document's own refusal.
    """
    origins = {grant.origin: grant for grant in grants}
    issued = {origin: found for origin in origins if (found := released(origin))}
    waiting = {origin: grant for origin, grant in origins.items() if origin not in issued}
    refused: dict[str, Exception] = {}
    authorities = {grant.authority.pk: grant.authority for grant in waiting.values()}.values()

    with faults.step("prepare"):
        prepared = _each(lambda grant: prepare(grant, at=at), waiting, refused)
    with faults.step("seal"):
        sealed = _each(lambda each: seal(each, at=at), prepared, refused)
        _integrate(authorities, at)
    with faults.step("log"):
        logged = _each(lambda each: log(each, at=at), sealed, refused)
    with faults.step("render"):
        rendered = _each(render, logged, refused)
    with faults.step("sign"):
        signed = _each(lambda each: sign(each, at=at), rendered, refused)
        _integrate(authorities, at)
    with faults.step("release"):
        return issued | _each(lambda each: release(each, at=at), signed, refused) | refused


def _integrate(authorities: Iterable[Authority], at: datetime) -> None:
    for authority in authorities:
        sequencer.integrate(authority, at=at)


def _each[Before, After](
    step: Callable[[Before], After], before: dict[str, Before], refused: dict[str, Exception]
) -> dict[str, After]:
    """The step for each; what is refused for itself goes no further and leaves the others alone."""
    after: dict[str, After] = {}
    for origin, value in before.items():
        try:
            after[origin] = step(value)
        except Exception as error:
            if not _concerns_one(error):
                raise
            refused[origin] = error
    return after


def _concerns_one(error: Exception) -> bool:
    """A refusal of ours with a lasting code concerns one document; anything else concerns the whole run."""
    return isinstance(getattr(error, "code", None), str) and type(error).__module__.startswith("rukhsa.")
