"""The cycle of issuing: Grant -> Prepared -> Sealed -> Logged -> Rendered -> Signed -> Instrument.

Each step takes what the last one returned, commits its own result, and gives the same result when it runs again:
a process may die anywhere and the next one continues. A step takes one document or many: many share a transaction,
a checkpoint, and a statement for each table.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection, transaction

from rukhsa.applications import blobs
from rukhsa.applications.models import Application
from rukhsa.audit.journal import record_each
from rukhsa.errors import RukhsaError
from rukhsa.issuance import clock, faults, publishing, sequencer, site
from rukhsa.issuance.errors import ReleaseRefused, TrustListBehind
from rukhsa.issuance.grant import Grant, grant
from rukhsa.issuance.instrument import Instrument
from rukhsa.issuance.intent import (
    Intent,
    Sealing,
    SignedFile,
    leaf_entry,
    origin_of_application,
    page_of,
    seal_of,
)
from rukhsa.issuance.log import LogPlace, places_of, proofs_of
from rukhsa.issuance.prepare import Prepared, prepare
from rukhsa.issuance.printed_page import Page
from rukhsa.issuance.signers import signer
from rukhsa.issuance.time_stamp import completed, stamp_later
from rukhsa.objects import Store
from rukhsa.trust import coverage
from rukhsa.trust.coverage import Coverage
from rukhsa.trust.sources import StoreSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An intent with the authority's signature over its facts, and a leaf that waits for the log."""

    intent: Intent
    sealing: Sealing


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A seal under a signed checkpoint: the bytes that the QR carries, and the proof of its place."""

    intent: Intent
    seal_bytes: bytes
    proof: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The page that the signer is going to set and sign."""

    intent: Intent
    page: Page


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The signed file, stored under its digest, with a leaf that waits for the log."""

    intent: Intent
    page: Page
    file: Coverage
    digest: str


type Outcome = Instrument | Exception


def issue(application: Application, *, at: datetime) -> Instrument:
    """The released instrument of a granted and paid application; continues from wherever it stands.

    Raises NotGranted, NotPaid, NoSuchInstrument, SignerRefused, ReleaseRefused; whatever was committed stays.
    """
    found = released(origin_of_application(application))
    return found or issue_grant(grant(application, at=at), at=at)


def issue_grant(granted: Grant, *, at: datetime) -> Instrument:
    """The released instrument of a grant, issued once for its origin. Raises as `issue` does."""
    outcome = issue_together([granted], at=at)[granted.origin]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def released(origin: str) -> Instrument | None:
    """The instrument issued for an origin, if it is released."""
    return Instrument.objects.select_related("intent").filter(intent__origin=origin).first()


def issue_together(grants: Sequence[Grant], *, at: datetime) -> dict[str, Outcome]:
    """For each origin the released instrument, or the refusal that concerns this document alone.

    Raises any error that is not the refusal of one document.
    """
    origins = {grant.origin: grant for grant in grants}
    rows = Instrument.objects.select_related("intent").filter(intent__origin__in=origins)
    issued = {row.intent.origin: row for row in rows}
    waiting = {origin: grant for origin, grant in origins.items() if origin not in issued}
    refused: dict[str, Exception] = {}
    if waiting:
        clock.require_right()  # before a seal bears the time

    with faults.step("prepare"):
        prepared = _each(lambda some: prepare(some, at=at), waiting, refused)
    with faults.step("seal"):
        sealed = _each(lambda some: seal(some, at=at), prepared, refused)
    with faults.step("log"):
        logged = _each(lambda some: log(some, at=at), sealed, refused)
    with faults.step("render"):
        rendered = _each(render, logged, refused)
    with faults.step("sign"):
        signed = _each(lambda some: sign(some, at=at), rendered, refused)
    with faults.step("release"):
        return issued | _each(lambda some: release(some, at=at), signed, refused) | refused


def _each[Before, After](
    step: Callable[[Sequence[Before]], list[After]], before: dict[str, Before], refused: dict[str, Exception]
) -> dict[str, After]:
    """Take the step for all documents at once; if it is refused, for each alone, and note which are refused."""
    if not before:
        return {}
    try:
        return dict(zip(before, step(list(before.values())), strict=True))
    except RukhsaError as error:
        if len(before) == 1:
            refused |= dict.fromkeys(before, error)
            return {}
    after: dict[str, After] = {}
    for origin, value in before.items():
        after |= _each(step, {origin: value}, refused)
    return after


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
    for pk, intent in intents.items():
        # Each refers to the other without another query.
        sealings[pk].intent, intent.sealing = intent, sealings[pk]
    return [Sealed(intent=intent, sealing=sealings[pk]) for pk, intent in intents.items()]


def log(sealed: Sequence[Sealed], *, at: datetime) -> list[Logged]:
    """Wait until the seals stand in the log, under a signed checkpoint."""
    places = _placed([each.intent for each in sealed], "seal", at)
    return [
        Logged(intent=each.intent, seal_bytes=seal_of(each.sealing, log_index=place.index), proof=proof)
        for each, place, proof in zip(sealed, places, proofs_of(places), strict=True)
    ]


def render(logged: Sequence[Logged]) -> list[Rendered]:
    """What the pages say. The signer sets them from the same facts, with the same bytes every time."""
    return [
        Rendered(intent=each.intent, page=page_of(each.intent, seal_bytes=each.seal_bytes, proof=each.proof))
        for each in logged
    ]


@transaction.atomic(durable=True)
def sign(rendered: Sequence[Rendered], *, at: datetime) -> list[Signed]:
    """Have the files signed, once, and keep them; their leaves are recorded in the same transaction.

    A file that does not read back as its page is neither kept nor logged: once the template is corrected, the next
    run signs another one. Raises ReleaseRefused.
    """
    # The portal and the desk import this room and make no document: only the worker loads what looks at pages.
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
    intents = [each.intent for each in signed]
    places = _placed(intents, "file", at)  # 1
    publishing.make_current(intents, at=at)
    for each, proof in zip(signed, proofs_of(places), strict=True):  # 2
        verdict = verdict_on(completed(each.file, proof=proof), qr_text=each.page.qr_text, at=at)
        if verdict.word not in ("valid", "not-yet-valid", "expired"):
            raise ReleaseRefused(f"verdict-{verdict.word}", f"{verdict.reason} {verdict.detail}")
    instruments = _release(signed, at)
    if superseded := [each.supersedes for each in intents if each.supersedes]:
        copies = Intent.objects.select_related("authority").filter(copies__in=superseded)
        ended = [*(each.intent for each in superseded), *copies]
        for authority, number in {(each.authority, each.status_list) for each in ended}:
            publishing.status_list(authority, number, at=at)
    return instruments


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


def verdict_on(pdf: bytes, *, qr_text: str, at: datetime) -> Verdict:
    """What a stranger with the public files and the root's key says of a file. `readback` looks at its pages."""
    listed = site.trust_list()
    if listed is None:
        raise TrustListBehind("no trust list is published: see `rukhsa trust-list --help`")
    return _verifier(listed.version, site.files()).verify_pdf(pdf, at=at, qr_text=qr_text)


@lru_cache(maxsize=4)
def _verifier(version: int, files: Store) -> Verifier:
    source = StoreSource(read=files.read, stands_for=site.address())
    listed = site.trust_list()
    assert listed is not None
    return Verifier(trust_list=listed, status=source, log=source, looks_at_pages=False)


def _placed(intents: Sequence[Intent], kind: str, at: datetime) -> list[LogPlace]:
    """Where the leaves of these intents stand; the log is integrated while one of them waits."""
    found: dict[UUID, LogPlace] = {}
    for authority in {intent.authority for intent in intents}:
        ours = [intent.pk for intent in intents if intent.authority_id == authority.pk]
        # Of the threads that wait here together, the first integrates for all.
        with sequencer.turn(authority):
            sequencer.integrate(authority, at=at)
            while len(places := places_of(ours, kind)) < len(ours):
                sequencer.integrate(authority, at=at)
        found |= places
    return [found[intent.pk] for intent in intents]


def _lock(intents: Iterable[UUID]) -> None:
    """Hold the intents against other workers until the transaction ends; the rows themselves never change."""
    # In one order, so that two workers that hold several never wait for each other.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM issuance_intent WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(intents)]
        )
