"""The verifier's pages as the server sends them: in each language, without cookies, and no larger than needed."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from rukhsa.web.public import assets
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
    (styles,) = re.findall(r"<style>(.*?)</style>", client.get(ARABIC).text, re.DOTALL)
    assert assets.integrity(styles.encode()) in policy


def test_the_page_names_no_address_outside_its_house(client: Client) -> None:
    page = client.get(ARABIC).text
    assert "//" not in page.replace("https://v.mun.example", "")


def test_the_page_carries_the_key_of_the_root(client: Client, public_site: PublicSite) -> None:
    key = client.get("/root.jwk").json()
    assert key["x"] in client.get(ARABIC).text


def test_an_asset_that_is_not_listed_does_not_exist(client: Client) -> None:
    assert client.get("/assets/page.js").status_code == 200
    assert client.get("/assets/seal.js").status_code == 404, "it is a part of page.js"
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


@pytest.mark.parametrize("path", [ARABIC, ENGLISH])
def test_a_page_shares_nothing_with_other_sites_and_may_ask_for_camera_and_position_only(
    client: Client, path: str
) -> None:
    headers = client.get(path).headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    allowed = [each for each in headers["Permissions-Policy"].split(", ") if not each.endswith("=()")]
    assert allowed == ["camera=(self)", "geolocation=(self)"]


def test_no_script_is_made_from_text_and_webassembly_runs_in_the_scanner_s_worker_alone(
    client: Client,
) -> None:
    page = client.get(ARABIC).headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in page
    assert "script-src 'self';" in f"{page};"
    scanner = client.get("/assets/scanner.js").headers
    assert "wasm-unsafe-eval" in scanner["Content-Security-Policy"]
    assert scanner["Cross-Origin-Embedder-Policy"] == "require-corp"
    again = client.get("/assets/scanner.js", headers={"if-none-match": scanner["ETag"]})
    assert (again.status_code, again.headers["Content-Security-Policy"]) == (
        304,
        scanner["Content-Security-Policy"],
    )


@pytest.mark.parametrize(
    "path", ["/assets/page.js", "/assets/without-scripts.css", "/sw.js", "/trust-list.jws"]
)
def test_what_is_no_page_may_do_nothing_where_it_is_opened_as_one(client: Client, path: str) -> None:
    headers = client.get(path).headers
    fetches = "; connect-src 'self'" if path == "/sw.js" else ""
    assert headers["Content-Security-Policy"] == f"default-src 'none'{fetches}"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_app_can_be_installed_in_each_language_with_icons_that_are_drawn_here(client: Client) -> None:
    for path, language, direction in (("/", "ar", "rtl"), ("/en/", "en", "ltr")):
        assert f'rel="manifest" href="{path}manifest.json"' in client.get(path).text
        manifest = client.get(f"{path}manifest.json").json()
        assert (manifest["lang"], manifest["dir"], manifest["start_url"]) == (language, direction, path)
        assert manifest["display"] == "standalone"
        for icon in manifest["icons"]:
            picture = Image.open(BytesIO(client.get(icon["src"]).content))
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            colours = picture.convert("RGB").getcolors(1 << 20) or []
            assert {(255, 255, 255), (11, 58, 83)} <= {colour for _, colour in colours}


def test_the_service_worker_names_every_file_of_the_page_with_its_digest(client: Client) -> None:
    script = client.get("/sw.js").text
    release = json.loads(script.partition("const KEPT = ")[2].partition(";\n")[0])
    for path, digest in (release["atOnce"] | release["whenAskedFor"]).items():
        body = client.get(path, headers={"accept-encoding": "identity"}).content
        assert digest == f"sha256-{b64encode(sha256(body).digest()).decode()}", path
    assert {"/", "/en/", "/assets/page.js", "/assets/words.json"} <= release["atOnce"].keys()
    assert "/assets/zxing/reader/zxing_reader.wasm" in release["whenAskedFor"]


def test_what_is_text_is_packed_for_whoever_can_unpack_it(client: Client) -> None:
    plain = client.get("/assets/words.json").content
    packed = client.get("/assets/words.json", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    assert len(packed.content) < len(plain) / 5
