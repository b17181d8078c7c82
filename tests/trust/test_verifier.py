"""What a verifier with a memory does, and what no row of the truth table can say."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import rukhsa
from rukhsa.trust import duties, tlog, verdict, words
from rukhsa.trust.errors import Unavailable
from rukhsa.trust.policy import PAPER, NotAccepted, Policy, Rule
from rukhsa.trust.sources import CachedSource, MemorySource, NoSource
from rukhsa.trust.verifier import Verifier, verify_seal
from rukhsa.values.names import Text
from tests.trust import world
from tests.trust.world import CLAIMS, NOON, STATUS_URI, TRUST_LIST, status_token


def test_a_status_list_older_than_one_seen_is_refused() -> None:
    site = world.town_hall()
    sealed = site.issue()
    site.files[STATUS_URI] = status_token(1)
    assert site.verifier.verify_seal(sealed, at=NOON).word == "revoked"
    site.files[STATUS_URI] = status_token(0, at=NOON - timedelta(hours=1))
    answer = site.verifier.verify_seal(sealed, at=NOON)
    assert (answer.word, answer.reason) == ("cannot-tell", "status-rolled-back")


def test_a_status_list_of_another_width_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.town_hall()
    sealed = site.issue()
    with monkeypatch.context() as patch:
        patch.setattr("rukhsa.trust.statuslist.BITS", 4)
        site.files[STATUS_URI] = status_token()
    answer = site.verifier.verify_seal(sealed, at=NOON)
    assert (answer.word, answer.reason) == ("cannot-tell", "bad-status-list")


def test_a_newer_status_list_is_taken() -> None:
    site = world.town_hall()
    sealed = site.issue()
    assert site.verifier.verify_seal(sealed, at=NOON).valid
    site.files[STATUS_URI] = status_token(2, at=NOON + timedelta(minutes=1))
    assert site.verifier.verify_seal(sealed, at=NOON).word == "suspended"


def test_a_log_that_became_shorter_is_refused() -> None:
    site = world.town_hall()
    early = dict(site.files)
    sealed = site.issue()
    assert site.verifier.verify_seal(sealed, at=NOON).valid
    site.files.update(early)
    answer = site.verifier.verify_seal(sealed, at=NOON)
    assert (answer.word, answer.reason) == ("cannot-tell", "log-rolled-back")


def test_a_log_that_was_written_anew_is_refused() -> None:
    site = world.town_hall()
    sealed = site.issue()
    assert site.verifier.verify_seal(sealed, at=NOON).valid
    other = world.Site()
    other.log(*(tlog.entry("file", b"other %d" % number) for number in range(9)))
    site.files.update(other.files)
    answer = site.verifier.verify_seal(sealed, at=NOON)
    assert (answer.word, answer.reason) == ("cannot-tell", "log-forked")


def test_a_log_that_grew_is_followed() -> None:
    site = world.town_hall()
    for number in range(4):
        sealed = site.issue(replace(CLAIMS, instrument=f"RW-2020-{number}"))
        assert site.verifier.verify_seal(sealed, at=NOON).valid


def test_without_a_connection_nothing_is_valid() -> None:
    site = world.town_hall()
    sealed = site.issue()
    answer = verify_seal(sealed, trust_list=TRUST_LIST, status=NoSource(), log=NoSource(), at=NOON)
    assert (answer.word, answer.reason) == ("cannot-tell", "log-unavailable")


def test_a_fault_of_the_verifier_is_never_valid(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def fetch(self, address: str) -> bytes:
            raise ZeroDivisionError

    sealed = world.town_hall().issue()
    answer = verify_seal(sealed, trust_list=TRUST_LIST, status=Broken(), log=Broken(), at=NOON)
    assert (answer.word, answer.reason, answer.failed_duty) == ("cannot-tell", "fault", 4)
    assert "the verifier broke at duty 4" in caplog.text


def test_facts_are_given_out_only_when_the_signature_holds() -> None:
    site = world.town_hall()
    sealed = site.issue()
    assert site.verifier.verify_seal(sealed, at=NOON).facts("en")[0].value == CLAIMS.facts[2]
    forged = site.verifier.verify_seal(sealed.replace("ليلى".encode(), "سلمى".encode()), at=NOON)
    assert forged.reason == "bad-signature"
    assert forged.facts("en") == []
    assert forged.claims is None
    assert forged.issuer is None


def test_the_facts_are_shown_in_both_languages() -> None:
    site = world.town_hall()
    answer = site.verifier.verify_seal(site.issue(), at=NOON)
    english = {fact.label: fact.value for fact in answer.facts("en")}
    arabic = {fact.label: fact.value for fact in answer.facts("ar")}
    assert english["Place"] == "Building 12, Road 3402, Block 334"
    assert english["From"] == "10 November 2020"
    assert english["Length"] == "120 m"
    assert english["Deposit"] == "240.000 BHD"
    assert arabic["من"] == "10 نوفمبر 2020"
    assert arabic["نوع الأشغال"] == "خندق"
    assert answer.issuer == Text(ar="أمانة العاصمة", en="Capital Secretariat")


def test_the_verdict_names_the_age_of_its_status() -> None:
    site = world.town_hall()
    assert site.verifier.verify_seal(site.issue(), at=NOON).status_age_seconds == 60


def test_a_moment_without_its_time_zone_is_a_mistake() -> None:
    site = world.town_hall()
    with pytest.raises(ValueError, match="time zone"):
        site.verifier.verify_seal(b"", at=datetime(2020, 11, 15))  # noqa: DTZ001 (the mistake itself)


def test_two_keys_of_one_name_are_both_tried() -> None:
    twin = replace(world.key(world.STRANGER, "seal").public)
    twin.__dict__["kid"] = world.SEALER.kid
    keys = (replace(world.key(world.STRANGER, "seal"), public=twin), *world.CAPITAL.keys)
    site = world.town_hall()
    sealed = site.issue()
    site.trust_list = replace(TRUST_LIST, authorities=(replace(world.CAPITAL, keys=keys),))
    assert len(site.trust_list.seal_keys[world.SEALER.kid]) == 2
    assert site.verifier.verify_seal(sealed, at=NOON).valid


def test_paper_is_accepted_until_the_last_day_of_its_circular() -> None:
    rule = Rule(kind=PAPER, since=NOON.date(), until=NOON.date() + timedelta(days=46), circular="5/2020")
    policy = Policy(rules=(rule,))
    last = rule.until
    assert last is not None
    assert policy.accept(PAPER, profile=None, purpose=None, on=last) == rule
    with pytest.raises(NotAccepted) as refused:
        policy.accept(PAPER, profile=None, purpose=None, on=last + timedelta(days=1))
    assert refused.value.rule == rule


def test_a_refusal_by_policy_names_its_circular() -> None:
    site = world.town_hall()
    sealed = site.issue()
    rule = Rule(
        kind="sealed",
        since=NOON.date() - timedelta(days=9),
        until=NOON.date() - timedelta(days=1),
        circular="9/2020",
    )
    strict = Verifier(
        trust_list=TRUST_LIST, status=site.source, log=site.source, policy=Policy(rules=(rule,))
    )
    answer = strict.verify_seal(sealed, at=NOON)
    assert (answer.word, answer.circular) == ("not-accepted", "9/2020")
    assert [duty.outcome for duty in answer.duties] == ["met"] * 7 + ["failed"]


def test_without_a_duty_its_cases_would_be_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the duties: each, left out, lets its forgery pass."""
    stolen = world.town_hall()
    unlogged = world.make_seal(log_index=2)
    revoked = world.town_hall()
    sealed = revoked.issue()
    revoked.files[STATUS_URI] = status_token(1)
    for duty, site, data in (("check_log", stolen, unlogged), ("check_status", revoked, sealed)):
        assert not site.verifier.verify_seal(data, at=NOON).valid
        with monkeypatch.context() as patch:
            patch.setattr(duties.Duties, duty, lambda *_: None)
            careless = Verifier(trust_list=TRUST_LIST, status=site.source, log=site.source)
            assert careless.verify_seal(data, at=NOON).valid


