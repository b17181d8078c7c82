"""Requests that no page of ours makes: second clicks, the back button, wrong addresses, methods, bodies and types."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter
from django.utils import timezone

from rukhsa import journey
from rukhsa.accounts.models import Person
from rukhsa.applications.application import DRAFT_LASTS
from rukhsa.applications.models import Application, Step
from rukhsa.payments.models import Attempt
from rukhsa.values.writing import is_broken
from rukhsa.web.desk.urls import urlpatterns as desk
from rukhsa.web.portal.urls import urlpatterns as portal
from tests import town as people
from tests.town import Town
from tests.web.inputs.conftest import LANGUAGES, Browser
from tests.web.inputs.nasty import FEW, STRINGS, fine

pytestmark = pytest.mark.django_db

ID = "00000000-0000-4000-8000-000000000000"
BAD_IDS = (
    "0",
    "-1",
    "x",
    "null",
    "undefined",
    ID[:-1],
    ID + "0",
    ID.upper(),
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "' OR 1=1",
    "٠١٢",
    "🚒",
    "%F0%9F",
    "a" * 3000,
    "{{7*7}}",
    ID + "/../" + ID,
    "%0d%0aSet-Cookie:x=1",
    ";",
    "%",
)
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_click_on_submit_gives_one_reference(language: str, town: Town, browser: Browser) -> None:
    application = town.draft("proof-of-residence")
    client = browser(application.applicant, language=language)
    address = reverse("portal:review", args=[application.pk])
    for _ in range(3):
        fine(client.post(address), 302)
    application.refresh_from_db()
    assert application.reference
    assert Step.objects.filter(application=application, act="submit").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_click_on_pay_leads_to_the_same_page(language: str, town: Town, browser: Browser) -> None:
    application = town.grant(town.apply("proof-of-residence"))
    client = browser(application.applicant, language=language)
    address = reverse("portal:pay", args=[application.pk])
    led = {client.post(address, {"gateway": "national"}).url for _ in range(3)}  # type: ignore[attr-defined]
    assert len(led) == 1
    assert Attempt.objects.filter(charge__application=application).count() == 1
    for wrong in ("", "cash", "💳", "x" * 3000):
        fine(client.post(address, {"gateway": wrong}), 422)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_back_button_after_submission_changes_nothing(
    language: str, town: Town, browser: Browser
) -> None:
    application = town.apply("proof-of-residence")
    client = browser(application.applicant, language=language)
    before = people.fresh(application).answers
    for page in ("section", "documents", "review"):
        arguments = [application.pk, "home"] if page == "section" else [application.pk]
        assert client.get(reverse(f"portal:{page}", args=arguments)).status_code == 302
    answered = {"living-since": "2001-01-01", "reason": "some words that I typed"}
    page = fine(client.post(reverse("portal:section", args=[application.pk, "home"]), answered), 409)
    assert f'lang="{language}"' in page
    assert "some words that I typed" in page
    attachment = application.attachments.first()
    assert attachment
    fine(client.post(reverse("portal:remove-file", args=[attachment.pk])), 409)
    attachment.refresh_from_db()
    assert attachment.removed_at is None
    assert people.fresh(application).answers == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_expired_draft_says_so_and_keeps_what_was_typed(
    language: str, town: Town, browser: Browser
) -> None:
    application = town.draft("proof-of-residence")
    Application.objects.filter(pk=application.pk).update(
        saved_at=timezone.now() - DRAFT_LASTS - timedelta(days=1)
    )
    client = browser(application.applicant, language=language)
    for name, fields in (("review", {}), ("section", {"lease-number": "words of mine"})):
        arguments = [application.pk, "home"] if name == "section" else [application.pk]
        fine(client.get(reverse(f"portal:{name}", args=arguments)), 302)
        page = fine(client.post(reverse(f"portal:{name}", args=arguments), fields), 409)
        assert {"ar": "انتهت مدة", "en": "has expired"}[language] in page
        assert not fields or "words of mine" in page
    page = fine(client.get(reverse("portal:application", args=[application.pk])), 200)
    assert reverse("portal:begin-anew", args=[application.pk]) in page
    assert people.fresh(application).reference is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_expired_quote_is_assessed_anew(language: str, town: Town, browser: Browser) -> None:
    last_month = Town(at=town.at - timedelta(days=31))
    application = last_month.grant(last_month.apply("proof-of-residence"))
    client = browser(application.applicant, language=language)
    address = reverse("portal:pay", args=[application.pk])
    for response in (client.get(address), client.post(address, {"gateway": "sadad"})):
        assert 'name="gateway"' not in fine(response, 200)
    assert not Attempt.objects.exists()
    journey.advance(application.pk, at=timezone.now())
    assert people.charge_of(application).number == 2
    fine(client.get(address), 200)
    assert client.post(address, {"gateway": "sadad"}).url.startswith("http")  # type: ignore[attr-defined]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_cannot_be_is_not_found(bad: str, town: Town, browser: Browser) -> None:
    who = people.layla()
    client, staff = browser(who), browser(Person.objects.get(email="mariam@mun.example"))
    for form in (
        "/applications/{}/",
        "/applications/{}/pay",
        "/files/{}",
        "/services/{}",
        "/services/{}/start",
        "/applications/{}/documents/x",
        "/applications/" + ID + "/questions/{}",
        "/gateways/{}/notify",
        "/gateways/national/return/{}",
        "/sign-in/{}/begin",
    ):
        fine(client.get(form.format(bad)), 200, 301, 302, 400, 403, 404, 405)
    for form in (
        "/desk/applications/{}/",
        "/desk/files/{}",
        "/desk/photos/{}/x",
        "/desk/photos/1/{}",
        "/desk/instruments/{}/",
        "/desk/journal/{}",
        "/desk/referrals/{}/",
        "/desk/inspections/{}/",
    ):
        fine(staff.get(form.format(bad)), 200, 301, 302, 400, 403, 404, 405)


def test_a_method_that_is_not_meant_is_refused(applied: Application, browser: Browser) -> None:
    """One line beside a view says which methods it takes: each address meets two others, and these take turns."""
    layla, mariam = browser(applied.applicant), browser(Person.objects.get(email="mariam@mun.example"))
    doors = [*addresses(portal, "portal", applied, layla), *addresses(desk, "desk", applied, mariam)]
    for number, (client, address) in enumerate(doors):
        for method in (METHODS[number % len(METHODS)], METHODS[(number + 3) % len(METHODS)]):
            response = client.generic(method, address, b"x=1", "application/x-www-form-urlencoded")
            fine(response, *((200, 204, 302, 403, 404, 405) if method == "OPTIONS" else (302, 403, 404, 405)))


BODIES: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (b"lease-number=\xff\xfe\x80&home.block=\xc3\x28", "application/x-www-form-urlencoded"),
    "percent of nothing": (b"lease-number=%zz%&%=%&&&=", "application/x-www-form-urlencoded"),
    "surrogate": (b"lease-number=%ED%A0%80", "application/x-www-form-urlencoded"),
    "another charset": (b"lease-number=\xe3", "application/x-www-form-urlencoded; charset=utf-16"),
    "a charset of nobody": (b"lease-number=a", "application/x-www-form-urlencoded; charset=klingon"),
    "JSON": (b'{"lease-number": "1"}', "application/json"),
    "broken JSON": (b'{"lease-number": ', "application/json"),
    "XML": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "application/xml"),
    "no type": (b"lease-number=a", ""),
    "a type of nobody": (b"lease-number=a", "x/y; z=\xc3"),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "a boundary too long": (b"--x\r\n\r\n", "multipart/form-data; boundary=" + "x" * 500),
    "half a form": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a',
        "multipart/form-data; boundary=x",
    ),
    "a part without a name": (
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "base64 that is none": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "more fields than any form": (
        b"&".join(b"a%d=1" % n for n in range(5000)),
        "application/x-www-form-urlencoded",
    ),
    "3 MB": (b"lease-number=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    "200 files": (
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\na\r\n' % n
            for n in range(200)
        )
        + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "nothing": (b"", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_cannot_be_read_is_refused(
    kind: str, language: str, draft: Application, browser: Browser
) -> None:
    client = browser(draft.applicant, language=language)
    body, content_type = BODIES[kind]
    for name, arguments in (
        ("section", ["home"]),
        ("add-file", ["lease"]),
        ("review", []),
        ("pay", []),
        ("withdraw", []),
    ):
        if name in ("review", "withdraw") and kind != "3 MB":
            continue
        address = reverse(f"portal:{name}", args=[draft.pk, *arguments])
        fine(client.generic("POST", address, body, content_type), 302, 400, 409, 413, 422)


@pytest.mark.parametrize("kind", STRINGS)
def test_words_in_addresses_and_searches_are_only_words(kind: str, town: Town, browser: Browser) -> None:
    words = STRINGS[kind][:2000]
    layla, mariam = browser(people.layla()), browser(Person.objects.get(email="mariam@mun.example"))
    broken = (400,) if is_broken(words) else ()
    for address, name in (
        ("/", "q"),
        ("/applications/", "page"),
        ("/sign-in", "next"),
        ("/capacity", "next"),
    ):
        fine(layla.get(address, {name: words}), *(broken or (200, 302)))
    fine(layla.post("/capacity", {"company": words, "next": words}), *(broken or (302, 422, 200)))
    fine(layla.post("/language", {"language": words, "next": words}), *(broken or (302, 400, 404, 405)))
    for address, names in (
        ("/desk/queue/", ("show", "after")),
        ("/desk/search", ("q",)),
        ("/desk/instruments/", ("number",)),
        ("/desk/journal/", ("before", "who", "act", "case", "day")),
    ):
        fine(mariam.get(address, dict.fromkeys(names, words)), *(broken or (200, 302, 404)))
    fine(mariam.post("/desk/search", {"wanted": words}), *(broken or (200, 302, 404, 422)))


@pytest.mark.parametrize("kind", FEW)
def test_words_in_a_sign_in_are_only_words(kind: str, town: Town) -> None:
    words = STRINGS[kind][:2000]
    client = Client(raise_request_exception=False)
    fine(client.post("/desk/sign-in", {"login": words, "password": words}), 200, 302, 400, 422, 429)


@pytest.mark.parametrize("kind", FEW)
def test_words_of_officers_are_only_words(kind: str, applied: Application, browser: Browser) -> None:
    words = STRINGS[kind][:5000]
    salem = browser(Person.objects.get(email="salem@mun.example"))
    for act, fields in (
        ("hand-over", {"officer": words}),
        ("decide", {"outcome": words, "reasons": words, "legal_basis": words}),
        ("decide", {"outcome": "refused", "reasons": words, "legal_basis": words}),
        ("return", {"about": words, "text": words}),
        ("return", {"about": "lease", "text": words}),
    ):
        fine(salem.post(reverse(f"desk:{act}", args=[applied.pk]), fields), 200, 302, 400, 403, 404, 409, 422)
    fine(browser(applied.applicant).get(reverse("portal:application", args=[applied.pk])), 200)


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
def test_a_program_gets_a_problem_document(accept: str, applied: Application, browser: Browser) -> None:
    client = browser(applied.applicant, language="en")
    refusals = (
        (404, "not-found", client.get(f"/applications/{ID}/", headers={"accept": accept})),
        (404, "not-found", client.get("/no/such/page", headers={"accept": accept})),
        (
            409,
            "not-editable",
            client.post(
                reverse("portal:section", args=[applied.pk, "home"]),
                {"a": "b"},
                headers={"accept": accept},
            ),
        ),
        (403, "not-permitted", client.get("/desk/queue/", headers={"accept": accept})),
        (
            413,
            "too-large",
            client.post(
                reverse("portal:section", args=[applied.pk, "home"]),
                {"a": "b" * 3_000_000},
                headers={"accept": accept},
            ),
        ),
    )
    for status, code, response in refusals:
        problem = json.loads(fine(response, status))
        assert response["Content-Type"] == "application/problem+json"
        assert (problem["status"], problem["type"]) == (status, f"urn:rukhsa:problem:{code}")
        assert problem["title"]
        assert problem["detail"]


@pytest.mark.parametrize("code", ["national", "sadad", "nobody", "x" * 200])
@pytest.mark.parametrize("kind", [*BODIES, "paid"])
def test_a_notice_of_nobody_is_kept_apart(code: str, kind: str, town: Town) -> None:
    body, content_type = BODIES.get(
        kind, (b"paymentid=1&trandata=AA&result=CAPTURED", "application/x-www-form-urlencoded")
    )
    client = Client(raise_request_exception=False)
    application = town.grant(town.apply("proof-of-residence")) if kind == "paid" else None
    fine(client.generic("POST", f"/gateways/{code}/notify", body, content_type), 200, 400, 404, 409, 413)
    pk = application.pk if application else ID
    for query in (
        "?status=success&paymentid=1",
        "?TransactionIdentifier=%00&ResultCode=0",
        "?paymentid=" + "9" * 2000,
    ):
        fine(client.get(f"/gateways/{code}/return/{pk}{query}"), 302, 404, 409)
    assert not Attempt.objects.filter(state="captured").exists()


def test_a_session_or_cookie_of_nonsense_is_somebody_unknown(town: Town) -> None:
    for name in ("rukhsa-session", "rukhsa-csrf", "rukhsa-language", "rukhsa-text-size"):
        for value in ("x", "\u00e3", "9" * 3000, "../..", "ar%00", "zz", '"'):
            client = Client(raise_request_exception=False)
            client.cookies[name] = value
            fine(client.get("/"), 200)


def addresses(
    patterns: list[Any], room: str, application: Application, client: Client
) -> list[tuple[Client, str]]:
    """Every address of a room, about one application."""
    some = {
        "pk": application.pk,
        "referral_id": application.pk,
        "post": 1,
        "section": "home",
        "document": "lease",
        "service": "proof-of-residence",
        "step": "completeness",
        "report": 1,
        "digest": "0" * 64,
        "act": "revoke",
        "kind": "refund",
        "verb": "approve",
        "key": "1",
        "link": application.pk,
        "application": application.pk,
        "code": "sadad",
        "movement": 1,
        "governorate": "capital",
        "block": 317,
        "road": 1705,
        "building": "12A",
        "number": 1,
        "after": "submitted",
        "chosen": 1,
    }
    found = []
    for pattern in patterns:
        wanted = pattern.pattern.converters
        numbered = {"pk": 1} if isinstance(wanted.get("pk"), IntConverter) else {}
        arguments = {name: (some | numbered)[name] for name in wanted}
        found.append((client, reverse(f"{room}:{pattern.name}", kwargs=arguments)))
    return found
