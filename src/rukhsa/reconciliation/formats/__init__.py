"""How each gateway writes its statement: a parser each, behind one table."""

from collections.abc import Callable, Mapping
from typing import Final

from rukhsa.reconciliation.formats import cards, national, sadad
from rukhsa.reconciliation.formats.read import Parsed

PARSERS: Final[Mapping[str, Callable[[str], Parsed]]] = {
    "national": national.parse,
    "sadad": sadad.parse,
    "cards": cards.parse,
}
"""By the gateway's code: from the text of a file to its movements. Each raises BadStatement."""
