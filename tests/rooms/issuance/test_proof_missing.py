"""A document whose proof cannot be read here, as in a portal without the public files, is refused plainly."""

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from rukhsa.issuance import cycle, time_stamp
from rukhsa.issuance.time_stamp import ProofMissing
from rukhsa.web.sentences import is_told, status_of
from tests import public_folder
from tests.rooms.issuance.conftest import Grant


def test_without_the_public_files_a_document_is_refused_plainly_and_kept(
    granted: Grant, town: datetime, settings: Settings, tmp_path: Path
) -> None:
    instrument = cycle.issue(granted(), at=town)
    there = settings.RUKHSA_PUBLIC
    settings.RUKHSA_PUBLIC = tmp_path / "elsewhere"
    assert not public_folder.folder().exists()
    with pytest.raises(ProofMissing) as refused:
        time_stamp.handed_out(instrument)
    assert (status_of(refused.value.code), is_told(refused.value.code)) == (503, True)
    settings.RUKHSA_PUBLIC = there
    assert time_stamp.handed_out(instrument)
