"""A stand-in for eKey: an OpenID Connect provider whose people are a list, and whose password is a click."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from rukhsa_rehearsal.sandbox.rendering import page
from rukhsa_rehearsal.sandbox.store import Record, Store

CLIENTS = {"rukhsa": "sandbox-client-secret-of-the-portal"}
CODE_LASTS = 120
TOKEN_LASTS = 3600
CLAIMS = ("sub", "name", "name_ar", "personal_number", "kind", "phone", "email", "birthdate", "companies")


async def discovery(request: Request) -> Response:
    """GET …/.well-known/openid-configuration (OpenID Connect Discovery 1.0 §3)."""
    issuer = _issuer(request)
    return JSONResponse({
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "end_session_endpoint": f"{issuer}/logout",
        "jwks_uri": f"{issuer}/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": list(CLAIMS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    })  # fmt: skip


async def jwks(request: Request) -> Response:
    """GET …/jwks.json: the public key."""
    key: RSAKey = request.app.state.key
    return JSONResponse({"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"}]})


async def authorize(request: Request) -> Response:
    """GET …/authorize: who are you? (RFC 6749 §4.1.1, PKCE by RFC 7636 where the client asks for it)."""
    asked = dict(request.query_params)
    if asked.get("client_id") not in CLIENTS or not asked.get("redirect_uri", "").startswith(
        ("http://", "https://")
    ):
        return page(request, "unknown", status=400)
    if asked.get("response_type") != "code" or asked.get("code_challenge_method", "S256") != "S256":
        return _back(asked, {"error": "unsupported_response_type"})
    return page(request, "ekey", people=_people(request))


async def sign_in(request: Request) -> Response:
    """POST …/authorize: `person` is a sub of the list; back to the client with a code."""
    asked = dict(request.query_params)
    person = str((await request.form()).get("person", ""))
    if asked.get("client_id") not in CLIENTS or not asked.get("redirect_uri"):
        return page(request, "unknown", status=400)
    if person not in {one["sub"] for one in _people(request)}:
        return _back(asked, {"error": "access_denied"})
    code = secrets.token_urlsafe(24)
    grant = {
        name: asked.get(name, "")
        for name in ("client_id", "redirect_uri", "nonce", "code_challenge", "acr_values")
    }
    _store(request).put("ekey-code", code, {**grant, "sub": person, "at": time.time()})
    return _back(asked, {"code": code})


async def token(request: Request) -> Response:
    """POST …/token: the code once, for an access token and an id_token (OpenID Connect Core 1.0 §3.1.3)."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    client = _client(request, form)
    grant = _store(request).get("ekey-code", form.get("code", "")) if client else None
    if client is None:
        return JSONResponse({"error": "invalid_client"}, status_code=401)
    if grant is None or not _matches(grant, form, client):
        return JSONResponse({"error": "invalid_grant"}, status_code=400)
    _store(request).remove("ekey-code", form["code"])
    fault = request.state.fault.mode if request.state.fault else ""
    access = secrets.token_urlsafe(24)
    sub = _another(request, grant["sub"]) if fault == "other-subject" else grant["sub"]
    _store(request).put(
        "ekey-token", access, {"sub": sub, "until": time.time() + TOKEN_LASTS, "fault": fault}
    )
    identity = {} if fault == "no-token" else {"id_token": _id_token(request, grant, fault)}
    return JSONResponse({
        "access_token": access, "token_type": "Bearer", "expires_in": TOKEN_LASTS,
        "scope": "openid profile email", **identity,
    }, headers={"Cache-Control": "no-store"})  # fmt: skip


async def userinfo(request: Request) -> Response:
    """GET …/userinfo: the claims of the person of this access token."""
    scheme, _, access = request.headers.get("authorization", "").partition(" ")
    grant = _store(request).get("ekey-token", access) if scheme.lower() == "bearer" else None
    if grant is None or grant["until"] < time.time():
        return JSONResponse({"error": "invalid_token"}, status_code=401)
    spoilt = {"name": "Layla\0"} if grant["fault"] == "broken-text" else {}
    return JSONResponse(_claims(request, grant["sub"]) | spoilt)


