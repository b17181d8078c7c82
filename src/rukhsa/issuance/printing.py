"""From an intent with its seal and proof to the page that is printed."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils import timezone

from rukhsa.catalogue.territory import territory, territory_folder
from rukhsa.issuance import site
from rukhsa.issuance.evidence import claims_of
from rukhsa.issuance.models import Intent
from rukhsa.issuance.page import Attachment, Page, Row, in_hijri_words
from rukhsa.trust import factsheet, profiles
from rukhsa.trust.profiles import Profile
from rukhsa.trust.qr import qr_text
from rukhsa.trust.seal import Fact
from rukhsa.values.names import Text


def page_of(intent: Intent, *, seal_bytes: bytes, proof: str) -> Page:
    """The page of a sealed and logged intent: the same one every time."""
    place = site.authority(intent.authority_id)
    issued_at = intent.sealing.issued_at
    issued = timezone.localdate(issued_at, territory().zone)
    claims, profile = claims_of(intent, issued_at=issued_at), intent.service_version.profile
    statement = intent.printed["statement"]
    return Page(
        languages=territory().languages,
        authority=place.name(on=issued),
        country=territory().name,
        colour=place.colour,
        crest=_crest(place.crest or ""),
        title=profile.name,
        statement=Text(**statement) if statement else None,
        rows=rows_of(claims.facts, profile),
        beside=_beside(intent),
        conditions=tuple(Text(**each) for each in intent.printed["conditions"]),
        number=intent.number,
        version=intent.version,
        verification_code=intent.verification_code,
        qr_text=qr_text(territory().verifier, seal_bytes),
        verifier=territory().verifier,
        issued=issued,
        issued_hijri=in_hijri_words(issued) if territory().hijri else None,
        specimen=False,
        paper=territory().paper,
        attachments=_attachments(seal_bytes, factsheet.write(claims, profile), proof),
    )


def _beside(intent: Intent) -> tuple[Row, ...]:
    # Intents from before anything was printed beside the seal have none.
    facts = {int(key): fact for key, fact in intent.printed.get("beside", {}).items()}
    return rows_of(facts, intent.service_version.definition.beside(territory().currency))


def rows_of(facts: Mapping[int, Fact], profile: Profile) -> tuple[Row, ...]:
    """Facts as rows, in the profile's order."""
    shown = zip(profiles.show(facts, profile, "ar"), profiles.show(facts, profile, "en"), strict=True)
    holder = next((field.key for field in profile.fields if field.role == "holder"), None)
    return tuple(
        Row(
            label=Text(ar=arabic.label, en=english.label),
            value=arabic.value if arabic.value == english.value else Text(ar=arabic.value, en=english.value),
            direction="ltr" if arabic.left_to_right and arabic.value == english.value else "auto",
            first=arabic.key == holder,
        )
        for arabic, english in shown
    )


def _attachments(seal_bytes: bytes, facts: bytes, proof: str) -> tuple[Attachment, ...]:
    return (
        Attachment(
            name="seal.cwt",
            content=seal_bytes,
            media_type="application/cwt",
            description="The seal: what the QR code says",
        ),
        Attachment(
            name="facts.json",
            content=facts,
            media_type="application/json",
            description="The sealed facts as JSON",
        ),
        Attachment(
            name="seal.tlog-proof",
            content=proof.encode(),
            media_type="text/plain",
            description="The proof that the seal is in the public log",
        ),
    )


@lru_cache(maxsize=64)
def _crest(name: str) -> str:
    # An authority without a crest gets an empty drawing.
    if not name:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    return (territory_folder() / name).read_text()
