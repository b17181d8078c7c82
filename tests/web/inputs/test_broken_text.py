"""Broken text at every address of both hosts, in every place where text stands: refused, never a failure."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.project import settings_public
from rukhsa.project.config import PROJECT
from rukhsa.web.intake import Intake
from tests.town import Town
from tests.web.inputs.conftest import Browser

pytestmark = pytest.mark.django_db

PORTAL, VERIFIER = "rukhsa.project.urls", "rukhsa.project.urls_public"
# As it stands in an address or in a form, percent-encoded.
ENCODED = {
    "NUL": "a%00b",
    "half a character": "a%ED%A0%80b",
    "not UTF-8": "a%FF%FEb",
    "overlong": "a%C0%AFb",
    "cut": "a%D8",
    "the mark of what was lost": "a%EF%BF%BDb",
    "no character": "a%EF%BF%BFb",
}
# As it stands in JSON.
WRITTEN = {
    "NUL": b'"a\\u0000b"',
    "half a character": b'"a\\ud800b"',
    "not UTF-8": b'"a\xffb"',
    "cut": b'"\\udc00"',
}
PARTS = {
    "NUL": b"a\0b",
    "half a character": b"a\xed\xa0\x80b",
    "not UTF-8": b"a\xffb",
    "overlong": b"a\xc0\xafb",
}
BODIES = (b'{"number": %s}', b'{"policy": {"circular": [1, %s]}}', b"{%s: 1}")
ONE_OF_EACH = {
    "int": 1, "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip
IN_A_FORM = re.compile(r"""request\.(?:GET|POST|FILES)(?:\.get|\.getlist)?[(\[]\s*["']([\w.-]+)["']""")


@pytest.fixture
def officer(applied: Application, browser: Browser) -> Client:
    """A supervisor: the text is refused before any permission is asked."""
    return browser(Person.objects.get(email="mariam@mun.example"), language="en")


def test_no_route_takes_broken_text_in_a_query_or_a_form(officer: Client, town: Town) -> None:
    failed = []
    for kind, (client, path, takes_bytes) in _in_turn(ENCODED, officer):
        for response in (
            client.get(f"{path}?q={ENCODED[kind]}"),
            client.get(f"{path}?{ENCODED[kind]}=1"),
            client.generic("POST", path, f"q={ENCODED[kind]}".encode(), "application/x-www-form-urlencoded"),
            client.generic("POST", path, f"{ENCODED[kind]}=1".encode(), "application/x-www-form-urlencoded"),
        ):
            if response.status_code != 400 and not (takes_bytes and response.status_code < 500):
                failed.append((path, kind, response.request["REQUEST_METHOD"], response.status_code))
    assert failed == []


def test_every_kind_is_refused_before_any_view() -> None:
    """A view is only asked whether it takes bytes: so each route meets one kind of text, and the kinds take turns."""
    form, to_a_program = "application/x-www-form-urlencoded", {"accept": "application/json"}
    door, ask = Intake(lambda request: HttpResponse()), RequestFactory(headers=to_a_program)
    refused = [
        request
        for text in ENCODED.values()
        for request in (
            ask.get(f"/?q={text}"),
            ask.get(f"/?{text}=1"),
            ask.generic("POST", "/", f"q={text}".encode(), form),
            ask.generic("POST", "/", f"{text}=1".encode(), form),
        )
    ]
    for text in WRITTEN.values():
        for body in BODIES:
            refused.append(ask.generic("POST", "/", body % text, "application/json"))
    for text in PARTS.values():
        refused.append(ask.generic("POST", "/", part(b'name="q"', text), "multipart/form-data; boundary=x"))
    for request in refused:
        response = door.process_view(request, lambda request: HttpResponse())
        assert response is not None
        assert response.status_code == 400, request
    assert door.process_view(ask.get("/?q=a"), lambda request: HttpResponse()) is None


def test_no_route_takes_broken_text_in_json_and_answers_with_a_problem_document(
    officer: Client, town: Town
) -> None:
    failed = []
    for kind, (client, path, takes_bytes) in _in_turn(WRITTEN, officer):
        for body in BODIES:
            response = client.generic("POST", path, body % WRITTEN[kind], "application/json")
            if takes_bytes and response.status_code < 500:
                continue
            told = json.loads(response.content) if response.status_code == 400 else {}
            if told.get("type") != "urn:rukhsa:problem:broken-text":
                failed.append((path, response.status_code))
    assert failed == []


def test_no_route_takes_broken_text_in_parts_or_names_of_files(officer: Client, town: Town) -> None:
    failed = []
    for kind, (client, path, takes_bytes) in _in_turn(PARTS, officer):
        for head, text in ((b'name="q"', PARTS[kind]), (b'name="f"; filename="%s.pdf"' % PARTS[kind], b"x")):
            response = client.generic("POST", path, part(head, text), "multipart/form-data; boundary=x")
            # Django removes NUL from the name of a file, and ignores a file whose name cannot be read.
            allowed = {400} if text != b"x" else range(200, 500)
            if response.status_code not in allowed and not (takes_bytes and response.status_code < 500):
                failed.append((path, head, response.status_code))
    assert failed == []


@pytest.mark.parametrize("kind", ENCODED)
def test_no_path_and_no_cookie_of_broken_text_is_a_failure(kind: str, officer: Client, town: Town) -> None:
    for pattern, name in routes(PORTAL):
        texts = {part: f"x{part}x" for part, converter in pattern.pattern.converters.items()
                 if type(converter).__name__ in ("StringConverter", "PathConverter")}  # fmt: skip
        if not texts:
            continue
        path = reverse(name, kwargs=arguments_of(pattern) | texts)
        for part in texts:
            assert officer.get(path.replace(f"x{part}x", ENCODED[kind])).status_code == 400, path
    ours = ("session", "csrf", "language", "text-size", "messages")
    for name in (*(f"rukhsa-{each}" for each in ours), "of-nobody"):
        response = Client(raise_request_exception=False).get(
            "/", headers={"cookie": f'{name}="aaaaaaaa\\000b"'}
        )
        assert response.status_code == 400, name
        # A broken cookie is deleted, so that the next page opens.
        assert (name in response.cookies) == (name != "of-nobody")


def test_every_field_that_a_page_reads_is_looked_at(officer: Client) -> None:
    names = {
        name
        for path in (PROJECT / "src/rukhsa/web").rglob("*.py")
        for name in IN_A_FORM.findall(path.read_text())
    }
    assert len(names) > 30
    for name in names:
        assert officer.get(f"/desk/queue/?{name}=1%00").status_code == 400, name
        assert officer.post("/desk/search", {name: "1\0"}).status_code == 400, name


def test_a_person_reads_in_their_language_what_they_had_written(officer: Client) -> None:
    page = officer.post("/desk/search", {"wanted": "road works\0 in\ufffe 317", "password": "my secret"})
    text = page.content.decode()
    assert "One character is damaged" in text
    assert "road works\ufffd in\ufffd 317" in text
    assert "my secret" not in text
    officer.cookies["rukhsa-language"] = "ar"
    assert "تالف" in officer.get("/?q=%00").content.decode()


def test_what_is_text_is_taken(officer: Client) -> None:
    """The success beside the refusals."""
    for text in ("رخصة", "👩🏽‍🚒", "a\r\nb\tc", "\u202e", "%zz", "\ue000"):
        assert officer.get("/desk/queue/", {"show": text}).status_code in (200, 302)
        assert officer.post("/desk/search", {"wanted": text}).status_code in (200, 302)


@pytest.mark.parametrize(
    ("host", "path", "body", "content_type"),
    [
        (VERIFIER, "/verdict", b'{"number": "a\\u0000b"}', "application/json"),
        (VERIFIER, "/number", b"number=a%00b", "application/x-www-form-urlencoded"),
        (PORTAL, "/desk/search", b"wanted=1%00", "application/x-www-form-urlencoded"),
    ],
)
def test_without_the_door_these_are_failures_of_ours(
    host: str, path: str, body: bytes, content_type: str, officer: Client, settings: Settings
) -> None:
    """The negative control: without the middleware."""
    told = settings_public.MIDDLEWARE if host == VERIFIER else settings.MIDDLEWARE
    assert any(name.endswith(".Intake") for name in told)
    without = [name for name in told if not name.endswith(".Intake")]
    with override_settings(ROOT_URLCONF=host, MIDDLEWARE=without):
        client = Client(raise_request_exception=False, headers={"accept": "text/html"})
        client.cookies = officer.cookies
        assert client.generic("POST", path, body, content_type).status_code == 500


def part(head: bytes, text: bytes) -> bytes:
    """A form with one part."""
    return b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n--x--\r\n" % (head, text)


def _in_turn(kinds: Iterable[str], officer: Client) -> Iterator[tuple[str, tuple[Client, str, bool]]]:
    """Every address of both hosts with one kind of broken text; the kinds take turns."""
    return zip(cycle(kinds), _doors(officer), strict=False)


def _doors(officer: Client) -> Iterator[tuple[Client, str, bool]]:
    """Every address of both hosts, with a client for it, and whether its view takes bytes."""
    for pattern, name in routes(PORTAL):
        yield officer, reverse(name, kwargs=arguments_of(pattern)), _takes_bytes(pattern)
    stranger = Client(raise_request_exception=False, headers={"accept": "text/html"})
    public = {
        "ROOT_URLCONF": VERIFIER,
        "MIDDLEWARE": settings_public.MIDDLEWARE,
        "TEMPLATES": settings_public.TEMPLATES,
    }
    with override_settings(**public):
        for pattern, name in routes(VERIFIER):
            yield stranger, reverse(name, kwargs=arguments_of(pattern)), _takes_bytes(pattern)


def routes(host: str) -> list[tuple[URLPattern, str]]:
    """Every route of a host, with its full name."""
    return list(_within(get_resolver(host), ""))


def _within(resolver: URLResolver, prefix: str) -> Iterator[tuple[URLPattern, str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _within(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield entry, f"{prefix}{entry.name}"


def arguments_of(pattern: URLPattern) -> dict[str, Any]:
    """An argument for each part of a route's address."""
    converters: dict[str, Any] = pattern.pattern.converters
    kinds = {name: type(one).__name__.removesuffix("Converter").lower() for name, one in converters.items()}
    kinds = {name: {"string": "str"}.get(kind, kind) for name, kind in kinds.items()}
    return {name: ONE_OF_EACH[kind] for name, kind in kinds.items()}


def _takes_bytes(pattern: URLPattern) -> bool:
    view: Callable[..., Any] = pattern.callback
    return bool(getattr(view, "takes_bytes", False))
