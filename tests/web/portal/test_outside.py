"""Other sites and back: signing in at eKey, and paying at a gateway."""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from rukhsa import journey
from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.applications.stages import Stage
from rukhsa.payments.models import Charge, PaymentLink, Receipt
from rukhsa.payments.outcome import settle_open
from rukhsa.payments.tariff import assess
from rukhsa.personal.models import DataExport
from rukhsa_rehearsal.sandbox.fault_modes import ON_TOKENS, TOKENS, WITHOUT_PROOF
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests.outside import break_down
from tests.waiting import LONGEST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

REASONS = {
    **dict.fromkeys(("other-key", "no-signature", "secret-key", "no-token"), "signature"),
    **{"other-issuer": "issuer", "other-audience": "audience", "two-audiences": "audience"},
    **{"over": "expired", "future": "time", "other-nonce": "nonce", "no-nonce": "nonce"},
    **{"other-level": "level", "no-level": "level", "other-subject": "subject", "broken-text": "text"},
}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _addresses(settings: Settings, outside: Running) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        f"{outside.address}/ekey"
    )
    settings.PAYMENT_GATEWAYS = {
        code: options | {"url": f"{outside.address}/{code}"}
        for code, options in settings.PAYMENT_GATEWAYS.items()
    }


def sign_in(browser: Client, person: str) -> str:
    """Sign in with eKey as a person of its list, as a browser does; return where it leads."""
    begun = browser.post("/sign-in/ekey/begin", {"next": "/capacity?next=/applications/"})
    told = httpx.post(begun["Location"], data={"person": person}, timeout=LONGEST)
    back = urlsplit(told.headers["Location"])
    return browser.get(f"{back.path}?{back.query}")["Location"]


def test_layla_signs_in_with_ekey_and_goes_on_to_where_she_was() -> None:
    browser = Client()
    assert sign_in(browser, "ekey-layla") == "/capacity?next=/applications/"
    assert browser.get("/capacity?next=/applications/")["Location"] == "/applications/"
    assert browser.get("/applications/").status_code == 200
    assert Person.objects.get().personal_number == "850412345"


def test_who_represents_a_company_is_asked_for_whom() -> None:
    browser = Client()
    page = browser.get(sign_in(browser, "ekey-investor"))
    assert page.status_code == 200
    assert "12345-1" in page.content.decode()


def test_who_cancels_at_ekey_is_not_signed_in() -> None:
    browser = Client()
    assert sign_in(browser, "") == "/sign-in/cancelled"
    assert browser.get("/sign-in/cancelled").status_code == 200
    assert browser.get("/applications/")["Location"].startswith("/sign-in")


def again(browser: Client, person: str) -> str:
    """Sign in with eKey once more, as the page before one's own data asks; return where it leads."""
    begun = browser.post("/sign-in/ekey/begin", {"next": "/capacity?next=/own/data", "again": "1"})
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    told = httpx.post(begun["Location"], data={"person": person}, timeout=LONGEST)
    back = urlsplit(told.headers["Location"])
    return browser.get(f"{back.path}?{back.query}")["Location"]


