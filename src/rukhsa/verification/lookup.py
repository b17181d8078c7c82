"""The verdict on a document by its number and verification code, for a person who cannot scan it."""

import hmac
from datetime import datetime
from typing import Final

from rukhsa.errors import RukhsaError
from rukhsa.issuance.instrument import Successor, successor_of
from rukhsa.issuance.legacy.legacy_document import LegacyDocument
from rukhsa.issuance.log import seal_bytes_of
from rukhsa.issuance.models import Intent
from rukhsa.trust import digits
from rukhsa.trust.qr import qr_text
from rukhsa.trust.verdict import Verdict
from rukhsa.values.identifiers import IdentifierError, parse_number, parse_verification_code
from rukhsa.values.names import Text
from rukhsa.verification import acceptance, own_verifier

_LONGEST: Final = 60


class NoSuchDocument(RukhsaError, LookupError):
    """No released document has this number with this code. An absent number and a wrong code look alike."""

    code = "no-such-document"


def by_number(number: str, code: str, *, at: datetime) -> Verdict:
    """The verdict at a moment on the document with this number and code. Raises `NoSuchDocument`.

    The seal is put together from the database and verified as any other, so that an edited row makes it `altered`. A
    paper document has no code, and its verdict tells no name and no place.
    """
    if intent := _released(number, code):
        # As a code at our own address: a document of our register is never `not-ours`.
        return own_verifier.verifier().verify_text(address_of(intent), at=at)
    typed = number.strip()[:_LONGEST]
    written = LegacyDocument.objects.current().filter(number__in=[typed, typed.upper()])
    if typed and (document := written.order_by("pk").first()):
        return acceptance.verdict_on(document, at=at)
    raise NoSuchDocument


def address_of(intent: Intent) -> str:
    """The address of the verifier's page with the seal of a document that was logged."""
    return f"https://{own_verifier.host()}/#{digits.encode(seal_bytes_of(intent) or b'')}"


def text_by_number(number: str, code: str) -> str | None:
    """The text of the QR of the document with this number and code, for a person who verifies it independently.

    None for a paper document, and for one that does not exist.
    """
    intent = _released(number, code)
    seal_bytes = seal_bytes_of(intent) if intent else None
    return qr_text(own_verifier.host(), seal_bytes) if seal_bytes else None


def successor_by_number(number: str, code: str) -> Successor | None:
    """The successor of the document with this number and code.

    The status list has one state for replaced and closed (docs/decisions/0030). Only a person who has the code is told
    which of the two it is.
    """
    intent = _released(number, code)
    return successor_of(intent.instrument) if intent else None


def conditions_by_number(number: str, code: str) -> tuple[Text, ...]:
    """The conditions on the page of the document with this number and code. No code holds them all, so that only the
    register tells them."""
    intent = _released(number, code)
    return tuple(Text(**each) for each in intent.printed["conditions"]) if intent else ()


def _released(number: str, code: str) -> Intent | None:
    """The released version with this number and code, as they were typed.

    Codes are compared in constant time, and an absent number takes the same way as a wrong code.
    """
    try:
        number = parse_number(number.strip()[:_LONGEST])
    except IdentifierError:
        number = ""
    try:
        code = parse_verification_code(code[:_LONGEST])
    except IdentifierError:
        code = ""
    found = None
    for intent in Intent.objects.filter(number=number, instrument__isnull=False).order_by("version"):
        if hmac.compare_digest(intent.verification_code, code):
            found = intent
    return found
