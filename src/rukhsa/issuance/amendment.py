"""Amendments: an instrument issued again with other answers, as a new version that supersedes it."""

import dataclasses
from datetime import datetime
from typing import Any

from rukhsa.accounts.permissions import Permission
from rukhsa.agreement import require_reason
from rukhsa.audit.journal import record
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import cycle
from rukhsa.issuance.grant import grant
from rukhsa.issuance.instrument import Instrument, NoSuchInstrument, Status


def amend(
    instrument: Instrument, answers: dict[str, Any], *, reason: str, actor: Actor, at: datetime
) -> Instrument:
    """The next version, with these answers changed. A second call returns the same one.

    Raises NotPermitted, ReasonMissing, and NoSuchInstrument for an instrument of another authority, one without an
    application, or one that is no longer in force.
    """
    actor.require_somewhere(Permission.REVOKE)
    reason = require_reason(reason)
    intent = instrument.intent
    if intent.application is None or not actor.holds(Permission.REVOKE, at=instrument.scope):
        raise NoSuchInstrument(instrument.number)
    origin = f"amendment:{instrument.pk}"
    found = cycle.released(origin)
    if found:
        return found
    if instrument.standing is not Status.VALID:
        raise NoSuchInstrument(instrument.number)
    granted = grant(intent.application, at=at)
    changed = dataclasses.replace(
        granted, origin=origin, application=None, answers=granted.answers | answers, amends=instrument
    )
    amended = cycle.issue_grant(changed, at=at)
    record("amend", amended, actor=actor, at=at, reason=reason)
    return amended