@pytest.mark.parametrize("fault", WITHOUT_PROOF)
def test_own_data_wait_for_a_sign_in_of_the_last_minutes(
    fault: str, outside: Running, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    break_down(outside, TOKENS, fault, times=2)
    assert sign_in(browser, "ekey-layla") == "/capacity?next=/applications/"
    assert browser.post("/own/data/make")["Location"].startswith("/sign-in/again")
    # An answer that does not say when the person was asked is no proof, where eKey was told to ask.
    assert again(browser, "ekey-layla") == "/sign-in/unproven"
    assert "ekey refused: auth-time" in caplog.text
    assert browser.post("/own/data/make")["Location"].startswith("/sign-in/again")
    assert not DataExport.objects.exists()
    assert again(browser, "ekey-layla") == "/capacity?next=/own/data"
    assert browser.post("/own/data/make")["Location"] == "/own/data"
    assert DataExport.objects.get().person == Person.objects.get()


def test_the_sign_in_of_another_person_is_no_proof_for_the_first() -> None:
    browser = Client()
    sign_in(browser, "ekey-layla")
    layla = Person.objects.get()
    again(browser, "ekey-investor")
    browser.post("/own/data/make")
    assert DataExport.objects.exclude(person=layla).count() == DataExport.objects.count() == 1


def test_every_fault_of_a_token_is_tried() -> None:
    assert {*REASONS, *WITHOUT_PROOF} == set(ON_TOKENS)


@pytest.mark.parametrize("fault", REASONS)
def test_an_answer_of_ekey_that_does_not_hold_signs_nobody_in(
    fault: str, outside: Running, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    break_down(outside, TOKENS, fault, times=1)
    assert sign_in(browser, "ekey-layla") == "/sign-in/unproven"
    page = browser.get("/sign-in/unproven", headers={"cookie": "rukhsa-language=en"})
    assert page.status_code == 403
    assert "could not verify the answer from eKey" in page.content.decode()
    assert browser.get("/applications/")["Location"].startswith("/sign-in")
    assert not Person.objects.exists()
    assert f"ekey refused: {REASONS[fault]}" in caplog.text
    # The success beside it: the same browser, with a genuine answer.
    assert sign_in(browser, "ekey-layla") == "/capacity?next=/applications/"


def test_discovery_of_another_issuer_is_not_followed(settings: Settings, outside: Running) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"{outside.address}/ekey/.well-known/openid-configuration"
    begun = Client().post("/sign-in/ekey/begin", {"next": "/"})
    assert begun["Location"] == "/sign-in/unproven"


def test_an_ekey_that_does_not_answer_is_said_so(settings: Settings, outside: Running) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    for address in ("http://127.0.0.1:9/ekey", f"{outside.address}/nothing"):
        app["settings"]["server_url"] = address
        begun = Client().post("/sign-in/ekey/begin", {"next": "/"})
        assert begun["Location"] == "/sign-in/failed"


def test_what_a_stranger_writes_in_the_address_is_not_asked_of_ekey() -> None:
    begun = Client().post(
        "/sign-in/ekey/begin?auth_params=nonce%3Dmine%26acr_values%3Dbasic&scope=all", {"next": "/"}
    )
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert asked["acr_values"] == ["advanced"]
    assert "all" not in asked["scope"][0].split()
    assert len(asked["nonce"][0]) == 32


def test_the_claims_are_kept_once(open_town: None) -> None:
    from allauth.socialaccount.models import SocialAccount

    for _ in range(2):
        sign_in(Client(), "ekey-layla")
    assert SocialAccount.objects.get().extra_data == {}


@pytest.fixture
def owed(browser: Client, complete: Application) -> Charge:
    """The charge of a certificate that was granted to Layla."""
    browser.post(f"/applications/{complete.pk}/review")
    Application.objects.filter(pk=complete.pk).update(stage=Stage.GRANTED)
    complete.refresh_from_db()
    charge = assess(complete, Charge.Due.AFTER_DECISION, at=timezone.now())
    assert charge is not None
    return charge


def test_the_amount_is_shown_with_its_rows_and_a_gateway_must_be_chosen(
    browser: Client, owed: Charge
) -> None:
    address = f"/applications/{owed.application_id}/pay"
    assert str(owed.money) in browser.get(address).content.decode()
    answer = browser.post(address)
    assert answer.status_code == 422
    assert "Choose how you want to pay." in answer.content.decode()


def test_a_second_click_on_pay_leads_to_the_same_payment(browser: Client, owed: Charge) -> None:
    address = f"/applications/{owed.application_id}/pay"
    first, second = (browser.post(address, {"gateway": "national"}) for _ in range(2))
    assert "/national/" in first["Location"]
    assert first["Location"] == second["Location"]
    assert owed.attempts.count() == 1


def test_coming_back_proves_nothing(browser: Client, owed: Charge) -> None:
    application = owed.application_id
    browser.post(f"/applications/{application}/pay", {"gateway": "national"})
    back = browser.get(f"/gateways/national/return/{application}", {"result": "CAPTURED"})
    assert back["Location"] == f"/applications/{application}/pay/checking"
    assert "We are checking your payment" in browser.get(back["Location"]).content.decode()
    assert not Receipt.objects.exists()


def test_a_page_that_is_left_open_does_not_flood_the_gateway(browser: Client, owed: Charge) -> None:
    address = f"/applications/{owed.application_id}/pay"
    browser.post(address, {"gateway": "national"})

    def queued() -> int:
        return ProcrastinateJob.objects.filter(lock=str(owed.application_id)).count()

    def questions_of(looks: int) -> int:
        before = queued()
        for _ in range(looks):
            browser.get(f"{address}/checking")
        return queued() - before

    assert questions_of(5) == 1
    started = timezone.now() - timedelta(hours=1)
    owed.attempts.update(started_at=started, asked_at=timezone.now() - timedelta(minutes=5))
    assert questions_of(5) == 0
    owed.attempts.update(asked_at=timezone.now() - timedelta(minutes=7))
    assert questions_of(5) == 1


def test_a_gateway_that_does_not_answer_is_said_so(browser: Client, owed: Charge, settings: Settings) -> None:
    away = {"url": "http://127.0.0.1:9"}
    settings.PAYMENT_GATEWAYS = {code: options | away for code, options in settings.PAYMENT_GATEWAYS.items()}
    answer = browser.post(f"/applications/{owed.application_id}/pay", {"gateway": "national"})
    assert answer.status_code == 503
    assert "You were not charged. Try another." in answer.content.decode()


def test_what_is_paid_meanwhile_is_not_paid_again(browser: Client, owed: Charge) -> None:
    Receipt.objects.create(
        number="R-1", charge=owed, amount=owed.amount, currency=owed.currency, at=timezone.now()
    )
    answer = browser.post(f"/applications/{owed.application_id}/pay", {"gateway": "national"})
    assert answer["Location"] == f"/applications/{owed.application_id}/"


def test_a_gateway_that_is_not_set_up_is_not_there() -> None:
    assert Client().post("/gateways/nobody/notify", b"x", content_type="text/plain").status_code == 404


def test_a_notice_that_cannot_be_read_changes_nothing() -> None:
    answer = Client().post("/gateways/national/notify", b"rubbish", content_type="text/plain")
    assert answer.status_code == 400
    assert not Receipt.objects.exists()


@pytest.fixture
def link(browser: Client, owed: Charge) -> str:
    """The path of a payment link to Layla's charge."""
    browser.post(f"/applications/{owed.application_id}/pay/link")
    made = PaymentLink.objects.get()
    assert f"/pay/{made.pk}" in browser.get(f"/applications/{owed.application_id}/pay/link").content.decode()
    return f"/pay/{made.pk}"


def test_another_pays_by_a_link_and_learns_nothing_of_whose_it_is(
    browser: Client, owed: Charge, link: str, outside: Running
) -> None:
    stranger = Client()
    stranger.cookies["rukhsa-language"] = "en"
    pages = [stranger.get(link).content.decode(), stranger.post(link).content.decode()]
    assert str(owed.money) in pages[0]
    assert "Proof-of-residence certificate" in pages[0]
    for gateway, pay in (("national", {"outcome": "CANCELED"}), ("sadad", {"outcome": "pay"})):
        hosted = stranger.post(link, {"gateway": gateway})["Location"]
        assert stranger.post(link, {"gateway": gateway})["Location"] == hosted
        pages.append(httpx.get(hosted, trust_env=False, timeout=LONGEST).text)
        back = httpx.post(hosted, data=pay, trust_env=False, timeout=LONGEST).headers["location"]
        settle_open(owed.application, at=timezone.now())
        returned = stranger.get(urlsplit(back).path)
        pages += [returned["Location"], stranger.get(returned["Location"], follow=True).content.decode()]
    assert "Payment received" in pages[-1]
    assert str(owed.pk) not in "".join(pages)
    of_layla = ("Layla", "ليلى", "Hasan", "حسن", "36000001", "850412345", "layla@", "85•", "applications/")
    reference = str(Application.objects.get(pk=owed.application_id).reference)
    for told in pages:
        assert not [word for word in (*of_layla, reference) if word in told]
    assert reference in browser.get(f"/applications/{owed.application_id}/").content.decode()
    receipt = Receipt.objects.get()
    assert receipt.attempt
    assert receipt.attempt.link
    assert receipt.attempt.started_by is None
    assert stranger.post(link, {"gateway": "national"}).status_code == 200
    assert owed.attempts.count() == 2


def test_a_link_that_was_taken_back_or_is_over_takes_no_money(
    browser: Client, owed: Charge, link: str
) -> None:
    browser.post(f"/applications/{owed.application_id}/pay/link", {"revoke": "1"})
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"gateway": "national"}).status_code == 410
    browser.post(f"/applications/{owed.application_id}/pay/link")
    second = PaymentLink.objects.get(revoked_at=None)
    assert Client().get(f"/pay/{second.pk}").status_code == 200
    PaymentLink.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    assert Client().get(f"/pay/{second.pk}").status_code == 410
    assert Client().get(f"/pay/{uuid.uuid4()}").status_code == 404
    assert not owed.attempts.exists()


