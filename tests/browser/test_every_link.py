"""Whoever follows the links of the pages, as each person of the town, comes to pages that answer."""

import pytest

from rukhsa_rehearsal.cast import CAST
from tests.links import followed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]
STAFF = sorted(each.email.partition("@")[0] for each in CAST)


@pytest.mark.parametrize("name", ["nobody", "layla", *STAFF])
def test_every_page_that_a_page_names_answers(portal: str, name: str) -> None:
    pages, lost = followed(portal, name)
    assert lost == []
    assert pages > 10  # the control: it went on from the first page
