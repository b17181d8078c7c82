"""Guessing is slowed down for all processes together, by where it comes from, and never for the owner of an account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from rukhsa.accounts.client import client_address
from rukhsa.accounts.models import Person
from rukhsa.authorities.models import Agency, Authority
from rukhsa.staff.limit import LimitReached, Rate, count_attempt, forget
from rukhsa.staff.models import Limit
from rukhsa_rehearsal.known_secrets import code_of
from rukhsa_rehearsal.staffing import make_cast
from tests.together import ended_at_once

SALEM = {"login": "salem@mun.example", "password": "salem-of-the-town"}
WRONG = SALEM | {"password": "not-the-password-of-salem"}
THREE = Rate(name="three", burst=3, every=timedelta(minutes=1))


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands: a code holds for half a minute, whose end no test meets by chance."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=moment.timestamp))
    return moment


@pytest.fixture(autouse=True)
def _each_request_is_served_by_another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process keeps in its memory is never there when the next request comes."""
    answer = Client.request

    def forgetful(self: Client, **how: Any) -> Any:
        cache.clear()
        return answer(self, **how)

    monkeypatch.setattr(Client, "request", forgetful)
    yield
    cache.clear()


def cast() -> list[Person]:
    Authority.objects.create(code="CAP", ordinal=1)
    Agency.objects.create(code="ewa")
    return make_cast()


def password_opens(browser: Client, address: str = "192.0.2.7") -> bool:
    return browser.post("/desk/sign-in", SALEM, REMOTE_ADDR=address).status_code == 302


def guess(times: int, address: str, login: str = SALEM["login"]) -> list[int]:
    browser = Client()
    said = WRONG | {"login": login}
    return [browser.post("/desk/sign-in", said, REMOTE_ADDR=address).status_code for _ in range(times)]


@pytest.mark.django_db
def test_one_code_opens_one_of_two_processes(moment: datetime) -> None:
    cast()
    opened = []
    for _ in range(2):
        browser = Client()
        assert password_opens(browser)
        code = code_of(SALEM["login"], at=moment)
        opened.append(browser.post("/desk/sign-in/proof", {"code": code}).status_code)
    assert opened == [302, 200]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_the_code(moment: datetime) -> None:
    cast()
    browsers = [Client(), Client()]
    assert all(password_opens(browser) for browser in browsers)
    code = {"code": code_of(SALEM["login"], at=moment)}
    sent = [lambda browser=each: browser.post("/desk/sign-in/proof", code).status_code for each in browsers]
    assert sorted(ended_at_once(sent), key=str) == [200, 302]


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_are_all_counted() -> None:
    at = timezone.now()
    ended = ended_at_once([lambda: count_attempt((THREE, "one"), at=at)] * 8)
    assert sum(isinstance(each, LimitReached) for each in ended) == 5


@pytest.mark.django_db
def test_a_limit_slows_down_and_does_not_lock() -> None:
    at = timezone.now()
    for _ in range(3):
        count_attempt((THREE, "one"), at=at)
    with pytest.raises(LimitReached):
        count_attempt((THREE, "one"), at=at + timedelta(seconds=59))
    count_attempt((THREE, "one"), at=at + timedelta(seconds=61))
    with pytest.raises(LimitReached):
        count_attempt((THREE, "one"), at=at + timedelta(seconds=62))


@pytest.mark.django_db
def test_an_attempt_that_succeeds_counts_for_nothing() -> None:
    at = timezone.now()
    for _ in range(10):
        count_attempt((THREE, "one"), at=at).give_back()


@pytest.mark.django_db
def test_what_limits_nothing_any_more_is_forgotten() -> None:
    at = timezone.now()
    count_attempt((THREE, "one"), at=at)
    assert forget(at=at) == 0
    assert forget(at=at + timedelta(minutes=2)) == 1
    assert not Limit.objects.exists()


@pytest.mark.django_db
def test_whoever_guesses_is_slowed_down_in_all_processes(moment: datetime) -> None:
    cast()
    guess(5, "198.51.100.9")
    assert not password_opens(Client(), "198.51.100.9")


@pytest.mark.django_db
def test_an_officer_is_not_kept_out_by_guesses_made_elsewhere(moment: datetime) -> None:
    cast()
    guess(12, "198.51.100.9")
    assert password_opens(Client(), "192.0.2.7")


