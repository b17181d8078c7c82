"""The longest document that a service can issue: every fact as long as it may be, under the specimen's key."""

from datetime import date
from pathlib import Path
from typing import Final

from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.facts import law_printed
from rukhsa.catalogue.fullest import fullest_beside, fullest_claims
from rukhsa.catalogue.problems import CatalogueError
from rukhsa.catalogue.territory import Territory, read_territory
from rukhsa.issuance.compose import compose, template_of
from rukhsa.issuance.errors import ReleaseRefused
from rukhsa.issuance.gate import examine
from rukhsa.issuance.gate.legible import NotLegible
from rukhsa.issuance.printed_page import Attachment, Page, PlacePrinted, in_hijri_words, rows_of
from rukhsa.issuance.readback import read_back
from rukhsa.trust import seal, specimen
from rukhsa.trust.errors import BadSeal
from rukhsa.trust.qr import qr_text
from rukhsa.trust.seal import Claims
from rukhsa.values.names import Text

LONGEST_NAME: Final = 160  # letters of a company's name: the limit of the register and of the questions
_ISSUED: Final = date(2026, 12, 30)
_NO_CREST: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
# A map that shows nothing takes the same room, and leaves the code to be found.
_PLACE: Final = PlacePrinted(
    svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 260"><path d="M0 0"/></svg>',
    size=Text(ar="5000.0 م", en="5000.0 m"),
)
_ATTACHED: Final = ("seal.cwt", "facts.json", "seal.tlog-proof")


class LongestRefused(CatalogueError):
    """The longest document of a service could not be released; the message says why and what to do."""

    code = "longest-document-refused"


def prove(definition: Definition, folder: Path) -> examine.Examination:
    """Set the longest document of a service with the territory's template, and let it pass the whole gate.

    Raises LongestRefused.
    """
    try:
        page = longest(definition, read_territory(folder), _crest(folder))
        pdf = compose(page, template=template_of(folder))
        read_back(pdf, page)
        return examine.require(pdf, text=page.qr_text)
    except BadSeal as error:
        raise LongestRefused(
            f"{definition.service}: its longest document does not fit into a seal of {seal.MAXIMUM_SIZE} bytes "
            f"({error.code}). Let texts that become facts be shorter (at-most), or seal fewer of them."
        ) from error
    except (NotLegible, ReleaseRefused) as fault:
        raise LongestRefused(
            f"{definition.service}: its longest document would not be released ({fault}). Mend the template "
            f"{template_of(folder)}: module of 0.40 mm or more, four modules of white around, black on white."
        ) from fault


def _crest(folder: Path) -> str:
    crest = next((each.crest for each in read_territory(folder).authorities if each.crest), None)
    return (folder / crest).read_text() if crest else _NO_CREST


def longest(definition: Definition, territory: Territory, crest: str) -> Page:
    """The page of the longest document. Raises BadSeal if its seal would exceed the largest size."""
    profile, claims = definition.profile(territory.currency), claims_of(definition, territory)
    authority = max(territory.authorities, key=lambda each: len(each.name(on=_ISSUED).ar))
    key = specimen.signer()
    signature = key.sign(seal.to_be_signed(claims, key.kid))
    data = seal.assemble(claims, key.kid, signature, log_index=2**32)
    return Page(
        languages=territory.languages,
        authority=authority.name(on=_ISSUED),
        country=territory.name,
        colour=authority.colour,
        crest=crest,
        title=profile.name,
        statement=definition.instrument.statement,
        rows=rows_of(claims.facts, profile),
        beside=rows_of(*fullest_beside(definition, territory, name=LONGEST_NAME)),
        place=_PLACE if definition.instrument.shows_place else None,
        conditions=(
            *(each.text for each in definition.instrument.conditions),
            *law_printed(definition),
        ),
        number=claims.instrument,
        version=claims.version,
        verification_code="WWWW-WWWW-WWWW-WWWW",
        qr_text=qr_text(territory.verifier, data),
        verifier=territory.verifier,
        issued=_ISSUED,
        issued_hijri=in_hijri_words(_ISSUED) if territory.hijri else None,
        # Nothing is printed over the code, so that it is measured as that of an issued document.
        specimen=False,
        paper=territory.paper,
        attachments=tuple(
            Attachment(name=name, content=data, media_type="application/octet-stream", description="Specimen")
            for name in _ATTACHED
        ),
    )


def claims_of(definition: Definition, territory: Territory) -> Claims:
    """Claims with every fact, including the optional ones."""
    return fullest_claims(definition, territory, name=LONGEST_NAME)
