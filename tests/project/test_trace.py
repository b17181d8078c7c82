"""A trace: its ids as W3C Trace Context writes them, and spans that can say nothing of a person."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from rukhsa.telemetry import trace
from rukhsa.telemetry.trace import NotToBeTold, Span

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
APPLICATION = UUID("0192f0c1-2a3b-7c4d-8e5f-60718293a4b5")


@pytest.fixture
def exported() -> Iterator[list[Span]]:
    """The spans that leave the process."""
    spans: list[Span] = []
    trace.EXPORT.to, trace.EXPORT.share = spans.append, 1.0
    yield spans
    trace.EXPORT.to, trace.EXPORT.share = None, 0.0


def test_a_traceparent_is_read_and_written() -> None:
    assert str(trace.read(GIVEN)) == GIVEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        7,
        GIVEN[:-1],
        GIVEN.upper(),
        f"{GIVEN}-00",
        GIVEN.replace("00-4", "ff-4"),
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01",
    ],
)
def test_anything_else_begins_a_trace_of_its_own(text: object) -> None:
    assert trace.read(text) is None


def test_spans_stand_in_each_other_and_an_exception_marks_its_own(exported: list[Span]) -> None:
    with trace.span("outer", parent=trace.read(GIVEN)) as outer:
        with pytest.raises(KeyError), trace.span("inner", act="seal"):
            raise KeyError
        assert trace.here() == outer.point
    inner, last = exported
    assert (inner.failed, last.failed) == (True, False)
    assert inner.parent == outer.point
    assert {each.point.trace for each in exported} == {GIVEN.split("-")[1]}
    assert inner.began <= inner.ended <= last.ended


def test_what_the_proxy_did_not_sample_is_not_exported(exported: list[Span]) -> None:
    with trace.span("request", parent=trace.read(f"{GIVEN[:-1]}0")):
        assert trace.carried() != {}
    assert exported == []
    trace.EXPORT.share = 0.0
    with trace.span("of our own"):
        pass
    assert exported == []


def test_a_span_says_names_of_our_code_ids_of_rows_and_counts() -> None:
    with trace.span("work", view="portal:application", application=APPLICATION, statements=7) as work:
        work.say(authority="CAP", outcome="gateway-unsure", task="delivery.send_notice")
    assert work.said["application"] == str(APPLICATION)


@pytest.mark.parametrize(
    "about",
    [
        {"name": "layla"},
        {"view": "Layla Hasan"},
        {"view": "900101234"},
        {"view": "/applications/900101234"},
        {"task": "ليلى"},
        {"application": "900101234"},
        {"authority": "layla"},
        {"statements": "900101234"},
        {"path": "/verify"},
    ],
)
def test_a_span_refuses_what_could_name_a_person(about: dict[str, str]) -> None:
    with pytest.raises(NotToBeTold), trace.span("work") as work:
        work.say(**about)
    assert work.said == {}
