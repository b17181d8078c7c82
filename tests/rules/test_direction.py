"""Numbers and codes in Arabic sentences read as they are meant: laid out by the bidi algorithm, and compared."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bidi import get_display
from django.utils import translation

from rukhsa.delivery.notice import SENTENCES
from rukhsa.values.names import Text
from rukhsa.web import dictionary
from rukhsa.web.dictionary import SOURCE
from tests.rules.spoken import spoken_in

# What a placeholder holds that a sentence of Python fills: on a page, templates wrap values in <bdi> themselves.
VALUES = {
    "reference": "CAP-2026-000123-K",
    "number": "CAP-RW-2026-004217-7",
    "amount": "12.500",
    "kept": "12.500",
    "least": "12.5",
    "most": "100",
    "day": "3 ديسمبر 2026",
    "date": "3 ديسمبر 2026",
    "moment": "3 ديسمبر 2026، 10:05",
    "time": "08:30",
    "code": "7K2M-9PQX",
    "parcel": "03-120045",
    "example": "25.000",
    "host": "licences.example.bh",
    "official": "rukhsa.example.bh",
    "currency": "د.ب",
    "answer": "1 يناير 2026",
    "distance": "1.5",
    "title": "شهادة إثبات سكن",
    "name": "شهادة إثبات سكن",
    "service": "شهادة إثبات سكن",
    "authority": "أمانة العاصمة",
    "agencies": "هيئة الكهرباء والماء",
}
# The filters that isolate, and those that write numbers or words of the page's language.
SAFE = {"code", "iban", "isolated", "money"} | {
    "both_calendars", "clock", "day", "floatformat", "join", "last_moment", "length", "moment", "short_day", "text",
    "weekday",
}  # fmt: skip
# Names of numbers and times of day, which read the same beside words of either direction.
NUMBERS = re.compile(
    "all|bad|closes|count|counter|days|done|fewest|first|good|last|lines|majority|most|most_stops|number|opens|page"
    "|percent|quorum|rows|settled|share|shortest|submitted|time|times|to_pay|total|until"
)
BLOCK = re.compile(r"{% blocktranslate\b(.*?)%}(.*?){% endblocktranslate %}", re.DOTALL)
ISOLATES = re.compile("[\u2066-\u2069]")
# A number, code, address or example: of Latin letters, digits, and signs between them.
CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:/@+×,-]| (?=[A-Za-z0-9+×]))*[A-Za-z0-9]")


def test_every_value_in_a_sentence_of_a_template_is_isolated_or_cannot_turn_it() -> None:
    """What `filled` takes for granted: nothing that a person wrote stands bare between the words of a page."""
    told = {
        str(file.relative_to(SOURCE)): bare
        for file in templates()
        if (bare := list(bare_in(file.read_text())))
    }
    assert told == {}


@pytest.mark.parametrize(
    ("template", "bare"),
    [
        ("{% blocktranslate with name=file.name %}{{ name }} was removed{% endblocktranslate %}", ["name"]),
        ("{% blocktranslate with name=file.name|isolated %}{{ name }}{% endblocktranslate %}", []),
        ("{% blocktranslate with name=file.name %}<bdi>{{ name }}</bdi>{% endblocktranslate %}", []),
        ("{% blocktranslate %}No services match {{ asked }}{% endblocktranslate %}", ["asked"]),
        ('{% blocktranslate %}<a href="{{ details }}">Your details</a>{% endblocktranslate %}', []),
        ("{% blocktranslate count number=all|length %}{{ number }}{% endblocktranslate %}", []),
    ],
)
def test_a_bare_value_is_found(template: str, bare: list[str]) -> None:
    assert list(bare_in(template)) == bare


def test_every_code_in_an_arabic_sentence_reads_from_left_to_right() -> None:
    assert {text: codes for text in sentences() if (codes := turned(text))} == {}


def test_the_texts_of_a_definition_are_found_wherever_they_stand() -> None:
    told = {"name": {"ar": "رخصة", "en": "Licence"}, "rows": [{"phrase": {"ar": "مثل 12345-1", "en": ""}}]}
    found = {".name": Text(ar="رخصة", en="Licence"), ".rows.0.phrase": Text(ar="مثل 12345-1", en="")}
    assert dict(spoken_in(told)) == found


@pytest.mark.parametrize("event", SENTENCES)
def test_every_code_in_a_message_reads_from_left_to_right(event: str) -> None:
    message = dictionary.read().get(dictionary_key(event))
    assert message is not None
    assert turned(filled(str(message.string))) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("اكتبه بهذه الصيغة: 2026-12-01", ["2026-12-01"]),
        ("رقم السجل التجاري، مثل 12345-1", ["12345-1"]),
        ("اكتب رقم هاتف، مثل 3600 1234.", ["3600 1234"]),
        ("مثل 26.2235, 50.5876", ["26.2235, 50.5876"]),
        ("اكتبه بهذه الصيغة: \u20662026-12-01\u2069", []),
        ("رقم الوثيقة CAP-RW-2026-004217-7", []),
        ("المبلغ 12.500 د.ب", []),
    ],
)
def test_a_code_that_turns_round_is_found(text: str, codes: list[str]) -> None:
    assert turned(text) == codes


def templates() -> list[Path]:
    """Every template of the pages."""
    found = sorted(SOURCE.glob("**/templates/**/*.html"))
    assert len(found) > 200
    return found


def bare_in(template: str) -> Iterator[str]:
    """The values of its sentences that are neither numbers, nor isolated, nor words of the page's language."""
    for head, body in BLOCK.findall(template):
        given = dict(re.findall(r"(\w+)=(\S+)", head))
        for name in dict.fromkeys(re.findall(r"(?<!=\"){{ (\w+) }}", body)):
            is_isolated = re.search(rf"<bdi[^>]*>{{{{ {name} }}}}</bdi>", body)
            last = given.get(name, "").rpartition("|")[2].partition(":")[0]
            if not is_isolated and last not in SAFE and not NUMBERS.fullmatch(name):
                yield name


def sentences() -> Iterator[str]:
    """Every Arabic sentence of the catalogue, with realistic values."""
    for message in dictionary.read():
        if message.id:
            texts = [message.string] if isinstance(message.string, str) else message.string
            yield from (filled(re.sub(r"<[^>]+>", "", text)) for text in texts)


def filled(text: str) -> str:
    """The sentence with values: those of a template isolated, as its filters do."""
    isolated = re.sub(r"%\((\w+)\)s", lambda found: f"\u2066{VALUES.get(found[1], '7')}\u2069", text)
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "سجل"), isolated)


def turned(text: str) -> list[str]:
    """The codes of a sentence that a reader would see in another order."""
    shown = ISOLATES.sub("", get_display(text, base_dir="R"))
    return [code for code in CODE.findall(ISOLATES.sub("", text)) if code not in shown]


def dictionary_key(event: str) -> str:
    """The English sentence of an event, by which the catalogue names it."""
    with translation.override("en"):
        return str(SENTENCES[event])
