"""The verifier's pages as the server gives them: in each language, with no cookie, and no more than it must."""

import pytest
from django.test import Client

from tests.web.public.conftest import PublicSite

ARABIC, ENGLISH = "/", "/en/"


@pytest.fixture
def client(public_site: PublicSite) -> Client:
    return Client()


def test_the_page_is_arabic_and_right_to_left_until_english_is_asked_for(client: Client) -> None:
    arabic, english = client.get(ARABIC), client.get(ENGLISH)
    assert '<html lang="ar" dir="rtl"' in arabic.text
    assert "تحقق من رخصة" in arabic.text
    assert '<html lang="en" dir="ltr"' in english.text
    assert "Check a licence" in english.text


def test_a_browser_that_asks_for_english_still_gets_arabic_at_the_address_of_the_qr(client: Client) -> None:
    page = client.get(ARABIC, headers={"accept-language": "en"})
    assert '<html lang="ar"' in page.text
    assert "Accept-Language" not in page.headers.get("Vary", "")


@pytest.mark.parametrize("path", [ARABIC, ENGLISH, "/trust-list.jws", "/assets/page.js"])
def test_nothing_of_the_verifier_sets_a_cookie(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "Set-Cookie" not in response.headers


def test_the_page_may_load_from_its_own_house_only(client: Client) -> None:
    policy = client.get(ARABIC).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_the_page_names_no_address_outside_its_house(client: Client) -> None:
    page = client.get(ARABIC).text
    assert "//" not in page.replace("https://v.mun.example", "")


def test_the_page_carries_the_key_of_the_root(client: Client, public_site: PublicSite) -> None:
    key = client.get("/root.jwk").json()
    assert key["x"] in client.get(ARABIC).text


def test_an_asset_that_is_not_listed_does_not_exist(client: Client) -> None:
    assert client.get("/assets/seal.js").status_code == 200
    assert client.get("/assets/../page.py").status_code == 404
    assert client.get("/assets/zxing/es/reader/index.js").status_code == 200
    assert client.get("/assets/zxing/package.json").status_code == 404


def test_the_words_of_the_verdict_are_those_of_the_library(client: Client) -> None:
    words = client.get("/assets/words.json").json()
    assert words["words"]["valid"]["name"]["ar"] == "سارية"


def test_where_nothing_is_published_the_page_is_a_plain_503(client: Client, public_site: PublicSite) -> None:
    (public_site.folder / "root.jwk").unlink()
    response = client.get(ARABIC)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
