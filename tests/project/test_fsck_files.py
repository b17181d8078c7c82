"""`rukhsa fsck --files`: every file that a row names and every tile is read, and each kind of damage is told."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models
from pytest_django import Settings

from rukhsa.issuance import cycle
from rukhsa.issuance.instrument import Instrument
from rukhsa.personal.erasure import erase
from rukhsa.project.fsck import stored_files
from tests.rooms.issuance.conftest import NOW, Grant, granted, town

__all__ = ["granted", "town"]

# Digests of texts, seals, keys, values, and of files that are read in and not kept.
NOT_STORED = {
    "applications.picturecopy": {"digest"},  # of a file that the row of the picture names
    "payments.bankanswer": {"digest"},  # of bytes that are not kept
    "catalogue.serviceproposal": {"text_digest"},
    "catalogue.serviceversion": {"digest"},
    "issuance.instrument": {"file_digest"},  # that of its signed file
    "issuance.legacyimport": {"file_digest", "mapping_digest"},
    "personal.erasedvalue": {"digest"},
    "places.blocklist": {"digest"},
    "places.parcellist": {"digest"},
    "places.survey": {"digest"},
    "reconciliation.statement": {"digest"},
    "verification.relyingkey": {"digest"},
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def document(granted: Grant, settings: Settings, tmp_path: Path) -> Instrument:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return cycle.issue(granted(), at=NOW)


def test_every_column_that_names_files_is_read() -> None:
    named = {}
    for model in apps.get_models():
        columns = {
            field.name
            for field in model._meta.concrete_fields
            if field.name == "photos"
            or (field.name.endswith("digest") and isinstance(field, models.CharField))
        }
        if columns := columns - NOT_STORED.get(model._meta.label_lower, set()):
            named[model._meta.label_lower] = columns
    assert named == {label: set(columns) for label, columns in stored_files.HOLDERS.items()}


def test_a_whole_store_has_no_fault(document: Instrument) -> None:
    stored = stored_files.look()
    assert (stored.files, stored.faults) == (1, 0)
    assert stored.size == default_storage.size(_path(document))
    assert sum(log.equal for log in stored.logs) > 0


@pytest.mark.parametrize("damage", ["file-missing", "file-differs"])
def test_a_damaged_file_is_told(document: Instrument, damage: str) -> None:
    path = Path(default_storage.path(_path(document)))
    path.unlink() if damage == "file-missing" else path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert [code for code, _ in stored_files.look().found] == [damage]


def test_a_damaged_tile_is_told(
    document: Instrument, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_files, "SECONDS_FOR_TILES", 0)
    tiles = sorted((Path(settings.RUKHSA_PUBLIC) / "log").rglob("tile/**/*.p/*"))
    tiles[0].write_bytes(b"another")
    tiles[-1].unlink()
    assert {code for code, _ in stored_files.look().found} == {"tiles-differ", "tiles-missing"}


def test_a_file_that_was_erased_is_no_fault(document: Instrument) -> None:
    application = document.intent.application
    assert application is not None
    erase(
        application, rule="granted", why="over", cause="retention", actor=None, at=NOW + timedelta(days=3650)
    )
    assert stored_files.look().faults == 0


def test_the_command_tells_which_file_is_missing(document: Instrument) -> None:
    assert _told()["stored"]["found"] == []
    default_storage.delete(_path(document))
    assert [one["code"] for one in _told()["stored"]["found"]] == ["file-missing"]


def _told() -> dict[str, dict[str, list[dict[str, str]]]]:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("fsck", "--files", "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def _path(document: Instrument) -> str:
    digest = document.file_digest
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"
