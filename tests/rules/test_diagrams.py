"""The pictures in docs/diagrams/ tell what the tables tell."""

import pytest

from rukhsa.payments.ledger import POSTINGS, Flow
from rukhsa.payments.models import Account
from tools.drawings import Drawing, Travels, drawings, travels


@pytest.mark.parametrize("drawing", drawings(), ids=lambda drawing: drawing.name)
def test_the_picture_is_the_one_of_the_table(drawing: Drawing | Travels) -> None:
    assert drawing.file.read_text() == drawing.text


def test_a_move_more_changes_the_picture() -> None:
    drawing = drawings()[0]
    assert isinstance(drawing, Drawing)
    more = Drawing(
        name=drawing.name,
        title=drawing.title,
        source=drawing.source,
        places=drawing.places,
        moves=(*drawing.moves, ("withdrawn", "reopen", "submitted")),
    )
    assert "    withdrawn --> submitted: reopen\n" in more.text
    assert "    withdrawn --> submitted: reopen\n" not in drawing.text


def test_a_posting_more_changes_the_travels_of_a_fils() -> None:
    donated = Flow(of="somebody gives", debit=frozenset({Account.BANK}), credit=frozenset({Account.FEES}))
    more = Travels(table=POSTINGS | {"donated": donated})
    assert "    bank -->|donated| fees\n" in more.text
    assert "payer --> |donated| bank" in more.text
    assert "donated" not in travels().text
