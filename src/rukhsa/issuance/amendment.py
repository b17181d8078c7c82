"""Amendments: a document issued again with other answers, as a new version that supersedes it."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rukhsa.applications.models import Application
from rukhsa.issuance import cycle
from rukhsa.issuance.grant import Grant, grant_to_applicant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import Intent
from rukhsa.issuance.prepare import intent_of


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What a new version would say beside the version that stands; `changed` are the answers that differ."""

    changed: dict[str, Any]
    before: Intent
    after: Intent  # not stored

    @property
    def says_otherwise(self) -> bool:
        """Whether a reader of the document would see a difference."""
        return _said(self.before) != _said(self.after)

    @property
    def moves_days(self) -> bool:
        """Whether it would hold on other days."""
        before, after = self.before, self.after
        return (before.valid_from, before.valid_until) != (after.valid_from, after.valid_until)


def amended(
    instrument: Instrument,
    application: Application,
    answers: Mapping[str, Any],
    changed: Mapping[str, Any],
    *,
    at: datetime,
) -> Amended:
    """What the next version would say with these answers; nothing is stored. Raises as `prepare` does."""
    granted = _granted(instrument, application, answers, origin="compared")
    return Amended(changed=dict(changed), before=instrument.intent, after=intent_of(granted, 0, 0, at))


def issue(
    instrument: Instrument,
    application: Application,
    answers: Mapping[str, Any],
    *,
    origin: str,
    at: datetime,
) -> Instrument:
    """The next version with these answers, issued once for its origin. Raises as `cycle.issue_grant` does."""
    found = cycle.released(origin)
    return found or cycle.issue_grant(_granted(instrument, application, answers, origin=origin), at=at)


def _granted(
    instrument: Instrument, application: Application, answers: Mapping[str, Any], *, origin: str
) -> Grant:
    granted = grant_to_applicant(
        application, origin=origin, service_version=application.service_version, answers=dict(answers)
    )
    return dataclasses.replace(granted, amends=instrument)


def _said(intent: Intent) -> str:
    """Everything that a reader sees of it but its number, version and code.

    Of a place what was drawn counts, not its surroundings, which are those of the day.
    """
    place = intent.printed.get("place")
    printed = intent.printed | ({"place": place["drawn"]} if place else {})
    said = [intent.facts, printed, intent.valid_from, intent.valid_until]
    return json.dumps(said, sort_keys=True, default=str)
