"""Sealed documents among attachments: verified when they are attached and when they are shown."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from rukhsa.applications import blobs
from rukhsa.applications.attachment import Opened
from rukhsa.applications.models import Attachment, AttachmentVerdict
from rukhsa.files.kind import JPEG, PDF
from rukhsa.reader.errors import Unread
from rukhsa.reader.verifier_parsers import BESIDE
from rukhsa.trust.errors import BadPicture, BadText
from rukhsa.trust.qr import read_qr_text
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.verification import own_verifier

_FRESH: Final = timedelta(minutes=10)  # for so long a verdict is shown before it is asked for again


def recognised(file: Opened) -> Opened:
    """The file, marked as sealed if it is a picture that shows the code of a sealed document."""
    accepted = file.accepted
    if accepted.is_sealed or accepted.shown_media_type != JPEG.media_type:
        return file
    try:
        read_qr_text(BESIDE.code_in(accepted.shown))
    except (BadPicture, BadText, Unread):
        return file
    return replace(file, accepted=replace(accepted, is_sealed=True))


def verdict_on(attachment: Attachment, *, at: datetime) -> AttachmentVerdict | None:
    """The verdict on an attached document as it is now; None for a file without a seal.

    A verdict of some minutes ago is asked for again, since a status may have changed, and stored again only if it
    differs. If the document cannot be verified now, the last verdict stands.
    """
    if not attachment.is_sealed:
        return None
    last = attachment.verdicts.last()
    if last is not None and at - last.at < _FRESH:
        return last
    try:
        verdict = _verdict(attachment, at)
    except (own_verifier.NoTrustList, BadPicture, Unread):
        return last
    if last is not None:
        is_same = (verdict.word, verdict.reason) == (last.word, last.reason)
        if is_same or verdict.word == "cannot-tell":
            return last
    return attachment.verdicts.create(word=verdict.word, reason=verdict.reason, told=to_json(verdict), at=at)


def _verdict(attachment: Attachment, at: datetime) -> Verdict:
    """The verdict on a PDF as a whole, or on the code in a picture, whose facts officers compare with the picture."""
    if attachment.media_type == PDF.media_type:
        return own_verifier.verifier().verify_pdf(blobs.fetch(attachment.digest), at=at)
    return own_verifier.verifier().verify_text(_code_in(attachment), at=at)


def _code_in(attachment: Attachment) -> str:
    return BESIDE.code_in(blobs.fetch(attachment.shown_digest))
