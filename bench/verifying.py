"""A thousand verdicts a second: what a page, a text, a file and a number cost, and how many cores they would need.

Measured is the processor's time of the verifier's process with its reader, and of PostgreSQL, for each answer: that is
the same on a busy machine, and it says how many cores a thousand of them take.
"""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psutil

from bench.figure import Figure
from bench.page import served
from bench.town import open_town, paid

AT_ONCE, A_SECOND = 8, 1000
# How many are asked, and how many cores a thousand a second may need.
ASKED = {"page": (1600, 4.0), "text": (800, 10.0), "number": (400, 20.0), "file": (160, 64.0)}


def figures() -> Iterator[Figure]:
    """Through the socket of the process that serves, eight at a time, each from an address of its own."""
    open_town()
    asked = _questions()
    from rukhsa.project.config import config

    port = config().addresses.public_port
    with served("verifier", port, RUKHSA_TRUSTED_PROXIES="127.0.0.1") as process:
        for what, (count, cores) in ASKED.items():
            _ask(port, asked[what], 16)  # what is loaded at the first question
            before, began = _seconds(process), time.monotonic()
            _ask(port, asked[what], count)
            took, spent = time.monotonic() - began, _seconds(process) - before
            told = f"{count / took:.0f} a second on this machine, {spent / count * 1000:.1f} ms of processor each"
            yield Figure(
                name=f"cores for {A_SECOND} a second, {what}: {told}",
                ours=spent / count * A_SECOND,
                peer=cores,
                wanted=1,
                unit="cores",
                less_is_better=True,
                other="limit",
            )


def _questions() -> dict[str, tuple[str, str, bytes, str]]:
    """Method, path, body and media type of each kind of question, about one document that is issued for it."""
    from rukhsa.issuance import cycle, publishing, time_stamp
    from rukhsa.issuance.log import seal_bytes_of
    from rukhsa.trust.qr import qr_text
    from rukhsa.verification import own_verifier

    at = datetime.now(UTC)
    (application,) = paid(1, at=at)
    instrument: Any = cycle.issue(application, at=at)
    publishing.everything(at=at)
    text = qr_text(own_verifier.host(), seal_bytes_of(instrument.intent) or b"")
    number = {"number": instrument.number, "code": instrument.intent.verification_code}
    return {
        "page": ("GET", "/en/", b"", ""),
        "text": ("POST", "/verdict", json.dumps({"text": text}).encode(), "application/json"),
        "number": ("POST", "/verdict", json.dumps(number).encode(), "application/json"),
        "file": ("POST", "/verdict", time_stamp.handed_out(instrument), "application/pdf"),
    }


def _ask(port: int, question: tuple[str, str, bytes, str], count: int) -> None:
    # A reader opens two files at once, and refuses more.
    at_once = 2 if question[3] == "application/pdf" else AT_ONCE
    with ThreadPoolExecutor(at_once) as people:
        each = [count // at_once] * at_once
        list(people.map(lambda part: _ask_in_turn(port, question, *part), enumerate(each)))


def _ask_in_turn(port: int, question: tuple[str, str, bytes, str], person: int, count: int) -> None:
    method, path, body, media_type = question
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(count):
        # No address asks often enough to be refused.
        address = f"10.{os.getpid() % 250}.{person + AT_ONCE * (number // 250)}.{number % 250}"
        headers = {"X-Forwarded-For": address, "Content-Type": media_type} if media_type else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (answer.status, content[:200])
        assert method == "GET" or json.loads(content)["word"] == "valid", content[:200]
    connection.close()


def _seconds(process: "subprocess.Popen[bytes]") -> float:
    """The processor's time of a process and all that it started, and of this machine's PostgreSQL of the bench."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        servers = {pid for (pid,) in cursor.fetchall()}
    wanted = {
        process.pid,
        *servers,
        *(each.pid for each in psutil.Process(process.pid).children(recursive=True)),
    }
    # Its own time, and that of its children that ended: the reader forks one for each file.
    everyone = psutil.process_iter(["cpu_times"])
    return sum(sum(each.info["cpu_times"][:4]) for each in everyone if each.pid in wanted)