def test_the_payer_of_a_link_is_not_sent_to_the_page_that_names_the_applicant(
    browser: Client, owed: Charge, link: str
) -> None:
    hers = browser.post(f"/applications/{owed.application_id}/pay", {"gateway": "sadad"})["Location"]
    reference = str(Application.objects.get(pk=owed.application_id).reference)
    assert reference in httpx.get(hers, trust_env=False, timeout=LONGEST).text
    owed.attempts.update(started_at=timezone.now() - timedelta(minutes=2))
    theirs = Client().post(link, {"gateway": "sadad"})["Location"]
    assert theirs != hers
    assert reference not in httpx.get(theirs, trust_env=False, timeout=LONGEST).text


def test_an_amount_that_expired_is_worked_out_anew_and_says_so(browser: Client, owed: Charge) -> None:
    address = f"/applications/{owed.application_id}/pay"
    past = timezone.now() - timedelta(days=1)
    earlier = Charge.objects.create(
        application=owed.application, due=owed.due, number=owed.number + 1, amount=owed.amount + 500,
        currency="BHD", assessed_at=past, expires_at=past,
    )  # fmt: skip
    page = browser.get(address).content.decode()
    assert "This amount was valid until" in page
    assert "Continue to payment" not in page
    assert browser.post(address, {"gateway": "national"}).status_code == 200
    assert not earlier.attempts.exists()
    journey.advance(owed.application_id, at=timezone.now())
    page = browser.get(address).content.decode()
    assert "We calculated the amount again" in page
    assert str(owed.money) in page
    assert "Continue to payment" in page


