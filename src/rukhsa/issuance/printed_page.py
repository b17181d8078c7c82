"""Pages: every word, code and attachment of a document that the template may print, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from django.utils import timezone

from rukhsa.catalogue.territory import territory, territory_folder
from rukhsa.issuance.intent import Intent, claims_of
from rukhsa.trust import factsheet, profiles
from rukhsa.trust.profiles import Profile, date_in_words
from rukhsa.trust.qr import qr_text
from rukhsa.trust.seal import Fact
from rukhsa.values.hijri import hijri_in_words
from rukhsa.values.names import Text

Direction = Literal["auto", "ltr"]
PaperSize = Literal["a4", "us-letter"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact in the table: a bilingual label and its value.

    A value that is the same in every language (a name, a code) is a `str`. `direction` "ltr" isolates the whole
    value (numbers, codes); "auto" follows the language and isolates only the digits within. `first` sets it large.
    """

    label: Text
    value: Text | str
    direction: Direction = "auto"
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file inside the PDF, such as `seal.cwt`."""

    name: str
    content: bytes
    media_type: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the template prints.

    `languages` in the territory's order ("ar", "en"); `colour` as "#rrggbb"; `crest` the text of an SVG file;
    `statement` a sentence under the title; `rows` what is sealed, `beside` what is printed and not sealed;
    `verification_code` in its groups of four; `qr_text` the whole text of the seal's QR; `verifier` the official host,
    such as "v.mun.example"; `issued` by the territory's calendar, with `issued_hijri` where the territory prints both.
    """

    languages: tuple[str, ...]
    authority: Text
    country: Text
    colour: str
    crest: str
    title: Text
    statement: Text | None = None
    rows: tuple[Row, ...]
    beside: tuple[Row, ...] = ()
    conditions: tuple[Text, ...]
    number: str
    version: int
    verification_code: str
    qr_text: str
    verifier: str
    issued: date
    issued_hijri: Text | None = None
    specimen: bool
    paper: PaperSize = "a4"
    attachments: tuple[Attachment, ...] = ()


def in_hijri_words(day: date) -> Text | None:
    """The day in the Hijri calendar: 15 ربيع الأول 1442 للهجرة; None outside the tables."""
    # In full: text extractors lose the stroke of the short sign هـ, and the page could not be read back.
    arabic = hijri_in_words(day, "ar").replace("هـ", "للهجرة")
    return Text(ar=arabic, en=hijri_in_words(day, "en")) if arabic else None


def in_words(day: date) -> Text:
    """A date as documents print it: 1 نوفمبر 2020, 1 November 2020."""
    return Text(ar=date_in_words(day, "ar"), en=date_in_words(day, "en"))


def page_of(intent: Intent, *, seal_bytes: bytes, proof: str) -> Page:
    """The page of a sealed and logged intent: the same page every time."""
    rule = territory().authority(intent.authority_id)
    issued_at = intent.sealing.issued_at
    issued = timezone.localdate(issued_at, territory().zone)
    claims, profile = claims_of(intent, issued_at=issued_at), intent.service_version.profile
    statement = intent.printed["statement"]
    # Intents that are older than facts beside the seal have none.
    beside = {int(key): fact for key, fact in intent.printed.get("beside", {}).items()}
    return Page(
        languages=territory().languages,
        authority=rule.name(on=issued),
        country=territory().name,
        colour=rule.colour,
        crest=_crest(rule.crest or ""),
        title=profile.name,
        statement=Text(**statement) if statement else None,
        rows=rows_of(claims.facts, profile),
        beside=rows_of(beside, intent.service_version.definition.beside(territory().currency)),
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
