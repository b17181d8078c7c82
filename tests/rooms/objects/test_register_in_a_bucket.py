"""The register with its public files and its documents in a store of objects, and nothing of them on a disk."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from rukhsa.applications import blobs
from rukhsa.authorities.models import Authority
from rukhsa.catalogue.territory import territory
from rukhsa.issuance import cycle, publishing, sequencer, site, time_stamp
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.log import head_of, seal_bytes_of
from rukhsa.issuance.rebuilding import rebuild
from rukhsa.objects import bucket, store_at
from rukhsa.trust.errors import BadLog, Unavailable
from rukhsa.trust.qr import qr_text
from rukhsa.verification import own_verifier
from tests.object_store import ObjectStore, before
from tests.rooms.issuance.conftest import NOW, Grant
from tests.waiting import wait_until

pytestmark = [pytest.mark.own_clock, pytest.mark.xdist_group("objects")]


@pytest.fixture
def in_buckets(town: object, settings: Settings, objects: ObjectStore) -> Path:
    """The town, whose files were moved to a store of objects; the folder where they had been."""
    folder = Path(settings.RUKHSA_PUBLIC)
    settings.RUKHSA_PUBLIC, settings.RUKHSA_S3 = objects.place(), objects.account
    for name in store_at(folder).names():
        site.files().write(name, (folder / name).read_bytes())
    shutil.rmtree(folder)
    options = {"place": objects.place(), "account": objects.account}
    storage = {"BACKEND": "rukhsa.objects.storage.BucketStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    return folder


@pytest.fixture
def instrument(in_buckets: Path, granted: Grant) -> Instrument:
    return cycle.issue(granted(), at=NOW)


def test_a_document_is_issued_verified_and_handed_out(instrument: Instrument, in_buckets: Path) -> None:
    pdf = time_stamp.handed_out(instrument)
    assert own_verifier.verifier().verify_pdf(pdf, at=NOW).word == "valid"
    assert not in_buckets.exists()


def test_lists_and_logs_are_published_and_served(instrument: Instrument, settings: Settings) -> None:
    settings.ROOT_URLCONF = "rukhsa.project.urls_public"
    publishing.everything(at=NOW + timedelta(minutes=4))
    name = site.name_of(site.status_address("CAP", 0))
    assert Client().get(f"/{name}").content == site.files().read(name)
    assert Client().get("/trust-list.jws").status_code == 200
    assert Client().get("/status/nowhere/9.cwt").status_code == 404


def test_a_log_is_rebuilt_in_its_bucket_and_proves_equal(instrument: Instrument) -> None:
    capital = Authority.objects.get(code="CAP")
    assert rebuild(capital, writes=False).is_whole
    storage, head = site.log_tiles("CAP"), head_of("CAP")
    assert head is not None
    path = f"tile/0/000.p/{head.size}"
    storage.write(path, bytes(32 * head.size))
    assert rebuild(capital, writes=False).other == 1
    rebuild(capital, writes=True)
    assert rebuild(capital, writes=False).is_whole


def test_a_verdict_waits_for_no_tile_of_a_log_that_grew_while_the_store_is_silent(
    instrument: Instrument,
    granted: Grant,
    settings: Settings,
    objects: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The new checkpoint is shown with its tiles, which it had asked for one by one, in vain."""
    sealed, name = seal_bytes_of(instrument.intent), site.name_of(site.log_address("CAP")) + "checkpoint"
    assert sealed
    text = qr_text(territory().verifier, sealed)
    with before(objects, tmp_path / "switch") as account:
        with monkeypatch.context() as elsewhere:
            settings.RUKHSA_S3 = account
            assert own_verifier.verifier().verify_text(text, at=NOW).word == "valid"
            settings.RUKHSA_S3 = objects.account
            elsewhere.setattr(bucket, "_written", bucket._Written())
            cycle.issue(granted(), at=NOW)
            newest = site.files().read(name)
        settings.RUKHSA_S3 = account
        wait_until(lambda: site.source().fetch(site.address() + name) == newest)
        (tmp_path / "switch").write_text("3600")
        assert own_verifier.verifier().verify_text(text, at=NOW).word == "valid"


def test_a_log_whose_store_is_away_is_not_taken_for_one_that_is_missing(
    instrument: Instrument, settings: Settings
) -> None:
    """LogMissing would tell the operator to restore what is there."""
    settings.RUKHSA_S3 = replace(settings.RUKHSA_S3, endpoint="http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="store-away"):
        sequencer.publish(Authority.objects.get(code="CAP"))


def test_a_stored_file_is_kept_once_and_never_overwritten(in_buckets: Path) -> None:
    digest = blobs.keep(b"a plan of the house")
    assert blobs.keep(b"a plan of the house") == digest
    assert blobs.fetch(digest) == b"a plan of the house"
    name = f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"
    assert (default_storage.exists(name), default_storage.size(name)) == (True, 19)
    assert default_storage.save(name, ContentFile(b"a plan of the house")) == name
    with pytest.raises(BadLog, match="tile-differs"):
        default_storage.save(name, ContentFile(b"another plan"))
    assert blobs.fetch(digest) == b"a plan of the house"
    default_storage.delete(name)
    with pytest.raises(FileNotFoundError):
        blobs.fetch(digest)
