"""A line of JSON for each request and each run of a task, with its trace, its metrics and its span.

A line names what of our own code answered and never a path, a number, a code or a person; the client by its network.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from procrastinate import JobContext

from rukhsa.accounts.client import came_by_proxy, client_address, network_of
from rukhsa.accounts.models import PersonKind
from rukhsa.project.buffering import ARRIVED
from rukhsa.telemetry import trace
from rukhsa.telemetry.metrics import JOB_SECONDS, JOBS, REQUEST_SECONDS, REQUESTS

logger = logging.getLogger("rukhsa.access")
STATIC, NONE = "static", "none"
# The methods of HTTP that we know; a stranger may invent others.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLog:
    """Middleware, the outermost: gives each request its trace, and tells how it was answered."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = request.META.get(ARRIVED) or perf_counter()
        parent = trace.read(request.headers.get(trace.HEADER)) if came_by_proxy(request) else None
        span = trace.begin("request", parent=parent, kind=trace.SERVER)
        try:
            with connection.execute_wrapper(count_statement):
                response = self.respond(request)
            _tell(request, response, span, perf_counter() - began)
            return response
        finally:
            trace.leave()


async def follow_job(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: object) -> Any:
    """Run a task in the trace of what queued it, and tell how it went.

    The trace stays with this coroutine, which is one job's, so that the line about a failure has it too.
    """
    job, began = context.job, perf_counter()
    parent = trace.read(job.task_kwargs.pop(trace.HEADER, None))
    span = trace.begin(f"job {job.task_name}", parent=parent, kind=trace.CONSUMER)
    span.say(task=job.task_name, queue=job.queue, job=job.id or 0, attempt=job.attempts + 1)
    if application := _application(job.task_kwargs.get("application")):
        span.say(application=application)
    failed = True
    try:
        result = await call_next()
        failed = False
        return result
    finally:
        _tell_job(context, span, perf_counter() - began, failed=failed)


def count_statement(execute: Callable[..., Any], *of_the_statement: Any) -> Any:
    """Count a statement for the span of the work at hand; its text and its values are never looked at."""
    if span := trace.now():
        span.said["statements"] = int(span.said.get("statements", 0)) + 1
    return execute(*of_the_statement)


def view_of(request: HttpRequest) -> str:
    """The name of the view that answered, `static` for a file of the pages, `none` where there is no such page."""
    if request.resolver_match:
        return request.resolver_match.view_name or NONE
    return STATIC if request.path_info.startswith(settings.STATIC_URL) else NONE


def _tell(request: HttpRequest, response: HttpResponseBase, span: trace.Span, seconds: float) -> None:
    view, status, role = view_of(request), response.status_code, role_of(request)
    method = request.method if request.method in METHODS else NONE
    span.name = f"{method} {view}"
    span.say(view=view, status=status, role=role, method=method or NONE)
    trace.end(span, failed=status >= 500)
    REQUESTS.labels(settings.RUKHSA_PROCESS, view, status).inc()
    REQUEST_SECONDS.labels(settings.RUKHSA_PROCESS, view).observe(seconds)
    if logger.isEnabledFor(logging.INFO):
        size = response.headers.get("Content-Length") or len(getattr(response, "content", b""))
        _write(
            span,
            seconds,
            kind="request",
            view=view,
            method=method,
            status=status,
            bytes=int(size),
            statements=span.said.get("statements", 0),
            role=role,
            network=network_of(client_address(request)),
        )


def _tell_job(context: JobContext, span: trace.Span, seconds: float, *, failed: bool) -> None:
    outcome, job = "failed" if failed else "done", context.job
    span.say(outcome=outcome)
    trace.end(span, failed=failed)
    JOBS.labels(job.task_name, outcome).inc()
    JOB_SECONDS.labels(job.task_name).observe(seconds)
    about = {
        name: span.said[name]
        for name in ("task", "queue", "job", "attempt", "application")
        if name in span.said
    }
    _write(span, seconds, kind="job", **about, outcome=outcome, statements=span.said.get("statements", 0))


def _write(span: trace.Span, seconds: float, *, kind: str, **about: object) -> None:
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": kind,
        "process": settings.RUKHSA_PROCESS,
        "trace": span.point.trace,
        "span": span.point.span,
        "ms": round(seconds * 1000, 1),
        **about,
    }
    logger.info("%s", json.dumps(line))


def role_of(request: HttpRequest) -> str:
    """What kind of person asked, where the view had to know it; nothing is read from the database for it."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return NONE
    return "staff" if actor.person.kind == PersonKind.STAFF else "applicant"


def _application(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
