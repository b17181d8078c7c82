"""What matters most waits for a second factor of the last minutes; what was typed is kept, and then done."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from rukhsa.authorities.models import Post
from rukhsa.staff import sign_in
from rukhsa.staff.change import StaffChange
from rukhsa_rehearsal.known_secrets import code_of
from tests.rooms.staff.conftest import SignedIn, named, noted, stand_still

AGAIN = "/desk/sign-in/again/proof"


@pytest.fixture
def fatima(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Client:
    """The administrator's browser, ten minutes after she signed in."""
    browser = signed_in("fatima")
    stand_still(monkeypatch, moment + timedelta(minutes=10))
    return browser


def end_post_of_yusuf(browser: Client) -> str:
    """Where the browser is sent that ends a post."""
    said = {"post": Post.objects.get(person=named("yusuf"), authority="CAP").pk}
    return str(browser.post(address(), said)["Location"])


def address() -> str:
    return f"/desk/staff/{named('yusuf').pk}/end"


def has_ended() -> bool:
    return Post.objects.get(person=named("yusuf"), authority="CAP").ends_on is not None


def code_at(moment: datetime) -> dict[str, str]:
    return {"code": code_of("fatima@mun.example", at=moment + timedelta(minutes=10)), "next": address()}


def test_minutes_after_the_sign_in_it_is_done_at_once(signed_in: SignedIn) -> None:
    end_post_of_yusuf(signed_in("fatima"))
    assert has_ended()


def test_later_a_fresh_proof_is_asked_for_and_nothing_done(fatima: Client) -> None:
    assert end_post_of_yusuf(fatima) == f"{AGAIN}?next={quote(address(), safe='')}"
    assert not has_ended()


def test_what_was_typed_is_done_after_the_proof(fatima: Client, moment: datetime) -> None:
    end_post_of_yusuf(fatima)
    answer = fatima.post(AGAIN, code_at(moment))
    assert answer["Location"] == f"/desk/staff/{named('yusuf').pk}/"
    assert has_ended()
    assert noted("prove-again")[0].actor == named("fatima").pk


def test_a_wrong_code_does_nothing(fatima: Client, moment: datetime) -> None:
    end_post_of_yusuf(fatima)
    said = code_at(moment)
    wrong = said | {"code": f"{(int(said['code']) + 1) % 1_000_000:06d}"}
    assert fatima.post(AGAIN, wrong).status_code == 200
    assert not has_ended()
    assert noted("fail-proof")


def test_the_password_is_no_fresh_proof(fatima: Client) -> None:
    end_post_of_yusuf(fatima)
    answer = fatima.post("/desk/sign-in/again", {"password": "fatima-of-the-town", "next": address()})
    assert answer["Location"].startswith(AGAIN)
    assert not has_ended()


def test_looking_needs_no_fresh_proof(fatima: Client) -> None:
    assert fatima.get("/desk/staff/invite").status_code == 200
    assert not StaffChange.objects.exists()


def test_it_is_the_question_for_a_proof_that_holds_it_back(
    fatima: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "is_fresh", lambda request, *, at: True)
    end_post_of_yusuf(fatima)
    assert has_ended()


def test_neither_cookies_nor_secrets_are_kept_meanwhile(fatima: Client) -> None:
    end_post_of_yusuf(fatima)
    kept = fatima.session["account_reauthentication_state"]["request"]
    assert fatima.session.session_key not in kept
    fatima.post("/desk/account/password", {"current": "fatima-of-the-town", "new": "four words nobody knows"})
    assert "account_reauthentication_state" not in fatima.session
    assert named("fatima").check_password("fatima-of-the-town")


def test_a_page_for_secrets_asks_before_it_is_looked_at(fatima: Client) -> None:
    assert fatima.get("/desk/account/password")["Location"].startswith(AGAIN)