def test_ekey_sends_our_questions_on_to_nobody(settings: Settings, outside: Running) -> None:
    asked: list[str] = []

    class SendsOn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"{outside.address}/ekey/.well-known/openid-configuration")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), SendsOn)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{server.server_port}"
    begun = Client().post("/sign-in/ekey/begin", {"next": "/"})
    server.shutdown()
    server.server_close()
    assert len(asked) == 1
    # Followed, it would be the page of an issuer that is not believed (/sign-in/unproven).
    assert begun["Location"] == "/sign-in/failed"


def test_a_sign_in_is_bound_to_this_browser_and_keeps_no_token(settings: Settings) -> None:
    """PKCE, state and nonce, each new; eKey is the only provider, and its tokens are used and not stored."""
    assert list(settings.SOCIALACCOUNT_PROVIDERS) == ["openid_connect"]
    assert len(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]) == 1
    browser = Client()
    asked = [
        parse_qs(urlsplit(browser.post("/sign-in/ekey/begin", {"next": "/"})["Location"]).query)
        for _ in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        values = {each[name][0] for each in asked}
        assert len(values) == 2
        assert min(map(len, values)) >= 16
    assert {each["code_challenge_method"][0] for each in asked} == {"S256"}
    sign_in(browser, "ekey-layla")
    assert SocialAccount.objects.count() == 1
    assert not SocialToken.objects.exists()
