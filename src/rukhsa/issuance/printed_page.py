"""Pages: every word, code and attachment of a document that the template may print, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rukhsa.trust import profiles
from rukhsa.trust.profiles import Profile, date_in_words
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
class PlacePrinted:
    """The place as it was drawn, on a map: the text of an SVG file, and its size for who cannot see it ("100.6 m")."""

    svg: str
    size: Text


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the template prints.

    `languages` in the territory's order ("ar", "en"); `colour` as "#rrggbb"; `crest` the text of an SVG file;
    `statement` a sentence under the title; `rows` what is sealed, `beside` and `place` what is printed and not sealed;
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
    place: PlacePrinted | None = None
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
