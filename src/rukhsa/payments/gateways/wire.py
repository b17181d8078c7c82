"""One call to a gateway over HTTP, and what each way of failing means."""

from typing import Any

import httpx

from rukhsa.payments.errors import GatewayUnreachable, GatewayUnsure

# A connection that was never made sent nothing; anything later may have been acted upon.
CONNECT_SECONDS = 3.0


def post_json(address: str, body: object, *, seconds: float) -> Any:
    """POST JSON and return the JSON of the answer; redirects are not followed."""
    timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            answer = client.post(address, json=body)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise GatewayUnreachable(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise GatewayUnsure(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        raise GatewayUnsure(f"HTTP {answer.status_code}")
    try:
        return answer.json()
    except ValueError as error:
        raise GatewayUnsure("not JSON") from error
