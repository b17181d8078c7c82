"""A page while the database is away says so: a proxy and a browser may ask again."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.urls import reverse

from rukhsa.web.edge import AGAIN_AFTER
from tests.town import Town
from tests.web.inputs.conftest import LANGUAGES, Browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("error", "status", "again"),
    [
        (OperationalError, 503, str(AGAIN_AFTER)),
        (InterfaceError, 503, str(AGAIN_AFTER)),
        (ProgrammingError, 500, None),  # a fault of ours stays a fault
    ],
)
def test_a_page_without_its_database_is_503_and_a_fault_of_ours_500(
    language: str, error: type[Exception], status: int, again: str | None, town: Town, browser: Browser
) -> None:
    client = browser(town.draft("proof-of-residence").applicant, language=language)
    address = reverse("portal:mine")
    assert client.get(address).status_code == 200

    def fail(*_: Any) -> None:
        raise error

    with connection.execute_wrapper(fail):
        page = client.get(address)
        problem = client.get(address, headers={"accept": "application/json"})
    assert (page.status_code, page.headers.get("Retry-After")) == (status, again)
    assert 'class="ds-heading"' in page.text
    assert (problem.status_code, problem.headers.get("Retry-After")) == (status, again)
    assert problem.json()["status"] == status
    assert client.get(address).status_code == 200
