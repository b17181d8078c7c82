"""The public files as they are served: for anyone, typed, cached as long as they are valid, and nothing else."""

import pytest
from django.test import Client
from pytest_django import Settings

from rukhsa.objects import Account
from tests.web.public.conftest import PublicSite


@pytest.fixture
def client(public_site: PublicSite) -> Client:
    return Client()


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/trust-list.jws", "application/jose", "max-age=300"),
        ("/status/capital/0.cwt", "application/statuslist+cwt", "max-age=60"),
        (
            "/log/capital/checkpoint",
            "text/plain; charset=utf-8",
            "max-age=0, s-maxage=5, stale-if-error=86400",
        ),
        ("/log/capital/tile/0/000", "application/octet-stream", "immutable"),
        ("/log/capital/tile/0/001.p/50", "application/octet-stream", "max-age=3600"),
    ],
)
def test_a_public_file_says_what_it_is_and_how_long_it_may_be_kept(
    client: Client, path: str, media_type: str, caching: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert caching in response.headers["Cache-Control"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_reader_that_has_the_file_gets_304_and_one_that_has_an_older_one_gets_it_whole(
    client: Client, public_site: PublicSite
) -> None:
    tag = client.get("/log/capital/checkpoint").headers["ETag"]
    same = client.get("/log/capital/checkpoint", headers={"if-none-match": f'"other", W/{tag}'})
    assert (same.status_code, same.content) == (304, b"")
    (public_site.folder / "log/capital/checkpoint").write_bytes(b"newer\n")
    newer = client.get("/log/capital/checkpoint", headers={"if-none-match": tag})
    assert (newer.status_code, newer.content) == (200, b"newer\n")


@pytest.mark.parametrize(
    "path",
    [
        "/status/capital/7.cwt",
        "/status/../root-secret.pem",
        "/status/%2e%2e/%2e%2e/keys/index.json",
        "/keys/index.json",
        "/log/capital/.checkpoint",
        "/log/capital",
        "/secret.pem",
    ],
)
def test_what_is_not_a_public_file_does_not_exist(client: Client, public_site: PublicSite, path: str) -> None:
    (public_site.folder / "secret.pem").write_text("a key that should never lie here")
    (public_site.folder / "log/capital/.checkpoint").write_text("half written")
    assert client.get(path).status_code == 404


def test_a_store_that_is_away_is_not_taken_for_a_file_that_is_not_there(
    client: Client, public_site: PublicSite, settings: Settings
) -> None:
    settings.RUKHSA_PUBLIC = "s3://public"
    settings.RUKHSA_S3 = Account(endpoint="http://127.0.0.1:9", key_id="us", secret="ours")
    answer = client.get("/trust-list.jws")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "public" not in answer.headers["Cache-Control"]


def test_a_public_file_is_only_read(client: Client) -> None:
    assert client.post("/trust-list.jws").status_code == 405


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/statuslist+cwt"),
        ("*/*", "application/statuslist+cwt"),
        ("application/statuslist+cwt", "application/statuslist+cwt"),
        ("application/statuslist+jwt", "application/statuslist+jwt"),
        ("application/statuslist+jwt, application/statuslist+cwt;q=0.5", "application/statuslist+jwt"),
        ("text/html", "application/statuslist+cwt"),
    ],
)
def test_the_list_that_a_seal_names_comes_in_the_form_that_is_asked_for(
    client: Client, public_site: PublicSite, accept: str | None, media_type: str
) -> None:
    (public_site.folder / "status/capital/0.jwt").write_bytes(b"the same list")
    headers = {} if accept is None else {"accept": accept}
    response = client.get("/status/capital/0.cwt", headers=headers)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert response.headers["Vary"] == "Accept"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/status/capital/0.cwt", headers=headers | {"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.headers["Vary"]) == (304, "Accept")
