"""SECRET_KEY is changed: with the key of before among the fallbacks everything that was issued under it still works."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from rukhsa.accounts.models import Person, PersonKind
from rukhsa.accounts.second_factor import cipher
from rukhsa.authorities.models import Authority, Post
from rukhsa.web.desk.files import sealed
from rukhsa_rehearsal.known_secrets import code_of, give_fixed_secret
from rukhsa_rehearsal.staffing import IN_POST_SINCE

pytestmark = pytest.mark.django_db

PASSWORD = "salem-of-the-town-hall"
DIGEST = "0" * 64
type Turn = Callable[..., None]


@pytest.fixture
def salem() -> Person:
    """An officer with a one-time code and recovery codes, both made under the first key."""
    person = Person.objects.create_user("salem@mun.example", PASSWORD, kind=PersonKind.STAFF)
    Authority.objects.create(code="CAP", ordinal=1)
    Post.objects.create(person=person, role="officer", authority_id="CAP", starts_on=IN_POST_SINCE)
    give_fixed_secret(person)
    RecoveryCodes.activate(person)
    return person


@pytest.fixture
def turn(settings: Settings) -> Turn:
    """Another key; the one of before stays believed or not."""

    def to(key: str, *, keep: bool) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
        settings.SECRET_KEY = key

    return to


def test_what_was_issued_under_the_key_of_before_works_under_the_next(salem: Person, turn: Turn) -> None:
    here = Client()
    here.force_login(salem)
    photos = sealed([DIGEST], salt="photos")
    codes = RecoveryCodes(Authenticator.objects.get(user=salem, type="recovery_codes")).get_unused_codes()
    turn("the-second-key-of-the-town-hall-0123456789", keep=True)

    assert is_inside(here)
    assert is_inside(signed_in(salem))
    assert unsealed(photos) == [DIGEST]
    recovery = RecoveryCodes(Authenticator.objects.get(user=salem, type="recovery_codes"))
    assert recovery.get_unused_codes() == codes


def test_without_the_fallback_sessions_codes_and_kept_photos_end(salem: Person, turn: Turn) -> None:
    """The negative control, and what the page of production says of a key that is dropped too early."""
    here = Client()
    here.force_login(salem)
    photos = sealed([DIGEST], salt="photos")
    turn("the-second-key-of-the-town-hall-0123456789", keep=False)

    assert not is_inside(here)
    assert unsealed(photos) == []
    with pytest.raises(InvalidToken):
        cipher().decrypt(Authenticator.objects.get(user=salem, type="totp").data["secret"].encode())


def test_after_they_are_encrypted_again_codes_outlive_the_key_of_before(salem: Person, turn: Turn) -> None:
    here = Client()
    here.force_login(salem)
    turn("the-second-key-of-the-town-hall-0123456789", keep=True)
    call_command("secret_key", "rotate")
    call_command("secret_key", "rotate")
    turn("the-second-key-of-the-town-hall-0123456789", keep=False)

    assert is_inside(signed_in(salem))
    assert (
        len(RecoveryCodes(Authenticator.objects.get(user=salem, type="recovery_codes")).get_unused_codes())
        == 10
    )
    assert not is_inside(here), "a session of before ends with its key: the person signs in again"


def signed_in(person: Person) -> Client:
    """A browser that goes the whole way: password, then one-time code."""
    browser = Client()
    answer = browser.post("/desk/sign-in", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/desk/sign-in/proof"), answer
    code = code_of(person.email, at=datetime.now(UTC))
    assert browser.post("/desk/sign-in/proof", {"code": code}).status_code == 302
    return browser


def is_inside(browser: Client) -> bool:
    """Whether the desk's first page opens."""
    return "sign-in" not in browser.get("/desk/proofs/").headers.get("Location", "")


def unsealed(photos: list[str]) -> list[str]:
    """The digests that a form brings back."""
    from django.test import RequestFactory

    from rukhsa.web.desk.files import kept_before

    return kept_before(RequestFactory().post("/", {"kept": photos}), salt="photos")  # type: ignore[arg-type]


def test_what_was_kept_and_then_changed_is_not_decrypted() -> None:
    kept = cipher().encrypt(b"a seed")
    assert cipher().decrypt(kept) == b"a seed"
    raw = bytearray(urlsafe_b64decode(kept))
    for place in range(len(raw)):
        changed = bytes(raw[:place]) + bytes([raw[place] ^ 1]) + bytes(raw[place + 1 :])
        with pytest.raises(InvalidToken):
            cipher().decrypt(urlsafe_b64encode(changed))