async def sign_out(request: Request) -> Response:
    """GET …/logout: redirect to where the client says."""
    return RedirectResponse(request.query_params.get("post_logout_redirect_uri") or "/", status_code=303)


def signing_key(folder: Path) -> RSAKey:
    """The provider's key, made once and kept in `folder` for its owner only."""
    path = folder / "ekey.pem"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    return RSAKey.import_key(path.read_bytes(), {"kid": "ekey-1"})


def _id_token(request: Request, grant: Record, fault: str) -> str:
    now = int(time.time())
    claims = {
        "iss": _issuer(request), "aud": grant["client_id"], "iat": now, "exp": now + TOKEN_LASTS,
        "auth_time": int(grant["at"]), "nonce": grant["nonce"], "acr": grant["acr_values"].split(" ")[0],
        **_claims(request, grant["sub"]),
    }  # fmt: skip
    claims |= _spoilt(claims, now).get(fault, {})
    claims = {
        name: value for name, value in claims.items() if value or name not in ("nonce", "acr", "auth_time")
    }
    key: RSAKey = request.app.state.key
    if fault == "no-signature":
        return f"{_part({'alg': 'none', 'kid': 'ekey-1'})}.{_part(claims)}."
    if fault == "secret-key":  # as if the public key were a secret that both sides share
        return _signed_by_secret(claims, key.as_pem(private=False))
    signer = RSAKey.generate_key(2048) if fault == "other-key" else key
    return jwt.encode({"alg": "RS256", "kid": "ekey-1"}, claims, signer)


def _spoilt(claims: Record, now: int) -> dict[str, Record]:
    """The claims with the change of a fault."""
    return {
        "other-issuer": {"iss": "https://ekey.elsewhere.example"},
        "other-audience": {"aud": "another-portal"},
        "two-audiences": {"aud": [claims["aud"], "another-portal"]},
        "over": {"iat": now - 2 * TOKEN_LASTS, "exp": now - TOKEN_LASTS},
        "future": {"iat": now + TOKEN_LASTS, "exp": now + 2 * TOKEN_LASTS},
        "other-nonce": {"nonce": "of-another-sign-in"},
        "no-nonce": {"nonce": ""},
        "other-level": {"acr": "basic"},
        "no-level": {"acr": ""},
        "signed-in-long-ago": {"auth_time": now - 3600},
        "no-auth-time": {"auth_time": 0},
    }


def _signed_by_secret(claims: Record, secret: bytes) -> str:
    signed = f"{_part({'alg': 'HS256', 'kid': 'ekey-1'})}.{_part(claims)}"
    return f"{signed}.{_base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _part(value: Record) -> str:
    return _base64url(json.dumps(value).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _another(request: Request, sub: str) -> str:
    return next(str(one["sub"]) for one in _people(request) if one["sub"] != sub)


def _matches(grant: Record, form: dict[str, str], client: str) -> bool:
    fresh = time.time() - grant["at"] <= CODE_LASTS
    same = grant["client_id"] == client and grant["redirect_uri"] == form.get("redirect_uri")
    return fresh and same and (not grant["code_challenge"] or _challenge(form) == grant["code_challenge"])


def _challenge(form: dict[str, str]) -> str:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return _base64url(digest)


def _client(request: Request, form: dict[str, str]) -> str | None:
    name, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, secret = (unquote(part) for part in base64.b64decode(value).decode().partition(":"))
    return name if name in CLIENTS and secrets.compare_digest(CLIENTS[name], secret) else None


def _claims(request: Request, sub: str) -> dict[str, Any]:
    person = next(one for one in _people(request) if one["sub"] == sub)
    return {name: person[name] for name in CLAIMS} | {"email_verified": True}


def _people(request: Request) -> list[Record]:
    people: list[Record] = request.app.state.people
    return people


def _back(asked: dict[str, str], answer: dict[str, str]) -> Response:
    query = urlencode({**answer, **({"state": asked["state"]} if "state" in asked else {})})
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return RedirectResponse(f"{asked['redirect_uri']}{joint}{query}", status_code=303)


def _issuer(request: Request) -> str:
    return f"{request.base_url}ekey"


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
