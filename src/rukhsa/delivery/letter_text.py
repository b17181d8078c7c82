"""The texts of letters to the staff as the desk changed them: whether a new text fits, and the letter as it looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from rukhsa.catalogue import in_force
from rukhsa.catalogue.in_force import LETTER
from rukhsa.catalogue.territory import territory
from rukhsa.catalogue.territory_change import register_kind
from rukhsa.delivery.message_text import BadWording, require_closed, variables
from rukhsa.staff.letter import VARIABLES, WORDINGS, composed, word_letters_by

LONGEST_SUBJECT: Final = 100  # characters: longer ones are cut where mail is listed
LONGEST: Final = 1000


@dataclass(frozen=True, kw_only=True)
class LetterExample:
    """A letter with the facts of an example."""

    subject: str
    text: str


def letters_of() -> dict[str, dict[str, str]]:
    """The subject and the text of each letter in both languages: as the desk changed them, or the product's own."""
    changed, found = in_force.current(LETTER), {}
    for kind in WORDINGS:
        found[kind] = dict(changed.get(kind) or _written(kind))
    return found


def check_letter(kind: str, value: Any) -> None:
    """Raise BadWording unless a letter of the kind can be sent so in both languages."""
    if kind not in WORDINGS:
        raise BadWording("not-found")
    for language in territory().languages:
        subject, text = value.get(f"subject_{language}", ""), value.get(language, "")
        if not (subject.strip() and text.strip()):
            raise BadWording("text-missing")
        if not subject.isprintable() or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST:
            raise BadWording("letter-too-long")
        if variables(subject):
            raise BadWording("text-unknown-variable", min(variables(subject)))
        if unknown := variables(text) - VARIABLES:
            raise BadWording("text-unknown-variable", min(unknown))
        require_closed(subject)
        require_closed(text)


def letter_example(value: Any, language: str, *, at: datetime) -> LetterExample:
    """The letter in a language, to a made-up person."""
    with translation.override(language):
        text = value[language].format(name=_("Fatima Ali"))
        last = _("The link, number or day of the email appears here.")
        return LetterExample(subject=value[f"subject_{language}"], text=composed(text, last, at))


def _written(kind: str) -> dict[str, str]:
    said = {}
    for language in ("ar", "en"):
        with translation.override(language):
            said[f"subject_{language}"] = str(WORDINGS[kind].subject)
            said[language] = str(WORDINGS[kind].text)
    return said


def register() -> None:
    """Say what the text of a letter must be, and let letters be written so."""
    register_kind(LETTER, check=check_letter)
    word_letters_by(lambda kind: in_force.current(LETTER).get(kind))
