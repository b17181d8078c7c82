"""The texts of messages as the desk changed them: which variables each has, whether a new text fits, and an example."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any

from django.utils import translation

from rukhsa.catalogue import in_force
from rukhsa.catalogue.in_force import NOTICE
from rukhsa.catalogue.territory import territory
from rukhsa.catalogue.territory_change import register_kind
from rukhsa.delivery.notice import OF_ONES_OWN, SENTENCES, sentence, short_text
from rukhsa.errors import RukhsaError

# What every message about an application knows beside the variables of its event.
OF_APPLICATIONS = frozenset({"reference", "service", "authority"})
MOST_PARTS = 4  # of an SMS
_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)


class BadWording(RukhsaError):
    """A text that cannot be sent; `about` is the variable, if one is at fault."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text with the facts of an example filled in, as a phone shows it, and how many SMS it takes."""

    text: str
    characters: int
    parts: int


def variables(text: str) -> frozenset[str]:
    """The variables of a text. Raises BadWording where a brace is open or a variable is more than a name."""
    try:
        fields = [(name, spec, conversion) for _said, name, spec, conversion in Formatter().parse(text)]
    except ValueError:
        raise BadWording("text-braces") from None
    named = [(name, spec or conversion) for name, spec, conversion in fields if name is not None]
    if wrong := [name for name, more in named if more or not name.isidentifier()]:
        raise BadWording("text-braces", wrong[0])
    return frozenset(name for name, _more in named)


def needed(event: str) -> frozenset[str]:
    """The variables that the text of an event must have: those of the text of the product."""
    with translation.override("en"):
        return variables(str(SENTENCES[event]))


def known(event: str) -> frozenset[str]:
    """The variables that the text of an event may have beside these."""
    return frozenset() if event in OF_ONES_OWN else OF_APPLICATIONS


def texts_of() -> dict[str, dict[str, str]]:
    """The text of each event in both languages: as the desk changed it, or as the product has it."""
    changed, found = in_force.current(NOTICE), {}
    for event, written in SENTENCES.items():
        found[event] = dict(changed.get(event) or {})
        for language in ("ar", "en"):
            with translation.override(language):
                found[event].setdefault(language, str(written))
    return found


def check(event: str, value: Any) -> None:
    """Raise BadWording unless both texts of an event may be sent."""
    if event not in SENTENCES:
        raise BadWording("not-found")
    for language in territory().languages:
        text = value.get(language, "")
        if not text.strip():
            raise BadWording("text-missing")
        found = variables(text)
        if unknown := found - needed(event) - known(event):
            raise BadWording("text-unknown-variable", min(unknown))
        if missing := needed(event) - found:
            raise BadWording("text-missing-variable", min(missing))
        require_closed(text)
        if example(event, text, language).parts > MOST_PARTS:
            raise BadWording("text-too-long")


def require_closed(text: str) -> None:
    """Raise BadWording where a mark of direction is open: what follows would be turned with it."""
    if sum(map(text.count, _OPENING)) != text.count(_CLOSING):
        raise BadWording("text-isolates")


def example(event: str, text: str, language: str) -> Example:
    """The text with made-up facts, such as every message of its event has."""
    on = datetime.now(UTC).date() + timedelta(days=10)
    authority = territory().authorities[0].name(on=on).in_language(language)
    facts = {
        "reference": "CAP-2026-000123", "service": "…", "authority": authority, "day": str(on), "time": "10:30",
        "amount": "25.500", "kept": "10.000", "currency": territory().currency, "number": "CAP-RW-2026-000123-1",
        "where": "SADAD",
    }  # fmt: skip
    with translation.override(language):
        shown = short_text(sentence(event.removesuffix("-promised"), facts, text=text), authority)
    return Example(text=shown, characters=len(shown), parts=sms_parts(shown))


def sms_parts(text: str) -> int:
    """How many SMS a text takes (3GPP TS 23.038): 160 or 70 characters in one, 153 or 67 in each of several."""
    one, several = (160, 153) if set(text) <= _GSM else (70, 67)
    units = len(text) if one == 160 else len(text.encode("utf-16-le")) // 2
    return 1 if units <= one else -(-units // several)


def register() -> None:
    """Say what the text of a message must be."""
    register_kind(NOTICE, check=check)
