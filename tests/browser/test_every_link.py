"""Every link of the pages leads each person of the town to a page that answers."""

import pytest

from rukhsa_rehearsal.cast import CAST
from tests.links import followed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]
STAFF = sorted(each.email.partition("@")[0] for each in CAST)


@pytest.mark.parametrize("name", ["a stranger", "layla", *STAFF])
def test_every_page_that_a_page_names_answers(portal: str, name: str) -> None:
    pages, lost = followed(portal, name)
    assert lost == []
    assert pages > 10  # the control: it went on from the first page
