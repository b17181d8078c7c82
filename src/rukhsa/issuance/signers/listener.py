"""The signer's process: on a socket it answers the worker's user only, and signs what ids name."""

import ctypes
import logging
import os
import pwd
import resource
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from django.db import close_old_connections

from rukhsa.catalogue.territory import territory
from rukhsa.issuance.errors import SignerRefused
from rukhsa.issuance.signers import Signer
from rukhsa.issuance.signers.frames import (
    LONGEST_REQUEST,
    BadFrame,
    Message,
    message_of,
    receive,
    send,
)
from rukhsa.telemetry.metrics import SIGNING_SECONDS, SIGNINGS
from rukhsa.telemetry.trace import HEADER, SERVER, read, span

logger = logging.getLogger(__name__)

ACTS: Final = frozenset({"seal", "certify", "status-list", "checkpoint", "check"})
# Requests with a moment further from our own clock are refused, so that no caller can backdate a document.
SKEW: Final = timedelta(minutes=10)
SECONDS_TO_ASK: Final = 5.0  # also for each part of the answer
AT_ONCE: Final = 8
_PEER: Final = struct.Struct("3i")  # SO_PEERCRED: process, user, group
_PR_SET_DUMPABLE: Final = 4


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The parameters of a request: ids, a code, a number, and never bytes to be signed."""

    intents: list[UUID]
    authority: str
    number: int


class Listener:
    """Answers one request per connection, several at once, until `end` is called."""

    def __init__(
        self,
        address: str,
        *,
        users: frozenset[int],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._address = Path(address)
        self._users = users
        self._clock = clock
        self._ending = Event()

    def listen(self, when_ready: Callable[[], None] = lambda: None) -> None:
        """Answer until `end` is called. A socket that an earlier process left is replaced."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door, ThreadPoolExecutor(AT_ONCE) as crew:
            self._address.unlink(missing_ok=True)
            door.bind(str(self._address))
            self._address.chmod(0o660)
            door.listen(64)
            door.settimeout(0.5)
            when_ready()
            while not self._ending.is_set():
                with suppress(TimeoutError):
                    caller, _ = door.accept()
                    crew.submit(self._serve, caller)
        self._address.unlink(missing_ok=True)

    def end(self) -> None:
        """Accept no more callers, and finish the requests that are accepted."""
        self._ending.set()

    def _serve(self, caller: socket.socket) -> None:
        try:
            with caller:
                caller.settimeout(SECONDS_TO_ASK)
                if not self._may_ask(caller):
                    return
                send(caller, self._answer(receive(caller, longest=LONGEST_REQUEST)))
        except (OSError, BadFrame) as error:
            logger.warning("a caller was not answered: %s", type(error).__name__)
        finally:
            close_old_connections()

    def _may_ask(self, caller: socket.socket) -> bool:
        process, user, _ = _PEER.unpack(caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        if user in self._users:
            return True
        logger.error("refused at the socket: process %s of user %s", process, user)
        return False

    def _answer(self, request: Message) -> Message:
        act, began = request.get("act"), perf_counter()
        act = act if isinstance(act, str) and act in ACTS else "unknown"
        with span(f"sign: {act}", kind=SERVER, parent=read(request.get(HEADER)), act=act) as work:
            answer = self._tried(request)
            outcome = str(answer.get("error", "signed"))
            work.failed = "error" in answer
            work.say(outcome=outcome)
        SIGNINGS.labels(act, outcome).inc()
        SIGNING_SECONDS.labels(act).observe(perf_counter() - began)
        return answer

    def _tried(self, request: Message) -> Message:
        try:
            return {"done": self._done(request)}
        except Exception as error:
            answer = message_of(error)
            if answer["error"] == "signer-unavailable":
                # The text of the error is not logged, since it may contain a person's name.
                last = traceback.extract_tb(error.__traceback__)[-1]
                logger.error(
                    "a request failed: %s at %s:%s", type(error).__name__, last.filename, last.lineno
                )
            return answer

    def _done(self, request: Message) -> Any:
        """Do what is asked. These are all acts: each takes ids, and none takes bytes to sign."""
        asked, at, signer = _asked(request), self._moment(request), Signer()
        match request.get("act"):
            case "seal":
                return [[each.kid, each.signature] for each in signer.seal(asked.intents, at=at)]
            case "certify":
                return signer.certify(asked.intents, at=at)
            case "status-list":
                tokens = signer.status_list(asked.authority, asked.number, at=at)
                return [tokens.cwt, tokens.jwt]
            case "checkpoint":
                gathered = signer.checkpoint(asked.authority, at=at)
                return [gathered.state.note, list(gathered.leaves)]
            case "check":
                return signer.check()
        raise SignerRefused("there is no such act")

    def _moment(self, request: Message) -> datetime:
        now = self._clock()
        try:
            at = datetime.fromisoformat(str(request["at"])) if "at" in request else now
            if abs(at - now) <= SKEW:
                return at
        except (TypeError, ValueError) as error:
            raise SignerRefused("the moment cannot be read") from error
        raise SignerRefused(f"{at:%Y-%m-%d %H:%M} is not now")


def keep_to_ourselves() -> None:
    """Let no process of our user read our memory, files or environment, and leave no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel keeps our memory open to others")


def users_served(worker: str) -> frozenset[int]:
    """The users who may ask: the worker's, if it exists; the signer's own; and root, who may do anything."""
    named = set()
    with suppress(KeyError):
        named = {pwd.getpwnam(worker).pw_uid}
    return frozenset({0, os.geteuid(), *named})


def _asked(request: Message) -> Asked:
    intents, authority, number = (
        request.get("intents", []),
        request.get("authority", ""),
        request.get("number", 0),
    )
    if not isinstance(intents, list) or not isinstance(authority, str) or not isinstance(number, int):
        raise SignerRefused("the request does not name what it is about")
    if authority and authority not in {each.code for each in territory().authorities}:
        raise SignerRefused("there is no such authority")
    ids = [each for each in intents if isinstance(each, bytes) and len(each) == 16]
    if len(ids) < len(intents):
        raise SignerRefused("an intent is named by its id")
    return Asked(intents=[UUID(bytes=each) for each in ids], authority=authority, number=number)
