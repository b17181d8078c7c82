"""Sealed documents that applicants attach: verified when attached and when shown; each change is stored as a fact."""

from datetime import datetime, timedelta
from typing import Final

from rukhsa.applications import blobs
from rukhsa.applications.models import Attachment, AttachmentVerdict
from rukhsa.files.kind import JPEG, PDF
from rukhsa.reader.errors import Unread
from rukhsa.reader.parsers import BESIDE
from rukhsa.trust.errors import BadPicture, BadText
from rukhsa.trust.qr import read_qr_text
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.verification import evidence

_FRESH: Final = timedelta(minutes=10)  # for so long a verdict is shown without being asked for again


def recognise(attachment: Attachment) -> None:
    """Note that a picture shows the code of a sealed document: a photograph or a scan of one."""
    if attachment.is_sealed or attachment.shown_media_type != JPEG.media_type:
        return
    try:
        read_qr_text(_code_in(attachment))
    except (BadPicture, BadText, Unread):
        return
    attachment.is_sealed = True
    attachment.save(update_fields=["is_sealed"])


def verdict_on(attachment: Attachment, *, at: datetime) -> AttachmentVerdict | None:
    """The verdict on an attached document as it is now; None for a file that carries no seal.

    A status may have changed since the last look, so an older verdict is asked for again; it is written down again only
    where it differs. Where nothing can be told just now, the last verdict stands with its moment.
    """
    if not attachment.is_sealed:
        return None
    last = attachment.verdicts.last()
    if last is not None and at - last.at < _FRESH:
        return last
    try:
        verdict = _verdict(attachment, at)
    except (evidence.NoTrustList, BadPicture, Unread):
        return last
    if last is not None and (verdict.word == "cannot-tell" or _is_same(verdict, last)):
        return last
    return attachment.verdicts.create(word=verdict.word, reason=verdict.reason, told=to_json(verdict), at=at)


def _verdict(attachment: Attachment, at: datetime) -> Verdict:
    """Of a file the whole; of a picture the code in it, whose facts are to be compared with what it shows."""
    if attachment.media_type == PDF.media_type:
        return evidence.verifier().verify_pdf(blobs.fetch(attachment.digest), at=at)
    return evidence.verifier().verify_text(_code_in(attachment), at=at)


def _code_in(attachment: Attachment) -> str:
    return BESIDE.code_in(blobs.fetch(attachment.shown_digest))


def _is_same(verdict: Verdict, last: AttachmentVerdict) -> bool:
    return (verdict.word, verdict.reason) == (last.word, last.reason)
