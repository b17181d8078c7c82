"""Trust lists: drafted here, signed elsewhere, published only when they follow, and logged."""

import json
import shutil
from datetime import datetime, timedelta
from typing import Any

import pytest

from rukhsa.accounts.permissions import Role
from rukhsa.audit.models import JournalEntry
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.issuance import cycle, key_creation, key_index, publishing, site, trust_list
from rukhsa.issuance.errors import TrustListBehind
from rukhsa.issuance.instrument import revoke
from rukhsa.issuance.key_index import KeyFault
from rukhsa.issuance.models import Instrument, LogLeaf, LogPlace, PublishedTrustList, Sealing
from rukhsa.issuance.trust_list import TrustListRefused
from rukhsa.trust import ceremony as offline_machine
from rukhsa.trust import tlog
from rukhsa.trust.errors import BadKey
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.trustlist import sign
from tests import ceremony, public_folder
from tests.rooms.issuance.conftest import NOW, Grant
from tests.rooms.issuance.test_status import staff

HOUR = timedelta(hours=1)


def drafted(at: datetime = NOW) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(trust_list.draft(at=at))
    return document


def signed(document: dict[str, Any]) -> str:
    return sign(document, offline_machine.open_root(ceremony.offline() / offline_machine.PRIVATE))


def publish_(document: dict[str, Any], at: datetime = NOW) -> None:
    trust_list.publish(signed(document), at=at, operator="the tests")


def test_all_goes_on_without_the_root_and_nothing_here_reads_it(granted: Grant, town: datetime) -> None:
    """The root lies in a vault: a document, a revocation, a new key and the next draft need nothing of it."""
    application = granted()
    shutil.rmtree(ceremony.offline())

    instrument = cycle.issue(application, at=town)
    salem = staff("salem", Role.OFFICER).person
    revoke(instrument, reason="A drill", proposed_by=salem, actor=staff("mariam", Role.SUPERVISOR), at=town)
    publishing.everything(at=town + HOUR)
    old = key_index.key_for("CAP", "seal", at=town)
    key_creation.create("CAP", "seal", (old.not_before, old.not_after), at=town, operator="the tests")
    draft = drafted(at=town + HOUR)
    assert len(draft["authorities"][0]["keys"]) == 5

    assert Instrument.objects.count() == 1
    # The control: without the root no list is signed, and another root's is not taken.
    with pytest.raises(BadKey, match="unreadable-root"):
        signed(draft)
    with pytest.raises(TrustListRefused, match="another root is pinned"):
        ceremony.hold(at=town + HOUR)


def test_a_new_key_signs_from_the_moment_a_list_names_it(granted: Grant, town: datetime) -> None:
    old = key_index.key_for("CAP", "seal", at=town)
    new = key_creation.create("CAP", "seal", (old.not_before, old.not_after), at=town, operator="the tests")
    assert key_index.key_for("CAP", "seal", at=town) == old
    ceremony.hold(at=town)
    assert key_index.key_for("CAP", "seal", at=town) == new
    assert cycle.issue(granted(), at=town).intent.sealing.kid == new.kid


def test_without_a_list_that_names_a_key_nothing_is_sealed(granted: Grant, town: datetime) -> None:
    application = granted()
    for key in key_index.of("CAP", "seal"):
        key_index.change(key, not_after=town)
    with pytest.raises(KeyFault, match="no key of CAP for seal"):
        cycle.issue(application, at=town)
    key_creation.create_missing(at=town, ahead=0, operator="the tests")
    with pytest.raises(TrustListBehind, match="no published trust list names"):
        cycle.issue(application, at=town)
    assert not Sealing.objects.exists()


def test_without_a_list_that_knows_the_profile_or_still_holds_nothing_is_sealed(
    granted: Grant, town: datetime
) -> None:
    application = granted()
    after = site.trust_list().expires  # type: ignore[union-attr]
    ceremony.make_keys(at=after)
    with pytest.raises(TrustListBehind):
        cycle.issue(application, at=after)
    document = drafted()
    document["profiles"] = []
    document["authorities"] = [each | {"profiles": []} for each in document["authorities"]]
    root = MemorySigner.p256()
    public_folder.pin().unlink()
    (public_folder.folder() / site.TRUST_LIST).unlink()
    document["version"] += 1
    trust_list.publish(sign(document, root), root=root.jwk, at=town, operator="the tests")
    with pytest.raises(TrustListBehind, match="does not know profile"):
        cycle.issue(application, at=town)
    assert not Sealing.objects.exists()


