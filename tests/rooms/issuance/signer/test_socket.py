"""The signer's socket: the whole cycle goes through it by ids, and nothing else does."""

import socket
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from rukhsa.issuance import cycle, publishing
from rukhsa.issuance.cycle import issue_together
from rukhsa.issuance.errors import SignerRefused, SignerUnavailable
from rukhsa.issuance.grant import grant
from rukhsa.issuance.issuing_stop import IssuingStopped, stop_issuing
from rukhsa.issuance.models import Instrument, Sealing
from rukhsa.issuance.prepare import prepare
from rukhsa.issuance.signers import signer
from rukhsa.issuance.signers.frames import LONGEST_REQUEST, receive, send
from tests.opinions import two_users
from tests.rooms.issuance.conftest import NOW, Grant
from tests.rooms.issuance.signer.asking import as_user
from tests.rooms.issuance.signer.conftest import listening

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = 65534


def test_a_document_is_issued_through_the_socket(granted: Grant, socket_of_signer: Path) -> None:
    instrument = cycle.issue(granted(), at=NOW)
    assert instrument.intent.sealing.issued_at == NOW
    publishing.status_list(instrument.intent.authority, instrument.intent.status_list, at=NOW)


def test_many_documents_are_one_request_for_each_signature(granted: Grant, socket_of_signer: Path) -> None:
    grants = [grant(granted(), at=NOW) for _ in range(5)]
    issued = issue_together(grants, at=NOW)
    assert all(isinstance(each, Instrument) for each in issued.values())


def test_a_refusal_arrives_as_what_it_is(granted: Grant, socket_of_signer: Path) -> None:
    with pytest.raises(SignerRefused, match="there is no such intent"):
        signer().seal([uuid4()], at=NOW)
    with pytest.raises(SignerRefused, match="there is no such authority"):
        signer().checkpoint("XXX", at=NOW)
    (prepared,) = prepare([grant(granted(), at=NOW)], at=NOW)
    stop_issuing(reason="a key may be lost", operator="the tests", at=NOW)
    with pytest.raises(IssuingStopped):
        signer().seal([prepared.intent.pk], at=NOW)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_moment_that_is_not_now_is_not_signed(granted: Grant, socket_of_signer: Path, hours: int) -> None:
    """A worker in other hands cannot date a document back."""
    (prepared,) = prepare([grant(granted(), at=NOW)], at=NOW)
    with pytest.raises(SignerRefused, match="is not now"):
        signer().seal([prepared.intent.pk], at=NOW + timedelta(hours=hours))
    assert len(signer().seal([prepared.intent.pk], at=NOW)) == 1


def test_a_signer_that_is_away_is_waited_for_and_reached_again(
    granted: Grant, settings: Settings, place: Path
) -> None:
    settings.RUKHSA_SIGNER_SOCKET = str(place / "socket")
    application = granted()
    with pytest.raises(SignerUnavailable):
        cycle.issue(application, at=NOW)
    assert not Sealing.objects.exists()
    for _ in range(2):  # and one that was started again is reached as well
        with listening(place / "socket"):
            assert cycle.issue(application, at=NOW).intent.application == application


@pytest.mark.parametrize(
    "request_",
    [
        {"act": "sign", "bytes": b"what the caller wants signed"},
        {"act": "seal", "intents": [b"what the caller wants signed"], "at": NOW.isoformat()},
        {"act": "seal", "intents": b"what the caller wants signed", "at": NOW.isoformat()},
        {"act": "certify", "intents": ["%PDF-1.7"], "at": NOW.isoformat()},
        {"act": "status-list", "authority": "CAP", "number": b"statuses", "at": NOW.isoformat()},
        {"act": "checkpoint", "authority": b"CAP", "at": NOW.isoformat()},
        {"act": "checkpoint", "authority": "CAP", "at": "yesterday"},
        {},
    ],
)
def test_bytes_of_a_caller_are_never_signed(socket_of_signer: Path, request_: dict[str, Any]) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(socket_of_signer))
        send(line, request_)
        assert receive(line, longest=1000)["error"] == "signer-refused"


@pytest.mark.parametrize(
    "sent", [b"", b"\x00", b"\xff" * 8, (LONGEST_REQUEST + 1).to_bytes(4), b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_message_ends_its_connection_and_nothing_else(
    granted: Grant, socket_of_signer: Path, sent: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(socket_of_signer))
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):  # it was closed before all was read
            assert line.recv(1) == b""
    assert cycle.issue(granted(), at=NOW)


def test_a_process_of_another_user_is_not_heard(place: Path, town: object) -> None:
    two_users()
    address = place / "socket"
    with listening(address, 0):
        address.chmod(0o666)  # even if all users may open the socket, the kernel tells the user of the caller
        assert as_user(NOBODY, ASK, str(address)) == ""
    with listening(address, NOBODY):
        address.chmod(0o666)
        assert as_user(NOBODY, ASK, str(address)) == "answered"


def test_the_socket_is_closed_to_others_by_its_mode(place: Path, town: object) -> None:
    two_users()
    address = place / "socket"
    with listening(address, 0), pytest.raises(subprocess.CalledProcessError):
        as_user(NOBODY, ASK, str(address))


ASK = """
import socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
try:
    line.sendall(bytes([0, 0, 0, 1, 0xA0]))  # an empty map: no act
    print("answered" if line.recv(4) else "", end="")
except (ConnectionResetError, BrokenPipeError):
    pass
"""
