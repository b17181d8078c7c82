"""The cycle of issuing: Grant -> Prepared -> Sealed -> Logged -> Rendered -> Signed -> Instrument.

Each step takes what the last one returned, commits its own result, and gives the same result when it runs again:
a process may die anywhere and the next one continues. A step takes one document or many: many share a transaction,
a checkpoint, and a statement for each table. What refuses one of them refuses the step; `issue_together` then takes
it for each document alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import transaction

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record_each
from rukhsa.errors import RukhsaError
from rukhsa.issuance import faults, publishing, sequencer, site
from rukhsa.issuance.errors import ReleaseRefused, TrustListBehind
from rukhsa.issuance.grant import Grant, grant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import Intent, Sealing, SignedFile, leaf_entry, seal_of
from rukhsa.issuance.log import LogPlace, places_of, proofs_of
from rukhsa.issuance.page import Page, page_of
from rukhsa.issuance.prepare import Prepared, prepare
from rukhsa.issuance.signers import signer
from rukhsa.issuance.time_stamp import completed, stamp_later
from rukhsa.trust import coverage
from rukhsa.trust.coverage import Coverage
from rukhsa.trust.sources import FolderSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier


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
    file: Coverage
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
        prepared = prepare([granted], at=at)
    with faults.step("seal"):
        sealed = seal(prepared, at=at)
    with faults.step("log"):
        logged = log(sealed, at=at)
    with faults.step("render"):
        rendered = render(logged)
    with faults.step("sign"):
        signed = sign(rendered, at=at)
    with faults.step("release"):
        (instrument,) = release(signed, at=at)
    return instrument


def released(origin: str) -> Instrument | None:
    """The instrument issued for an origin, if it is released."""
    return Instrument.objects.select_related("intent").filter(intent__origin=origin).first()


@transaction.atomic(durable=True)
def seal(prepared: Sequence[Prepared], *, at: datetime) -> list[Sealed]:
    """Have the facts signed, once; the leaves for the log are recorded in the same transaction."""
    intents = {each.intent.pk: each.intent for each in prepared}
    _lock(intents)
    sealings = {each.intent_id: each for each in Sealing.objects.filter(intent__in=intents)}
    missing = [intent for pk, intent in intents.items() if pk not in sealings]
    at = at.replace(microsecond=0)
    if missing:
        made = zip(missing, signer().seal([intent.pk for intent in missing], at=at), strict=True)
        new = Sealing.objects.bulk_create(
            Sealing(intent=intent, kid=each.kid.hex(), signature=each.signature.hex(), issued_at=at)
            for intent, each in made
        )
        sequencer.add_of({each.intent: leaf_entry(each) for each in new}, kind="seal", at=at)
        sealings |= {each.intent_id: each for each in new}
    return [_sealed(intent, sealings[pk]) for pk, intent in intents.items()]


def _sealed(intent: Intent, sealing: Sealing) -> Sealed:
    sealing.intent, intent.sealing = intent, sealing  # known to each other without asking again
    return Sealed(intent=intent, sealing=sealing)


def log(sealed: Sequence[Sealed], *, at: datetime) -> list[Logged]:
    """Wait until the seals stand in the log, under a signed checkpoint."""
    places = _placed([each.intent for each in sealed], "seal", at)
    return [
        Logged(
            intent=each.intent,
            seal_bytes=seal_of(each.sealing, log_index=place.index),
            proof=proof,
        )
        for each, place, proof in zip(sealed, places, proofs_of(places), strict=True)
    ]


def render(logged: Sequence[Logged]) -> list[Rendered]:
    """What the pages say; the signer sets them from the same facts, with the same bytes every time."""
    return [
        Rendered(intent=each.intent, page=page_of(each.intent, seal_bytes=each.seal_bytes, proof=each.proof))
        for each in logged
    ]


@transaction.atomic(durable=True)
def sign(rendered: Sequence[Rendered], *, at: datetime) -> list[Signed]:
    """Have the files signed, once, and keep them; their leaves are recorded in the same transaction.

    A file that does not read back as it was meant is neither kept nor logged: once its template is mended, the next
    run signs another one. Raises ReleaseRefused.
    """
    # The portal and the desk import this room and make no document: what sees a page is for the worker alone.
    from rukhsa.issuance.readback import read_back

    pages = {each.intent.pk: each for each in rendered}
    _lock(pages)
    kept = {each.intent_id: each for each in SignedFile.objects.filter(intent__in=pages)}
    missing = [each.intent for pk, each in pages.items() if pk not in kept]
    pdfs = dict(zip(missing, signer().certify([each.pk for each in missing], at=at), strict=True))
    for intent, pdf in pdfs.items():
        read_back(pdf, pages[intent.pk].page)
    digests = blobs.keep_each(pdfs.values())
    new = SignedFile.objects.bulk_create(
        SignedFile(intent=intent, digest=digest, at=at) for intent, digest in zip(pdfs, digests, strict=True)
    )
    files = {intent: coverage.read(pdf) for intent, pdf in pdfs.items()}
    sequencer.add_of({intent: file.leaf_entry for intent, file in files.items()}, kind="file", at=at)
    stamp_later(new)
    kept |= {each.intent_id: each for each in new}
    return [
        Signed(
            intent=each.intent,
            page=each.page,
            file=files.get(each.intent) or coverage.read(blobs.fetch(kept[pk].digest)),
            digest=kept[pk].digest,
        )
        for pk, each in pages.items()
    ]


def release(signed: Sequence[Signed], *, at: datetime) -> list[Instrument]:
    """Let the documents out, if all of this holds for each. Raises ReleaseRefused.

    1. The file's own leaf is in the log; before it was, `sign` has read the page back: QR, text, attachments.
    2. A stranger's verifier, with the public files only, finds it genuine.
    """
    places = _placed([each.intent for each in signed], "file", at)  # 1
    publishing.make_current([each.intent for each in signed], at=at)
    for each, proof in zip(signed, proofs_of(places), strict=True):
        _require_genuine(each, proof, at)  # 2
    instruments = _release(signed, at)
    for authority, number in {(intent.authority, intent.status_list) for intent in _replaced(signed)}:
        publishing.status_list(authority, number, at=at)
    return instruments


def _replaced(signed: Sequence[Signed]) -> list[Intent]:
    """What the new versions supersede, with its copies."""
    replaced = [each.intent.supersedes for each in signed if each.intent.supersedes]
    if not replaced:
        return []
    copies = Intent.objects.select_related("authority").filter(copies__in=replaced)
    return [*(each.intent for each in replaced), *copies]


def _require_genuine(signed: Signed, proof: str, at: datetime) -> None:
    pdf = completed(signed.file, proof=proof)
    verdict = verdict_on(pdf, qr_text=signed.page.qr_text, at=at)
    if verdict.word not in ("valid", "not-yet-valid", "expired"):
        raise ReleaseRefused(f"verdict-{verdict.word}", f"{verdict.reason} {verdict.detail}")


@transaction.atomic(durable=True)
def _release(signed: Sequence[Signed], at: datetime) -> list[Instrument]:
    intents = {each.intent.pk: each for each in signed}
    _lock(intents)
    instruments = {each.intent_id: each for each in Instrument.objects.filter(intent__in=intents)}
    new = Instrument.objects.bulk_create(
        Instrument(intent=each.intent, file_digest=each.digest, released_at=at)
        for pk, each in intents.items()
        if pk not in instruments
    )
    record_each("release", new, actor=None, at=at)
    instruments |= {each.intent_id: each for each in new}
    return [instruments[pk] for pk in intents]


def _placed(intents: Sequence[Intent], kind: str, at: datetime) -> list[LogPlace]:
    """Where the leaves of these intents stand; the log is integrated where one of them waits."""
    found: dict[UUID, LogPlace] = {}
    for authority in {intent.authority for intent in intents}:
        ours = [intent.pk for intent in intents if intent.authority_id == authority.pk]
        # Of the threads that wait here together the first integrates for all.
        with sequencer.turn(authority):
            while len(places := places_of(ours, kind)) < len(ours):
                sequencer.integrate(authority, at=at)
        found |= places
        sequencer.publish(authority)
    return [found[intent.pk] for intent in intents]


def _lock(intents: Iterable[UUID]) -> None:
    """Hold the intents against other workers until the transaction ends; the rows themselves never change."""
    # In one order, so that two that hold several never wait for each other.
    rows = Intent.objects.select_for_update().filter(pk__in=list(intents)).order_by("pk")
    list(rows.values_list("pk"))


type Outcome = Instrument | Exception


def issue_together(grants: Sequence[Grant], *, at: datetime) -> dict[str, Outcome]:
    """For each origin the released instrument, or the refusal that concerns it alone.

    What a single one goes through, all go through (`cycle.issue_grant`), and it is as safe to be killed and to be
    run again. Raises whatever is not one document's own refusal.
    """
    origins = {grant.origin: grant for grant in grants}
    rows = Instrument.objects.select_related("intent").filter(intent__origin__in=origins)
    issued = {row.intent.origin: row for row in rows}
    waiting = {origin: grant for origin, grant in origins.items() if origin not in issued}
    refused: dict[str, Exception] = {}

    with faults.step("prepare"):
        prepared = _all(lambda some: prepare(some, at=at), waiting, refused)
    with faults.step("seal"):
        sealed = _all(lambda some: seal(some, at=at), prepared, refused)
    with faults.step("log"):
        logged = _all(lambda some: log(some, at=at), sealed, refused)
    with faults.step("render"):
        rendered = _all(render, logged, refused)
    with faults.step("sign"):
        signed = _all(lambda some: sign(some, at=at), rendered, refused)
    with faults.step("release"):
        return issued | _all(lambda some: release(some, at=at), signed, refused) | refused


def _all[Before, After](
    step: Callable[[Sequence[Before]], list[After]], before: dict[str, Before], refused: dict[str, Exception]
) -> dict[str, After]:
    """The step for all at once; where one is refused for itself, for each alone: it goes no further, the others do."""
    if not before:
        return {}
    try:
        return dict(zip(before, step(list(before.values())), strict=True))
    except Exception as error:
        # A refusal concerns one document; any other exception concerns the whole run.
        if not isinstance(error, RukhsaError):
            raise
        if len(before) == 1:
            refused |= dict.fromkeys(before, error)
            return {}
    after: dict[str, After] = {}
    for origin, value in before.items():
        after |= _all(step, {origin: value}, refused)
    return after


def verdict_on(pdf: bytes, *, qr_text: str, at: datetime) -> Verdict:
    """What a stranger with the public files and the root's key says of a file, its pages apart (`readback`)."""
    listed = site.trust_list()
    if listed is None:
        raise TrustListBehind("no trust list is published: see `rukhsa trust-list --help`")
    return _verifier(listed.version, site.folder()).verify_pdf(pdf, at=at, qr_text=qr_text)


@lru_cache(maxsize=4)
def _verifier(version: int, folder: Path) -> Verifier:
    source = FolderSource(folder=folder, stands_for=site.address())
    listed = site.trust_list()
    assert listed is not None
    return Verifier(trust_list=listed, status=source, log=source, looks_at_pages=False)
