"""Runs the sandbox: in this process until told to stop, or in a thread during a test."""

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server

from rukhsa_rehearsal.sandbox.app import PEOPLE, build_app


@dataclass(frozen=True, kw_only=True)
class Running:
    """A sandbox that answers: its address, such as "http://127.0.0.1:8002", and the port of its mail."""

    address: str
    smtp_port: int


def serve(*, data: Path, port: int, smtp_port: int, people: Path = PEOPLE, logs: Path | None = None) -> None:
    """Serve on loopback until SIGINT or SIGTERM; `logs` are the public files whose logs are witnessed."""
    asyncio.run(
        _serve_until_told(_server(data=data, people=people, port=port, smtp_port=smtp_port, logs=logs))
    )


@contextlib.contextmanager
def running(data: Path, *, people: Path = PEOPLE, logs: Path | None = None) -> Iterator[Running]:
    """A sandbox on free ports in a thread of this process, until the block ends."""
    loop = asyncio.new_event_loop()
    ready: list[Server] = []
    with _two_held_ports() as (port, smtp_port):
        thread = threading.Thread(
            target=lambda: _run(
                loop, ready, data=data, people=people, port=port, smtp_port=smtp_port, logs=logs
            ),
            daemon=True,
        )
        thread.start()
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        try:
            yield Running(address=address, smtp_port=smtp_port)
        finally:
            loop.call_soon_threadsafe(ready[0].stop)
            thread.join(timeout=60)


def _run(
    loop: asyncio.AbstractEventLoop,
    ready: list[Server],
    *,
    data: Path,
    people: Path,
    port: int,
    smtp_port: int,
    logs: Path | None,
) -> None:
    asyncio.set_event_loop(loop)

    async def start() -> None:
        ready.append(_server(data=data, people=people, port=port, smtp_port=smtp_port, logs=logs))
        await ready[0].serve()

    loop.run_until_complete(start())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def _server(*, data: Path, people: Path, port: int, smtp_port: int, logs: Path | None) -> Server:
    app = build_app(data, people=people, smtp_port=smtp_port, logs=logs)
    return Server(
        app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False, websockets=False
    )


async def _serve_until_told(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, server.stop)
    await server.serve()


@contextlib.contextmanager
def _two_held_ports() -> Iterator[list[int]]:
    """Reserve two ports during the block, against other programs and outgoing connections."""
    with socket.socket() as one, socket.socket() as other:
        for holder in (one, other):
            holder.bind(("127.0.0.1", 0))
            # Only after binding, so that the port is ours alone: our servers set both and can still listen on it.
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield [holder.getsockname()[1] for holder in (one, other)]


def _wait_for(address: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            httpx.get(f"{address}/health", timeout=10, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