def test_a_published_list_stands_in_every_log_and_in_the_journal(town: datetime) -> None:
    text = (public_folder.folder() / site.TRUST_LIST).read_text()
    leaves = LogLeaf.objects.filter(kind="trust-list", entry=tlog.entry("trust-list", text.encode()))
    assert leaves.count() == 4
    assert LogPlace.objects.filter(leaf__in=leaves).count() == 4
    entry = JournalEntry.objects.get(act="publish-trust-list", detail__version=site.trust_list().version)  # type: ignore[union-attr]
    assert entry.detail["operator"] == "the tests"


def test_a_list_that_was_taken_away_or_put_back_is_healed(town: datetime) -> None:
    file = public_folder.folder() / site.TRUST_LIST
    newest = file.read_text()
    older = PublishedTrustList.objects.order_by("version").first()
    for content in (None, older.text if older else "", "damaged"):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_text(content)
        publishing.everything(at=town)
        assert file.read_text() == newest


def of_first(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    first, *rest = document["authorities"]
    return document | {"authorities": [first | changes, *rest]}


def without_a_key(document: dict[str, Any]) -> dict[str, Any]:
    return of_first(document, keys=document["authorities"][0]["keys"][1:])


def with_a_key_cut_short(document: dict[str, Any]) -> dict[str, Any]:
    first, *rest = document["authorities"][0]["keys"]
    return of_first(document, keys=[first | {"not_after": first["not_before"]}, *rest])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda document: document | {"version": 1}, "not-newer"),
        (without_a_key, "something-lost.*the key"),
        (with_a_key_cut_short, "something-lost.*the key"),
        (lambda document: document | {"authorities": document["authorities"][1:]}, "the authority capital"),
        (lambda document: document | {"verifiers": ["elsewhere.example"]}, "the official address v.mun.example"),
        (lambda document: of_first(document, names=document["authorities"][0]["names"][:-1] or
            [{"from": "1900-01-01", "name": {"en": "Other"}}]), "a name of capital"),
        (lambda document: of_first(document, log=document["authorities"][0]["log"] | {"origin": "other"}), "the log"),
        (lambda document: document | {"expires": "2026-11-24T09:00:00Z", "issued": "2026-11-24T08:00:00Z"}, "not now"),
        (lambda document: document | {"issued": "2026-11-25T09:00:00Z"}, "not now"),
    ],
)  # fmt: skip
def test_a_list_that_does_not_follow_is_not_published(changed: Any, said: str, town: datetime) -> None:
    before = (public_folder.folder() / site.TRUST_LIST).read_text()
    with pytest.raises(TrustListRefused, match=said):
        publish_(changed(drafted()))
    assert (public_folder.folder() / site.TRUST_LIST).read_text() == before
    publish_(drafted())  # the same without the change


def test_a_mark_of_compromise_is_not_taken_back(town: datetime) -> None:
    key = key_index.key_for("CAP", "seal", at=town)
    key_index.change(key, compromised_since=town, compromised_log_size=5)
    publish_(drafted())
    key_index.change(key, compromised_since=None, compromised_log_size=None)
    with pytest.raises(TrustListRefused, match="mark of compromise"):
        publish_(drafted(at=NOW + HOUR), at=NOW + HOUR)


def test_only_the_pinned_root_signs(town: datetime) -> None:
    stranger = MemorySigner.p256()
    forged = sign(drafted(), stranger)
    with pytest.raises(TrustListRefused, match="no known key signed it"):
        trust_list.publish(forged, at=town, operator="the tests")
    with pytest.raises(TrustListRefused, match="another root is pinned"):
        trust_list.publish(forged, root=stranger.jwk, at=town, operator="the tests")
    public_folder.pin().unlink()
    with pytest.raises(TrustListRefused, match="--root-key"):
        trust_list.publish(signed(drafted()), at=town, operator="the tests")


def test_a_ceremony_is_wanted_when_something_changed_or_the_list_ends_soon(town: datetime) -> None:
    versions = ServiceVersion.objects.count()
    assert not trust_list.is_due(at=town)
    assert trust_list.is_due(at=town + trust_list.LASTS - trust_list.RENEW_BEFORE)
    key_creation.create_missing(at=town, ahead=1, operator="the tests")
    assert trust_list.is_due(at=town)
    assert ServiceVersion.objects.count() == versions
