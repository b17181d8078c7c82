"""Sends a gateway's notices to the merchant: once, or as a fault says."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx

from rukhsa_rehearsal.sandbox.fault_modes import Fault

type Message = dict[str, Any]
type Post = Callable[[Message], Awaitable[str | None]]


async def send(message: Message, before: Message, post: Post, fault: Fault | None) -> str | None:
    """Post a notice as the fault says, after `before` if they come out of order; return the first answer."""
    mode = fault.mode if fault else ""
    messages = [before, message] if mode == "out-of-order" else [message]
    if fault and mode == "duplicate":
        messages *= fault.copies
    if fault and mode == "parallel":
        answers = await asyncio.gather(*(post(one) for one in messages * max(fault.copies, 8)))
    else:
        answers = [await post(one) for one in messages]
    return next((answer for answer in answers if answer is not None), None)


def merchant(*, patience: float) -> httpx.AsyncClient:
    """A client that calls the merchant, and waits so many seconds."""
    return httpx.AsyncClient(timeout=patience, follow_redirects=False, trust_env=False, verify=_believed())


@cache
def _believed() -> SSLContext:
    # SSL_CERT_FILE may name the certificate of a merchant who is not known to the world, such as a cluster's.
    return httpx.create_ssl_context(trust_env=True)
