"""Asks the signer's process over its socket: each act is one request with ids."""

import socket
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rukhsa.issuance.errors import SignerUnavailable
from rukhsa.issuance.log import read_note
from rukhsa.issuance.signers import Gathered, SealSignature, Signer, StatusTokens
from rukhsa.issuance.signers.frames import LONGEST_ANSWER, BadFrame, Message, error_of, receive, send
from rukhsa.telemetry.trace import CLIENT, carried, span

# One request may compose and sign many pages, and a token may take seconds for each.
SECONDS: Final = 600.0
SECONDS_TO_CONNECT: Final = 5.0


class SignerBehindSocket(Signer):
    """Asks the signer's process. Raises SignerUnavailable while it is down or restarting; the job is tried again.

    Each act has a connection of its own, so that after a restart the next one reaches the signer.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def seal(self, intents: Sequence[UUID], *, at: datetime) -> list[SealSignature]:
        """Have the facts of intents signed."""
        answer = self._ask("seal", at=at, intents=intents)
        return [SealSignature(kid=kid, signature=signature) for kid, signature in answer]

    def certify(self, intents: Sequence[UUID], *, at: datetime) -> list[bytes]:
        """Have the pages of intents composed and the files signed."""
        files: list[bytes] = self._ask("certify", at=at, intents=intents)
        return files

    def status_list(self, authority: str, number: int, *, at: datetime) -> StatusTokens:
        """Have a status list signed."""
        cwt, jwt = self._ask("status-list", at=at, authority=authority, number=number)
        return StatusTokens(cwt=cwt, jwt=jwt)

    def checkpoint(self, authority: str, *, at: datetime) -> Gathered:
        """Have the next checkpoint of a log signed, and verify it with the published keys, as readers do."""
        note, leaves = self._ask("checkpoint", at=at, authority=authority)
        return Gathered(state=read_note(note, authority), leaves=leaves)

    def check(self) -> None:
        """Have the signer try every key."""
        self._ask("check")

    def _ask(self, act: str, *, at: datetime | None = None, **about: Any) -> Any:
        request: Message = {"act": act, **about}
        if at is not None:
            request["at"] = at.isoformat()
        if "intents" in about:
            request["intents"] = [intent.bytes for intent in about["intents"]]
        with span(f"ask the signer: {act}", kind=CLIENT, act=act):
            return self._told({**request, **carried()})

    def _told(self, request: Message) -> Any:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(SECONDS_TO_CONNECT)
                line.connect(self._address)
                send(line, request)
                line.settimeout(SECONDS)
                answer = receive(line, longest=LONGEST_ANSWER)
        except (OSError, BadFrame) as error:
            name = type(error).__name__
            raise SignerUnavailable(f"the signer does not answer at its socket: {name}") from error
        if "error" in answer:
            raise error_of(answer)
        return answer["done"]
