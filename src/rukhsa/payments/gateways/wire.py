"""One call to a gateway over HTTP, and what each failure means."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal
from time import perf_counter
from typing import Any

import httpx

from rukhsa.outside import believed
from rukhsa.payments.gateways.port import GatewayError, GatewayUnreachable, GatewayUnsure
from rukhsa.telemetry.metrics import GATEWAY_CALLS, GATEWAY_SECONDS
from rukhsa.telemetry.trace import CLIENT, carried, span

# A connection that was never made sent nothing; after that the gateway may have acted.
CONNECT_SECONDS = 3.0


def post_json(address: str, body: object, *, gateway: str, seconds: float) -> Any:
    """POST JSON and return the JSON of the answer; redirects are not followed."""
    return ask_json("POST", address, body=body, gateway=gateway, seconds=seconds)


def ask_json(
    method: str,
    address: str,
    *,
    gateway: str,
    body: object = None,
    seconds: float,
    auth: tuple[str, str] | None = None,
    answered: Collection[int] = (httpx.codes.OK,),
) -> Any:
    """Ask a gateway with JSON (`body` None: with none); return the JSON of the answer, numbers with a point as Decimal.

    `answered` are the statuses under which this gateway gives an answer; any other is no answer.
    Raises GatewayUnreachable when nothing was sent, GatewayUnsure when it may have acted. Follows no redirect."""
    with _watched(gateway):
        return _asked(method, address, body, seconds, auth, answered)


def _asked(
    method: str,
    address: str,
    body: object,
    seconds: float,
    auth: tuple[str, str] | None,
    answered: Collection[int],
) -> Any:
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    try:
        with httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, verify=believed(), auth=auth
        ) as client:
            answer = client.request(method, address, json=body, headers=carried())
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


@contextmanager
def _watched(gateway: str) -> Iterator[None]:
    """Count and time a call, in a span of its own."""
    began, outcome = perf_counter(), "answered"
    with span(f"gateway {gateway}", kind=CLIENT, gateway=gateway) as call:
        try:
            yield
        except GatewayError as error:
            outcome = error.code
            raise
        finally:
            call.say(outcome=outcome)
            GATEWAY_CALLS.labels(gateway, outcome).inc()
            GATEWAY_SECONDS.labels(gateway).observe(perf_counter() - began)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, for `object_pairs_hook`; ValueError where a field is named twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is named twice")
    return fields
