"""Witnesses: asked every minute for cosignatures of the logs, which are then published (C2SP tlog-witness)."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
from django.conf import settings
from django.db.models import Exists, OuterRef
from procrastinate.contrib.django import app

from rukhsa.authorities.models import Authority
from rukhsa.errors import RukhsaError
from rukhsa.issuance import clock, site
from rukhsa.issuance.log import Cosignature, LogCheckpoint, head_of, read_note
from rukhsa.issuance.sequencer import LogEnded, LogMissing, LogRolledBack, publish
from rukhsa.outside import believed
from rukhsa.trust import checkpoint, cosignature, tiles, tlog, witness
from rukhsa.trust.checkpoint import Checkpoint
from rukhsa.trust.errors import TrustError
from rukhsa.trust.keys import PublicKey

SECONDS: Final = 5.0
_ANSWER: Final = 1 << 16  # bytes: more is no answer of a witness
logger = logging.getLogger(__name__)


class NotCosigned(RukhsaError):
    """A witness gave no cosignature this time; the code says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A witness that this deployment asks: its name and key, and the prefix of its address."""

    name: str
    public: PublicKey
    address: str


def named_witnesses() -> tuple[Witness, ...]:
    """The witnesses that the settings name."""
    found = []
    for key, address in settings.RUKHSA_WITNESSES.named:
        name, public = cosignature.read_verifier_key(key)
        found.append(Witness(name=name, public=public, address=address))
    return tuple(found)


def cosign(authority: Authority, *, at: datetime) -> None:
    """Ask each witness that has not cosigned the newest checkpoint of a log to do so, and publish the cosignatures.

    A witness that is down or refuses is noted in the worker's log, and the next run asks it again.
    """
    head = head_of(authority.code)
    if head is None:
        return
    done = set(head.cosignatures.values_list("witness", flat=True))
    for each in named_witnesses():
        if each.public.kid.hex() not in done:
            _keep_cosignature(each, head, at)
    try:
        publish_cosigned(authority)
    except (LogRolledBack, LogMissing, LogEnded, TrustError):
        # Issuing stops for the same reason and reports it. The other logs are still to be cosigned.
        logger.exception("the cosigned checkpoint of %s was not published", authority.code)


def _keep_cosignature(asked: Witness, head: LogCheckpoint, at: datetime) -> None:
    try:
        line = _ask(asked, head)
        clock.hear_witness(asked.name, cosignature.verify(head.note + line, [asked])[asked.public.kid])
    except clock.ClockDiffers as error:
        logger.error("%s: %s", asked.name, error)
        return
    except (NotCosigned, TrustError) as error:
        rolled_back = error.code == "witness-saw-more"
        level = logging.ERROR if rolled_back else logging.WARNING
        logger.log(
            level, "witness %s did not cosign %s at %d: %s", asked.name, head.authority_id, head.size, error
        )
        return
    # Another worker may have asked at the same time: one cosignature is enough.
    row = Cosignature(checkpoint=head, witness=asked.public.kid.hex(), line=line, at=at)
    Cosignature.objects.bulk_create([row], ignore_conflicts=True)


def _ask(asked: Witness, head: LogCheckpoint) -> str:
    """The line of the witness. Raises NotCosigned, TrustError."""
    seen = Cosignature.objects.filter(witness=asked.public.kid.hex(), checkpoint__authority=head.authority_id)
    size = seen.order_by("-checkpoint__size").values_list("checkpoint__size", flat=True).first() or 0
    answer = _post(asked, head, size)
    if answer.status_code == httpx.codes.CONFLICT:
        # It saw another size last: we lost its answer, or it lost its state.
        answer = _post(asked, head, _size_seen(answer, head))
    if answer.status_code != httpx.codes.OK:
        raise NotCosigned("witness-refused", f"{answer.status_code} {answer.text[:120]!r}")
    return _line(asked, head.note, answer.text)


def _post(asked: Witness, head: LogCheckpoint, size: int) -> httpx.Response:
    read = site.log_tiles(head.authority_id).read
    proof = tiles.consistency_proof(read, size, head.size) if size else []
    body = witness.write(old_size=size, proof=proof, note=head.note)
    try:
        with (
            httpx.Client(
                timeout=SECONDS, follow_redirects=False, trust_env=False, verify=believed()
            ) as client,
            client.stream("POST", f"{asked.address}/add-checkpoint", content=body) as answer,
        ):
            whole = b""
            for chunk in answer.iter_bytes():
                whole += chunk
                if len(whole) > _ANSWER:
                    raise NotCosigned("witness-refused", "an answer without end")
            return httpx.Response(answer.status_code, content=whole)
    except httpx.HTTPError as error:
        raise NotCosigned("witness-unreachable", type(error).__name__) from error


def _size_seen(answer: httpx.Response, head: LogCheckpoint) -> int:
    text = answer.text.removesuffix("\n")
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise NotCosigned("witness-refused", "409 without a size")
    if int(text) > head.size:
        raise NotCosigned(
            "witness-saw-more", f"{text}: this database is older than the log that was published"
        )
    return int(text)


def _line(asked: Witness, note: str, answer: str) -> str:
    """The line of the answer that is this witness's own; lines of other witnesses are ignored."""
    known = (asked.name, cosignature.key_id(asked.name, asked.public.jwk))
    body, _ = checkpoint.open_note(note)
    for line in answer.splitlines(keepends=True):
        _, (signature,) = checkpoint.open_note(f"{body}\n{line}")
        if (signature.name, signature.key_id) == known:
            cosignature.verify(f"{body}\n{line}", [asked])
            return line
    raise NotCosigned("witness-refused", "an answer without its cosignature")


def publish_cosigned(authority: Authority) -> None:
    """Publish the newest checkpoint, and the newest that a quorum cosigned, with the lines of the witnesses."""
    storage, head = site.log_tiles(authority.code), publish(authority)
    newest = cosigned(head) if head else None
    for state, path in ((newest, tlog.CHECKPOINT_PATH), (witnessed(authority), tlog.WITNESSED_PATH)):
        # Those of a log that ended stay with it.
        if state and state.origin == site.log_origin(authority.code):
            tlog.publish(storage, state, path)


def cosigned(row: LogCheckpoint) -> Checkpoint:
    """The checkpoint of a row with the lines of its witnesses behind its own. Raises BadLog."""
    lines = row.cosignatures.order_by("pk").values_list("line", flat=True)
    return read_note(row.note + "".join(lines), row.authority_id)


def witnessed(authority: Authority) -> Checkpoint | None:
    """The newest checkpoint that a quorum of our witnesses cosigned, among the last hundred that one of them did.

    An older one was published before and stays published.
    """
    wanted = settings.RUKHSA_WITNESSES
    kids = {cosignature.read_verifier_key(key)[1].kid.hex() for key, _ in wanted.named}
    by_ours = Cosignature.objects.filter(checkpoint=OuterRef("pk"), witness__in=kids)
    rows = LogCheckpoint.objects.filter(Exists(by_ours), authority=authority).order_by("-sequence")
    for row in rows.prefetch_related("cosignatures")[:100]:
        if len(kids & {each.witness for each in row.cosignatures.all()}) >= wanted.quorum:
            return cosigned(row)
    return None


@app.periodic(cron="* * * * *")
@app.task(name="issuance.cosign", queue="outside", queueing_lock="issuance.cosign", pass_context=False)
def cosign_logs(timestamp: int) -> None:
    """Ask the witnesses about every log, once a minute. Issuing never waits for them."""
    for authority in Authority.objects.order_by("ordinal"):
        cosign(authority, at=datetime.now(UTC))
