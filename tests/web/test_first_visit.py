"""A first visit carries its style sheets, every other names them; htmx is on the pages that need it."""

import re

import pytest
from django.test import Client

from rukhsa.web import first_visit, look
from tests import applicants
from tests.rules.source import SOURCE

pytestmark = pytest.mark.django_db
LINKED = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
AHEAD = re.compile(r'<link rel="prefetch" as="style" href="([^"]+)">')
TEMPLATES = SOURCE / "web/templates"
INCLUDED = re.compile(r"{% include \"([^\"]+)\"")
SENDS = re.compile(r"\bhx-(?:get|post)=")


@pytest.fixture
def town(db: None) -> None:
    """The town, open."""
    applicants.open_town()


def test_a_first_visit_carries_its_styles_and_fetches_them_for_the_next_page(
    client: Client, town: None
) -> None:
    page = client.get("/")
    (nonce,) = set(re.findall(r'<style nonce="([^"]+)">', page.text))
    assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
    assert LINKED.findall(page.text) == []
    assert AHEAD.findall(page.text) == ["/static/look/pages.css", "/static/web/portal.css"]
    assert "Cookie" in page.headers["Vary"]
    assert 'url("/static/look/arabic-400.woff2")' in page.text


def test_the_next_page_names_them(client: Client, town: None) -> None:
    client.get("/")
    page = client.get("/")
    assert LINKED.findall(page.text) == ["/static/look/pages.css", "/static/web/portal.css"]
    assert "<style" not in page.text
    assert AHEAD.findall(page.text) == []
    assert first_visit.COOKIE not in page.cookies


def test_a_release_with_other_styles_carries_them_again(client: Client, town: None) -> None:
    client.cookies[first_visit.COOKIE] = "0" * 16
    page = client.get("/")
    assert "<style" in page.text
    assert page.cookies[first_visit.COOKIE].value == first_visit.version()


def test_a_page_that_sends_by_itself_loads_htmx_and_no_other_does() -> None:
    for path in SOURCE.rglob("*.html"):
        text = path.read_text("utf-8")
        if "{% extends" in text:
            loads = "web/htmx.html" in text or "search_scripts.html" in text
            parts = (TEMPLATES / name for name in INCLUDED.findall(text))
            whole = text + "".join(part.read_text("utf-8") for part in parts if part.is_file())
            assert loads == bool(SENDS.search(whole)), path


def test_what_would_end_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="would end"):
        look.addressed("a{}</style>", "web/x.css", str)
