"""What opens a file that is to be verified: pikepdf, pdfium and zxing, in this process or where a caller puts them.

They are written in C++ and read what others wrote. A server hands in parsers that work in a process of their own; what
signatures and seals are worth is always worked out here.
"""

from typing import TYPE_CHECKING

from rukhsa.trust import picture

if TYPE_CHECKING:
    from rukhsa.trust.coverage import Coverage
    from rukhsa.trust.printed import Printed


class Parsers:
    """The parsers, in this process."""

    def code_in(self, data: bytes) -> str:
        """The text of the code in a picture. Raises BadPicture."""
        return picture.code_in(data)

    def attached(self, covered: "Coverage") -> dict[str, bytes]:
        """The three attachments of a file whose signature holds, and which does nothing. Raises BadPdf."""
        from rukhsa.trust import pdf  # slow to import, and not needed for a seal

        return pdf.attached(covered)

    def printed(self, data: bytes) -> "Printed":
        """The text and codes on the pages of a file whose signature and log are known. Raises BadPdf."""
        from rukhsa.trust import printed  # as `pdf` above

        return printed.look_at(data)
