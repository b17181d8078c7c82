"""Sends a gateway's notices to the merchant: once, or as a fault says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

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
