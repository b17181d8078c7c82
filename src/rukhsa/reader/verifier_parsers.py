"""The parsers of the verifier, run in the reader's children for servers that open uploaded files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rukhsa.reader.errors import Refused, Unread
from rukhsa.reader.process import ask
from rukhsa.trust.coverage import Coverage
from rukhsa.trust.errors import BadPdf, BadPicture
from rukhsa.trust.parsers import Parsers

if TYPE_CHECKING:
    from rukhsa.trust.printed import Printed

_OF_PICTURES: Final = ("too-many-pixels", "broken-picture", "no-code")
_OF_FILES: Final = (
    "bad-pdf",
    "pdf-active-content",
    "pdf-attachments",
    "pdf-bad-signature",
    "pdf-not-covered",
)


class ParsersBeside(Parsers):
    """Reads each file in a child of its own and checks the form of the answer. Every method may also raise Unread."""

    def code_in(self, data: bytes) -> str:
        try:
            told = ask("code-in-picture", data)
        except Refused as refused:
            raise BadPicture(_code(refused, _OF_PICTURES), refused.detail) from refused
        return _text(told.get("text"))

    def attached(self, covered: Coverage) -> dict[str, bytes]:
        from rukhsa.trust.pdf import (  # slow to import, and not needed for a seal
            ATTACHMENTS,
            MAXIMUM_ATTACHMENT,
        )

        try:
            told = ask("read-pdf", covered.data)
        except Refused as refused:
            raise BadPdf(_code(refused, _OF_FILES), refused.detail) from refused
        if tuple(sorted(told)) != ATTACHMENTS:
            raise Unread("cannot-be-read", "other attachments than the three")
        for content in told.values():
            if not isinstance(content, bytes) or len(content) > MAXIMUM_ATTACHMENT:
                raise Unread("cannot-be-read", "no attachment")
        return told

    def printed(self, data: bytes) -> "Printed":
        from rukhsa.trust.printed import Printed  # as in `attached`

        try:
            told = ask("read-pages", data)
        except Refused as refused:
            raise BadPdf(_code(refused, _OF_FILES), refused.detail) from refused
        codes = told.get("codes")
        if not isinstance(codes, list):
            raise Unread("cannot-be-read", "no list of codes")
        return Printed(text=_text(told.get("text")), codes=tuple(map(_text, codes)))


def _code(refused: Refused, known: Sequence[str]) -> str:
    if isinstance(refused, Unread):
        raise refused
    if refused.code not in known:
        raise Unread("cannot-be-read", f"an unknown code {refused.code!r}") from refused
    return refused.code


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unread("cannot-be-read", "no text")
    return value


BESIDE: Final = ParsersBeside()
