"""An older database beside a longer log: nothing is given out twice, the log is ended, and another goes on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from rukhsa.accounts.permissions import Role
from rukhsa.authorities.models import Authority
from rukhsa.issuance import cycle, log_succession, publishing, sequencer, site, trust_list
from rukhsa.issuance.instrument import revoke
from rukhsa.issuance.log import LogPlace, LogSuccession, head_of, seal_bytes_of, state_of
from rukhsa.issuance.models import Decoy, Instrument, Intent
from rukhsa.issuance.rebuilding import rebuild
from rukhsa.issuance.sequencer import LogEnded, LogRolledBack
from rukhsa.issuance.status_list import INSTRUMENTS_A_LIST, add_decoys
from rukhsa.issuance.time_stamp import handed_out
from rukhsa.issuance.trust_list import TrustListRefused
from rukhsa.trust import ceremony, tiles, tlog, trustlist
from rukhsa.trust.errors import BadLog
from rukhsa.trust.qr import qr_text
from rukhsa.trust.verifier import Verifier
from tests import ceremony as held
from tests.rooms.issuance.conftest import Grant
from tests.rooms.issuance.test_status import staff

ONE, TWO = "noor@town.example", "yusuf@town.example"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the public saw, and the database that came back does not know: a document, and that one was revoked."""

    first: Instrument
    first_file: bytes
    first_text: str
    number: str
    place: int
    file: bytes
    text: str
    size: int
    reached: int  # the last number that the database knows


def last_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM issuance_number")
        return int(cursor.fetchone()[0])


@contextmanager
def lost_commits() -> Iterator[None]:
    """What is committed within is lost, as where an older dump is restored; public files stay."""
    reached = last_number()
    point = transaction.savepoint_create()
    yield
    transaction.savepoint_rollback(point)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('issuance_number', %s)", [reached])


