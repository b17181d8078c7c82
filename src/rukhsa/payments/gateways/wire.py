"""One call to a gateway over HTTP, and what each failure means."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import httpx

from rukhsa.outside import believed
from rukhsa.payments.gateways.port import GatewayUnreachable, GatewayUnsure

# A connection that was never made sent nothing; after that the gateway may have acted.
CONNECT_SECONDS = 3.0


def post_json(address: str, body: object, *, seconds: float) -> Any:
    """POST JSON and return the JSON of the answer; redirects are not followed."""
    return ask_json("POST", address, body=body, seconds=seconds)


def ask_json(
    method: str,
    address: str,
    *,
    body: object = None,
    seconds: float,
    auth: tuple[str, str] | None = None,
    answered: Collection[int] = (httpx.codes.OK,),
) -> Any:
    """Ask with JSON (`body` None: with none) and return the JSON of the answer, its numbers with a point as Decimal.

    `answered` are the statuses under which this gateway gives an answer; any other is no answer.
    Raises GatewayUnreachable when nothing was sent, GatewayUnsure when it may have acted. Follows no redirect."""
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    try:
        with httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, verify=believed(), auth=auth
        ) as client:
            answer = client.request(method, address, json=body)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise GatewayUnreachable(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise GatewayUnsure(type(error).__name__) from error
    if answer.status_code not in answered:
        raise GatewayUnsure(f"HTTP {answer.status_code}")
    try:
        return answer.json(parse_float=Decimal)
    except ValueError as error:
        raise GatewayUnsure("not JSON") from error


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, for `object_pairs_hook`; ValueError where a field is named twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is named twice")
    return fields
