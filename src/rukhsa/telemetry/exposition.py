"""Answers Prometheus at an address of its own, which is never that of the pages.

All workers of one server share the address (SO_REUSEPORT) and the files in which they count, so that the one that is
asked answers for all.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

SHARED: Final = (
    "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client chooses its values by this, when it is imported
)
_PREFIX: Final = "rukhsa-metrics-"
type Text = Callable[[], bytes]


def share_counts() -> None:
    """Count in files that all workers of one server share. Called before `metrics` is imported."""
    ours = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.getuid()}-{_born(os.getppid())}"
    for other in ours.parent.glob(f"{_PREFIX}{os.getuid()}-*"):
        if other != ours and not _is_alive(other):
            shutil.rmtree(other, ignore_errors=True)
    ours.mkdir(mode=0o700, exist_ok=True)
    os.environ[SHARED] = str(ours)


def serve(address: str, port: int, *, token: str = "", more: Text = lambda: b"") -> None:
    """Answer `GET /metrics` in a thread, for as long as the process lives; `more` adds lines to what was counted.

    With a token only who sends it as a bearer is answered.
    Raises OSError where the address cannot be used.
    """
    handler = type("Handler", (_Handler,), {"more": staticmethod(more), "token": token})
    Thread(target=_Server((address, port), handler).serve_forever, name="metrics", daemon=True).start()


def text() -> bytes:
    """What was counted in this process, or in all that share its files."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    if SHARED not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_port = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)


class _Handler(BaseHTTPRequestHandler):
    more: Text
    token = ""
    timeout = 10

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        said = self.headers.get("Authorization", "")
        if self.token and not compare_digest(said.encode(), f"Bearer {self.token}".encode()):
            self.send_error(401)
            return
        body = text() + self.more()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        """Log nothing: Prometheus asks four times a minute."""


def _born(process: int) -> str:
    """A process by its number and the moment of its start, since numbers are used again."""
    try:
        return f"{process}-{Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()[19]}"
    except (OSError, IndexError):
        return f"{process}-0"


def _is_alive(folder: Path) -> bool:
    process = folder.name.removeprefix(_PREFIX).split("-")[1]
    return _born(int(process)) == folder.name.removeprefix(_PREFIX).partition("-")[2]
