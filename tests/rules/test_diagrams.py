"""The pictures in docs/diagrams/ tell what the tables tell."""

import pytest

from rukhsa.project.diagram import Drawing, drawings


@pytest.mark.parametrize("drawing", drawings(), ids=lambda drawing: drawing.name)
def test_the_picture_is_the_one_of_the_table(drawing: Drawing) -> None:
    assert drawing.file.read_text() == drawing.text


def test_a_move_more_changes_the_picture() -> None:
    drawing = drawings()[0]
    more = Drawing(
        name=drawing.name,
        title=drawing.title,
        source=drawing.source,
        places=drawing.places,
        moves=(*drawing.moves, ("withdrawn", "reopen", "submitted")),
    )
    assert "    withdrawn --> submitted: reopen\n" in more.text
    assert "    withdrawn --> submitted: reopen\n" not in drawing.text
