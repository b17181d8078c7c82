"""The title of a page: the question, the service, the authority."""

import re

import pytest
from django.test import Client

from rukhsa.applications.models import Application


@pytest.mark.parametrize(
    ("page", "begins"), [("", "Your draft"), ("/questions/home", ""), ("/documents", "Documents")]
)
def test_a_title_names_the_page_and_the_service(
    browser: Client, draft: Application, page: str, begins: str
) -> None:
    told = title(browser, f"/applications/{draft.pk}{page or '/'}")
    assert told.startswith(begins)
    assert f" – {draft.definition.name.en} – " in told
    assert told.count(draft.definition.name.en) == 1


def test_a_title_names_the_authority_once_it_is_known(browser: Client, draft: Application) -> None:
    Application.objects.filter(pk=draft.pk).update(authority_id="CAP")
    assert " – Capital Secretariat – " in title(browser, f"/applications/{draft.pk}/")


def title(browser: Client, address: str) -> str:
    """The title of a page, as a browser's tab shows it."""
    found = re.search(r"<title>(.*?)</title>", browser.get(address).content.decode(), re.DOTALL)
    assert found
    return " ".join(found[1].split())
