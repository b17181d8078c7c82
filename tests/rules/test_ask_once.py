"""What eKey has proved is not asked for again: a rule over the definitions of every territory."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.form import Document

PROJECT: Final = Path(__file__).parents[2]
_CARD: Final = re.compile(r"\b(identity|passport|cpr)\b|هوي(?:ة|ته)|جواز سفر", re.IGNORECASE)
# Of a person who neither applies nor signs, with the reason.
OF_ANOTHER: Final = {
    (
        "building-guard-certificate",
        "guard-identity",
    ): "the guard is employed by the applicant and signs in nowhere",
    ("home-repair-aid", "identities"): "children and parents of the household, who sign nothing",
}


def test_no_copy_of_an_identity_is_asked_of_who_signed_in_with_ekey() -> None:
    asked = {
        (service, each.id)
        for service, each in documents()
        if _CARD.search(named(each)) and not each.given_with
    }
    assert asked == set(OF_ANOTHER)


def test_the_rule_finds_a_card_that_is_asked_for() -> None:
    given = next(each for _service, each in documents() if each.given_with)
    assert _CARD.search(named(given))


def documents() -> Iterator[tuple[str, Document]]:
    """Every document that a service of a territory asks for."""
    for file in sorted(PROJECT.glob("territories/*/services/*.yaml")):
        for document in read_definition(file).value.documents:
            yield file.stem, document


def named(document: Document) -> str:
    """Both names of a document."""
    return f"{document.name.ar} {document.name.en}"
