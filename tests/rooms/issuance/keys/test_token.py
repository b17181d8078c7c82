"""Keys in a real token (SoftHSM): their documents are like any other, and a failing token loses nothing."""

import ctypes
import threading
from datetime import datetime

import pytest
from pytest_django import Settings

from rukhsa.applications.models import Application
from rukhsa.issuance import cycle, key_creation, key_index, signers, time_stamp
from rukhsa.issuance.errors import PinRefused, SignerUnavailable
from rukhsa.issuance.grant import grant
from rukhsa.issuance.issuing_stop import IssuingStopped, start_issuing, stop_issuing
from rukhsa.issuance.key_index import KeyFault
from rukhsa.issuance.models import Instrument, Sealing, SignedFile
from rukhsa.issuance.prepare import prepare
from rukhsa.issuance.signers import certificate, pkcs11, signer
from rukhsa.issuance.signers.holder import HeldKey
from rukhsa.trust.keys import is_low_s
from tests.rooms.issuance.conftest import NOW, RESIDENCE, granted_application, pay
from tests.rooms.issuance.keys.conftest import LABEL, PIN, SOFTHSM, TokenOfTheTest, nothing_in_files
from tests.together import at_once
from tests.waiting import LONGEST

UNASKED, UNANSWERED = signers.SECONDS_UNASKED, pkcs11.SECONDS


@pytest.fixture
def application(town_of_tokens: datetime) -> Application:
    found = granted_application("proof-of-residence", RESIDENCE)
    pay(found)
    return found


def issue(application: Application) -> Instrument:
    return cycle.issue(application, at=NOW)


def test_a_document_is_issued_with_all_keys_in_a_token(application: Application) -> None:
    instrument = issue(application)
    assert nothing_in_files()
    assert {key.held.partition(";")[0] for key in key_index.index()} == {f"pkcs11:token={LABEL}"}
    pdf = time_stamp.handed_out(instrument)
    assert cycle.verdict_on(pdf, qr_text=_qr(instrument), at=NOW).word == "valid"
    signer().check()


def test_both_kinds_of_keys_sign_and_p256_gives_the_lower_s(town_of_tokens: datetime) -> None:
    for purpose in ("seal", "log"):
        key = HeldKey(key=key_index.key_for("CAP", purpose, at=NOW))
        for number in range(20):
            signature = key.sign(b"%d" % number)
            key.key.public.verify(signature, b"%d" % number)
            assert purpose == "log" or is_low_s(signature)


def test_a_key_cannot_be_taken_out_of_the_token(town_of_tokens: datetime) -> None:
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import AttributeSensitive

    key = key_index.key_for("CAP", "seal", at=NOW)
    label = key.held.partition("object=")[2]
    session = pkcs11.token_of(key.held)._opened()
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    assert private[Attribute.EXTRACTABLE] is False
    with pytest.raises(AttributeSensitive):
        private[Attribute.VALUE]


def test_the_certificate_of_a_token_s_key_is_signed_by_it(town_of_tokens: datetime) -> None:
    key = key_index.key_for("CAP", "pdf", at=NOW)
    made = certificate.read(key)
    made.verify_directly_issued_by(made)
    assert made.public_key().public_numbers() == key.public.loaded.public_numbers()  # type: ignore[union-attr]


def test_a_session_that_was_lost_is_opened_again(application: Application) -> None:
    key = HeldKey(key=key_index.key_for("CAP", "seal", at=NOW))
    assert key.sign(b"before")
    close_all_sessions_from_outside()
    assert key.sign(b"after")
    close_all_sessions_from_outside()
    assert issue(application)


