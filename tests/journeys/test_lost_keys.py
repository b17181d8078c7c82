"""Drills: a key is stolen, used, and marked as lost. What was issued before stays good, and what came later dies."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from rukhsa.authorities.models import Authority
from rukhsa.issuance import key_creation, key_index, keys, publishing, sequencer, site, time_stamp
from rukhsa.issuance.errors import IssuanceError
from rukhsa.issuance.instrument import revoke
from rukhsa.issuance.intent import claims_of
from rukhsa.issuance.log import head_of, place_of
from rukhsa.issuance.models import Instrument
from rukhsa.issuance.signers import STATUS_LASTS
from rukhsa.trust import seal, statuslist, tlog, trustlist
from rukhsa.trust.keys import MemorySigner
from rukhsa.trust.sources import MemorySource, NoSource
from rukhsa.trust.verifier import Verifier
from rukhsa.verification import lookup
from tests import ceremony, public_folder
from tests.journeys import facts
from tests.town import Town

HOURS = timedelta(hours=1)


@pytest.fixture
def town(town: Town) -> Town:
    """The town, on a day that is not the last of its month: within a drill no other key comes into use by itself."""
    today = timezone.localdate(town.at)
    if (today + timedelta(days=1)).month != today.month:
        town.later(days=1)
    return town


def steal(purpose: str, at: datetime) -> tuple[key_index.IndexedKey, MemorySigner]:
    """The file of the Capital's key, in other hands."""
    key = key_index.key_for("CAP", purpose, at=at)
    secret = load_pem_private_key((key_index.folder() / f"{key.name}.pem").read_bytes(), None)
    return key, MemorySigner(private=secret)  # type: ignore[arg-type]


def forge(thief: MemorySigner, like: Instrument, at: datetime, *, index: int | None) -> bytes:
    """A licence that was never granted, under the stolen key."""
    claims = claims_of(like.intent, issued_at=at)
    forged = replace(claims, instrument=claims.instrument[:-1] + "X", facts=claims.facts | {2: "منتحل الصفة"})
    return seal.assemble(forged, thief.kid, thief.sign(seal.to_be_signed(forged, thief.kid)), index)


def lose(town: Town, key: key_index.IndexedKey, since: datetime) -> None:
    """The whole of what the page of operating says: mark, follow, draft, sign, publish."""
    keys.mark_compromised(key, since=since, reason="a drill", operator="the tests", at=town.at)
    key_creation.create(
        key.authority, key.purpose, (key.not_before, key.not_after), at=town.at, operator="the tests"
    )
    ceremony.hold(at=town.at)
    publishing.everything(at=town.at)


def word(sealed: bytes, at: datetime) -> tuple[str, str]:
    verdict = facts.anyone().verify_seal(sealed, at=at)
    return verdict.word, verdict.reason


def of_file(instrument: Instrument, at: datetime) -> str:
    return facts.verdict_on(instrument, at=at).word


def by_number(instrument: Instrument, at: datetime) -> str:
    """What the number with its code answers, as the verifier's server does."""
    return lookup.by_number(instrument.number, instrument.intent.verification_code, at=at).word


def test_a_stolen_seal_key_signs_off_the_log_and_within_it(town: Town) -> None:
    before = town.issue("proof-of-residence")
    town.later(hours=1)
    key, thief = steal("seal", town.at)

    # Off the log: "not registered", whatever place it names.
    place = place_of(before.intent, "seal")
    assert place is not None
    for index, reason in ((None, "no-log-index"), (place.index, "not-in-log"), (10**6, "log-behind")):
        expected = "cannot-tell" if reason == "log-behind" else "not-registered"
        assert word(forge(thief, before, town.at, index=index), town.at) == (expected, reason)

    # A thief who has the database too enters it: it is valid, until the key is marked.
    town.later(hours=1)
    forged = enter(forge(thief, before, town.at, index=None), town)
    assert word(forged, town.at) == ("valid", "in-force")

    lose(town, key, since=town.at - HOURS)
    assert word(forged, town.at) == ("altered", "key-compromised")
    assert [of_file(before, town.at), by_number(before, town.at)] == ["valid", "valid"]
    assert facts.verdict_on_seal(before, at=town.at).word == "valid"
    after = town.issue("proof-of-residence")
    assert after.intent.sealing.kid != key.kid
    assert [of_file(after, town.at), by_number(after, town.at)] == ["valid", "valid"]


def test_a_stolen_pdf_key_is_told_by_the_place_of_the_file(town: Town) -> None:
    before = town.issue("proof-of-residence")
    town.later(hours=2)
    key, _ = steal("pdf", town.at)
    since = town.at - HOURS
    later = town.issue("proof-of-residence")
    assert of_file(later, town.at) == "valid"
    lose(town, key, since=since)
    assert of_file(before, town.at) == "valid"
    verdict = facts.verdict_on(later, at=town.at)
    assert (verdict.word, verdict.reason) == ("altered", "pdf-key-compromised")
    assert by_number(later, town.at) == "valid"  # its seal is under another key