@pytest.mark.django_db
def test_one_address_that_tries_many_accounts_is_slowed_down(moment: datetime) -> None:
    cast()
    for number in range(30):
        guess(1, "198.51.100.9", f"nobody{number}@mun.example")
    assert not password_opens(Client(), "198.51.100.9")
    assert password_opens(Client(), "192.0.2.7")


@pytest.mark.django_db
def test_a_known_browser_signs_in_beside_a_guesser_at_the_same_address(moment: datetime) -> None:
    cast()
    browser = Client()
    assert password_opens(browser, "198.51.100.9")
    browser.post("/desk/sign-in/proof", {"code": code_of(SALEM["login"], at=moment)})
    browser.post("/sign-out")
    guess(40, "198.51.100.9")
    assert not password_opens(Client(), "198.51.100.9")
    assert password_opens(browser, "198.51.100.9")


@pytest.mark.django_db
def test_a_known_browser_is_known_for_its_owner_alone(moment: datetime) -> None:
    cast()
    browser = Client()
    password_opens(browser, "198.51.100.9")
    browser.post("/desk/sign-in/proof", {"code": code_of(SALEM["login"], at=moment)})
    browser.post("/sign-out")
    mariam = {"login": "mariam@mun.example", "password": "not-the-password-of-mariam"}
    for _ in range(5):
        browser.post("/desk/sign-in", mariam, REMOTE_ADDR="198.51.100.9")
    said = mariam | {"password": "mariam-of-the-town"}
    assert browser.post("/desk/sign-in", said, REMOTE_ADDR="198.51.100.9").status_code == 200


@pytest.mark.django_db
def test_codes_are_guessed_slowly_from_however_many_addresses(moment: datetime) -> None:
    cast()
    right = code_of(SALEM["login"], at=moment)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for number in range(25):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        browser.post("/desk/sign-in", SALEM)
        browser.post("/desk/sign-in/proof", {"code": wrong})
    thief = Client(REMOTE_ADDR="203.0.113.5")
    thief.post("/desk/sign-in", SALEM)
    assert thief.post("/desk/sign-in/proof", {"code": right}).status_code == 200


@pytest.mark.django_db
def test_a_code_that_was_used_is_refused_before_what_matters_most_too(moment: datetime) -> None:
    cast()
    browser = Client()
    password_opens(browser)
    code = {"code": code_of(SALEM["login"], at=moment)}
    browser.post("/desk/sign-in/proof", code)
    assert browser.post("/desk/sign-in/again/proof", code).status_code == 200


def request_from(peer: str, forwarded: str = "") -> HttpRequest:
    told = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **told)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.2", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.2", "192.0.2.1, 203.0.113.5", "203.0.113.5"),  # the first is the client's invention
        ("10.0.0.2", "203.0.113.5, 10.0.0.3", "203.0.113.5"),  # two proxies of ours
        ("10.0.0.2", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.0.0.2", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("198.51.100.9", "203.0.113.5", "198.51.100.9"),  # a stranger is not believed
        ("", "203.0.113.5", ""),
    ],
)
def test_only_trusted_proxies_say_where_a_client_is(
    settings: Settings, peer: str, forwarded: str, client: str
) -> None:
    settings.CONFIG = replace(settings.CONFIG, trusted_proxies=("10.0.0.0/24",))
    assert client_address(request_from(peer, forwarded)) == client


def test_without_trust_everyone_behind_a_proxy_is_the_proxy(settings: Settings) -> None:
    settings.CONFIG = replace(settings.CONFIG, trusted_proxies=())
    assert client_address(request_from("10.0.0.2", "203.0.113.5")) == "10.0.0.2"


@pytest.mark.django_db
def test_behind_the_proxy_a_guesser_slows_down_nobody_else(settings: Settings, moment: datetime) -> None:
    settings.CONFIG = replace(settings.CONFIG, trusted_proxies=("127.0.0.1/32",))
    cast()
    thief = Client(headers={"x-forwarded-for": "198.51.100.9"})
    for number in range(35):
        thief.post("/desk/sign-in", WRONG | {"login": f"nobody{number}@mun.example"})
    assert thief.post("/desk/sign-in", SALEM).status_code == 200
    assert Client(headers={"x-forwarded-for": "192.0.2.7"}).post("/desk/sign-in", SALEM).status_code == 302
