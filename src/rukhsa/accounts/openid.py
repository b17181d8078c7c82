"""Signing in at eKey by OpenID Connect: a sign-in counts only after every part of the identity token was verified."""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from rukhsa.accounts.ekey import EkeyRefused
from rukhsa.accounts.fresh_sign_in import auth_time_in, is_recent
from rukhsa.values.writing import is_broken

logger = logging.getLogger(__name__)

# Signatures by the provider's private key only: never "none", and never HMAC, where the public key would be the secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
LEEWAY = 60  # seconds by which our clocks may differ
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the browser to eKey, with a nonce that its answer must carry."""
    response: HttpResponseBase = OAuth2LoginView.adapter_view(Ekey(request, provider_id))(request)
    return response


def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The browser returns from eKey: ask eKey who signed in, and verify the answer."""
    response: HttpResponseBase = _Return.adapter_view(Ekey(request, provider_id))(request)
    return response


class Ekey(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The protocol with eKey; `nonce` is that of the sign-in at hand, and `again` whether eKey had to ask again."""

    nonce = ""
    again = False

    def get_provider(self) -> "EkeyProvider":
        """The provider of our own, which asks for a nonce."""
        return EkeyProvider(
            self.request, app=get_adapter(self.request).get_app(self.request, self.provider_id)
        )

    @property
    def openid_config(self) -> dict[str, Any]:
        """eKey's discovery document; refused when its issuer is not the one in the settings, or plain http."""
        try:
            found: dict[str, Any] = super().openid_config
        except RequestException as error:
            logger.error("ekey does not answer: %s", type(error).__name__)
            raise ImmediateHttpResponse(redirect("socialaccount_login_error")) from None
        issuer = self.get_provider().app.settings["server_url"]
        plain = [name for name in ENDPOINTS if not str(found.get(name, "")).startswith(_scheme(issuer))]
        if found.get("issuer") != issuer or plain:
            raise _refusal("issuer")
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The account that signed in; raises a response, the page of refusal, when the token is not valid."""
        try:
            claims = verified(
                str(kwargs["response"].get("id_token") or ""),
                keys=self._keys(),
                issuer=self.openid_config["issuer"],
                client=app.client_id,
                nonce=self.nonce,
                levels=settings.CONFIG.ekey.levels,
                at=timezone.now(),
            )
            if self.again:
                require_proved(claims, at=timezone.now())
            person = self._fetch_user_info(token.token)
            require_same(claims, person)
            _require_text(person)
        except EkeyRefused as refused:
            raise _refusal(str(refused)) from None
        return self.get_provider().sociallogin_from_response(
            request, {"userinfo": person, "id_token": claims}
        )

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys: dict[str, Any] = answer.json()
            return keys


class EkeyProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """Asks eKey for the claims that are verified later; of the request's parameters `again` alone counts: eKey is to
    ask the person even if they are signed in there (OpenID Connect Core §3.1.2.1)."""

    oauth2_adapter_class = Ekey

    def redirect(
        self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """To eKey, with a fresh nonce, which is kept with the state in the session."""
        nonce = secrets.token_urlsafe(24)
        levels = settings.CONFIG.ekey.levels
        asked = {"nonce": nonce} | ({"acr_values": " ".join(levels)} if levels else {})
        again = request.POST.get("again") == "1"
        asked |= {"prompt": "login", "max_age": "0"} if again else {}
        kwargs |= {"auth_params": asked, "scope": self.get_scope(), "nonce": nonce, "again": again}
        return super().redirect(request, process, next_url, data, **kwargs)


class _Return(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        self.adapter.again = (state or {}).get("again", False)
        return state, response


def verified(
    token: str,
    *,
    keys: Mapping[str, Any],
    issuer: str,
    client: str,
    nonce: str,
    levels: Sequence[str],
    at: datetime,
) -> dict[str, Any]:
    """OpenID Connect Core §3.1.3.7: the claims of an identity token that is meant for us, now and for this sign-in.

    1. signed by a key of the provider, by an algorithm with two keys
    2. of this issuer, for us as its only audience
    3. neither over nor from the future
    4. with the nonce that we sent
    5. of a level that we demand, where we demand one

    Raises EkeyRefused with a word for what does not hold.
    """
    claims = _signed(token, keys)  # 1
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    now = at.timestamp()
    duties = {
        "issuer": claims.get("iss") == issuer,  # 2
        "audience": audience == [client] and claims.get("azp", client) == client,
        "expired": _is_number(claims.get("exp")) and now < claims["exp"] + LEEWAY,  # 3
        "time": _is_number(claims.get("iat")) and claims["iat"] - LEEWAY <= now,
        "nonce": bool(nonce)
        and secrets.compare_digest(
            str(claims.get("nonce", "")).encode("utf-8", "replace"), nonce.encode()
        ),  # 4
        "level": not levels or claims.get("acr") in levels,  # 5
        "subject": isinstance(claims.get("sub"), str) and bool(claims["sub"]),
    }
    for name, holds in duties.items():
        if not holds:
            raise EkeyRefused(name)
    return claims


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a token whose signature one of the provider's keys verifies."""
    try:
        key_set = KeySet.import_key_set(dict(keys))  # type: ignore[arg-type]
        return dict(jwt.decode(token, key_set, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise EkeyRefused("signature") from None


def require_same(claims: Mapping[str, Any], person: Mapping[str, Any]) -> None:
    """§5.3.2: the claims of userinfo count for the subject of the token alone. Raises EkeyRefused."""
    if not isinstance(person, Mapping) or person.get("sub") != claims["sub"]:
        raise EkeyRefused("subject")


def require_proved(claims: Mapping[str, Any], *, at: datetime) -> None:
    """§3.1.2.1: where eKey had to ask again, the token says when it did: in the last minutes. Raises EkeyRefused."""
    if not is_recent(auth_time_in(claims), at=at):
        raise EkeyRefused("auth-time")


def _require_text(person: Mapping[str, Any]) -> None:
    """Refuse claims that the database cannot store, so that they cause no server error later."""
    told = json.dumps(person, ensure_ascii=False)
    if is_broken(told) or "\\u0000" in told:
        raise EkeyRefused("text")


def _refusal(reason: str) -> ImmediateHttpResponse:
    logger.error("ekey refused: %s", reason)
    return ImmediateHttpResponse(redirect("sign-in-unproven"))


def _scheme(address: str) -> str:
    return "https://" if address.startswith("https://") else "http"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
