"""Sends spans to a collector by OTLP over HTTP, in batches and in a thread of its own (OpenTelemetry's SDK).

It is imported only where a collector is named, since the SDK costs time and memory at the start.
"""

from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from rukhsa.telemetry.trace import CLIENT, CONSUMER, INTERNAL, SERVER, Exporter, Point, Span

MILLISECONDS_BETWEEN: Final = 1000
SECONDS_TO_SEND: Final = 5
_KINDS: Final = {
    SERVER: SpanKind.SERVER,
    CLIENT: SpanKind.CLIENT,
    CONSUMER: SpanKind.CONSUMER,
    INTERNAL: SpanKind.INTERNAL,
}


def exporter(address: str, *, process: str) -> Exporter:
    """What sends each span to a collector's address (…/v1/traces). A collector that is away costs a line in the log."""
    ours = Resource({"service.name": f"rukhsa-{process}", "service.namespace": "rukhsa"})
    batches = BatchSpanProcessor(
        OTLPSpanExporter(endpoint=address, timeout=SECONDS_TO_SEND),
        schedule_delay_millis=MILLISECONDS_BETWEEN,
    )
    return lambda span: batches.on_end(_readable(span, ours))


def _readable(span: Span, ours: Resource) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=_context(span.point, remote=False),
        parent=_context(span.parent, remote=span.kind != INTERNAL) if span.parent else None,
        resource=ours,
        attributes={f"rukhsa.{name}": value for name, value in span.said.items()},
        kind=_KINDS[span.kind],
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=span.began,
        end_time=span.ended,
    )


def _context(point: Point, *, remote: bool) -> SpanContext:
    return SpanContext(
        int(point.trace, 16),
        int(point.span, 16),
        remote,
        TraceFlags(TraceFlags.SAMPLED if point.sampled else 0),
    )
