"""Signing in with eKey, as a client does it."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from rukhsa_rehearsal.sandbox.serve import Running
from tests.waiting import LONGEST

BACK = "http://127.0.0.1:9/back"
VERIFIER = "a-verifier-of-the-client-that-is-long-enough-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CLIENT = ("rukhsa", "sandbox-client-secret-of-the-portal")


@pytest.fixture
def provider(outside: Running) -> dict[str, Any]:
    """What discovery says."""
    found: dict[str, Any] = httpx.get(
        f"{outside.address}/ekey/.well-known/openid-configuration", timeout=LONGEST
    ).json()
    return found


def sign_in(provider: dict[str, Any], person: str, **asked: str) -> dict[str, list[str]]:
    """Choose a person on the page; what comes back in the address."""
    query = {
        "client_id": "rukhsa", "redirect_uri": BACK, "response_type": "code", "scope": "openid", "state": "s1",
        "nonce": "n1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    } | asked  # fmt: skip
    page = httpx.get(provider["authorization_endpoint"], params=query, timeout=LONGEST)
    assert "ليلى" in page.text
    answer = httpx.post(
        provider["authorization_endpoint"], params=query, data={"person": person}, timeout=LONGEST
    )
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query)


def exchange(provider: dict[str, Any], code: str, **other: str) -> httpx.Response:
    """The code for tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return httpx.post(provider["token_endpoint"], data=form | other, auth=CLIENT, timeout=LONGEST)


def test_a_citizen_signs_in(provider: dict[str, Any]) -> None:
    back = sign_in(provider, "ekey-layla")
    assert back["state"] == ["s1"]
    tokens = exchange(provider, back["code"][0]).json()

    keys = KeySet.import_key_set(httpx.get(provider["jwks_uri"], timeout=LONGEST).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (provider["issuer"], "rukhsa", "n1")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = httpx.get(provider["userinfo_endpoint"], headers=bearer, timeout=LONGEST).json()
    assert (person["sub"], person["kind"], len(person["personal_number"])) == ("ekey-layla", "citizen", 9)
    assert person["companies"] == []


def test_an_investor_brings_the_company(provider: dict[str, Any]) -> None:
    tokens = exchange(provider, sign_in(provider, "ekey-investor")["code"][0]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = httpx.get(provider["userinfo_endpoint"], headers=bearer, timeout=LONGEST).json()
    assert person["companies"][0]["registration"] == "12345-1"
    assert person["companies"][0]["name_ar"] == "شركة الخليج للمقاولات"


def test_a_code_opens_once_and_only_for_who_asked(provider: dict[str, Any]) -> None:
    code = sign_in(provider, "ekey-layla")["code"][0]
    assert exchange(provider, code, code_verifier="another").status_code == 400
    assert exchange(provider, code, redirect_uri="http://127.0.0.1:9/other").status_code == 400
    assert exchange(provider, code).status_code == 200
    assert exchange(provider, code).status_code == 400


def test_nobody_is_an_answer(provider: dict[str, Any]) -> None:
    assert sign_in(provider, "")["error"] == ["access_denied"]


def test_another_client_is_refused(provider: dict[str, Any]) -> None:
    refused = httpx.post(
        provider["token_endpoint"], data={"code": "x"}, auth=("rukhsa", "wrong"), timeout=LONGEST
    )
    assert refused.status_code == 401
    assert (
        httpx.get(
            provider["userinfo_endpoint"], headers={"Authorization": "Bearer x"}, timeout=LONGEST
        ).status_code
        == 401
    )
