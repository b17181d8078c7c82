"""The cycle of issuing: Grant -> Prepared -> Sealed -> Logged -> Rendered -> Signed -> Instrument.

Each step takes what the last one returned, commits its own result, and gives the same result when it runs again:
a process may die anywhere and the next one continues.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record
from rukhsa.issuance import evidence, faults, files, publish, sequencer
from rukhsa.issuance.models import Instrument, Intent, LogPlace, Sealing, SignedFile
from rukhsa.issuance.page import Page
from rukhsa.issuance.prepare import Grant, Prepared, grant, prepare
from rukhsa.issuance.printing import page_of
from rukhsa.issuance.readback import ReleaseRefused, read_back
from rukhsa.issuance.signers import signer
from rukhsa.issuance.tasks import stamp_later
from rukhsa.trust import coverage


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An intent with the authority's signature over its facts, and a leaf that waits for the log."""

    intent: Intent
    sealing: Sealing


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A seal under a signed checkpoint: the bytes of the QR, and the proof."""

    intent: Intent
    seal_bytes: bytes
    proof: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The page as it will be set and signed."""

    intent: Intent
    page: Page


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The signed file, kept under its digest, with its leaf."""

    intent: Intent
    page: Page
    pdf: bytes
    digest: str


def issue(application: Application, *, at: datetime) -> Instrument:
    """The released instrument of a granted and paid application; continues from wherever it stands.

    Raises NotGranted, NotPaid, NoSuchInstrument, SignerRefused, ReleaseRefused; whatever was committed stays.
    """
    found = released(f"application:{application.pk}")
    return found or _complete(grant(application, at=at), at)


def issue_grant(granted: Grant, *, at: datetime) -> Instrument:
    """The released instrument of a grant, issued once for its origin."""
    return released(granted.origin) or _complete(granted, at)


def _complete(granted: Grant, at: datetime) -> Instrument:
    with faults.step("prepare"):
        prepared = prepare(granted, at=at)
    with faults.step("seal"):
        sealed = seal(prepared, at=at)
    with faults.step("log"):
        logged = log(sealed, at=at)
    with faults.step("render"):
        rendered = render(logged)
    with faults.step("sign"):
        signed = sign(rendered, at=at)
    with faults.step("release"):
        return release(signed, at=at)


def released(origin: str) -> Instrument | None:
    """The instrument issued for an origin, if it is released."""
    return Instrument.objects.select_related("intent").filter(intent__origin=origin).first()


@transaction.atomic(durable=True)
def seal(prepared: Prepared, *, at: datetime) -> Sealed:
    """Have the facts signed, once; the leaf for the log is recorded in the same transaction."""
    intent = prepared.intent
    _lock(intent)
    sealing = Sealing.objects.filter(intent=intent).first()
    if sealing is None:
        at = at.replace(microsecond=0)
        made = signer().seal(intent.pk, at=at)
        sealing = Sealing.objects.create(
            intent=intent, kid=made.kid.hex(), signature=made.signature.hex(), issued_at=at
        )
        sequencer.add(intent.authority, kind="seal", entry=evidence.leaf_entry(sealing), intent=intent, at=at)
    return Sealed(intent=intent, sealing=sealing)


def log(sealed: Sealed, *, at: datetime) -> Logged:
    """Wait until the seal stands in the log, under a signed checkpoint."""
    place = _placed(sealed.intent, "seal", at)
    seal_bytes = evidence.seal_of(sealed.sealing, log_index=place.index)
    return Logged(intent=sealed.intent, seal_bytes=seal_bytes, proof=evidence.proof_of(place))


def render(logged: Logged) -> Rendered:
    """What the page says; the signer sets it from the same facts, with the same bytes every time."""
    page = page_of(logged.intent, seal_bytes=logged.seal_bytes, proof=logged.proof)
    return Rendered(intent=logged.intent, page=page)


@transaction.atomic(durable=True)
def sign(rendered: Rendered, *, at: datetime) -> Signed:
    """Have the file signed, once, and keep it; its leaf is recorded in the same transaction.

    A file that does not read back as it was meant is neither kept nor logged: once its template is mended, the next
    run signs another one. Raises ReleaseRefused.
    """
    intent = rendered.intent
    _lock(intent)
    file = SignedFile.objects.filter(intent=intent).first()
    if file is None:
        pdf = signer().certify(intent.pk, at=at)
        read_back(pdf, rendered.page)
        file = SignedFile.objects.create(intent=intent, digest=blobs.keep(pdf), at=at)
        sequencer.add(
            intent.authority, kind="file", entry=coverage.read(pdf).leaf_entry, intent=intent, at=at
        )
        stamp_later(file)
    else:
        pdf = blobs.fetch(file.digest)
    return Signed(intent=intent, page=rendered.page, pdf=pdf, digest=file.digest)


def release(signed: Signed, *, at: datetime) -> Instrument:
    """Let the document out, if all of this holds. Raises ReleaseRefused.

    1. The file's own leaf is in the log; before it was, `sign` has read the page back: QR, text, attachments.
    2. A stranger's verifier, with the public files only, finds it genuine.
    """
    place = _placed(signed.intent, "file", at)  # 1
    publish.make_current(signed.intent, at=at)
    pdf = files.completed(signed.pdf, proof=evidence.proof_of(place))
    verdict = publish.verdict_on(pdf, qr_text=signed.page.qr_text, at=at)
    if verdict.word not in ("valid", "not-yet-valid", "expired"):  # 2
        raise ReleaseRefused(f"verdict-{verdict.word}", f"{verdict.reason} {verdict.detail}")
    instrument = _release(signed, at)
    if signed.intent.supersedes:
        publish.status_list(signed.intent.authority, signed.intent.supersedes.intent.status_list, at=at)
    return instrument


@transaction.atomic(durable=True)
def _release(signed: Signed, at: datetime) -> Instrument:
    _lock(signed.intent)
    instrument = Instrument.objects.filter(intent=signed.intent).first()
    if instrument is None:
        instrument = Instrument.objects.create(
            intent=signed.intent, file_digest=signed.digest, released_at=at
        )
        record("release", instrument, actor=None, at=at)
    return instrument


def _placed(intent: Intent, kind: str, at: datetime) -> LogPlace:
    place = None
    while place is None:
        # Of the threads that wait here together the first integrates for all.
        with sequencer.turn(intent.authority):
            place = evidence.place_of(intent, kind)
            if place is None:
                sequencer.integrate(intent.authority, at=at)
    sequencer.publish(intent.authority)
    return place


def _lock(intent: Intent) -> None:
    """Hold the intent against other workers until the transaction ends; the row itself never changes."""
    Intent.objects.select_for_update().values_list("pk").get(pk=intent.pk)
