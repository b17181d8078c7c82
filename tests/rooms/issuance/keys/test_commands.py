"""`rukhsa keys` and `rukhsa issuing`: what they do, ask, refuse and write down."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from rukhsa.accounts.models import Person
from rukhsa.accounts.permissions import Role
from rukhsa.audit.models import JournalEntry
from rukhsa.issuance import cycle, key_index
from rukhsa.issuance.issuing_stop import IssuingStopped, current_stop
from rukhsa.issuance.models import IssuingStart, IssuingStop, KeyCompromise, LogLeaf, Sealing
from rukhsa.issuance.signers import signer
from rukhsa.trust import tlog, trustlist
from tests import ceremony
from tests.rooms.issuance.conftest import Grant
from tests.rooms.issuance.test_status import staff

MOMENT = "2026-11-24T09:30:00+00:00"


@pytest.fixture(autouse=True)
def _the_clock_of_the_town(town: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands ask the machine for the time, and the keys of the town are those of its month."""
    monkeypatch.setattr(timezone, "now", lambda: town)


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def key_of(purpose: str, at: datetime) -> key_index.IndexedKey:
    return key_index.key_for("CAP", purpose, at=at)


def test_keys_are_made_for_the_months_ahead_once(town: datetime) -> None:
    said = run("keys", "create", "--authority", "CAP", "--ahead", "2")
    assert said.count("CAP  seal") == said.count("CAP  pdf") == 2
    assert said.count("status") == said.count("log") == 0
    assert "trust-list draft" in said
    assert run("keys", "create", "--authority", "CAP", "--ahead", "2").startswith("0 keys made")
    months = [key.not_before for key in key_index.of("CAP", "seal")]
    assert months == sorted(set(months))
    assert [key.not_after for key in key_index.of("CAP", "seal")][:-1] == months[1:]


def test_the_list_says_what_each_key_does(town: datetime) -> None:
    run("keys", "create", "--authority", "CAP", "--ahead", "1")
    lines = run("keys", "list", "--authority", "CAP").splitlines()
    states = {(line.split()[1], line.partition("file")[2].strip()) for line in lines}
    assert ("seal", "signs") in states
    assert ("seal", "waits for a trust list") in states
    assert len(run("keys", "list").splitlines()) > len(lines)


def test_a_key_is_followed_by_another(town: datetime) -> None:
    old = key_of("pdf", town)
    said = run("keys", "rotate", old.kid[:6])
    assert f"to follow {old.kid}" in said
    assert key_of("pdf", town) == old
    ceremony.hold(at=town)
    assert key_of("pdf", town) != old
    signer().check()


def test_a_key_is_ended_and_what_follows_it_signs(town: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    old = key_of("seal", town)
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "no")
    with pytest.raises(CommandError, match="not confirmed"):
        run("keys", "retire", old.kid, "--reason", "a drill")
    assert "it will stand still" in asked[0]
    assert key_of("seal", town) == old
    run("keys", "rotate", old.kid)
    ceremony.hold(at=town)
    run("keys", "retire", old.kid, "--reason", "a drill", "--yes")
    entry = JournalEntry.objects.get(act="retire-key")
    assert (entry.subject, entry.detail["reason"]) == (old.name, "a drill")


@pytest.mark.parametrize("purpose", key_index.PURPOSES)
def test_a_key_of_any_purpose_is_marked_as_lost(purpose: str, town: datetime) -> None:
    key, before = key_of(purpose, town), len(key_index.index())
    reason = ("--reason", "a laptop was stolen", "--yes")
    said = run("keys", "compromised", key.kid, "--since", MOMENT, *reason)
    assert f"rukhsa keys rotate {key.kid}" in said
    marked = key_index.named(key.kid)
    assert (marked.compromised_since, len(key_index.index())) == (datetime.fromisoformat(MOMENT), before)
    decision = KeyCompromise.objects.get()
    assert (decision.kid, decision.purpose, decision.log_size) == (
        key.kid,
        purpose,
        marked.compromised_log_size,
    )
    statement = trustlist.compromise_statement(
        "capital", purpose=purpose, kid=key.public.kid, since=decision.since, log_size=decision.log_size
    )
    entry = tlog.entry("key-compromise", statement)
    assert LogLeaf.objects.filter(kind="key-compromise", entry=entry, authority="CAP").count() == 1
    assert JournalEntry.objects.get(act="mark-key-compromised").detail["reason"] == "a laptop was stolen"
    assert "COMPROMISED" in run("keys", "list")
    # Again changes nothing, and no mark is taken back or moved to a later day.
    run("keys", "compromised", key.kid, "--since", MOMENT, *reason)
    assert KeyCompromise.objects.count() == 1
    later = (datetime.fromisoformat(MOMENT) + timedelta(days=1)).isoformat()
    assert not key_index.named(key.kid).may_sign(town)
    with pytest.raises(CommandError, match=r"nothing signs for|no key"):
        run("keys", "check")
    with pytest.raises(CommandError):
        run("keys", "compromised", "nothing", "--since", later, *reason)


