"""An older database beside a newer log: nothing is logged, and nothing published is put back."""

import dataclasses
from datetime import datetime

import pytest

from rukhsa.issuance import cycle, key_index, publishing, sequencer, site
from rukhsa.issuance.log import state_of
from rukhsa.issuance.models import Instrument, LogCheckpoint
from rukhsa.issuance.sequencer import LogRolledBack
from rukhsa.issuance.signers.holder import HeldKey
from rukhsa.trust import checkpoint, tlog
from tests.rooms.issuance.conftest import Grant


def test_a_log_longer_than_the_database_knows_is_left_alone(granted: Grant, town: datetime) -> None:
    first = cycle.issue(granted(), at=town)
    longer = _published_by_a_newer_database(first, town)
    with pytest.raises(LogRolledBack):
        cycle.issue(granted(), at=town)
    with pytest.raises(LogRolledBack):
        sequencer.publish(first.intent.authority)
    assert tlog.published(site.log_tiles("CAP")) == longer
    assert Instrument.objects.count() == 1


def test_a_log_as_long_as_the_database_knows_goes_on(granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    publishing.everything(at=town)
    cycle.issue(granted(), at=town)
    assert Instrument.objects.count() == 2


def _published_by_a_newer_database(instrument: Instrument, at: datetime) -> str:
    head = LogCheckpoint.objects.filter(authority=instrument.intent.authority).latest("sequence")
    state = dataclasses.replace(state_of(head), size=head.size + 3)
    longer = checkpoint.sign(state, HeldKey(key=key_index.key_for("CAP", "log", at=at)))
    tlog.publish(site.log_tiles("CAP"), longer)
    return longer.note
