"""The verdict on an attached document, and what the safe copy leaves out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.attachment import SENT_ANYWAY
from rukhsa.applications.models import Attachment, AttachmentVerdict
from rukhsa.files.accepted import BLANK, BLURRED, CARRIES, CUT, DARK, QUIETENED, REPAIRED, SMALL, TURNED
from rukhsa.trust import words
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.verification import sealed_attachment

_COLOURS: Final = {"good": "success", "caution": "warning", "bad": "danger"}
_NOTES: Final = {
    REPAIRED: _("The file is damaged or badly written and was repaired for this view."),
    QUIETENED: _("This view leaves out active content, such as scripts of fields and buttons."),
    CARRIES: _("This view leaves out files attached inside this file."),
    SMALL: _("The picture may be too small to read."),
    DARK: _("The picture may be too dark to read."),
    BLANK: _("The page may be empty."),
    BLURRED: _("The picture may be blurred."),
    CUT: _("A part of the page may be missing."),
    TURNED: _("The page may be upside down or on its side."),
    SENT_ANYWAY: _("The applicant was told this and sent the file all the same."),
}
ADVICE: Final = {
    SMALL: _("The picture is very small. Take it again from nearer, or send the original and not a preview."),
    DARK: _("The picture is very dark. Take it again in daylight or with the flash."),
    BLANK: _("We see nothing on the page. Check that it is the right file, and the right side of the paper."),
    BLURRED: _("The picture looks blurred. Wipe the lens, hold the phone still and take it again."),
    TURNED: _("The writing looks upside down or on its side. Turn the page and send it again."),
    CUT: _("Writing runs over the edge. Take it again with the whole page in the picture."),
}


@dataclass(frozen=True, kw_only=True)
class VerdictShown:
    """The verdict on an attached document, in the reader's language."""

    colour: str
    name: str
    because: str
    title: str
    issuer: str
    facts: list[tuple[str, str]]
    at: datetime
    before: str  # the verdict when it was attached, if it differed

    @property
    def is_good(self) -> bool:
        return self.colour == "success"


def verdict_beside(attachment: Attachment, *, at: datetime) -> VerdictShown | None:
    """The verdict as of now; None for a file that is not a sealed document."""
    now = sealed_attachment.verdict_on(attachment, at=at)
    if now is None:
        return None
    language = (get_language() or "ar")[:2]
    said = now.told["languages"][language]
    first = attachment.verdicts.earliest("id")
    return VerdictShown(
        colour=_COLOURS[words.tone(now.word)],
        name=said["name"],
        because=said["because"],
        title=said["title"] or "",
        issuer=said["issuer"] or "",
        facts=_facts(now, said["facts"]),
        at=now.at,
        before="" if first.word == now.word else first.told["languages"][language]["name"],
    )


def verdict_shown(verdict: Verdict, *, at: datetime) -> VerdictShown:
    """A verdict of this moment, in the reader's language."""
    told = to_json(verdict)
    said = told["languages"][(get_language() or "ar")[:2]]
    number = [(str(_("Document number")), told["instrument"])] if told["instrument"] else []
    return VerdictShown(
        colour=_COLOURS[words.tone(verdict.word)],
        name=said["name"],
        because=said["because"],
        title=said["title"] or "",
        issuer=said["issuer"] or "",
        facts=[*number, *((label, value) for label, value in said["facts"])],
        at=at,
        before="",
    )


def advice_beside(attachment: Attachment) -> Promise | str:
    """What its sender may do about a file that is hard to read; empty where there is nothing."""
    return ADVICE.get(attachment.advice, "")


def notes_beside(attachment: Attachment) -> list[Promise]:
    """What an officer must know about the safe copy of a file."""
    return [_NOTES[note] for note in attachment.notes if note in _NOTES]


def _facts(verdict: AttachmentVerdict, facts: list[list[str]]) -> list[tuple[str, str]]:
    number = [(str(_("Document number")), verdict.told["instrument"])] if verdict.told["instrument"] else []
    return [*number, *((label, value) for label, value in facts)]