def test_a_mark_reaches_further_back_and_never_forward(
    granted: Grant, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle.issue(granted(), at=town)
    cycle.issue(granted(), at=town + timedelta(hours=2))
    monkeypatch.setattr(timezone, "now", lambda: town + timedelta(hours=4))
    key = key_of("seal", town)
    about = ("--reason", "a drill", "--yes")
    run("keys", "compromised", key.kid, "--since", (town + timedelta(hours=1)).isoformat(), *about)
    middle = key_index.named(key.kid).compromised_log_size
    with pytest.raises(CommandError, match="no mark is taken back"):
        run("keys", "compromised", key.kid, "--since", (town + timedelta(hours=3)).isoformat(), *about)
    run("keys", "compromised", key.kid, "--since", (town - timedelta(days=1)).isoformat(), *about)
    assert (key_index.named(key.kid).compromised_log_size or 0) < (middle or 0)
    with pytest.raises(CommandError, match="still to come"):
        run("keys", "compromised", key_of("pdf", town).kid, "--since", "2099-01-01T00:00:00Z", *about)


def test_check_tells_of_what_ends_soon(town: datetime) -> None:
    said = run("keys", "check")
    assert "16 keys in order" in said
    assert "nothing signs for seal of CAP" in said
    run("keys", "create")
    ceremony.hold(at=town)
    assert run("keys", "check").strip() == f"{len(key_index.index())} keys in order"


def test_nothing_is_sealed_or_signed_while_issuing_is_stopped(granted: Grant, town: datetime) -> None:
    application, begun = granted(), granted()
    from rukhsa.issuance.grant import grant
    from rukhsa.issuance.prepare import prepare

    sealed = cycle.seal(prepare([grant(begun, at=town)], at=town), at=town)
    rendered = cycle.render(cycle.log(sealed, at=town))
    mariam = staff("mariam", Role.SUPERVISOR)
    said = run("issuing", "stop", "--reason", "a key may be lost", "--as", mariam.person.email)
    assert "stopped since" in said
    for act in (lambda: cycle.issue(application, at=town), lambda: cycle.sign(rendered, at=town)):
        with pytest.raises(IssuingStopped):
            act()
    assert Sealing.objects.count() == 1
    assert "a key may be lost" in run("issuing", "status")
    run("issuing", "start", "--reason", "it was found")
    assert cycle.issue(application, at=town)
    assert cycle.issue(begun, at=town)
    stop = IssuingStop.objects.get()
    assert stop.actor == mariam.person
    entries = JournalEntry.objects.filter(subject_kind="issuance.issuingstop", subject=str(stop.pk)).order_by(
        "pk"
    )
    assert [(each.act, each.detail["reason"], each.actor) for each in entries] == [
        ("stop-issuing", "a key may be lost", mariam.person.pk),
        ("start-issuing", "it was found", None),
    ]


def test_a_stop_asks_why_and_who_and_is_lifted_once(town: datetime) -> None:
    with pytest.raises(CommandError, match="--reason"):
        run("issuing", "stop", "--reason", "  ")
    with pytest.raises(CommandError, match="nobody has the mail address"):
        run("issuing", "stop", "--reason", "x", "--as", "nobody@mun.example")
    with pytest.raises(CommandError, match="is not stopped"):
        run("issuing", "start", "--reason", "x")
    run("issuing", "stop", "--reason", "one")
    run("issuing", "stop", "--reason", "two")
    assert (IssuingStop.objects.count(), current_stop().reason) == (1, "one")  # type: ignore[union-attr]
    run("issuing", "start", "--reason", "x")
    with pytest.raises(CommandError, match="is not stopped"):
        run("issuing", "start", "--reason", "x")
    assert IssuingStart.objects.count() == 1
    assert Person.objects.count() == 0


@pytest.mark.parametrize("command", [("keys",), ("keys", "compromised"), ("trust_list",), ("issuing",)])
def test_the_help_teaches(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(*command, "--help")
    said = capsys.readouterr().out
    assert "rukhsa " in said
    assert len(said.splitlines()) > 15


def test_where_there_are_two_operators_both_start_issuing(town: datetime) -> None:
    huda, jasim, mariam = (
        staff("huda", Role.OPERATOR),
        staff("jasim", Role.OPERATOR),
        staff("mariam", Role.SUPERVISOR),
    )
    start = ("issuing", "start", "--reason", "it was found")
    run("issuing", "stop", "--reason", "a key may be lost")
    with pytest.raises(CommandError, match="say who"):
        run(*start)
    with pytest.raises(CommandError, match="only an operator"):
        run(*start, "--as", mariam.person.email)
    assert "proposed" in run(*start, "--as", huda.person.email)
    with pytest.raises(CommandError, match="another operator"):
        run(*start, "--as", huda.person.email)
    assert current_stop()
    assert "started" in run(*start, "--as", jasim.person.email)
    assert current_stop() is None
