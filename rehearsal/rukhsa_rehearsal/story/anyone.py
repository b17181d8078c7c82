"""A stranger who checks a document three ways, with only the verifier's site and the pinned root."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import httpx
import pypdfium2
import zxingcpp

from rukhsa.outside import believed
from rukhsa.trust import trustlist
from rukhsa.trust.printed import CODE_FORMAT
from rukhsa.trust.sources import HttpSource
from rukhsa.trust.verdict import Verdict
from rukhsa.trust.verifier import Verifier
from rukhsa_rehearsal.story.visitor import Lost, Visitor

DOTS_PER_INCH = 200


@dataclass(frozen=True, kw_only=True)
class Anyone:
    """A stranger with a camera, a file and a keyboard."""

    site: str  # the address at which the site is served

    def by_picture(self, pdf: bytes) -> Verdict:
        """Render the page, read its QR as a camera would, and verify the text."""
        return self.by_text(read_qr(pdf))

    def by_text(self, text: str) -> Verdict:
        """Verify the text of a QR."""
        return self._verifier().verify_text(text, at=datetime.now(UTC))

    def by_file(self, pdf: bytes) -> Verdict:
        """Verify the file itself."""
        return self._verifier().verify_pdf(pdf, at=datetime.now(UTC))

    def by_number(self, number: str, code: str) -> str:
        """Type number and code into the verifier's page, without JavaScript; return the word of the verdict."""
        visitor = Visitor("anyone")
        page = visitor.open(f"{self.site}/")
        page = visitor.send(page.form("form:has([name=number])").fill(number=number, code=code))
        visitor.close()
        found = page.document.cssselect(".verdict")
        if not found:
            raise Lost(f"no verdict for a number and its code: {page.text[:600]}")
        return str(found[0].get("data-word"))

    def closed_by(self, number: str, code: str) -> str:
        """Ask with number and code as another system does; return the number of the document that closed this one."""
        asked = {"number": number, "code": code}
        answer = httpx.post(
            f"{self.site}/verdict",
            json=asked,
            timeout=60,
            trust_env=False,
            verify=believed(named_by_environment=True),
        )
        answer.raise_for_status()
        after = answer.json()["successor"] or {}
        return str(after.get("number", "")) if after.get("closes") else ""

    def _verifier(self) -> Verifier:
        # Fetched each time, since a stranger knows only what is published now.
        jws = self._get("trust-list.jws")
        trust_list = trustlist.read(jws, self._root)
        source = HttpSource(stands_for=f"https://{trust_list.verifiers[0]}/", base=f"{self.site}/")
        return Verifier(trust_list=trust_list, status=source, log=source)

    @cached_property
    def _root(self) -> dict[str, str]:
        return dict(json.loads(self._get("root.jwk")))

    def _get(self, name: str) -> str:
        answer = httpx.get(
            f"{self.site}/{name}", timeout=60, trust_env=False, verify=believed(named_by_environment=True)
        )
        answer.raise_for_status()
        return answer.text


def read_qr(pdf: bytes) -> str:
    """The text of the QR, read from pictures of the pages; a long document has it on the last one."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=DOTS_PER_INCH / 72).to_pil() for page in document]
    # Only QR codes are asked for: a dense one can also be taken for a bar code.
    found = [code for picture in pictures for code in zxingcpp.read_barcodes(picture, formats=CODE_FORMAT)]
    if len(found) != 1:
        raise Lost(f"{len(found)} codes were read from {len(pictures)} pages instead of one")
    return str(found[0].text)
