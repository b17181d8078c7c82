"""Keys in a token behind PKCS#11 (v2.40): they are created in it and never leave it."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final
from urllib.parse import quote, unquote

import pkcs11
from django.conf import settings
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag
from pkcs11 import exceptions as refusals
from pkcs11.util.ec import encode_named_curve_parameters

from rukhsa.issuance import key_index
from rukhsa.issuance.errors import PinRefused, SignerUnavailable
from rukhsa.issuance.key_index import IndexedKey, KeyFault
from rukhsa.trust.errors import BadSignature
from rukhsa.trust.keys import Jwk, PublicKey, base64url, low_s
from rukhsa.trust.tiles import write_durably

# After this time a signature is tried again later, so that a stop of issuing takes effect within 5 s.
SECONDS: Final = 4.0
P256: Final = encode_named_curve_parameters("secp256r1")
EDWARDS25519: Final = bytes.fromhex("130c656477617264733235353139")  # PrintableString, as PKCS#11 v3.0 §6.3.3
_PIN_REFUSED: Final = (
    refusals.PinIncorrect,
    refusals.PinInvalid,
    refusals.PinLenRange,
    refusals.PinExpired,
    refusals.PinLocked,
)


def token_of(uri: str) -> "Token":
    """The token that a PKCS#11 URI (RFC 7512) names by its label. Raises KeyFault."""
    return _token(_part(uri, "token"), os.getpid())


@cache
def _token(label: str, process: int) -> "Token":
    # A forked process has none of its parent's sessions.
    return Token(label, forked=process not in _STARTED)


def forget() -> None:
    """Forget every token, as in a process that has just started."""
    _token.cache_clear()
    _STARTED.clear()


class Token:
    """A token with one session, opened at its first use and used by one thread at a time."""

    def __init__(self, label: str, *, forked: bool) -> None:
        self._label = label
        self._session: Any = None
        self._keys: dict[str, Any] = {}  # of this session, by label
        self._start_over = forked
        self._turn = Lock()

    def sign(self, key: IndexedKey, message: bytes) -> bytes:
        """Have a message signed within the time limit. A lost session is opened once more.

        Raises SignerUnavailable, PinRefused, KeyFault.
        """
        signature = self._in_time(lambda: self._twice(lambda: self._signed(key, message)))
        try:
            key.public.verify(signature, message)
        except BadSignature as error:
            raise KeyFault(f"the token signed with another key than {key.name}") from error
        return signature

    def check(self, key: IndexedKey) -> None:
        """Have the key sign, and verify that with the public key of the index."""
        self.sign(key, b"rukhsa keys check")

    def make(self, purpose: str, label: str) -> Jwk:
        """Create a key that cannot be extracted, under a label, and return its public key."""
        return self._in_time(lambda: self._twice(lambda: self._made(purpose, label)), seconds=60)

    def uri_of(self, label: str) -> str:
        """How the index names a key of this token."""
        return f"pkcs11:token={quote(self._label, safe='')};object={quote(label, safe='')}"

    def _signed(self, key: IndexedKey, message: bytes) -> bytes:
        private = self._found(_part(key.held, "object"))
        if key.public.algorithm == "EdDSA":
            return bytes(private.sign(message, mechanism=Mechanism.EDDSA))
        # A token signs a digest and returns r and s. Both values of s verify; seals have the lower one.
        return low_s(bytes(private.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA)))

    def _found(self, label: str) -> Any:
        session = self._opened()
        if label not in self._keys:
            try:
                self._keys[label] = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
            except refusals.NoSuchKey as error:
                raise KeyFault(f"the token {self._label} holds no key {label}") from error
            except refusals.MultipleObjectsReturned as error:
                raise KeyFault(f"the token {self._label} holds more than one key {label}") from error
        return self._keys[label]

    def _made(self, purpose: str, label: str) -> Jwk:
        session = self._opened()
        edwards = purpose == "log"
        parameters = session.create_domain_parameters(
            KeyType.EC_EDWARDS if edwards else KeyType.EC,
            {Attribute.EC_PARAMS: EDWARDS25519 if edwards else P256},
            local=True,
        )
        mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else Mechanism.EC_KEY_PAIR_GEN
        locked = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True}
        public, _ = parameters.generate_keypair(
            mechanism=mechanism, store=True, label=label, private_template=locked
        )
        return _jwk(bytes(public[Attribute.EC_POINT]), edwards=edwards)

    def _twice[Answer](self, work: Callable[[], Answer]) -> Answer:
        """Do the work, and once more in a new session if the token has lost ours."""
        try:
            return work()
        except _PIN_REFUSED:
            raise
        except refusals.PKCS11Error:
            self._forget_session()
        try:
            return work()
        except _PIN_REFUSED:
            raise
        except refusals.PKCS11Error as error:
            self._forget_session()
            name = type(error).__name__
            raise SignerUnavailable(f"the token {self._label} does not answer: {name}") from error

    def _forget_session(self) -> None:
        self._session, self._start_over = None, True
        self._keys.clear()

    def _opened(self) -> Any:
        if self._session is None:
            module = _module(start_over=self._start_over)
            self._start_over = False
            token = module.get_token(token_label=self._label)
            pin = _Pin(self._label)
            if token.flags & (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_FINAL_TRY):
                raise PinRefused(
                    f"the token {self._label} is locked, or one wrong PIN from it: see its own tools"
                )
            pin.require_not_refused()
            try:
                self._session = token.open(rw=True, user_pin=pin.text)
            except _PIN_REFUSED as error:
                pin.remember_refusal()
                raise PinRefused(f"the token {self._label} refused the PIN; {_Pin.ADVICE}") from error
        return self._session

    def _in_time[Answer](self, work: Callable[[], Answer], *, seconds: float | None = None) -> Answer:
        """Do the work in a thread of its own, so that a token that hangs delays nothing else."""
        answer: Future[Answer] = Future()
        given_up = Event()

        def in_turn() -> None:
            with self._turn:
                if given_up.is_set():
                    return
                try:
                    answer.set_result(work())
                except BaseException as error:  # raised in the thread that waits for the answer
                    answer.set_exception(error)

        Thread(target=in_turn, name=f"token {self._label}", daemon=True).start()
        try:
            return answer.result(SECONDS if seconds is None else seconds)
        except TimeoutError as error:
            given_up.set()
            raise SignerUnavailable(
                f"the token {self._label} did not answer within {SECONDS:.0f} s"
            ) from error