@pytest.fixture(autouse=True)
def numbers(db: None) -> Iterator[None]:
    """Leave the sequence as it was for the tests that follow: it is no part of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM issuance_number")
        before = cursor.fetchone()
        yield
        cursor.execute("SELECT setval('issuance_number', %s, %s)", before)


def text_of(instrument: Instrument) -> str:
    sealed = seal_bytes_of(instrument.intent)
    assert sealed
    return qr_text("v.mun.example", sealed)


@pytest.fixture
def loss(granted: Grant, town: datetime) -> Loss:
    salem, mariam = staff("salem", Role.OFFICER), staff("mariam", Role.SUPERVISOR)
    for name in ("noor", "yusuf"):
        staff(name, Role.OPERATOR)
    first = cycle.issue(granted(), at=town)
    first_file, first_text = handed_out(first), text_of(first)
    with lost_commits():
        second = cycle.issue(granted(), at=town)
        revoke(first, reason="خطأ في العنوان", proposed_by=salem.person, actor=mariam, at=town)
        publishing.status_list(first.intent.authority, second.intent.status_list, at=town)
        number, place = second.number, second.intent.status_index
        file, text, head = handed_out(second), text_of(second), head_of("CAP")
        sequencer.integrate(first.intent.authority, at=town)
        head = head_of("CAP")
        assert head
    return Loss(
        first=Instrument.objects.get(), first_file=first_file, first_text=first_text, number=number,
        place=place, file=file, text=text, size=head.size,
        reached=last_number(),
    )  # fmt: skip


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("log", "succeed", "--authority", "CAP", *arguments, stdout=out)
    return out.getvalue()


def agree() -> None:
    say("--propose", "--reason", "the primary burned", "--as", ONE)
    say("--approve", "--as", TWO)


def public() -> Verifier:
    listed = site.trust_list()
    assert listed
    return Verifier(trust_list=listed, status=site.source(), log=site.source())


@pytest.fixture
def capital(loss: Loss) -> Authority:
    return Authority.objects.get(code="CAP")


def test_a_database_that_is_behind_gives_out_nothing_and_signs_no_list(
    loss: Loss, granted: Grant, town: datetime, capital: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = granted()
    with pytest.raises(LogRolledBack):
        cycle.issue(application, at=town)
    with pytest.raises(LogRolledBack):
        publishing.status_list(capital, loss.first.intent.status_list, at=town)
    assert Intent.objects.count() == 1
    assert last_number() == loss.reached, "no number is drawn in vain"
    assert public().verify_text(loss.first_text, at=town).word == "revoked"
    # The control: the number of the lost document is given again, and the revocation is taken back.
    monkeypatch.setattr(sequencer, "require_not_behind", lambda *_: None)
    monkeypatch.setattr(sequencer, "shown_size", lambda authority: 0)
    with pytest.raises(LogRolledBack):
        cycle.issue(application, at=town)
    assert Intent.objects.get(application=application).number == loss.number
    publishing.status_list(capital, loss.first.intent.status_list, at=town)
    assert public().verify_text(loss.first_text, at=town).word == "valid"


def test_the_ceremony_from_the_loss_to_the_first_document_in_the_new_log(
    loss: Loss, granted: Grant, town: datetime, capital: Authority, tmp_path: Path
) -> None:
    lost = tmp_path / "lost.txt"
    told = say("--lost", str(lost))
    assert f"ends with {loss.size} entries" in told
    assert f"{loss.first.number} is revoked in the published list" in told
    kinds = [line.split()[1] for line in lost.read_text().splitlines()]
    assert sorted(set(kinds)) == ["file", "seal", "status-list"]
    assert LogSuccession.objects.count() == 0, "to say it changes nothing"

    assert "by another operator" in say("--propose", "--reason", "the primary burned", "--as", ONE)
    with pytest.raises(CommandError, match="proposed-by-yourself"):
        say("--approve", "--as", ONE)
    assert "trust-list draft" in say("--approve", "--as", TWO)
    assert say("--lost", str(lost)).count("0 files written now") == 1, "run again, the same"
    application = granted()
    with pytest.raises(LogEnded):
        cycle.issue(application, at=town)
    south = Authority.objects.get(code="SOU")
    publishing.status_list(south, 0, at=town)
    sequencer.integrate(south, at=town)  # the others go on

    old = {name: site.files().read(name) for name in site.files().names() if name.startswith("log/capital/")}
    assert trust_list.is_due(at=town)
    held.hold(at=town)
    new = cycle.issue(application, at=town)
    assert site.log_origin("CAP") == "v.mun.example/log/capital.2"
    assert "its log is v.mun.example/log/capital.2" in say()
    reader = public()
    for document in (loss.first_file, loss.file, handed_out(new)):
        assert reader.verify_pdf(document, at=town).word in ("valid", "revoked"), "each keeps its proof"
    assert reader.verify_text(loss.text, at=town).valid
    assert reader.verify_text(text_of(new), at=town).valid
    assert old == {name: site.files().read(name) for name in old}, "nothing that readers saw has changed"
    assert_whole(capital)


def assert_whole(authority: Authority) -> None:
    storage, head = site.log_tiles(authority.code), head_of(authority.code)
    assert head is not None
    assert tlog.published(storage) == head.note
    assert tiles.root(storage.read, head.size) == state_of(head).root
    assert LogPlace.objects.filter(authority=authority).count() == head.size
    assert rebuild(authority, writes=False).is_whole


def test_no_number_and_no_place_is_given_a_second_time(
    loss: Loss, granted: Grant, town: datetime, capital: Authority
) -> None:
    agree()
    held.hold(at=town)
    new = cycle.issue(granted(), at=town).intent
    assert new.number != loss.number
    assert new.status_list == loss.first.intent.status_list + 1
    assert int(new.number.split("-")[-2]) >= INSTRUMENTS_A_LIST
    # In the list with unknown places no decoy is drawn any more; in the new one they are.
    before = Decoy.objects.filter(authority=capital, status_list=0).count()
    add_decoys(capital, 0, at=town)
    assert Decoy.objects.filter(authority=capital, status_list=0).count() == before
    assert Decoy.objects.filter(authority=capital, status_list=new.status_list).exists()


@pytest.mark.parametrize("kept", [True, False])
def test_what_a_published_list_marks_on_an_unknown_place_stays_marked(
    kept: bool, granted: Grant, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    salem, mariam = staff("salem", Role.OFFICER), staff("mariam", Role.SUPERVISOR)
    for name in ("noor", "yusuf"):
        staff(name, Role.OPERATOR)
    cycle.issue(granted(), at=town)
    with lost_commits():
        second = cycle.issue(granted(), at=town)
        text = text_of(second)
        revoke(second, reason="خطأ", proposed_by=salem.person, actor=mariam, at=town)
        publishing.status_list(second.intent.authority, 0, at=town)
    if not kept:  # the control
        monkeypatch.setattr(log_succession, "keep_marks", lambda *_, **__: None)
    agree()
    held.hold(at=town)
    publishing.everything(at=town)
    assert public().verify_text(text, at=town).word == ("revoked" if kept else "valid")


class Killed(BaseException):
    """The end of a process in the middle."""


@pytest.mark.parametrize(
    "where",
    [
        "rukhsa.issuance.log_succession._take_in",
        "rukhsa.issuance.log_succession._skip_given",
        "rukhsa.issuance.log_succession.record",
        "rukhsa.issuance.rebuilding._compare",
        "rukhsa.issuance.trust_list.heal",
        "rukhsa.issuance.sequencer._record",
        "rukhsa.trust.tlog.publish",
    ],
)
def test_killed_anywhere_and_run_again_it_ends_in_the_same_way(
    where: str,
    loss: Loss,
    granted: Grant,
    town: datetime,
    capital: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = granted()
    say("--propose", "--reason", "the primary burned", "--as", ONE)

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(where, die)
        say("--approve", "--as", TWO)
        held.hold(at=town)
        raise AssertionError("it was not killed")
    if not LogSuccession.objects.exists():
        say("--approve", "--as", TWO)
    say()
    trust_list.heal()  # as the worker does
    held.hold(at=town)
    new = cycle.issue(application, at=town)
    (ended,) = LogSuccession.objects.all()
    assert (ended.size, ended.known < ended.size) == (loss.size, True)
    assert site.log_origin("CAP") == "v.mun.example/log/capital.2"
    assert public().verify_text(loss.text, at=town).valid
    assert public().verify_text(text_of(new), at=town).valid
    assert_whole(capital)


def test_a_log_that_the_database_knows_has_no_successor(granted: Grant, town: datetime) -> None:
    cycle.issue(granted(), at=town)
    assert "nothing of it is lost" in say()
    staff("noor", Role.OPERATOR)
    with pytest.raises(CommandError, match="log-goes-on"):
        say("--propose", "--reason", "none", "--as", ONE)


def test_who_may_not_control_issuing_ends_no_log(loss: Loss) -> None:
    with pytest.raises(CommandError, match="post of an operator"):
        say("--propose", "--reason", "none", "--as", "salem@town.example")
    with pytest.raises(CommandError, match="--propose comes first"):
        say("--approve", "--as", TWO)


def test_a_list_that_ends_the_log_elsewhere_is_not_published(
    loss: Loss, town: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree()
    drafted = trustlist.from_document(json.loads(trust_list.draft(at=town)))
    capital = drafted.authority("capital")
    (ended,) = capital.former_logs
    assert ended.size == loss.size
    changed = replace(capital, former_logs=(replace(ended, size=ended.size - 1),))
    others = tuple(changed if each.id == "capital" else each for each in drafted.authorities)
    draft = trustlist.to_json(trustlist.to_document(replace(drafted, authorities=others)))
    root = ceremony.open_root(held.offline() / ceremony.PRIVATE)
    signed = ceremony.sign_draft(draft, root, previous=site.trust_list())
    with pytest.raises(TrustListRefused, match="the end of the one before"):
        trust_list.publish(signed, at=town, operator="the tests")
    # The control: it would be published, and the signer then refuses to go on from an end that is not ours.
    monkeypatch.setattr(trust_list, "_require_our_logs", lambda new: None)
    with pytest.raises((BadLog, LogEnded)):
        trust_list.publish(signed, at=town, operator="the tests")


def test_an_older_database_does_not_put_an_older_trust_list_back(loss: Loss, town: datetime) -> None:
    with lost_commits(), suppress(LogRolledBack):
        held.hold(at=town, again=True)
    shown = site.files().read(site.TRUST_LIST)
    trust_list.heal()
    assert site.files().read(site.TRUST_LIST) == shown
    out = StringIO()
    call_command("trust_list", "show", stdout=out)
    assert out.getvalue().splitlines()[-1].startswith("this database does not know it")
