"""A request reaches the application whole or with a refusal, and an answer waits for its reader outside of a thread."""

import asyncio
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest

from rukhsa.project import buffering
from rukhsa.project.buffering import BUSY, REFUSED, TOO_LARGE, TOO_SLOW, Answer, Buffered, Pace
from rukhsa.web import intake
from rukhsa.web.sentences import is_told

AT_ONCE = Pace(grace=0.05, rate=10**9)


class Seen:
    """An application that remembers what it was asked, and answers with so many bytes."""

    def __init__(self, answer: int = 2) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""
        self.answer = answer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Name", "\xe9")])
        return [b"x" * self.answer]


def ask(
    application: Seen,
    pieces: Iterable[bytes],
    *,
    pace: Pace | None = None,
    largest: int = 1000,
    more: bool = False,
    reads: bool = True,
    **scope: Any,
) -> list[dict[str, Any]]:
    """What is sent in answer to a request that arrives in pieces; with `more`, the last is waited for in vain."""
    waiting, sent = [*pieces], []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting) or more}

    async def send(message: Any) -> None:
        sent.append(message)
        if not reads and message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    told = {
        "type": "http", "method": "POST", "raw_path": b"/a%20%ff", "query_string": b"q=\xff", "http_version": "1.1",
        "headers": [], "client": ("203.0.113.7", "1"), "server": ("127.0.0.1", "8000"), "scheme": "http",
    } | scope  # fmt: skip
    asyncio.run(Buffered(application, largest=largest, pace=pace, threads=1)(told, receive, send))
    return sent


def test_the_pages_look_where_the_server_writes() -> None:
    assert intake.REFUSED == REFUSED
    assert {TOO_LARGE, TOO_SLOW, BUSY} == {code for code in (TOO_LARGE, TOO_SLOW, BUSY) if is_told(code)}


def test_a_body_arrives_whole_with_its_length_and_bytes_as_they_came() -> None:
    seen = Seen()
    start, body = ask(seen, [b"ab", b"", b"cd"])
    assert (seen.body, seen.environ["CONTENT_LENGTH"]) == (b"abcd", "4")
    assert (seen.environ["PATH_INFO"], seen.environ["QUERY_STRING"]) == ("/a \xff", "q=\xff")
    assert seen.environ["REMOTE_ADDR"] == "203.0.113.7"
    assert (start["status"], body["body"], body["more_body"]) == (200, b"xx", False)
    assert (b"x-name", b"\xe9") in start["headers"]


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen() -> None:
    seen = Seen()
    ask(seen, [b""], headers=[(b"x_forwarded_proto", b"https"), (b"cookie", b"a=1"), (b"cookie", b"b=2")])
    assert "HTTP_X_FORWARDED_PROTO" not in seen.environ
    assert seen.environ["HTTP_COOKIE"] == "a=1; b=2"


@pytest.mark.parametrize("headers", [[(b"content-length", b"1001")], []])
def test_a_body_that_is_too_large_is_refused_by_its_length_and_by_what_arrives(headers: list[Any]) -> None:
    seen = Seen()
    ask(seen, [b"x" * 600, b"x" * 600], headers=headers)
    assert (seen.environ[REFUSED], seen.body) == (TOO_LARGE, b"")
    ask(seen, [b"x" * 500, b"x" * 500])
    assert REFUSED not in seen.environ


def test_a_body_that_comes_too_slowly_is_refused() -> None:
    seen = Seen()
    ask(seen, [b"abc"], more=True, pace=AT_ONCE)
    assert (seen.environ[REFUSED], seen.body) == (TOO_SLOW, b"")


def test_who_sends_steadily_has_as_long_as_the_body_is_large() -> None:
    pace = Pace(grace=20, rate=8 * 1024)
    assert pace.until(100.0, 0) == 120.0
    assert pace.until(100.0, 8 * 1024 * 60) == 180.0


def test_more_than_a_process_can_hold_is_refused_and_room_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buffering, "MOST_HELD", 100)
    seen = Seen()
    ask(seen, [b"x" * 101])
    assert seen.environ[REFUSED] == BUSY
    server = Buffered(seen, threads=1)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 60}

    async def send(message: Any) -> None:
        """Read at once."""

    async def twice() -> None:
        for _ in range(2):
            told = {
                "method": "POST",
                "raw_path": b"/",
                "query_string": b"",
                "http_version": "1.1",
                "headers": [],
            }
            await server(told, receive, send)
            assert REFUSED not in seen.environ

    asyncio.run(twice())


def test_an_answer_that_nobody_reads_is_given_up_and_its_thread_was_free_long_before() -> None:
    seen = Seen(answer=1_000_000)
    sent = ask(seen, [b""], reads=False, pace=AT_ONCE)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["more_body"]
    sent = ask(Seen(answer=1_000_000), [b""])
    assert b"".join(message.get("body", b"") for message in sent) == b"x" * 1_000_000


@pytest.mark.parametrize(
    "parts", [[], [b""], [b"a"], [b"", b"a", b"b"], [b"x" * 200_000], [b"x" * 70_000, b"y" * 70_000, b"z"]]
)
def test_an_answer_of_one_piece_or_many_is_sent_as_it_was_given(parts: list[bytes]) -> None:
    with SpooledTemporaryFile(1000) as file:
        answer = Answer(file)
        for part in parts:
            answer.add(part)
        pieces = [*answer.pieces()]
    assert b"".join(pieces) == b"".join(parts)
    assert len(pieces) >= 1
    assert max(map(len, pieces)) <= buffering.PIECE
