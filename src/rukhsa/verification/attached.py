"""Sealed documents that applicants attach: verified when they come and when they are shown, each change a fact."""

from datetime import datetime, timedelta
from typing import Final

from rukhsa.applications import blobs
from rukhsa.applications.models import Attachment, AttachmentVerdict
from rukhsa.reader.refused import Unread
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.verification import evidence

_FRESH: Final = timedelta(minutes=10)  # for so long a verdict is shown without being asked for again


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
        verdict = evidence.verifier().verify_pdf(blobs.fetch(attachment.digest), at=at)
    except (evidence.NoTrustList, Unread):
        return last
    if last is not None and (verdict.word == "cannot-tell" or _is_same(verdict, last)):
        return last
    return attachment.verdicts.create(word=verdict.word, reason=verdict.reason, told=to_json(verdict), at=at)


def _is_same(verdict: Verdict, last: AttachmentVerdict) -> bool:
    return (verdict.word, verdict.reason) == (last.word, last.reason)
