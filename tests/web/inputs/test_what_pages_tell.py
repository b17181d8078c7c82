"""What every page tells a browser and takes from it: cookies, the address it came from, the way out, named fields."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.project import settings_public
from rukhsa_rehearsal.story import samples
from tests.town import Town, fresh
from tests.web.inputs.conftest import Browser
from tests.web.inputs.test_broken_text import VERIFIER, arguments_of, routes
from tests.web.inputs.test_keeping import _addresses, readers

pytestmark = pytest.mark.django_db
__all__ = ["readers"]  # a fixture
SIGN_OUT = 'action="/sign-out"'


def test_a_page_of_ours_is_named_to_no_other_site(town: Town) -> None:
    assert Client().get("/").headers["Referrer-Policy"] == "same-origin"
    public = {
        "ROOT_URLCONF": VERIFIER,
        "MIDDLEWARE": settings_public.MIDDLEWARE,
        "TEMPLATES": settings_public.TEMPLATES,
        "SECURE_REFERRER_POLICY": settings_public.SECURE_REFERRER_POLICY,
    }
    with override_settings(**public):
        for pattern, name in routes(VERIFIER):
            answer = Client().get(
                reverse(name, kwargs=arguments_of(pattern)), headers={"accept": "text/html"}
            )
            assert answer.headers["Referrer-Policy"] == "no-referrer", name


def test_no_script_reads_a_cookie_of_a_choice(readers: dict[str, Client]) -> None:
    """That of the session neither: see the sessions of the staff. The token of forms stands in every page anyway."""
    set_by = [
        readers[name].post(path, told).cookies.values()
        for name in readers
        for path, told in (("/language", {"language": "en"}), ("/text-size", {"text": "larger"}))
    ]
    told = {one.key: bool(one["httponly"]) for cookies in set_by for one in cookies}
    assert {name for name, is_shut in told.items() if is_shut} >= {"rukhsa-language", "rukhsa-text-size"}
    assert {name for name, is_shut in told.items() if not is_shut} <= {"rukhsa-csrf"}


def test_every_page_for_people_who_signed_in_lets_them_sign_out(
    readers: dict[str, Client], applied: Application
) -> None:
    without, looked_at = [], 0
    for name in ("mariam", "layla"):
        for path in _addresses(applied, readers[name]):
            answer = readers[name].get(path)
            if answer.status_code != 200 or "<!doctype html>" not in _text(answer).lower():
                continue
            looked_at += 1
            if SIGN_OUT not in _text(answer):
                without.append((name, path))
    assert without == []
    assert looked_at > 30


def _text(answer: object) -> str:
    return "" if getattr(answer, "streaming", False) else answer.content.decode(errors="replace")  # type: ignore[attr-defined]


def test_a_field_that_no_form_asks_for_changes_nothing(draft: Application, browser: Browser) -> None:
    """Not the person's kind or rights, not whose the application is, not where it stands."""
    before = {
        name: value
        for name, value in vars(draft.applicant).items()
        if not name.startswith("_") and name != "last_login"
    }
    more = {
        "kind": "staff", "is_superuser": "1", "is_staff": "1", "email": "other@example.com", "personal_number": "1",
        "applicant": "1", "applicant_id": "1", "stage": "granted", "reference": "CAP-1", "authority": "MUH",
    }  # fmt: skip
    client = browser(draft.applicant)
    for address in (
        reverse("portal:section", args=[draft.pk, "home"]),
        reverse("portal:documents", args=[draft.pk]),
        reverse("portal:own-details"),
    ):
        assert client.post(address, more).status_code < 500
    now = fresh(draft)
    assert (now.stage, now.reference, now.applicant_id) == (draft.stage, draft.reference, draft.applicant_id)
    person = Person.objects.get(pk=draft.applicant_id)
    assert {name: getattr(person, name) for name in before} == before
    assert not more.keys() & now.answers.keys()


def test_a_parameter_that_comes_twice_is_read_once(draft: Application, browser: Browser) -> None:
    """The last one counts, in the address and in a form, for what is checked and for what is kept."""
    client = browser(draft.applicant)
    address = reverse("portal:section", args=[draft.pk, "home"])
    page = client.get(address).content.decode()
    named = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    field = "living-since"
    assert field in named
    client.post(address, named | {field: ["not a day", "2019-03-04"]})
    assert fresh(draft).answers[field] == "2019-03-04"
    again = client.post(address, named | {field: ["2018-01-01", "not a day"]})
    assert again.status_code == 422
    assert field not in fresh(draft).answers
    mariam = browser(Person.objects.get(email="mariam@mun.example"))
    assert mariam.get("/desk/search?q=CAP&q=1%27&q=").status_code < 500


def test_a_drawing_of_instructions_is_no_picture(draft: Application, browser: Browser) -> None:
    before = draft.attachments.count()
    script = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    for name, media_type in (
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.pdf", "application/pdf"),
    ):
        for content in (script, b'<?xml version="1.0"?>' + script, b"\x1f\x8b" + script):
            file = SimpleUploadedFile(name, content, media_type)
            answer = browser(draft.applicant).post(
                reverse("portal:add-file", args=[draft.pk, "owner-identity"]), {"file": file}
            )
            assert answer.status_code == 422
    assert draft.attachments.count() == before


def test_a_name_that_comes_back_is_encoded_and_ends_no_header(draft: Application, browser: Browser) -> None:
    client = browser(draft.applicant)
    for name in ('a";x="b.jpg', "بطاقة.jpg", "a;b=c.jpg", "a%0d%0ab.jpg"):
        file = SimpleUploadedFile(name, samples.photograph(), "image/jpeg")
        client.post(reverse("portal:add-file", args=[draft.pk, "owner-identity"]), {"file": file})
        attachment = draft.attachments.present().latest("added_at")
        told = client.get(reverse("portal:file", args=[attachment.pk]))["Content-Disposition"]
        assert told.isascii()
        assert re.fullmatch(
            r'attachment; filename(="(?:[^"\\]|\\.)*"|\*=utf-8\'\'[\w%.!#$&+^`|~-]+)', told
        ), told


def test_a_program_that_sends_in_the_clear_is_refused_and_a_browser_sent_to_https(
    town: Town, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client()
    for path, headers in (
        ("/gateways/cards/notify", {}),
        ("/relying/changes", {"Authorization": "Bearer k"}),
    ):
        refused = client.post(path, b"{}", content_type="application/json", headers=headers)
        assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
        assert refused.json()["type"] == "urn:rukhsa:problem:https-only"
        assert "Location" not in refused.headers
    assert client.get("/relying/changes", headers={"Authorization": "Bearer k"}).status_code == 403
    sent_on = client.get("/services/proof-of-residence?x=1")
    assert (sent_on.status_code, sent_on["Location"]) == (
        301,
        "https://testserver/services/proof-of-residence?x=1",
    )
    assert (
        client.post("/gateways/cards/notify", b"{}", content_type="application/json", secure=True).status_code
        != 403
    )


def test_portal_and_verifier_refuse_plain_http_before_they_redirect_it(settings: Settings) -> None:
    for middleware in (settings.MIDDLEWARE, settings_public.MIDDLEWARE):
        place = middleware.index("rukhsa.web.edge.PlainHttp")
        assert middleware[place + 1] == "django.middleware.security.SecurityMiddleware"
