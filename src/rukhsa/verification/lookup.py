"""A number with its verification code becomes a verdict, for whoever holds a document and cannot scan it."""

import hmac
from datetime import datetime
from typing import Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance.instrument import Successor, successor_of
from rukhsa.issuance.legacy.document import LegacyDocument
from rukhsa.issuance.log import seal_bytes_of
from rukhsa.issuance.models import Intent
from rukhsa.trust import digits
from rukhsa.trust.qr import qr_text
from rukhsa.trust.verdict import Verdict
from rukhsa.values.identifiers import IdentifierError, parse_number, parse_verification_code
from rukhsa.verification import evidence, paper

_LONGEST: Final = 60


class NoSuchDocument(RukhsaError, LookupError):
    """No released document has the number with the code: absent and wrong are one answer."""

    code = "no-such-document"


def by_number(number: str, code: str, *, at: datetime) -> Verdict:
    """The verdict at a moment on the document with this number and code. Raises `NoSuchDocument`.

    The seal is put together from what was stored and verified like anybody's: a row that was edited makes it
    altered. A paper document of before has no code; of it, no name and no place are told.
    """
    if intent := _released(number, code):
        # As the code at our own address: what our register calls its document is never a stranger's.
        digits_of_the_seal = digits.encode(seal_bytes_of(intent) or b"")
        return evidence.verifier().verify_text(f"https://{evidence.host()}/#{digits_of_the_seal}", at=at)
    typed = number.strip()[:_LONGEST]
    written = LegacyDocument.objects.current().filter(number__in=[typed, typed.upper()])
    if typed and (document := written.order_by("pk").first()):
        return paper.verdict_on(document, at=at)
    raise NoSuchDocument


def text_by_number(number: str, code: str) -> str | None:
    """The text of the QR of the document with this number and code, for whoever verifies it on their own.

    None for a document on paper, and for one that does not exist.
    """
    intent = _released(number, code)
    seal_bytes = seal_bytes_of(intent) if intent else None
    return qr_text(evidence.host(), seal_bytes) if seal_bytes else None


def successor_by_number(number: str, code: str) -> Successor | None:
    """What took the place of the document with this number and code, or closed it.

    The status list has one state for both (docs/decisions/0030): only whoever has the code is told which.
    """
    intent = _released(number, code)
    return successor_of(intent.instrument) if intent else None


def _released(number: str, code: str) -> Intent | None:
    """The released version with this number and code, as they were typed."""
    return _with_code(_versions(number.strip()[:_LONGEST]), code[:_LONGEST])


def _versions(typed: str) -> list[Intent]:
    """The released versions of the instrument with this number."""
    try:
        number = parse_number(typed)
    except IdentifierError:
        number = ""
    return list(Intent.objects.filter(number=number, instrument__isnull=False).order_by("version"))


def _with_code(intents: list[Intent], typed: str) -> Intent | None:
    """The version whose code was typed, compared in constant time; an absent number and a wrong code go one way."""
    try:
        code = parse_verification_code(typed)
    except IdentifierError:
        code = ""
    found = None
    for intent in intents:
        if hmac.compare_digest(intent.verification_code, code):
            found = intent
    return found
