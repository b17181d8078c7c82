"""The page that defines the figures says what the code says."""

from tools import figures_page


def test_the_page_of_the_figures_is_up_to_date() -> None:
    assert figures_page.FILE.read_text() == figures_page.page(), "write it with `python -m tools figures`"