class _Pin:
    """The PIN, from a file of mode 0400. A refused PIN is not tried again by any process of this machine."""

    ADVICE = (
        "it is not tried again until the file of the PIN is replaced, so that the token does not lock itself"
    )

    def __init__(self, label: str) -> None:
        place = getattr(settings, "RUKHSA_PKCS11_PIN_FILE", "")
        if not place:
            raise KeyFault("this process is not told where the token's PIN lies: RUKHSA_PKCS11_PIN_FILE")
        file = Path(place)
        try:
            found = file.stat()
            self.text = file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise KeyFault(f"{file.name} cannot be read") from error
        if stat.S_IMODE(found.st_mode) != 0o400 or found.st_uid != os.geteuid():
            raise KeyFault(f"{file.name} must be of mode 0400 and ours")
        self._is = [found.st_ino, found.st_mtime_ns, found.st_size]
        self._mark = key_index.folder() / f"pin-refused-{label}.json"
        self._label = label

    def require_not_refused(self) -> None:
        """Raise PinRefused if the token has refused this file before."""
        if self._mark.exists() and json.loads(self._mark.read_text()) == self._is:
            raise PinRefused(f"the token {self._label} refused this PIN before; {self.ADVICE}")

    def remember_refusal(self) -> None:
        """Record which file was refused, and nothing of the PIN."""
        write_durably(self._mark, json.dumps(self._is).encode())


def _module(*, start_over: bool) -> Any:
    place = getattr(settings, "RUKHSA_PKCS11_MODULE", "")
    if not place:
        raise KeyFault("this process is not told of the token's module: RUKHSA_PKCS11_MODULE")
    try:
        module = pkcs11.lib(place)
        if start_over:
            module.reinitialize()
    except (RuntimeError, OSError) as error:
        raise SignerUnavailable(f"the module {Path(place).name} cannot be loaded") from error
    return module


def _part(uri: str, name: str) -> str:
    parts = dict(part.partition("=")[::2] for part in uri.removeprefix("pkcs11:").split(";"))
    if not uri.startswith("pkcs11:") or not parts.get(name):
        raise KeyFault(f"{uri!r} names no {name}; it is written pkcs11:token=LABEL")
    return unquote(parts[name])


def _jwk(point: bytes, *, edwards: bool) -> Jwk:
    """The JWK of a CKA_EC_POINT: an OCTET STRING around x, or around 04, x and y."""
    length = 32 if edwards else 65
    if point[:2] == bytes((0x04, length)):
        point = point[2:]
    if len(point) != length:
        raise KeyFault("the token gave a public key of another form")
    if edwards:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(point)}
    else:
        jwk = {"kty": "EC", "crv": "P-256", "x": base64url(point[1:33]), "y": base64url(point[33:])}
    assert PublicKey(jwk=jwk).loaded
    return jwk


# The processes that loaded the module themselves.
_STARTED: Final = {os.getpid()}