def test_the_duties_are_numbered_as_they_are_written() -> None:
    numbered = [
        re.match(r"(\d)\.", getattr(duties.Duties, name).__doc__ or "")
        for name in re.findall(r"self\.(\w+),\n", Path(duties.__file__).read_text())
    ]
    assert [int(match[1]) for match in numbered if match] == list(range(8))


def test_every_reason_has_its_words_and_every_word_its_reason() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(rukhsa.__file__).parent.rglob("*.py"))
    said = set(
        re.findall(r'(?:Failed\("[a-z-]+", |BadPdf\(|BadSeal\(|BadText\(|BadStatusList\()"([a-z-]+)"', source)
    )
    known = set(words.every_reason())
    inside = {"no-such-index", "bad-status"}  # mapped to bad-status-list, or an error of the writer
    assert said - inside <= known
    for code in known:
        assert f'"{code}"' in source, f"{code} is never said"
        assert words.reason(code).ar
        assert words.reason(code).en


def test_every_word_speaks_to_everyone_in_both_languages() -> None:
    for word in words.every_word():
        texts = [
            words.name(word),
            words.sentence(word),
            *(words.next_step(word, "", who) for who in words.AUDIENCES),
        ]
        assert all(text.ar and text.en for text in texts)
        assert words.tone(word) in ("good", "caution", "bad", "neutral")
    assert words.tone("valid") == "good"
    assert [word for word in words.every_word() if words.tone(word) == "good"] == ["valid"]


def test_the_verdict_as_json_says_what_the_verdict_says() -> None:
    site = world.town_hall()
    sealed = site.issue()
    document = verdict.to_json(site.verifier.verify_seal(sealed, at=NOON))
    assert (document["word"], document["instrument"], document["version"]) == ("valid", CLAIMS.instrument, 1)
    assert document["languages"]["ar"]["name"] == "سارية"
    assert document["duties"][7] == {"number": 7, "outcome": "not-asked"}
    refused = verdict.to_json(site.verifier.verify_seal(b"", at=NOON))
    assert refused["word"] == "not-ours"
    assert refused["languages"]["en"]["facts"] == []


def test_a_cache_asks_again_when_its_time_is_over() -> None:
    now = [0.0]
    files = {"a": b"one"}
    cache = CachedSource(source=MemorySource(files=files), seconds=10, clock=lambda: now[0])
    assert cache.age_seconds("a") is None
    assert cache.fetch("a") == b"one"
    files["a"] = b"two"
    now[0] = 9
    assert (cache.fetch("a"), cache.age_seconds("a")) == (b"one", 9)
    now[0] = 10
    assert cache.fetch("a") == b"two"
    with pytest.raises(Unavailable):
        cache.fetch("b")
