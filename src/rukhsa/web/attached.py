"""The verdict on an attached document, and what the safe copy leaves out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rukhsa.applications.models import Attachment, AttachmentVerdict
from rukhsa.files.accepted import CARRIES, QUIETENED, REPAIRED
from rukhsa.trust import words
from rukhsa.trust.verdict import Verdict, to_json
from rukhsa.verification import sealed_attachment

_COLOURS: Final = {"good": "success", "caution": "warning", "bad": "danger"}
_NOTES: Final = {
    REPAIRED: _("The file is damaged or badly written and was repaired for this view."),
    QUIETENED: _("This view leaves out active content, such as scripts of fields and buttons."),
    CARRIES: _("This view leaves out files attached inside this file."),
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


def notes_beside(attachment: Attachment) -> list[Promise]:
    """What an officer must know about the safe copy of a file."""
    return [_NOTES[note] for note in attachment.notes if note in _NOTES]


def _facts(verdict: AttachmentVerdict, facts: list[list[str]]) -> list[tuple[str, str]]:
    number = [(str(_("Document number")), verdict.told["instrument"])] if verdict.told["instrument"] else []
    return [*number, *((label, value) for label, value in facts)]
