"""Stands in for a collector of traces: takes spans by OTLP over HTTP (protobuf), and shows them as JSON."""

from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PROTOBUF = "application/x-protobuf"
SPAN = "span"


async def take(request: Request) -> Response:
    """POST /v1/traces: an ExportTraceServiceRequest; each span is kept once, by its id."""
    if request.headers.get("content-type") != PROTOBUF:
        return Response(status_code=415)
    sent = ExportTraceServiceRequest.FromString(await request.body())
    for of_resource in sent.resource_spans:
        process = _said(of_resource.resource.attributes).get("service.name", "")
        for scope in of_resource.scope_spans:
            for span in scope.spans:
                request.app.state.store.add(SPAN, span.span_id.hex(), _as_json(span, process))
    return Response(ExportTraceServiceResponse().SerializeToString(), media_type=PROTOBUF)


async def show(request: Request) -> Response:
    """GET /v1/traces.json?trace=…: the spans of a trace, or all, in the order in which they came."""
    wanted = request.query_params.get("trace")
    spans = request.app.state.store.all(SPAN)
    return JSONResponse([span for span in spans if wanted in (None, span["trace"])])


def _as_json(span: Any, process: Any) -> dict[str, Any]:
    return {
        "process": process,
        "name": span.name,
        "trace": span.trace_id.hex(),
        "span": span.span_id.hex(),
        "parent": span.parent_span_id.hex(),
        "ms": (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6,
        "failed": span.status.code == span.status.STATUS_CODE_ERROR,
        "said": _said(span.attributes),
    }


def _said(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