def test_without_opening_it_again_a_lost_session_is_the_end(
    town_of_tokens: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same loss, with one try."""
    from pkcs11.exceptions import PKCS11Error

    key = HeldKey(key=key_index.key_for("CAP", "seal", at=NOW))
    assert key.sign(b"before")
    close_all_sessions_from_outside()
    monkeypatch.setattr(pkcs11.Token, "_twice", lambda self, work: work())
    with pytest.raises(PKCS11Error):
        key.sign(b"after")


def test_a_slow_token_makes_issuing_wait_and_it_goes_on_once(
    application: Application, token: TokenOfTheTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pkcs11, "SECONDS", 0.3)
    token.slow(1.5)
    with pytest.raises(SignerUnavailable, match="did not answer"):
        issue(application)
    assert (Sealing.objects.count(), SignedFile.objects.count()) == (0, 0)
    # Those behind it are told in time too, though the token is still busy with the first.
    with pytest.raises(SignerUnavailable):
        issue(application)
    token.slow(0)
    monkeypatch.setattr(pkcs11, "SECONDS", LONGEST)
    instrument = issue(application)
    assert issue(application) == instrument
    counts = [model.objects.count() for model in (Sealing, SignedFile, Instrument)]
    assert counts == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_stop_reaches_a_batch_that_a_token_is_signing(
    town_of_tokens: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seals; the stop comes while the first is made."""
    granted = [granted_application("proof-of-residence", RESIDENCE) for _ in range(5)]
    for each in granted:
        pay(each)
    prepared = prepare([grant(each, at=NOW) for each in granted], at=NOW)
    sign, signed = HeldKey.sign, list[bytes]()

    def stopped_meanwhile(key: HeldKey, message: bytes) -> bytes:
        if not signed:
            at_once([lambda: stop_issuing(reason="a drill", operator="the tests", at=NOW)])
        signed.append(message)
        return sign(key, message)

    assert UNASKED + UNANSWERED <= 5  # seconds until a stop holds
    monkeypatch.setattr(signers, "SECONDS_UNASKED", -1)  # each takes longer than that
    monkeypatch.setattr(HeldKey, "sign", stopped_meanwhile)
    with pytest.raises(IssuingStopped):
        cycle.seal(prepared, at=NOW)
    assert (len(signed), Sealing.objects.count()) == (1, 0)
    start_issuing(reason="a drill", operator="the tests", at=NOW)
    assert len(cycle.seal(prepared, at=NOW)) == len(granted)


def test_a_token_that_is_not_there_makes_issuing_wait(
    application: Application, token: TokenOfTheTest
) -> None:
    pkcs11.forget()
    token.take_away()
    with pytest.raises(SignerUnavailable, match="NoSuchToken"):
        issue(application)
    token.put_back()
    assert issue(application)


def test_a_wrong_pin_is_tried_once_and_by_no_other_process(
    application: Application, token: TokenOfTheTest
) -> None:
    pkcs11.forget()
    token.write_pin("not the PIN")
    with pytest.raises(PinRefused, match="refused the PIN"):
        issue(application)
    # As another process would begin, now with a token that would take it: it is not tried.
    pkcs11.forget()
    give_the_token_another_pin("not the PIN")
    with pytest.raises(PinRefused, match="refused this PIN before"):
        issue(application)
    token.write_pin("not the PIN")  # an operator looked, and put the file there again
    assert issue(application)


def test_without_remembering_the_refusal_every_try_would_count(
    application: Application, token: TokenOfTheTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the second try reaches the token."""
    monkeypatch.setattr(pkcs11._Pin, "remember_refusal", lambda self: None)
    pkcs11.forget()
    token.write_pin("not the PIN")
    with pytest.raises(PinRefused):
        issue(application)
    pkcs11.forget()
    give_the_token_another_pin("not the PIN")
    assert issue(application)


def test_a_pin_that_others_may_read_is_refused(application: Application, token: TokenOfTheTest) -> None:
    pkcs11.forget()
    token.pin_file.chmod(0o440)
    with pytest.raises(KeyFault, match="0400"):
        issue(application)


def test_a_key_that_is_not_the_one_of_the_index_is_found(town_of_tokens: datetime) -> None:
    first, second = (key_index.key_for(authority, "seal", at=NOW) for authority in ("CAP", "MUH"))
    key_index.change(first, held=second.held)
    with pytest.raises(KeyFault, match="another key"):
        signer().check()
    key_index.change(first, held=f"pkcs11:token={LABEL};object=nothing")
    with pytest.raises(KeyFault, match="holds no key"):
        signer().check()


def test_a_process_that_is_told_of_no_token_signs_nothing(
    town_of_tokens: datetime, settings: Settings
) -> None:
    pkcs11.forget()
    del settings.RUKHSA_PKCS11_MODULE
    with pytest.raises(KeyFault, match="RUKHSA_PKCS11_MODULE"):
        HeldKey(key=key_index.key_for("CAP", "seal", at=NOW)).sign(b"")


def test_files_and_tokens_may_hold_keys_side_by_side(town: datetime, token: TokenOfTheTest) -> None:
    from tests import ceremony

    old = key_index.key_for("CAP", "seal", at=NOW)
    period = (old.not_before, old.not_after)
    new = key_creation.create(
        "CAP", "seal", period, held=f"pkcs11:token={LABEL}", at=NOW, operator="the tests"
    )
    assert key_index.key_for("CAP", "seal", at=NOW) == old
    ceremony.hold(at=NOW)
    assert key_index.key_for("CAP", "seal", at=NOW) == new
    found = granted_application("proof-of-residence", RESIDENCE)
    pay(found)
    assert bytes.fromhex(issue(found).intent.sealing.kid) == new.public.kid


def test_threads_of_one_worker_take_turns(town_of_tokens: datetime) -> None:
    key, failures = HeldKey(key=key_index.key_for("CAP", "seal", at=NOW)), []

    def sign(name: int) -> None:
        for number in range(10):
            message = b"%d %d" % (name, number)
            try:
                key.key.public.verify(key.sign(message), message)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=sign, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def close_all_sessions_from_outside() -> None:
    """Close all sessions of all slots, as a restart of the token does: C_CloseAllSessions."""
    library = ctypes.CDLL(str(SOFTHSM))
    slots, count = (ctypes.c_ulong * 16)(), ctypes.c_ulong(16)
    assert library.C_GetSlotList(ctypes.c_ubyte(1), slots, ctypes.byref(count)) == 0
    for slot in slots[: count.value]:
        assert library.C_CloseAllSessions(ctypes.c_ulong(slot)) == 0


def give_the_token_another_pin(pin: str) -> None:
    """As its own tools do, in a process of their own."""
    import subprocess
    import sys

    program = (
        "import sys, pkcs11\n"
        "token = pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2])\n"
        "with token.open(rw=True, user_pin=sys.argv[3]) as session:\n"
        "    session.set_pin(sys.argv[3], sys.argv[4])\n"
    )
    command = [sys.executable, "-c", program, str(SOFTHSM), LABEL, PIN, pin]
    subprocess.run(command, check=True)


def _qr(instrument: Instrument) -> str:
    from rukhsa.issuance.intent import seal_of
    from rukhsa.issuance.log import place_of
    from rukhsa.trust.qr import qr_text

    place = place_of(instrument.intent, "seal")
    assert place is not None
    return qr_text("v.mun.example", seal_of(instrument.intent.sealing, log_index=place.index))
