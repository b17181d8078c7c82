"""The messages on the signer's socket: requests and answers in CBOR behind their length, and errors by code."""

import socket
from typing import Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance import cap, errors, key_index
from rukhsa.issuance.compose import CannotCompose
from rukhsa.issuance.errors import SignerUnavailable
from rukhsa.issuance.issuing_stop import IssuingStopped
from rukhsa.issuance.signature import CannotSign
from rukhsa.trust import cbor
from rukhsa.trust.errors import BadCbor, BadLog

LONGEST_REQUEST: Final = 256 * 1024  # some thousand ids
LONGEST_ANSWER: Final = 512 * 1024 * 1024  # as many files
_LENGTH: Final = 4

type Message = dict[str, cbor.Value]


class BadFrame(RukhsaError):
    """The bytes are not a message of this protocol, or the connection ended within one."""

    code = "bad-frame"


def send(to: socket.socket, message: Message) -> None:
    """Send one message."""
    body = cbor.write(message)
    to.sendall(len(body).to_bytes(_LENGTH) + body)


def receive(of: socket.socket, *, longest: int) -> Message:
    """Receive one message of at most so many bytes. Raises BadFrame, OSError."""
    length = int.from_bytes(_exactly(of, _LENGTH))
    if length > longest:
        raise BadFrame(f"{length} bytes")
    try:
        message = cbor.read(_exactly(of, length))
    except (BadCbor, ValueError) as error:
        raise BadFrame(str(error)) from error
    if not isinstance(message, dict):
        raise BadFrame(type(message).__name__)
    return {str(key): value for key, value in message.items()}


def message_of(error: Exception) -> Message:
    """An error as a message: a known error with its code and text, any other one without details."""
    if isinstance(error, BadLog):
        return {"error": "bad-log", "code": error.code, "text": error.detail}
    if (code := getattr(error, "code", None)) in _KNOWN:
        return {"error": code, "text": str(error)}
    return {"error": SignerUnavailable.code, "text": "the signer failed; its own log says how"}


def error_of(message: Message) -> Exception:
    """The error of a message of `message_of`."""
    text = str(message.get("text", ""))
    if message["error"] == "bad-log":
        return BadLog(str(message["code"]), text)
    known = _KNOWN.get(str(message["error"]), SignerUnavailable)
    return known(text)


def _exactly(of: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = of.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise BadFrame("it ended early")
        parts += part
    return bytes(parts)


_KNOWN: Final[dict[str, type[Exception]]] = {
    each.code: each
    for each in (
        *(errors.SignerRefused, key_index.KeyFault, errors.SignerUnavailable, errors.PinRefused),
        *(cap.CapReached, IssuingStopped, errors.TrustListBehind, key_index.NoSuchKey),
        *(CannotCompose, CannotSign),
    )
}
