"""What a browser may cache: nothing of the portal, and of the verifier only what is the same for everyone."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.project import settings_public
from rukhsa.web.desk.urls import urlpatterns as desk
from rukhsa.web.portal.urls import urlpatterns as portal
from tests.town import Town
from tests.web.inputs.conftest import Browser
from tests.web.inputs.test_broken_text import VERIFIER, arguments_of, routes
from tests.web.inputs.test_requests import addresses

pytestmark = pytest.mark.django_db

# The same for everyone: the page behind every QR, its files, and the signed public files.
OF_A_FILE = {"public:asset": "/assets/words.json", "public:file": "/trust-list.jws"}
FOR_EVERYBODY = ("page-", "manifest-", "service-", "asset", "file")


@pytest.fixture
def readers(applied: Application, browser: Browser) -> dict[str, Client]:
    """A supervisor, the applicant, and a stranger."""
    mariam = Person.objects.get(email="mariam@mun.example")
    return {"mariam": browser(mariam), "layla": browser(applied.applicant), "nobody": browser()}


def test_nothing_of_the_portal_is_kept_by_anybody(readers: dict[str, Client], applied: Application) -> None:
    kept, answered = [], 0
    for name, client in readers.items():
        for path in _addresses(applied, client):
            for response in (client.get(path), client.post(path, {})):
                answered += response.status_code == 200
                if "no-store" not in response.headers.get("Cache-Control", ""):
                    kept.append((name, path, response.status_code))
    assert kept == []
    assert answered > 40, "pages are looked at, and not refusals alone"


def test_what_htmx_is_told_is_kept_by_no_browser_and_never_shown_as_the_page(
    readers: dict[str, Client], applied: Application
) -> None:
    """At every address, for everyone: Back after paying showed the empty answer to htmx as a page."""
    wrong = [found for name, client in readers.items() for found in _mixed_up(name, client, applied)]
    assert wrong == []


def test_without_the_middleware_what_htmx_is_told_may_be_shown_as_the_page(
    readers: dict[str, Client], applied: Application, settings: Settings
) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(".Keeping")]
    wrong = {path for _name, path in _mixed_up("layla", readers["layla"], applied)}
    assert f"/applications/{applied.pk}/pay/checking" in wrong


def _mixed_up(name: str, client: Client, applied: Application) -> Iterator[tuple[str, str]]:
    """The addresses where what htmx is told may be stored, or taken for the page."""
    for path in _addresses(applied, client):
        told = client.get(path, headers={"HX-Request": "true"}).headers
        page = client.get(path).headers
        is_same_for_all = "no-store" not in page.get("Cache-Control", "no-store")
        varies = all("HX-Request" in each.get("Vary", "") for each in (told, page))
        if not (varies or is_same_for_all) or "no-store" not in told.get("Cache-Control", ""):
            yield name, path


def test_without_the_middleware_a_case_and_the_money_of_a_person_are_kept(
    readers: dict[str, Client], applied: Application, settings: Settings
) -> None:
    """The negative control, with the pages that a stranger could find."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(".Keeping")]
    for name, path in (
        ("mariam", f"/desk/applications/{applied.pk}/"),
        ("layla", "/money/"),
        ("layla", "/documents/"),
    ):
        response = readers[name].get(path)
        assert response.status_code == 200
        assert "Cache-Control" not in response.headers


def test_of_the_verifier_only_what_is_for_everybody_is_kept(town: Town) -> None:
    middleware = settings_public.MIDDLEWARE
    public = {"ROOT_URLCONF": VERIFIER, "MIDDLEWARE": middleware, "TEMPLATES": settings_public.TEMPLATES}
    kept: dict[str, str] = {}
    with override_settings(**public):
        client = Client(raise_request_exception=False, headers={"accept": "text/html"})
        for pattern, name in routes(VERIFIER):
            path = OF_A_FILE.get(name) or reverse(name, kwargs=arguments_of(pattern))
            for response in (client.get(path), client.post(path, {"number": "1"})):
                if "no-store" not in response.headers["Cache-Control"]:
                    kept[name.partition(":")[2]] = response.headers["Cache-Control"]
    assert {name for name in kept if not name.startswith(FOR_EVERYBODY)} == set()
    assert {"page-ar", "asset"} <= kept.keys()


def test_signing_out_clears_what_the_browser_holds(readers: dict[str, Client]) -> None:
    client = readers["mariam"]
    assert "Clear-Site-Data" not in client.get("/desk/queue/").headers
    response = client.post("/sign-out")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies["rukhsa-session"].value == ""
    assert client.get("/desk/queue/").status_code == 302


def test_cookies_of_choices_are_secure_where_the_portal_is(town: Town, settings: Settings) -> None:
    for secure in (False, True):
        settings.LANGUAGE_COOKIE_SECURE = secure
        for path, told in (("/language", {"language": "en"}), ("/text-size", {"text": "larger"})):
            response = Client().post(path, told)
            assert [bool(one["secure"]) for one in response.cookies.values() if "csrf" not in one.key] == [
                secure
            ]


def _addresses(applied: Application, client: Client) -> Iterator[str]:
    """Every address of the portal's host, with a real application where one is needed."""
    yield from (path for _, path in addresses(portal, "portal", applied, client))
    yield from (path for _, path in addresses(desk, "desk", applied, client))
    yield from ("/", "/healthz", "/no/such/page", "/sign-in", "/capacity", "/desk/sign-in", "/desk/proofs/")
    yield from (f"/services/{name}" for name in ("proof-of-residence", "of-nobody"))