def test_a_stolen_status_key_cannot_undo_a_revocation(town: Town) -> None:
    instrument = town.issue("proof-of-residence")
    town.later(hours=1)
    key, thief = steal("status", town.at)
    revoke(
        instrument,
        reason="Obtained by a forged lease",
        proposed_by=town.salem.person,
        actor=town.mariam,
        at=town.at,
    )
    publishing.everything(at=town.at)
    assert of_file(instrument, town.at) == "revoked"

    false = all_valid(instrument, thief, town.at)
    assert told(instrument, false, town.at) == ("valid", "in-force")
    lose(town, key, since=town.at - HOURS)
    assert told(instrument, false, town.at) == ("cannot-tell", "bad-status-list")
    assert of_file(instrument, town.at) == "revoked"


def test_a_stolen_log_key_cannot_show_another_log(town: Town) -> None:
    before = town.issue("proof-of-residence")
    town.later(hours=1)
    key, thief = steal("log", town.at)
    _, seal_thief = steal("seal", town.at)
    forged, proof = another_log(thief, seal_thief, before, town.at)
    assert facts.anyone().verify_seal(forged, at=town.at, proof=proof).word == "valid"

    keys.mark_compromised(key, since=town.at - HOURS, reason="a drill", operator="the tests", at=town.at)
    with pytest.raises(
        IssuanceError
    ):  # nothing is logged, so nothing is issued, before the next key is known
        town.issue("proof-of-residence")
    lose(town, key, since=town.at - HOURS)
    verdict = facts.anyone().verify_seal(forged, at=town.at, proof=proof)
    assert (verdict.word, verdict.reason) == ("not-registered", "not-in-log")
    assert [of_file(before, town.at), by_number(before, town.at)] == ["valid", "valid"]
    offline = Verifier(trust_list=facts.anyone().trust_list, status=status_alone(before), log=NoSource())
    assert offline.verify_pdf(time_stamp.handed_out(before), at=town.at).reason == "log-unavailable"
    town.later(minutes=1)
    assert of_file(town.issue("proof-of-residence"), town.at) == "valid"


def test_yesterday_s_trust_list_hides_no_lost_key_from_whoever_remembers(town: Town) -> None:
    before = town.issue("proof-of-residence")
    town.later(hours=1)
    yesterday = facts.anyone().trust_list
    key, thief = steal("seal", town.at)
    forged = enter(forge(thief, before, town.at, index=None), town)
    town.later(hours=1)
    lose(town, key, since=town.at - 2 * HOURS)
    reader = facts.anyone()
    reader.memory.saw_trust_list(reader.trust_list.version)
    replayed = replace_list(reader, yesterday)
    assert reader.verify_seal(forged, at=town.at).reason == "key-compromised"
    assert replayed.verify_seal(forged, at=town.at).reason == "trust-list-rolled-back"
    replayed.memory.version = 0  # the control: who remembers nothing is deceived
    assert replace_list(replayed, yesterday).verify_seal(forged, at=town.at).word == "valid"


def enter(forged: bytes, town: Town) -> bytes:
    """An insider enters a seal into the log, and puts its place into it."""
    capital = Authority.objects.get(code="CAP")
    entry = seal.leaf_entry(seal.read(forged))
    sequencer.add(capital, kind="seal", entry=entry, at=town.at)
    sequencer.integrate(capital, at=town.at)
    head = head_of("CAP")
    assert head is not None
    read = seal.read(forged)
    return seal.assemble(read.claims, read.kid, read.signature, head.size - 1)


def all_valid(instrument: Instrument, thief: MemorySigner, at: datetime) -> dict[str, bytes]:
    """The public files with a status list in which nothing is revoked."""
    uri, issued_at = site.status_address("CAP", instrument.intent.status_list), int(at.timestamp())
    terms: dict[str, Any] = {"uri": uri, "issued_at": issued_at, "ttl": 900, "signer": thief}
    token = statuslist.sign_cwt(
        statuslist.new(), expires_at=issued_at + int(STATUS_LASTS.total_seconds()), **terms
    )
    return {uri: token}


def told(instrument: Instrument, false: dict[str, bytes], at: datetime) -> tuple[str, str]:
    """The verdict of a person who is shown a false status list."""
    honest = facts.anyone()
    deceived = Verifier(trust_list=honest.trust_list, status=MemorySource(files=false), log=honest.log)
    verdict = deceived.verify_pdf(time_stamp.handed_out(instrument), at=at)
    return verdict.word, verdict.reason


def another_log(
    thief: MemorySigner, sealer: MemorySigner, like: Instrument, at: datetime
) -> tuple[bytes, str]:
    """A log of the thief's own, with one licence in it, and the proof of its place."""
    tiles = tlog.MemoryTiles()
    forged = forge(sealer, like, at, index=0)
    entry = seal.leaf_entry(seal.read(forged))
    state = tlog.integrate(tiles, None, [entry], origin=site.log_origin("CAP"), signer=thief, at=at)
    return forged, tlog.proof(tiles, 0, state)


def status_alone(instrument: Instrument) -> MemorySource:
    """What a device without a connection kept: the status list, and no log."""
    uri = site.status_address("CAP", instrument.intent.status_list)
    return MemorySource(files={uri: public_folder.path_of(uri).read_bytes()})


def replace_list(verifier: Verifier, trust_list: trustlist.TrustList) -> Verifier:
    return Verifier(trust_list=trust_list, status=verifier.status, log=verifier.log, memory=verifier.memory)
